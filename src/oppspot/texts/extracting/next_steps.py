"""Proposes the one next step that was agreed: the one that is called so, else the last that was settled."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from oppspot.texts.extracting.calendar import days_in
from oppspot.texts.extracting.clauses import Clause, Side
from oppspot.texts.extracting.guards import is_denied
from oppspot.texts.types import Proposal

_CALLED: Final = re.compile(
    r"\b(?:next steps?(?: (?:is|are|would be|will be))?|action items?|follow[- ]?up|to-?do|"
    r"nächste[rn]? Schritte?(?: ist| sind)?|prochaines? étapes?(?: est)?)\s*(?:[:-]|(?<=\bis)|(?<=\bare)|(?<=\bbe)|"
    r"(?<=ist))\s*(?:to |that )?(?P<step>\S.{4,})",
    re.IGNORECASE,
)
_AGREED: Final = re.compile(
    r"(?:\blet's (?:schedule|meet|talk|speak|do|have|set up|book|reconvene|plan|get|touch base|catch up|sync)\b|"
    r"\b(?:please|could you|can you|would you) (?:please )?(?:send|share|prepare|set up|schedule|book|call)\b|"
    r"\b(?:I|we)(?:'ll| will) (?:send|share|introduce|set up|get back|schedule|book|come back|call|forward|prepare|"
    r"review|discuss)\b|\bschicken Sie (?:uns|mir)|\blassen Sie uns|\bkönnen Sie (?:uns|mir)|"
    r"\bpouvez-vous|\benvoyez-(?:nous|moi))",
    re.IGNORECASE,
)
_NOTED: Final = re.compile(
    r"^(?:agreed to |we agreed to |will |I(?:'ll| will) |we(?:'ll| will) |need to )?(?P<step>(?:send|schedule|book|"
    r"prepare|set up|call(?: back)?|e-?mail|follow up|share|arrange|introduce|organi[sz]e|demo for|meeting with|"
    r"termin|angebot) .{4,})",
    re.IGNORECASE,
)
_LONGEST: Final = 300


def find_next_step(clauses: Sequence[Clause]) -> Iterator[Proposal]:
    """Yield the next step of a document and when it is due."""
    called = [(clause, found["step"]) for clause in clauses if (found := _CALLED.search(clause.text))]
    agreed = [(clause, step) for clause in clauses if not called and (step := _agreed(clause))]
    dated = [(clause, step) for clause, step in agreed if _due(clause)]
    steps = called[:1] or dated[-1:] or agreed[-1:]
    for clause, step in steps:
        yield clause.propose("next_step.description", step.strip(" .!?")[:_LONGEST], 0.75 if called else 0.6)
        if due := _due(clause):
            yield clause.propose("next_step.due", due, 0.75 if called else 0.6)


def _agreed(clause: Clause) -> str | None:
    if clause.side is Side.OURS or is_denied(clause):
        return None
    if clause.side is Side.NOTED and (noted := _NOTED.search(clause.text)):
        return noted["step"]
    return clause.text if _AGREED.search(clause.text) else None


def _due(clause: Clause) -> str | None:
    days = [mention.day for mention in days_in(clause.text, clause.said_on) if mention.day >= clause.said_on]
    return days[0].isoformat() if days else None
