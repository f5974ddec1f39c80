"""Random conditions and rows over a small catalogue in which values often meet what conditions ask."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from oppspot.conditions.types import (
    OPS,
    All,
    Any,
    Catalogue,
    Condition,
    Field,
    FieldType,
    Leaf,
    Not,
    Op,
    Period,
    PeriodUnit,
    Shape,
    shape_of,
)

NOW = datetime(2026, 10, 25, 12, 30, tzinfo=UTC)  # the clocks of Europe went back this morning
BERLIN = ZoneInfo("Europe/Berlin")

CATALOGUE = Catalogue.of(
    [
        Field("title", FieldType.TEXT, "title"),
        Field("source", FieldType.TEXT, "source"),
        Field("employees", FieldType.NUMBER, "employees"),
        Field("revenue", FieldType.NUMBER, "revenue"),
        Field("score", FieldType.NUMBER, "score"),
        Field("free_mail", FieldType.BOOLEAN, "free mail"),
        Field("created_at", FieldType.DATETIME, "creation"),
        Field("status", FieldType.CHOICE, "status", choices=("new", "working", "lost")),
        Field("technologies", FieldType.TEXT_LIST, "technologies"),
    ]
).with_attributes(
    [
        Field("region", FieldType.TEXT, "region"),
        Field("seats", FieldType.NUMBER, "seats"),
        Field("partner", FieldType.BOOLEAN, "partner"),
        Field("tags", FieldType.TEXT_LIST, "tags"),
    ]
)

# Letters on which lower() and casefold() of Python, PostgreSQL and Rust are known to disagree, and what LIKE would take
# for a pattern.
_WORDS = (
    "Software", "SOFTWARE", "soft", "ware", "école", "ÉCOLE", "straße", "STRASSE", "STRAẞE", "İzmir", "izmir", "IZMIR",
    "\N{LATIN SMALL LETTER DOTLESS I}zmir", "ΣΊΣΥΦΟΣ", "σίσυφος", "σίσυφοσ", "\N{KELVIN SIGN}elvin", "kelvin",
    "\N{LATIN SMALL LETTER LONG S}oft", "Ǆ", "ǅ", "ǆ", "ﬁ", "Բ", "բ", "100%", "1_0", "back\\slash", "日本",
    "e\N{COMBINING ACUTE ACCENT}",
)  # fmt: skip
_CHARACTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
_TEXTS = st.sampled_from(_WORDS) | st.text(_CHARACTERS, min_size=1, max_size=3)
_ROW_TEXTS = st.sampled_from(["", *_WORDS]) | st.builds("{}{}".format, _TEXTS, _TEXTS)

_NUMBERS = st.sampled_from([-1, 0, 1, 50, 50.5, 0.1, 1e300, 2**53, 2**53 - 1, 1e-9]) | st.integers(-3, 3)
_INTEGERS = st.sampled_from([-1, 0, 1, 50, 51, 2**53, 2**53 + 1, 2**62]) | st.integers(-3, 3)
_FLOATS = st.sampled_from([float("nan"), float("inf"), float("-inf"), -0.0, 0.1, 50.0, 50.5, 1e300]) | st.floats(-3, 3)
_DECIMALS = st.sampled_from([Decimal("0.1"), Decimal("50.5"), Decimal(2**53), Decimal("-1.000001")])

_ZONES = st.sampled_from([UTC, BERLIN, timezone(timedelta(hours=5, minutes=45))])
_AGES = st.sampled_from([timedelta(0), timedelta(hours=1), timedelta(days=1), timedelta(days=2)])
_NUDGES = st.sampled_from([timedelta(microseconds=-1), timedelta(0), timedelta(microseconds=1), timedelta(hours=1)])
_INSTANTS = st.builds(lambda age, nudge, zone: (NOW - age + nudge).astimezone(zone), _AGES, _NUDGES, _ZONES)
_PERIODS = st.sampled_from([Period(1, PeriodUnit.HOURS), Period(24, PeriodUnit.HOURS), Period(2, PeriodUnit.DAYS)])

_OPERANDS = {
    FieldType.TEXT: _TEXTS,
    FieldType.TEXT_LIST: _TEXTS,
    FieldType.NUMBER: _NUMBERS,
    FieldType.BOOLEAN: st.booleans(),
    FieldType.DATETIME: _INSTANTS.map(lambda instant: instant.astimezone(UTC)),
}


@st.composite
def leaves(draw: st.DrawFn) -> Leaf:
    field = draw(st.sampled_from(list(CATALOGUE)))
    op = draw(st.sampled_from(OPS[field.type]))
    one = st.sampled_from(field.choices) if field.choices else _OPERANDS[field.type]
    match shape_of(op):
        case Shape.NOTHING:
            return Leaf(field, op)
        case Shape.ONE:
            return Leaf(field, op, draw(one))
        case Shape.MANY:
            return Leaf(field, op, tuple(draw(st.lists(one, min_size=1, max_size=4))))
        case Shape.RANGE:
            return Leaf(field, op, tuple(sorted(draw(st.lists(one, min_size=2, max_size=2)))))
        case Shape.PERIOD:
            return Leaf(field, op, draw(_PERIODS))


def conditions(*, allow_empty_any: bool = True) -> st.SearchStrategy[Condition]:
    def grow(parts: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
        groups = st.lists(parts, max_size=4).map(tuple)
        either = groups if allow_empty_any else st.lists(parts, min_size=1, max_size=4).map(tuple)
        return groups.map(All) | either.map(Any) | parts.map(Not)

    return st.recursive(leaves(), grow, max_leaves=8)


def _maybe(values: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.one_of(values, values, values, st.none())


_LISTS = st.lists(_ROW_TEXTS, max_size=3)

_VALUES: dict[str, st.SearchStrategy[object]] = {
    "title": _ROW_TEXTS,
    "source": _ROW_TEXTS,
    "employees": _INTEGERS,
    "revenue": _DECIMALS,
    "score": _FLOATS,
    "free_mail": st.booleans(),
    "created_at": _INSTANTS,
    "status": st.sampled_from(["new", "working", "lost", "New"]),
    "technologies": _LISTS,
    "attributes.region": _ROW_TEXTS,
    "attributes.seats": _NUMBERS,
    "attributes.partner": st.booleans(),
    "attributes.tags": _LISTS,
}
_JSON = st.sampled_from([5, True, "text", ["text", 5, None], {"a": 1}, "", []])
_ANYTHING = st.one_of(
    _ROW_TEXTS, _FLOATS, _INTEGERS, _DECIMALS, _LISTS, _JSON, st.booleans(), _INSTANTS, st.just(10**400),
    st.just(Decimal("sNaN")), st.just(datetime(1, 1, 1, tzinfo=BERLIN)), st.just(datetime(2026, 10, 25, 12)),  # noqa: DTZ001
    st.frozensets(_TEXTS, max_size=2), st.just([["nested"]]),
)  # fmt: skip


def values_of(field: Field) -> st.SearchStrategy[object]:
    """Values of the field's own type."""
    return _VALUES[field.name]


def typed_rows() -> st.SearchStrategy[dict[str, object]]:
    """Rows as typed columns hold them: every value of its field's type, or unknown."""
    return st.fixed_dictionaries({name: _maybe(values) for name, values in _VALUES.items()})


def json_rows() -> st.SearchStrategy[dict[str, object]]:
    """Typed rows whose attributes may be any JSON."""
    attributes = {name: _JSON for name in _VALUES if name.startswith("attributes.")}
    return st.builds(lambda row, more: row | more, typed_rows(), st.fixed_dictionaries({}, optional=attributes))


def messy_rows() -> st.SearchStrategy[dict[str, object]]:
    """Rows with values of any type whatever."""
    anything = {name: _maybe(values) | _ANYTHING for name, values in _VALUES.items()}
    return st.fixed_dictionaries({}, optional=anything)


def documents() -> st.SearchStrategy[object]:
    """JSON that is nearly a condition."""
    keys = st.sampled_from(["all", "any", "not", "field", "op", "value", "days", "else"])
    names = st.sampled_from([*CATALOGUE.fields, *(op.value for op in Op)])
    scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3) | names
    return st.recursive(
        scalars, lambda parts: st.lists(parts, max_size=3) | st.dictionaries(keys, parts, max_size=3), max_leaves=12
    )
