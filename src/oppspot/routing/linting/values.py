"""Finds a value of one field that meets several wishes about it, or shows that there is none."""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import permutations, product
from typing import Final

from oppspot.conditions.country_checks import COUNTRY_FIELDS, country_problem
from oppspot.conditions.predicates import compile_predicate
from oppspot.conditions.types import Field, FieldType, Leaf, Op, Period, fixed_instants_of, numbers_of
from oppspot.conditions.values import folded_operand
from oppspot.routing.linting.formulas import Atom, Wish
from oppspot.routing.linting.knowledge import ALWAYS_KNOWN, PAST, RANGES, WHOLE, certain_choices
from oppspot.routing.linting.spans import EVERYTHING, Span, Spans, both, mirrored, pick, pick_whole, spans_of, whole


@dataclass(frozen=True, slots=True)
class Solved:
    """`value` meets the wishes (None: being unknown does); where `certain` is False nothing was found or refuted."""

    possible: bool
    certain: bool = True
    value: object = None


NEVER: Final = Solved(possible=False)
PERHAPS: Final = Solved(possible=True, certain=False)
BY_BEING_UNKNOWN: Final = Solved(possible=True)

Want = tuple[Leaf, bool]  # a leaf and what it must come out as, of a known value
ELSE: Final = ("something else", "anything else", "another thing", "other")
_MOST_TRIES: Final = 256
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_TICK: Final = timedelta(microseconds=1)
_CALENDAR: Final = (
    Span((datetime(2, 1, 1, tzinfo=UTC) - _EPOCH) // _TICK, (datetime(9998, 12, 31, tzinfo=UTC) - _EPOCH) // _TICK),
)


def solve(field: Field, atoms: Iterable[Atom], now: datetime) -> Solved:
    """Return a value of `field` that meets all wishes, a known one if there is one.

    Times are looked for as of `now`; that there is none is said only where that holds at every moment.
    """
    wants: list[Want] = []
    may_be_known, may_be_unknown = True, field.name not in ALWAYS_KNOWN
    for atom in atoms:
        wanted = atom.wish in (Wish.TRUE, Wish.NOT_FALSE)
        if atom.leaf.op in (Op.IS_KNOWN, Op.IS_UNKNOWN):
            known = wanted is (atom.leaf.op is Op.IS_KNOWN)
            may_be_known, may_be_unknown = may_be_known and known, may_be_unknown and not known
        else:
            wants.append((atom.leaf, wanted))
            may_be_unknown = may_be_unknown and atom.wish in (Wish.NOT_TRUE, Wish.NOT_FALSE)
    found = _SOLVERS[field.type](field, wants, now) if may_be_known else NEVER
    if may_be_unknown and (not found.possible or not found.certain):
        return BY_BEING_UNKNOWN
    return found


def _first(values: Iterable[object], wants: Sequence[Want], now: datetime, otherwise: Solved) -> Solved:
    """Return the first value that meets everything."""
    tests = [(leaf.field.name, compile_predicate(leaf), wanted) for leaf, wanted in wants]
    for value in values:
        if all(predicate({name: value}, now) is wanted for name, predicate, wanted in tests):
            return Solved(possible=True, value=value)
    return otherwise


def _boolean(_field: Field, wants: Sequence[Want], now: datetime) -> Solved:
    return _first((True, False), wants, now, NEVER)


def _choice(field: Field, wants: Sequence[Want], now: datetime) -> Solved:
    choices = certain_choices(field)
    if choices is not None:
        return _first(choices, wants, now, NEVER)
    listed = _listed(wants)
    return _first(
        (*field.choices, *ELSE) if listed is None else listed, wants, now, PERHAPS if listed is None else NEVER
    )


def _listed(wants: Sequence[Want]) -> list[str] | None:
    """Return the only texts that can do, where some are listed."""
    lists = [folded_operand(leaf) for leaf, wanted in wants if wanted is (leaf.op in (Op.EQ, Op.IN)) and _lists(leaf)]
    lists.sort(key=len)
    return list(dict.fromkeys(lists[0])) if lists else None


def _lists(leaf: Leaf) -> bool:
    return leaf.op in (Op.EQ, Op.IN, Op.NE, Op.NOT_IN)


def _text(field: Field, wants: Sequence[Want], now: datetime) -> Solved:
    listed = _listed(wants)
    if listed is not None and field.name in COUNTRY_FIELDS:
        listed = [country for country in listed if country_problem(country, "") is None]
    if listed is not None:
        return _first(listed, wants, now, NEVER)
    starts = [folded_operand(leaf)[0] for leaf, wanted in wants if wanted and leaf.op is Op.STARTS_WITH]
    parts = [folded_operand(leaf)[0] for leaf, wanted in wants if wanted and leaf.op is Op.CONTAINS]
    start = max(starts, key=len, default="")
    if not all(start.startswith(other) for other in starts) or _is_forbidden(start, parts, wants):
        return NEVER
    return _first(_texts(start, parts), wants, now, PERHAPS)


def _is_forbidden(start: str, parts: Sequence[str], wants: Sequence[Want]) -> bool:
    """Say whether what a text must have is what it must not have."""
    unwanted = [(leaf.op, folded_operand(leaf)[0]) for leaf, wanted in wants if not wanted]
    return any(
        (op is Op.STARTS_WITH and start.startswith(text))
        or (op is Op.CONTAINS and any(text in must for must in (start, *parts)))
        for op, text in unwanted
    )


def _texts(start: str, parts: Sequence[str]) -> Iterator[str]:
    missing = [part for part in dict.fromkeys(parts) if part not in start]
    if not start and not missing:
        yield from ELSE
        return
    for order in list(permutations(missing))[:6] if len(missing) < 4 else [tuple(missing)]:  # noqa: PLR2004
        for between in (" ", "", "-"):
            text = between.join((start, *order) if start else order)
            yield from (text, text + between + "else", *(f"{text}{between}{number}" for number in range(10)))


def _text_list(_field: Field, wants: Sequence[Want], now: datetime) -> Solved:
    """Return a list as short as can be: what must be in it, and one of each group of which one must be.

    Exact unless there are too many ways to choose: any list that does contains such a short one that does.
    """
    must: set[str] = set()
    never: set[str] = set()
    groups: list[set[str]] = []
    for leaf, wanted in wants:
        texts = set(folded_operand(leaf))
        if leaf.op is Op.HAS_ALL:
            must |= texts if wanted else set()
        elif wanted is (leaf.op is Op.HAS_ANY):
            groups.append(texts)
        else:
            never |= texts
    choices = [sorted(group - never) for group in groups if not group & must]
    if must & never or not all(choices):
        return NEVER
    ways = math.prod(len(group) for group in choices)
    tried = (sorted(must | set(way)) for _, way in zip(range(_MOST_TRIES), product(*choices), strict=False))
    return _first(tried, wants, now, NEVER if ways <= _MOST_TRIES else PERHAPS)


def _number(field: Field, wants: Sequence[Want], now: datetime) -> Solved:
    low, high = RANGES.get(field.name, (-math.inf, math.inf))
    spans = both(EVERYTHING, (Span(low, high),))
    excluded: set[float] = set()
    lists: list[tuple[float, ...]] = []
    for leaf, wanted in wants:
        if not _lists(leaf):
            spans = both(spans, spans_of(leaf.op, numbers_of(leaf), wanted=wanted))
        elif wanted is (leaf.op in (Op.EQ, Op.IN)):
            lists.append(numbers_of(leaf))
        else:
            excluded.update(numbers_of(leaf))
    is_whole = field.name in WHOLE
    if lists:
        fitting = (n for n in min(lists, key=len) if (n == int(n) or not is_whole) and any(n in span for span in spans))
        return _first(map(_plain, fitting), wants, now, NEVER)
    if is_whole:
        found = pick_whole(whole(spans), excluded)
        return NEVER if found is None else Solved(possible=True, value=found)
    number, certain = pick(spans, excluded)
    if number is not None:
        return Solved(possible=True, value=_plain(number))
    return NEVER if certain else PERHAPS


def _plain(number: float) -> float:
    return int(number) if number == int(number) else number


def _instant(field: Field, wants: Sequence[Want], now: datetime) -> Solved:
    moments: Spans = _CALENDAR
    ages: Spans = (Span(0, math.inf, open_high=True),) if field.name in PAST else EVERYTHING
    for leaf, wanted in wants:
        if isinstance(leaf.value, Period):
            ages = both(ages, _ages(leaf.op, leaf.value, wanted=wanted))
        else:
            ticks = [(instant - _EPOCH) // _TICK for instant in fixed_instants_of(leaf)]
            moments = both(moments, spans_of(leaf.op, ticks, wanted=wanted))
    if not whole(moments) or not whole(ages):
        return NEVER
    today = (now - _EPOCH) // _TICK
    until_now = both(whole(both(moments, mirrored(ages, today))), (Span(-math.inf, today, open_low=True),))
    found = pick_whole(whole(until_now), (), latest=True)
    found = pick_whole(whole(both(moments, mirrored(ages, today))), ()) if found is None else found
    # Another moment may do: what is certain of ages and of moments apart is certain of both only when one is empty.
    return PERHAPS if found is None else Solved(possible=True, value=_EPOCH + found * _TICK)


def _ages(op: Op, period: Period, *, wanted: bool) -> Spans:
    span = period.delta // _TICK
    return (
        spans_of(Op.GT, [span], wanted=wanted)
        if op is Op.OLDER_THAN
        else spans_of(Op.BETWEEN, [0, span], wanted=wanted)
    )


_SOLVERS: Final[dict[FieldType, Callable[[Field, Sequence[Want], datetime], Solved]]] = {
    FieldType.TEXT: _text,
    FieldType.CHOICE: _choice,
    FieldType.NUMBER: _number,
    FieldType.BOOLEAN: _boolean,
    FieldType.DATETIME: _instant,
    FieldType.TEXT_LIST: _text_list,
}
