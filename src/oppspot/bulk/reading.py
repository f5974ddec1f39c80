"""Reads the values of a column into the one form that is compared.

What is regular is read by Polars; the rest, value by distinct value, by the rules that read a single claim, which also
say what is wrong with it.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, Final

import polars as pl

from oppspot.bulk.columns import READ_BY_PART, Part
from oppspot.bulk.errors import InvalidTable, moved, refusal
from oppspot.core.errors import FieldProblem
from oppspot.qualification.claims import ClaimKey, read_claim_text
from oppspot.qualification.types import GRADE_RANK
from oppspot.qualification.values import ChoiceKind, DateKind, FlagKind, NumberKind, TextKind

DAY: Final = 86_400_000_000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_GRADES: Final = pl.Enum(list(GRADE_RANK))
_FIRST_DATE, _LAST_DATE = date(1900, 1, 1), date(2200, 12, 31)
_FLAGS: Final = pl.Enum(["false", "true"])
_PLAIN: Final = r"^[!-~](?:[ -~]*[!-~])?$"  # needs no trimming and has one form only
_ISO_DATE: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"


def read_scalars(key: ClaimKey, raw: pl.Series) -> pl.Series:
    """Return numbers as floats, flags, choices as their place in the list, dates as days since 1970, or texts."""
    match key.kind:
        case NumberKind():
            return _numbers(key, key.kind, raw)
        case FlagKind():
            return _flags(key, raw)
        case ChoiceKind():
            return _choices(key, key.kind, raw)
        case DateKind():
            return _dates(key, raw)
        case TextKind():
            return _texts(key, key.kind, raw)
        case _:
            raise TypeError(f"{key.name} is a list.")  # those are tabulated


def _numbers(key: ClaimKey, kind: NumberKind, raw: pl.Series) -> pl.Series:
    given = _without_blanks(raw)
    numbers = given.cast(pl.Float64, strict=False).fill_nan(None)
    fitting = numbers.is_between(kind.minimum, kind.maximum)
    if kind.whole:
        fitting &= numbers == numbers.floor()
    return _settled(given, numbers.set(~fitting, None), lambda text: read_claim(key, text))


def _flags(key: ClaimKey, raw: pl.Series) -> pl.Series:
    if raw.dtype == pl.Boolean:
        return raw
    given = _without_blanks(raw)
    if raw.dtype.is_numeric():
        given = given.cast(pl.Float64).replace_strict({0.0: "false", 1.0: "true"}, default=given.cast(pl.String))
    return _settled(given, given.cast(_FLAGS, strict=False) == "true", lambda text: read_claim(key, text))


def _choices(key: ClaimKey, kind: ChoiceKind, raw: pl.Series) -> pl.Series:
    given = _without_blanks(raw)
    places = given.cast(pl.Enum(kind.values), strict=False).to_physical()
    return _settled(given, places, lambda text: kind.values.index(read_claim(key, text)))


def _dates(key: ClaimKey, raw: pl.Series) -> pl.Series:
    given = _without_blanks(raw)
    if raw.dtype == pl.String:
        regular = given.set(~given.str.contains(_ISO_DATE), None)
        days = regular.str.to_date("%Y-%m-%d", strict=False)
    else:
        days = given.cast(pl.Date) if raw.dtype == pl.Date else given.dt.date()
    days = days.set(~days.is_between(_FIRST_DATE, _LAST_DATE), None)
    readable = given if raw.dtype == pl.String else given.dt.to_string("%Y-%m-%d")
    return _settled(readable, days.to_physical(), lambda text: day_number(date.fromisoformat(read_claim(key, text))))


def day_number(day: date) -> int:
    """Return days since 1970."""
    return day.toordinal() - _EPOCH.toordinal()


def microseconds(moment: datetime) -> int:
    """Return microseconds since 1970."""
    since = moment - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def _texts(key: ClaimKey, kind: TextKind, raw: pl.Series) -> pl.Series:
    given = _without_blanks(raw.cast(pl.String))
    if given.str.contains(_PLAIN).all() and not (given.str.len_bytes() > kind.max_length).any():
        return given
    text = given.str.normalize("NFC").str.strip_chars()
    fitting = (text.str.len_chars() <= kind.max_length) & ~text.str.contains(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
    return _settled(given, text.set(~fitting, None), lambda text: read_claim(key, text))


def read_claim(key: ClaimKey, text: str) -> Any:
    """Return the value a text stands for."""
    value = read_claim_text(key.name, text, {key.name: key})
    if isinstance(value, FieldProblem):
        raise refusal(FieldProblem(value.path, f"{text[:60]!r} {value.message}", value.accepted))
    return value


def _without_blanks(raw: pl.Series) -> pl.Series:
    """Return texts without blank ones, which say nothing; no number and infinity are left to whoever reads numbers."""
    if raw.dtype.is_numeric():
        return raw.cast(pl.Float64).fill_nan(None)
    if raw.dtype in (pl.Boolean, pl.Date) or raw.dtype.base_type() is pl.Datetime:
        return raw
    text = raw.cast(pl.String)
    return text.set(~text.str.contains(r"\S"), None)


def _settled(given: pl.Series, read: pl.Series, read_one: Callable[[str], Any]) -> pl.Series:
    """Return what was read, the values that were not read put through `read_one`, each once."""
    left = given.is_not_null() & read.is_null()
    if not left.any():
        return read
    odd = given.filter(left).unique()
    values = pl.Series([_read_or_locate(read_one, value, given) for value in odd], dtype=read.dtype)
    return read.zip_with(~left, given.replace_strict(odd, values, default=None, return_dtype=read.dtype))


def _read_or_locate(read_one: Callable[[str], Any], value: Any, given: pl.Series) -> Any:
    try:
        return read_one(_as_text(value))
    except InvalidTable as fault:
        place = (given == value).arg_max()
        raise moved(fault, place or 0) from None


def _as_text(value: object) -> str:
    return value if isinstance(value, str) else repr(value)


# ── what is said of a claim ──


def read_part(part: Part, raw: pl.Series) -> pl.Series:
    """Return moments as microseconds since 1970, grades as their place in the list, confidence as a float."""
    match part:
        case "grade":
            return _grades(raw)
        case "confidence":
            return _confidences(raw)
        case _:
            return _moments(part, raw)


def _grades(raw: pl.Series) -> pl.Series:
    given = _without_blanks(raw)

    def read_one(text: str) -> int:
        places: dict[str, int] = {name: place for place, name in enumerate(GRADE_RANK)}
        if (place := places.get(text.strip().lower())) is None:
            raise _refused(raw.name, "grade", text, "is not a grade")
        return place

    return _settled(given, given.cast(_GRADES, strict=False).to_physical(), read_one)


def _confidences(raw: pl.Series) -> pl.Series:
    given = _without_blanks(raw)

    def read_one(text: str) -> float:
        raise _refused(raw.name, "confidence", text, "is not a share")

    numbers = given.cast(pl.Float64, strict=False).fill_nan(None)
    return _settled(given, numbers.set(~numbers.is_between(0, 1), None), read_one)


def _moments(part: Part, raw: pl.Series) -> pl.Series:
    if raw.dtype == pl.Date:
        return raw.cast(pl.Datetime("us")).to_physical()
    if isinstance(raw.dtype, pl.Datetime):
        return raw.dt.cast_time_unit("us").to_physical()
    given = _without_blanks(raw)

    def read_one(text: str) -> int:
        try:
            moment = datetime.fromisoformat(text.strip())
        except ValueError:
            raise _refused(raw.name, part, text, "is not a time") from None
        return microseconds(moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment)

    moments = given.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f%#z", strict=False, time_unit="us").to_physical()
    days = given.set(~given.str.contains(_ISO_DATE), None).str.to_date("%Y-%m-%d", strict=False)
    return _settled(
        given, moments.zip_with(moments.is_not_null(), days.cast(pl.Datetime("us")).to_physical()), read_one
    )


def _refused(column: str, part: Part, text: str, message: str) -> Exception:
    return refusal(FieldProblem(column, f"{text[:60]!r} {message}", READ_BY_PART[part][1]))
