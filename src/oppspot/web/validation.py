"""Turns pydantic's errors into field problems: where, what is wrong, what is accepted; never the value itself."""

from collections.abc import Iterable, Mapping, Sequence
from sys import get_int_max_str_digits
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import PydanticCustomError

from oppspot.core.errors import FieldProblem, Invalid
from oppspot.core.text_shapes import ACCEPTED

B = TypeVar("B", bound=BaseModel)
MOST_REPORTED: Final = 100
_REFUSED: Final = "refused"

# error type -> (message, accepted); both are formatted with the error's own context
_WORDS: Final[Mapping[str, tuple[str, str | None]]] = {
    "missing": ("is missing", None),
    "extra_forbidden": ("is not a field here", "only the fields in the documentation"),
    "json_invalid": ("is not valid JSON: {error}", "a JSON document"),
    "string_type": ("is not text", "text"),
    "string_too_short": ("is too short", "at least {min_length} characters"),
    "string_too_long": ("is too long", "at most {max_length} characters"),
    "string_pattern_mismatch": ("does not have the expected form", "text matching {pattern}"),
    "int_type": ("is not a whole number", "a whole number"),
    "int_parsing": ("is not a whole number", "a whole number"),
    "int_from_float": ("is not a whole number", "a whole number"),
    "float_type": ("is not a number", "a number"),
    "float_parsing": ("is not a number", "a number"),
    "decimal_type": ("is not a number", "a number"),
    "decimal_parsing": ("is not a number", "a number"),
    "finite_number": ("is not a finite number", "a finite number"),
    "greater_than": ("is too small", "more than {gt}"),
    "greater_than_equal": ("is too small", "{ge} or more"),
    "less_than": ("is too large", "less than {lt}"),
    "less_than_equal": ("is too large", "{le} or less"),
    "bool_type": ("is not true or false", "true or false"),
    "bool_parsing": ("is not true or false", "true or false"),
    "list_type": ("is not a list", "a list"),
    "dict_type": ("is not an object", "an object"),
    "model_type": ("is not an object", "an object"),
    "model_attributes_type": ("is not an object", "an object"),
    "too_short": ("has too few entries", "at least {min_length}"),
    "too_long": ("has too many entries", "at most {max_length}"),
    "enum": ("is not one of the choices", "{expected}"),
    "literal_error": ("is not one of the choices", "{expected}"),
    "uuid_type": ("is not an identifier", "a UUID"),
    "uuid_parsing": ("is not an identifier", "a UUID"),
    "datetime_type": ("is not a time", "an RFC 3339 time with its offset"),
    "datetime_parsing": ("is not a time", "an RFC 3339 time with its offset"),
    "datetime_from_date_parsing": ("is not a time", "an RFC 3339 time with its offset"),
    "timezone_aware": ("has no offset", "an RFC 3339 time with its offset"),
    "date_type": ("is not a date", "a date as YYYY-MM-DD"),
    "date_parsing": ("is not a date", "a date as YYYY-MM-DD"),
    "date_from_datetime_parsing": ("is not a date", "a date as YYYY-MM-DD"),
}


def invalid_request(errors: Iterable[Mapping[str, Any]]) -> Invalid:
    """Return one error that names every bad field, up to a hundred."""
    listed = list(errors)
    shown = [field_problem(error) for error in listed[:MOST_REPORTED]]
    return Invalid(_summary(len(listed)), errors=shown)


def checked(shape: type[B], values: Any) -> B:
    """Return values in a checked shape; raises Invalid naming every bad field."""
    try:
        return shape.model_validate(values)
    except ValidationError as error:
        raise invalid_request(error.errors()) from error


def refusal(problem: FieldProblem) -> PydanticCustomError:
    """Return a field problem as an error of pydantic, which `field_problem` turns back."""
    return PydanticCustomError(_REFUSED, "{message}", {"message": problem.message, "accepted": problem.accepted})


def unreadable_body(cause: BaseException | None) -> Invalid | None:
    """Return what is wrong with a body that the JSON parser gave up on; None when something else went wrong."""
    message = _unreadable(cause)
    if message is None:
        return None
    return Invalid(_summary(1), errors=[FieldProblem("body", f"is not valid JSON: {message}", "a JSON document")])


def _unreadable(cause: BaseException | None) -> str | None:
    if isinstance(cause, UnicodeDecodeError):
        return f"byte {cause.start + 1} is not {cause.encoding.upper()}"
    if isinstance(cause, RecursionError):
        return "it is nested too deeply"
    if isinstance(cause, ValueError):
        return f"it holds a number of more than {get_int_max_str_digits():,} digits"
    return None


def _summary(count: int) -> str:
    if count == 1:
        return "One value is not accepted."
    more = f" The first {MOST_REPORTED} are listed." if count > MOST_REPORTED else ""
    return f"{count} values are not accepted.{more}"


def field_problem(error: Mapping[str, Any]) -> FieldProblem:
    """Return one pydantic error in our words; an unknown type keeps pydantic's message."""
    kind, context = str(error["type"]), dict(error.get("ctx", {}))
    path = field_path(error["loc"] if kind != "json_invalid" else ("body",))
    if kind == _REFUSED:
        return FieldProblem(path, context["message"], context["accepted"])
    if kind == "value_error":
        return FieldProblem(path, str(context.get("error", error["msg"])), None)
    if kind == "string_pattern_mismatch" and context["pattern"] in ACCEPTED:
        return FieldProblem(path, _WORDS[kind][0], ACCEPTED[context["pattern"]])
    message, accepted = _WORDS.get(kind, (_lowered(str(error["msg"])), None))
    return FieldProblem(path, message.format(**context), accepted and accepted.format(**context))


def field_path(location: Sequence[int | str]) -> str:
    """Return where a value is: `company.employees`, `leads[3].email`, `query.limit`; `body` for the whole body."""
    where, *rest = location or ("body",)
    # Tags in parentheses say which shape a body was taken for; they are no fields.
    rest = [part for part in rest if not (isinstance(part, str) and part.startswith("(") and part.endswith(")"))]
    parts = rest if where == "body" else [where, *rest]
    path = ""
    for part in parts:
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else str(part)
    return path or str(where)


def _lowered(message: str) -> str:
    return message[:1].lower() + message[1:]
