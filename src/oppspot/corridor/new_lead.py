"""A raw lead as the API takes it: what its schema refuses and what its fields refuse are named in one answer."""

import re
from typing import Any, Final

from pydantic import ModelWrapValidatorHandler, ValidationError, model_validator
from pydantic_core import InitErrorDetails

from oppspot.core.clock import utc_now
from oppspot.core.errors import FieldProblem
from oppspot.corridor.checking import check_raw, joined
from oppspot.leads.schemas import LeadBody
from oppspot.leads.types import Rejected
from oppspot.web.validation import field_problem, refusal

_PARTS: Final = re.compile(r"[^.\[\]]+")


class NewLead(LeadBody):
    @model_validator(mode="wrap")
    @classmethod
    def _with_every_fault(cls, data: Any, handler: ModelWrapValidatorHandler["NewLead"]) -> "NewLead":
        """Look at the fields too when the schema refuses a lead: who corrects one fault should not meet the next."""
        try:
            return handler(data)
        except ValidationError as error:
            checked = check_raw(data, None, "", utc_now())
            if not isinstance(checked, Rejected):
                raise
            found = [field_problem(item) for item in error.errors(include_url=False)]
            raise ValidationError.from_exception_data(
                cls.__name__, [_line(problem) for problem in joined(found, checked.problems)]
            ) from error


NewLead.__doc__ = LeadBody.__doc__


def _line(problem: FieldProblem) -> InitErrorDetails:
    location = tuple(int(part) if part.isdigit() else part for part in _PARTS.findall(problem.path))
    return InitErrorDetails(type=refusal(problem), loc=location, input=None)
