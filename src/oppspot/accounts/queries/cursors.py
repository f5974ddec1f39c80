"""Reads the positions in cursors; whatever is not one of ours is refused, never passed on to the database."""

from uuid import UUID

from oppspot.core.errors import Invalid, invalid
from oppspot.core.pagination import decode_cursor


def read_id(cursor: str) -> UUID:
    """Return the identifier a cursor holds; raises Invalid."""
    return _uuid(decode_cursor(cursor, 1)[0])


def read_text_and_id(cursor: str) -> tuple[str, UUID]:
    """Return the text and the identifier a cursor holds; raises Invalid."""
    text, identifier = decode_cursor(cursor, 2)
    if not isinstance(text, str) or "\0" in text:
        raise _refusal()
    return text, _uuid(identifier)


def read_number(cursor: str) -> int:
    """Return the number a cursor holds; raises Invalid."""
    number = decode_cursor(cursor, 1)[0]
    if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number < 2**63:
        raise _refusal()
    return number


def _uuid(value: object) -> UUID:
    try:
        return UUID(str(value))
    except ValueError:
        raise _refusal() from None


def _refusal() -> Invalid:
    return invalid("cursor", "is not a cursor of this list", "the `next_cursor` of the page before")
