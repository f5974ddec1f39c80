"""Reads a posted form into a checked shape, or keeps what was typed beside what is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Generic, TypeVar, get_origin

from pydantic import BaseModel, BeforeValidator, ValidationError
from starlette.requests import Request

from oppspot.core.errors import ProblemError
from oppspot.web.validation import field_problem

B = TypeVar("B", bound=BaseModel)
BLANK_IS_NONE: Final = BeforeValidator(lambda value: None if value == "" else value)
"""A field of a form that may be left blank."""


@dataclass(frozen=True, slots=True)
class Form(Generic[B]):
    """A form as it came: `body` when everything is accepted, else `errors` by field."""

    body: B | None
    values: Mapping[str, Any]
    errors: dict[str, str] = field(default_factory=dict)

    def refused(self, error: ProblemError, name: str) -> "Form[B]":
        """Return the form with what a service found wrong; `name` is blamed when the error names no field."""
        errors = {problem.path: problem.sentence for problem in error.errors}
        return Form(None, self.values, errors or {name: error.detail})


def blank(values: Mapping[str, Any] | None = None) -> Form[Any]:
    """Return a form nobody has posted yet, with some fields filled in."""
    return Form(None, values or {})


async def read_form(request: Request, shape: type[B]) -> Form[B]:
    """Read what was posted; fields the shape does not have are refused by it, files are not fields."""
    posted = await request.form()
    values: dict[str, Any] = {}
    for name in posted:
        given = [value for value in posted.getlist(name) if isinstance(value, str)]
        annotation = shape.model_fields[name].annotation if name in shape.model_fields else None
        values[name] = given if get_origin(annotation) is list else given[-1] if given else ""
    return check_form(values, shape)


def check_form(values: Mapping[str, Any], shape: type[B]) -> Form[B]:
    """Return values, however they came, as a form: in its shape, or with what is wrong with them."""
    try:
        return Form(shape.model_validate(values), values)
    except ValidationError as error:
        problems = [field_problem({**found, "loc": found["loc"]}) for found in error.errors()]
        return Form(None, values, {p.path.split("[")[0]: p.sentence for p in problems})
