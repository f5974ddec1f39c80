"""Which version a form was filled in on, and what to say when another has come since."""

from dataclasses import dataclass

from starlette.datastructures import FormData

from oppspot.routing.pages.fields import posted_text


@dataclass(frozen=True, slots=True)
class Guard:
    """`version` goes along with the form; `moved` says who published since, and that nothing is lost."""

    version: int
    moved: str | None = None


def version_in(posted: FormData) -> int | None:
    """Return the version a form was filled in on; None when it does not say."""
    text = posted_text(posted, "expected_version")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None  # noqa: PLR2004 - a 32-bit number
