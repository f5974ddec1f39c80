"""How values read on a page: numbers, money, shares, counts, initials. Nothing here invents a value for None."""

from collections.abc import Callable
from decimal import Decimal
from functools import wraps
from typing import Concatenate, Final, ParamSpec
from zlib import crc32

from markupsafe import Markup

P = ParamSpec("P")
Number = int | float | Decimal

UNKNOWN: Final = Markup('<span class="unknown">unknown</span>')
MINUS: Final = "\N{MINUS SIGN}"
AVATAR_TONES: Final = 8
# Only signs that mean one currency to everybody; of the dollars it is the one that is meant without a name.
_SYMBOLS: Final = {"EUR": "€", "GBP": "£", "USD": "$", "INR": "₹", "ILS": "₪", "KRW": "₩"}
_STEPS: Final = ((1_000_000_000, "bn"), (1_000_000, "m"), (1_000, "k"))


def unless_unknown(show: Callable[Concatenate[Number, P], str]) -> Callable[Concatenate[Number | None, P], str]:
    """Wrap a formatter so that None reads “unknown”, never 0."""

    @wraps(show)
    def shown(value: Number | None, /, *args: P.args, **options: P.kwargs) -> str:
        return UNKNOWN if value is None else show(value, *args, **options)

    return shown


@unless_unknown
def number(value: Number, digits: int = 0) -> str:
    """Return the number with thousands separators, rounded to `digits` decimals: 12,400."""
    return f"{value:,.{digits}f}".replace("-", MINUS)


@unless_unknown
def signed(value: Number, digits: int = 1) -> str:
    """Return the number with its sign, as contributions are shown: +18.0, 0.0; a true minus sign when negative."""
    rounded = round(value, digits)
    return f"{rounded:+,.{digits}f}".replace("-", MINUS) if rounded else f"{0:.{digits}f}"


@unless_unknown
def percent(ratio: Number, digits: int = 0) -> str:
    """Return a ratio (0.42) as a share (42%)."""
    return f"{ratio * 100:,.{digits}f}%".replace("-", MINUS)


@unless_unknown
def money(amount: Number, currency: str, *, compact: bool = False) -> str:
    """Return an amount in major units of an ISO 4217 currency: €1,250,000, or €1.3m when compact."""
    symbol = _SYMBOLS.get(currency, f"{currency} ")
    sign = MINUS if amount < 0 else ""
    return f"{sign}{symbol}{_compact(abs(float(amount))) if compact else f'{abs(amount):,.0f}'}"


@unless_unknown
def compact(value: Number) -> str:
    """Return a large number in two or three digits: 1.3m, 12k, 940."""
    return (MINUS if value < 0 else "") + _compact(abs(float(value)))


def _compact(size: float) -> str:
    for step, suffix in _STEPS:
        scaled = size / step
        if round(scaled, 2) >= 1:
            return f"{scaled:.1f}".removesuffix(".0") + suffix if scaled < 10 else f"{scaled:,.0f}{suffix}"  # noqa: PLR2004
    return f"{size:,.0f}"


def plural(count: int, one: str, many: str | None = None) -> str:
    """Return a count with its noun: 1 lead, 3,200 leads, 2 companies."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def initials(name: str) -> str:
    """Return at most two letters that stand for a person or company; an empty name gives “?”."""
    words = [word for word in name.replace("@", " ").split() if word[0].isalnum()]
    letters = [words[0][0], words[-1][0]] if len(words) > 1 else [word[0] for word in words]
    return "".join(letters).upper() or "?"


def avatar_tone(name: str) -> int:
    """Return which of the avatar colours a name has; the same name has the same one everywhere."""
    return crc32(name.strip().casefold().encode()) % AVATAR_TONES
