"""Random values of claims, as they come in tables: spelt in several ways, and often at the edge of something."""

from datetime import timedelta

from tests.qualification.strategies import GRADES, NOW

from oppspot.qualification.values import ChoiceKind, DateKind, FlagKind, ItemsKind, NumberKind, TextsKind

NAMES = [
    "Ada", "ada", " Ada ", "Weiß", "WEISS", "Žižek", "Zoë", "Zoe\u0308", "Ben", "Ada Lovelace", 'A "B" C', "Ω", "İ",
    "a\\b",
]  # fmt: skip
TITLES = ["CEO", "Head of IT", "Clerk", "Directeur général", "-", "VP Sales"]
_NUMBERS = [0, 1, 12.5, 25, 69.5, 70, 99.99, 100, 9_999.99, 10_000, 49_999, 50_000, 100_000.5, 500_000, 20_000_000]
_LIVES = [1, 7, 20, 30, 45, 60, 90, 180, 365]
_INSTANT = timedelta(microseconds=1)


def value_of(kind, random):
    """Return a value of a kind, in a form that is accepted."""
    match kind:
        case NumberKind():
            return _number(kind, random)
        case FlagKind():
            return random.random() < 0.5
        case ChoiceKind():
            return random.choice([*kind.values, *kind.values, kind.values[0].upper()])
        case DateKind():
            return (
                (NOW + timedelta(days=random.choice([-60, -1, 0, 1, 30, 90, random.randrange(500)]))).date().isoformat()
            )
        case TextsKind() | ItemsKind():
            return [item_of(kind, random) for _ in range(random.choice([0, 1, 1, 2, 2, 3, 5]))]
        case _:
            return random.choice(TITLES)


def _number(kind, random):
    top = min(kind.maximum, 2e7)
    some = [number for number in _NUMBERS if kind.minimum <= number <= top]
    number = random.choice([*some, random.uniform(kind.minimum, top), random.uniform(kind.minimum, min(top, 100))])
    return max(int(number), int(kind.minimum)) if kind.whole else number


def item_of(kind, random):
    if isinstance(kind, TextsKind) or random.random() < 0.05:
        return random.choice(NAMES)
    others = {name: field for name, field in kind.fields.items() if name != kind.identity and random.random() < 0.6}
    item = {kind.identity: random.choice(NAMES)} | {name: value_of(field, random) for name, field in others.items()}
    return item | ({random.choice(list(others)): None} if others and random.random() < 0.1 else {})


def part_of(part, random):
    """Return what is said of a claim; moments are often a whole or half life ago, to the microsecond or beside it."""
    match part:
        case "grade":
            return random.choice(GRADES)
        case "confidence":
            return random.choice([0.0, 0.3, 0.85, 0.9, 1.0, random.random()])
        case "observed_at":
            return NOW - _span(random)
        case _:
            return NOW + random.choice([-1, 1]) * _span(random)


def _span(random):
    life = timedelta(days=random.choice(_LIVES))
    whole = timedelta(days=random.randrange(-5, 420))
    exact = timedelta(microseconds=random.randrange(420 * 86_400 * 1_000_000))
    span = random.choice([life, life, life / 2, timedelta(days=3), timedelta(0), whole, exact])
    return span + random.choice([0, 0, 0, 1, -1]) * _INSTANT
