"""The Jinja filters: formats as they are, and moments as <time> elements the browser keeps up to date."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, Final

from markupsafe import Markup

from oppspot.web import formats, page_scope, times

_TIME: Final = Markup('<time datetime="{iso}" title="{title}"{extra}>{text}</time>')
_RELATIVE: Final = Markup(" data-relative")


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def ago(moment: datetime | None) -> Markup:
    """Return the moment in words relative to now; the title has it in full."""
    if moment is None:
        return formats.UNKNOWN
    scope = page_scope.current()
    return _TIME.format(
        iso=_iso(moment),
        title=times.absolute(moment, scope.zone),
        extra=_RELATIVE,
        text=times.relative(moment, scope.now, scope.zone),
    )


def moment(value: datetime | None) -> Markup:
    """Return the moment in full, in the reader's time zone."""
    if value is None:
        return formats.UNKNOWN
    text = times.absolute(value, page_scope.current().zone)
    return _TIME.format(iso=_iso(value), title=value.isoformat(), extra="", text=text)


def day(value: date | None) -> Markup:
    """Return the date only; the title has a moment in full."""
    if value is None:
        return formats.UNKNOWN
    scope = page_scope.current()
    if not isinstance(value, datetime):
        shown = times.calendar_day(value, scope.now, scope.zone)
        return _TIME.format(iso=value.isoformat(), title=f"{value:%A}", extra="", text=shown)
    text = times.day(value, scope.now, scope.zone)
    return _TIME.format(iso=_iso(value), title=times.absolute(value, scope.zone), extra="", text=text)


def time_left(due_at: datetime, warn_minutes: float) -> times.Countdown:
    """Return the countdown as of the moment the page is rendered."""
    return times.countdown(due_at, page_scope.current().now, timedelta(minutes=warn_minutes))


def money(amount: formats.Number | None, *, compact: bool = False) -> str:
    """Return an amount in the organisation's currency."""
    return formats.money(amount, page_scope.current().currency, compact=compact)


FILTERS: Final[dict[str, Callable[..., Any]]] = {
    "ago": ago,
    "moment": moment,
    "day": day,
    "duration": times.duration,
    "time_left": time_left,
    "number": formats.number,
    "compact": formats.compact,
    "signed": formats.signed,
    "percent": formats.percent,
    "money": money,
    "plural": formats.plural,
    "initials": formats.initials,
    "avatar_tone": formats.avatar_tone,
}
