"""The shapes of text that requests may have, as patterns, and what each accepts in words; pure.

No table can hold the character NUL, and what stands on one line holds no control characters.
"""

from collections.abc import Mapping
from typing import Final

STORABLE: Final = r"^[^\x00]*$"
SOME: Final = r"^[^\x00]+$"
# What is no blank must not be NUL either: \S alone lets one through.
NOT_BLANK: Final = r"^[^\x00]*[^\s\x00][^\x00]*$"
LINE: Final = r"^[^\x00-\x1f]*$"
SOME_LINE: Final = r"^[^\x00-\x1f]+$"
LINE_NOT_BLANK: Final = r"^[^\x00-\x1f]*[^\s\x00-\x1f][^\x00-\x1f]*$"
SHORT_LINE: Final = r"^[^\x00-\x1f]{1,60}$"
PART_OF_PATH: Final = r"^[^\x00-\x1f/]+$"
KEY: Final = r"^[a-z][a-z0-9_]{0,59}$"

ACCEPTED: Final[Mapping[str, str]] = {
    STORABLE: "text without the character NUL",
    SOME: "text without the character NUL",
    NOT_BLANK: "text that is not blank",
    LINE: "one line of text",
    SOME_LINE: "one line of text",
    LINE_NOT_BLANK: "one line of text that is not blank",
    SHORT_LINE: "one line of 1 to 60 characters",
    PART_OF_PATH: "one line of text without slashes",
    KEY: "up to 60 of a-z, 0-9 and _, a letter first",
}
"""What is accepted, for people who read no regular expressions."""
