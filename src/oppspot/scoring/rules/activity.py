"""Decides how measured engagement is put into terms, in tenths of a point."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from oppspot.engagement.types import (
    GROUP_OF,
    CapTally,
    Engagement,
    EngagementModel,
    EventGroup,
    KindTally,
    SetbackTally,
)
from oppspot.scoring.rules.terms import Term
from oppspot.scoring.types import Factor, TermKind

_SETBACK_LABELS: Final = {
    "meeting_cancelled": "Meeting cancelled",
    "unsubscribe": "Unsubscribed",
    "hard_bounce": "E-mail bounced",
    "job_page_only": "Only looked at job pages",
}

_NO_ACTIVITY: Final = Term(
    key="engagement.none",
    kind=TermKind.EVENTS,
    factor=Factor.ENGAGEMENT,
    label="No activity",
    amount=0,
    most=None,
    reason="No activity that earns points was seen",
    source="events",
)


def activity_terms(engagement: Engagement, model: EngagementModel, now: datetime) -> list[Term]:
    """Return a term per kind of event and per cap reached; they sum to `engagement.earned`."""
    caps = {cap.group: cap.points for cap in model.group_caps}
    terms = [_kind(kind, caps, now) for kind in engagement.kinds] + [_cap(cap) for cap in engagement.caps]
    return terms or [_NO_ACTIVITY]


def setback_terms(engagement: Engagement, now: datetime) -> list[Term]:
    return [_setback(setback, now) for setback in engagement.setbacks]


def _kind(tally: KindTally, caps: Mapping[EventGroup, int], now: datetime) -> Term:
    rule = tally.rule
    most = round(10 * rule.points / (1 - rule.repeat_share))
    happened = f"{'Once' if tally.times == 1 else f'{tally.times} times'}, last {_ago(tally.latest_at, now)}"
    worth = f"{rule.points} points fresh, halved every {rule.half_life_days:g} days"
    repeats = f", each repeat counts {rule.repeat_share:g} of the next" if tally.times > 1 else ""
    annulled = f"; {tally.annulled} cancelled and worth nothing" if tally.annulled else ""
    return Term(
        key=f"engagement.{rule.kind}",
        kind=TermKind.EVENTS,
        factor=Factor.ENGAGEMENT,
        label=rule.kind.replace("_", " ").capitalize(),
        amount=tally.tenths,
        most=min(most, caps[GROUP_OF[rule.kind]] * 10),
        reason=f"{happened}: {worth}{repeats}{annulled}",
        source=f"event.{rule.kind}",
    )


def _cap(tally: CapTally) -> Term:
    name = "all activity" if tally.group is None else f"{tally.group} activity"
    return Term(
        key=f"engagement.cap.{tally.group or 'all'}",
        kind=TermKind.LIMIT,
        factor=Factor.ENGAGEMENT,
        label=f"Cap on {name}",
        amount=-tally.tenths,
        most=None,
        reason=f"{name.capitalize()} counts {tally.cap} points at most",
        source="model.group_caps",
    )


def _setback(tally: SetbackTally, now: datetime) -> Term:
    half_life = tally.rule.half_life_days
    fading = "does not fade" if half_life is None else f"halved every {half_life:g} days"
    return Term(
        key=f"engagement.{tally.name}",
        kind=TermKind.PENALTY,
        factor=Factor.ENGAGEMENT,
        label=_SETBACK_LABELS[tally.name],
        amount=-tally.tenths,
        most=None,
        reason=f"{_ago(tally.latest_at, now).capitalize()}: {tally.rule.points} points off, {fading}",
        source=f"event.{tally.name}",
    )


def _ago(then: datetime, now: datetime) -> str:
    days = (now - then) // timedelta(days=1)
    return "less than a day ago" if days == 0 else "1 day ago" if days == 1 else f"{days} days ago"
