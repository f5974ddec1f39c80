"""Decides what working hours are well formed: up to six blocks a day, in order, not overlapping."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from oppspot.core.errors import FieldProblem

DAYS: Final = {
    "mon": "Monday",
    "tue": "Tuesday",
    "wed": "Wednesday",
    "thu": "Thursday",
    "fri": "Friday",
    "sat": "Saturday",
    "sun": "Sunday",
}
MOST_BLOCKS: Final = 6
ACCEPTED: Final = "blocks such as 09:00-12:30, 13:00-17:00; 24:00 ends a day"
_CLOCK: Final = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00")
_BLOCK: Final = re.compile(r"\s*(\d?\d:\d\d)\s*[-–—]\s*(\d?\d:\d\d)\s*")  # noqa: RUF001 — dashes people type

Blocks = Sequence[Sequence[str]]


def problems_of(hours: Mapping[str, Blocks]) -> list[FieldProblem]:
    """Return what is wrong with working hours by day: `{"mon": [["09:00", "17:30"]]}`; empty when nothing is."""
    found = []
    for day, blocks in hours.items():
        wrong = "is not a day" if day not in DAYS else _problem(blocks)
        if wrong:
            accepted = ACCEPTED if day in DAYS else ", ".join(DAYS)
            found.append(FieldProblem(f"working_hours.{day}", wrong, accepted))
    return found


def _problem(blocks: Blocks) -> str | None:
    if len(blocks) > MOST_BLOCKS:
        return f"has more than {MOST_BLOCKS} blocks"
    ends_before = ""
    for block in blocks:
        if len(block) != len(("from", "to")) or not all(_CLOCK.fullmatch(time) for time in block):
            return "has a block that is not two times of day"
        start, end = block
        if end <= start:
            return f"has a block that ends before it starts: {start}-{end}{_meant(start, end)}"
        if start < ends_before:
            return f"has blocks that overlap or are out of order at {start}"
        ends_before = end
    return None


def _meant(start: str, end: str) -> str:
    """Return how what may have been meant is written: a day ends at 24:00, a night is of two days."""
    if end == "00:00":
        return "; midnight at the end of a day is 24:00"
    return f"; a night is {start}-24:00, and 00:00-{end} on the day after" if end < start else ""


def read_day(text: str) -> list[list[str]] | None:
    """Read one day as typed: `9:00-12:30, 13:00-17:00`; nothing means a day off, None that it cannot be read."""
    blocks = []
    for part in text.split(",") if text.strip() else ():
        found = _BLOCK.fullmatch(part)
        if found is None:
            return None
        blocks.append([found[1].zfill(5), found[2].zfill(5)])
    return blocks


def write_day(blocks: Blocks) -> str:
    """Write one day as `read_day` reads it."""
    return ", ".join(f"{start}-{end}" for start, end in blocks)
