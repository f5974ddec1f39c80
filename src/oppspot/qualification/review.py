"""Decides what to find out next, and when to look at a lead again."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from operator import attrgetter
from typing import Final

from oppspot.qualification.criteria import CompiledCriterion
from oppspot.qualification.types import Contradiction, CriterionResult, QualificationAction

Judged = tuple[CompiledCriterion, CriterionResult]


def next_actions(judged: Iterable[Judged], contradictions: Iterable[Contradiction]) -> tuple[QualificationAction, ...]:
    """Return what to find out, the largest possible gain first; equal ones in the document's order, disputes before."""
    actions = [_settle(contradiction, judged) for contradiction in contradictions]
    for criterion, result in judged:
        if result is criterion.unknown:
            actions.append(criterion.ask)
        elif result.state != "met" and (action := _action_for(criterion, result)):
            actions.append(action)
    actions.sort(key=_GAIN, reverse=True)
    return tuple(actions)


_GAIN: Final = attrgetter("gain")


def _action_for(criterion: CompiledCriterion, result: CriterionResult) -> QualificationAction | None:
    gain = result.max_contribution - result.contribution
    if result.state == "unknown":
        return criterion.ask._replace(gain=gain)
    if result.state == "expired":
        return criterion.reconfirm._replace(gain=gain)
    return criterion.ask._replace(kind="improve", gain=gain) if criterion.improvable else None


def _settle(contradiction: Contradiction, judged: Iterable[Judged]) -> QualificationAction:
    """Return the task to settle a contradiction, worth all the points that hang on its key."""
    reading = [(criterion, result) for criterion, result in judged if criterion.key == contradiction.key]
    sides = sorted({side.claim.source for side in (contradiction.current, *contradiction.disputed_by)})
    criterion = reading[0][0]
    return QualificationAction(
        kind="settle",
        element=criterion.ask.element,
        criterion=None,
        key=contradiction.key,
        text=f"Settle “{criterion.title}”: {' and '.join(sides)} disagree",
        gain=sum(result.max_contribution for _, result in reading),
    )


def next_review_date(known: Sequence[Judged], review_days: int, today: date) -> date:
    """Return the day to look again: the verdict's interval, or sooner when something known expires or a date passes.

    Never before tomorrow.
    """
    days = [today + timedelta(days=review_days), *_days_after(known, today)]
    expiries = [said.expires_at for _, result in known if (said := result.statement) and said.expires_at]
    if expiries:
        days.append(utc_day(min(expiries)))
    return max(min(days), today + timedelta(days=1))


def _days_after(known: Iterable[Judged], today: date) -> Iterator[date]:
    """Yield the day after each date that is still to come."""
    for criterion, result in known:
        if criterion.is_about_a_day and result.statement:
            day = date.fromisoformat(result.statement.value)
            if day >= today:
                yield day + timedelta(days=1)


def utc_day(moment: datetime) -> date:
    """Return the calendar day of a moment, in UTC."""
    return moment.astimezone(UTC).date()
