"""Decides what to find out next, and when to look at a lead again."""

from bisect import insort
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from operator import itemgetter
from typing import Final

from oppspot.qualification.compiled import CompiledFramework
from oppspot.qualification.criteria import Judged, earning
from oppspot.qualification.questions import Question, is_open, leading, supposed
from oppspot.qualification.types import (
    ClaimValue,
    Contradiction,
    ElementResult,
    QualificationAction,
)


def next_actions(
    compiled: CompiledFramework,
    elements: Sequence[ElementResult],
    judged: Sequence[Judged],
    known: Iterable[str],
    contradictions: Sequence[Contradiction],
    today: date,
) -> tuple[QualificationAction, ...]:
    """Return what to find out, one action a key: the largest possible gain first; of equal ones, what is unknown first.

    `known` are the keys of which anything is known. Disputes come by what is at stake, before what gains as much.
    """
    asks, touched = _asks(compiled, frozenset(known))
    actions = list(asks)
    for action in _actions_for(compiled, touched, elements, judged):
        insort(actions, action, key=_falling)
    if not contradictions:
        return tuple(actions)
    stakes = [_settle(compiled, contradiction, judged, today) for contradiction in contradictions]
    ranked = [*stakes, *((action.gain, action) for action in actions)]
    return tuple(action for _, action in sorted(ranked, key=_STAKE, reverse=True))


def _falling(action: QualificationAction) -> int:
    return -action.gain


_STAKE: Final = itemgetter(0)


@lru_cache(maxsize=10_000)
def _asks(
    compiled: CompiledFramework, known: frozenset[str]
) -> tuple[tuple[QualificationAction, ...], tuple[Question, ...]]:
    """Return what to do about keys of whose answers nothing is known, sorted, and the other questions.

    Leads differ less in what is known than in what it says, so this is found out once.
    """
    questions = compiled.questions
    if not compiled.sums_elements:
        return (), questions  # what one letter gains depends on all others
    touched = {place for key in known for place in compiled.touched_by[key]}
    asks = [question.unknown for place, question in enumerate(questions) if place not in touched]
    return tuple(sorted(asks, key=_falling)), tuple(questions[place] for place in sorted(touched))


def _actions_for(
    compiled: CompiledFramework,
    questions: Iterable[Question],
    elements: Sequence[ElementResult],
    judged: Sequence[Judged],
) -> Iterator[QualificationAction]:
    """Yield what to do about each key of which there is something to find out or to improve."""
    for question in questions:
        pairs = []
        for position in question.criteria:
            pair = judged[position]
            if is_open(*pair):
                pairs.append(pair)
        if not pairs:
            continue
        criterion, result = leading(pairs) if len(pairs) > 1 else pairs[0]
        gain = gain_of(compiled, question, elements, judged)
        if result.state == "unknown":
            yield criterion.ask._replace(gain=gain)
        elif result.state == "expired":
            yield criterion.reconfirm._replace(gain=gain)
        else:
            yield criterion.ask._replace(kind="improve", gain=gain)


def gain_of(
    compiled: CompiledFramework, question: Question, elements: Sequence[ElementResult], judged: Sequence[Judged]
) -> int:
    """Return what the best answer adds to the overall score, in hundredths of a point."""
    if compiled.sums_elements:
        gain = 0
        for position, share in question.shares:
            criterion, result = judged[position]
            if share > result.contribution and is_open(criterion, result):
                gain += share - result.contribution
        return gain
    points = {element.element: element.points for element in elements}
    weakest = min(points.values())
    for position, earned in question.best_answer.earned.items():
        before = judged[position][1]
        points[before.element] += supposed(*judged[position], earned).points - before.points
    return min(points.values()) - weakest


def _settle(
    compiled: CompiledFramework, contradiction: Contradiction, judged: Sequence[Judged], today: date
) -> tuple[int, QualificationAction]:
    """Return the task to settle a contradiction, and what is at stake: from its worst side to its best."""
    reading = [pair for pair in judged if pair[0].key == contradiction.key]
    if not reading:
        return 0, _settle_unscored(compiled, contradiction, judged)
    sides = (contradiction.current, *contradiction.disputed_by)
    worth = [sum(_worth(pair, side.value, today) for pair in reading) for side in sides]
    criterion = reading[0][0]
    action = QualificationAction(
        kind="settle",
        element=criterion.ask.element,
        criterion=None,
        key=contradiction.key,
        text=_settling(criterion.title, contradiction),
        gain=max(worth) - worth[0],
    )
    return max(worth) - min(worth), action


def _settle_unscored(
    compiled: CompiledFramework, contradiction: Contradiction, judged: Sequence[Judged]
) -> QualificationAction:
    """Return the task to settle what earns nothing by itself, but from which something scored follows."""
    follows = {implied[0] for implied in compiled.reading.relevant.get(contradiction.key, ())}
    element = next(
        (criterion.ask.element for criterion, _ in judged if criterion.key in follows), judged[0][0].ask.element
    )
    return QualificationAction(
        kind="settle",
        element=element,
        criterion=None,
        key=contradiction.key,
        text=_settling(compiled.reading.keys[contradiction.key].title, contradiction),
        gain=0,
    )


def _settling(title: str, contradiction: Contradiction) -> str:
    sides = (contradiction.current, *contradiction.disputed_by)
    sources = sorted({side.claim.source for side in sides})
    return f"Settle “{title}”: {' and '.join(sources)} disagree"


def _worth(pair: Judged, value: ClaimValue, today: date) -> int:
    criterion, result = pair
    return earning(criterion, result, criterion.earn(value, today)[0] or 0).contribution


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
