"""Finds leads that no rule takes."""

from collections.abc import Iterator
from typing import Final

from oppspot.routing.linting.asked import Case
from oppspot.routing.linting.knowledge import are_related
from oppspot.routing.linting.types import Finding, Kind, Severity
from oppspot.routing.linting.wording import facts_in_words, leads, shortened

_BUDGET: Final = 400_000


def uncovered(case: Case) -> Iterator[Finding]:
    """Yield that there are leads which no rule takes and for which there is no default, with one of them."""
    if case.config.default_target is not None or any(rule.takes_all for rule in case.rules):
        return
    missed = [row for row, places in case.matches if not places]
    example = max(missed, key=lambda row: len(shortened(row, case.fields)), default=None) or _example(case)
    if example is None:
        return
    known = shortened(example, case.fields)
    shown = f"such as one with {facts_in_words(known, case.fields)}"
    said = (
        f"{leads(len(missed), len(case.rows))} match no rule, {shown}"
        if missed
        else f"There is no rule for every lead, {shown}"
    )
    if not case.rules:
        said = "There is no rule that is on and no default"
    yield Finding(
        kind=Kind.UNCOVERED,
        severity=Severity.WARNING if missed else Severity.INFO,
        rule_ids=(),
        says=f"{said}. Such leads wait until somebody gives them by hand.",
        do="Add a rule without conditions at the end, or name a default target.",
        example=known,
        leads=len(missed),
    )


def _example(case: Case) -> dict[str, object] | None:
    every = (*case.exclusions, *case.rules)
    answer = case.find([item.missed for item in every], budget=_BUDGET)
    if answer.row is None:
        if not answer.never:
            case.note("Whether there are leads that no rule takes is too intricate to tell.")
        return None
    return answer.row if not are_related(answer.row) else case.example(answer.row, missed=every)
