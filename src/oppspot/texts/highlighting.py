"""Cuts a text where quotes begin and end, so that a page can mark them though they overlap."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID


class Quoted(Protocol):
    """As much of a proposal as marking it needs."""

    @property
    def id(self) -> UUID: ...
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def state(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the text under the same quotes; `begins` are those whose first piece it is."""

    text: str
    ids: tuple[UUID, ...]
    begins: tuple[UUID, ...]
    is_open: bool  # a quote of it waits for a decision
    is_kept: bool  # a quote of it became a claim


def pieces_of(content: str, quotes: Sequence[Quoted]) -> list[Piece]:
    """Return the whole text in pieces."""
    cuts = sorted({0, len(content), *(quote.start for quote in quotes), *(quote.end for quote in quotes)})
    return [_piece(content, quotes, start, end) for start, end in itertools.pairwise(cuts)]


def _piece(content: str, quotes: Sequence[Quoted], start: int, end: int) -> Piece:
    over = [quote for quote in quotes if quote.start <= start and end <= quote.end and quote.state != "rejected"]
    return Piece(
        content[start:end],
        tuple(quote.id for quote in over),
        tuple(quote.id for quote in quotes if quote.start == start),
        any(quote.state == "proposed" for quote in over),
        any(quote.state in ("accepted", "edited") for quote in over),
    )
