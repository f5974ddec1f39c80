"""Decides what a lead's events are worth now: decay, diminishing repeats, caps and setbacks."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from math import exp2, floor
from typing import Final

from oppspot.engagement.types import (
    GROUP_OF,
    SETBACKS,
    CapTally,
    Engagement,
    EngagementEvent,
    EngagementModel,
    EngagementWindows,
    EventGroup,
    EventKind,
    KindRule,
    KindTally,
    SetbackRule,
    SetbackTally,
)

JOB_PAGE_ONLY: Final = "job_page_only"
_DAY: Final = timedelta(days=1)
_FULL: Final = 1000
_NOTHING_OBSERVED: Final = Engagement(earned=0, lost=0, shown=0, observed=False)

_NO_INTEREST: Final = frozenset({EventKind.JOB_PAGE_VIEW, *SETBACKS})

_ByKind = dict[EventKind, list[EngagementEvent]]


@dataclass(frozen=True, slots=True)
class CompiledEngagement:
    """An engagement model with its look-ups made; share it between leads."""

    kinds: tuple[KindRule, ...]
    caps: tuple[tuple[EventGroup, int], ...]
    setbacks: Mapping[str, SetbackRule]


@lru_cache(maxsize=64)
def compile_engagement(model: EngagementModel) -> CompiledEngagement:
    setbacks = {kind.value: getattr(model, kind.value) for kind in SETBACKS}
    return CompiledEngagement(
        kinds=model.kinds,
        caps=tuple((cap.group, cap.points * 10) for cap in model.group_caps),
        setbacks=setbacks | {JOB_PAGE_ONLY: model.job_page_only},
    )


def measure_engagement(events: Sequence[EngagementEvent], model: CompiledEngagement, now: datetime) -> Engagement:
    """Measure a lead's engagement at `now` from its whole history, in any order.

    A kind earns points * sum over its events, newest first with rank k = 0, 1, ..., of
    repeat_share**k * 2**(-age / half_life); each group and then the whole are capped. The result depends
    only on the events and `now`, so it does not matter how often it is computed.
    """
    if not events:
        return _NOTHING_OBSERVED
    by_kind = _past_by_kind(events, now)
    if not by_kind:
        return _NOTHING_OBSERVED
    kinds = _tally_kinds(by_kind, model, now)
    caps = _tally_caps(kinds, model)
    earned = sum(kind.tenths for kind in kinds) - sum(cap.tenths for cap in caps)
    setbacks = _tally_setbacks(by_kind, model, now)
    lost = sum(setback.tenths for setback in setbacks)
    return Engagement(earned, lost, max(0, earned - lost), observed=True, kinds=kinds, caps=caps, setbacks=setbacks)


def count_windows(events: Iterable[EngagementEvent], now: datetime) -> EngagementWindows:
    """Count a lead's acts of the last 7 and 30 days (open at the far end, closed at `now`)."""
    acts = [event for kind, group in _past_by_kind(events, now).items() if kind not in SETBACKS for event in group]
    return EngagementWindows(
        events_7d=sum(act.quantity for act in acts if now - act.occurred_at < 7 * _DAY),
        events_30d=sum(act.quantity for act in acts if now - act.occurred_at < 30 * _DAY),
        last_event_at=max((act.occurred_at for act in acts), default=None),
    )


def _past_by_kind(events: Iterable[EngagementEvent], now: datetime) -> _ByKind:
    by_kind: _ByKind = {}
    seen: set[str] = set()
    for event in events:
        if event.occurred_at > now:
            continue
        if event.id is not None:
            if event.id in seen:
                continue
            seen.add(event.id)
        by_kind.setdefault(event.kind, []).append(event)
    return by_kind


def _tally_kinds(by_kind: _ByKind, model: CompiledEngagement, now: datetime) -> tuple[KindTally, ...]:
    tallies = []
    for rule in model.kinds:
        events = by_kind.get(rule.kind)
        if not events:
            continue
        kept = times = _times(events)
        annulled = 0
        if rule.kind is EventKind.MEETING_BOOKED and EventKind.MEETING_CANCELLED in by_kind:
            kept = _without_annulled(times, _times(by_kind[EventKind.MEETING_CANCELLED]))
            annulled = _count(times) - _count(kept)
        tenths = _to_tenths(_decayed(kept, rule, now))
        tallies.append(KindTally(rule, _count(times), annulled, times[-1][0], tenths))
    return tuple(tallies)


def _count(times: Sequence[tuple[datetime, int]]) -> int:
    # Most leads did most things once, and a sum costs more than looking.
    return times[0][1] if len(times) == 1 else sum(quantity for _, quantity in times)


def _times(events: Sequence[EngagementEvent]) -> list[tuple[datetime, int]]:
    """Oldest first; sorted by quantity too, so that the order of arrival cannot change the last float bit."""
    times = [(event.occurred_at, event.quantity) for event in events]
    times.sort()
    return times


def _without_annulled(
    booked: list[tuple[datetime, int]], cancelled: list[tuple[datetime, int]]
) -> list[tuple[datetime, int]]:
    """Drop for each cancellation the latest booking made up to then; a cancelled meeting earns nothing."""
    # A booking sorts before a cancellation of the same moment.
    steps = sorted([(at, 0, quantity) for at, quantity in booked] + [(at, 1, quantity) for at, quantity in cancelled])
    standing: list[tuple[datetime, int]] = []
    for at, is_cancellation, quantity in steps:
        if not is_cancellation:
            standing.append((at, quantity))
            continue
        to_annul = quantity
        while to_annul and standing:
            booked_at, open_bookings = standing.pop()
            if open_bookings > to_annul:
                standing.append((booked_at, open_bookings - to_annul))
            to_annul -= min(to_annul, open_bookings)
    return standing


def _decayed(times: Sequence[tuple[datetime, int]], rule: KindRule, now: datetime) -> float:
    """Points of one kind, by Horner's rule from the oldest event on: each newer one discounts all before it."""
    if not times:
        return 0.0
    share, half_life = rule.repeat_share, rule.half_life_days
    last_at, quantity = times[0]
    total = _repeats(quantity, share)
    for at, quantity in times[1:]:
        total = total * exp2(-_days(at - last_at) / half_life) * share**quantity + _repeats(quantity, share)
        last_at = at
    return rule.points * total * exp2(-_days(now - last_at) / half_life)


def _repeats(quantity: int, share: float) -> float:
    """Return 1 + share + share**2 + ..., one term for each time."""
    return 1.0 if quantity == 1 else (1 - share**quantity) / (1 - share)


def _tally_caps(kinds: Iterable[KindTally], model: CompiledEngagement) -> tuple[CapTally, ...]:
    by_group: dict[EventGroup, int] = {}
    for kind in kinds:
        group = GROUP_OF[kind.rule.kind]
        by_group[group] = by_group.get(group, 0) + kind.tenths
    caps = [
        CapTally(group, cap // 10, by_group[group] - cap) for group, cap in model.caps if by_group.get(group, 0) > cap
    ]
    total = sum(by_group.values()) - sum(cap.tenths for cap in caps)
    if total > _FULL:
        caps.append(CapTally(None, _FULL // 10, total - _FULL))
    return tuple(caps)


def _tally_setbacks(by_kind: _ByKind, model: CompiledEngagement, now: datetime) -> tuple[SetbackTally, ...]:
    """Take each setback off once, for its latest event: bouncing twice is not worse than bouncing once."""
    causes = {kind.value: by_kind[kind] for kind in SETBACKS if kind in by_kind}
    if EventKind.JOB_PAGE_VIEW in by_kind and by_kind.keys() <= _NO_INTEREST:
        causes[JOB_PAGE_ONLY] = by_kind[EventKind.JOB_PAGE_VIEW]
    tallies = []
    for name, events in causes.items():
        rule = model.setbacks[name]
        latest_at = max(event.occurred_at for event in events)
        fading = 1.0 if rule.half_life_days is None else exp2(-_days(now - latest_at) / rule.half_life_days)
        if tenths := _to_tenths(rule.points * fading):
            tallies.append(SetbackTally(name, rule, latest_at, tenths))
    return tuple(tallies)


def _days(span: timedelta) -> float:
    return span / _DAY


def _to_tenths(points: float) -> int:
    """Round half up to tenths; the small lift keeps float noise from moving a value that sits on a half."""
    return floor(points * 10 + 0.5 + 1e-6)
