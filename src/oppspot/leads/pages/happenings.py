"""Timeline events in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from oppspot.core.events import TimelineEvent
from oppspot.leads.pages.wording import EVENTS, field_label


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that happened, as the timeline shows it."""

    at: datetime
    icon: str
    tone: str
    title: str
    text: str
    actor: str


_UNNAMED = ("circle-dashed", "neutral", "")


def tell(event: TimelineEvent, names: Mapping[str, str]) -> Told:
    """Return an event in words; `names` gives people by id."""
    icon, tone, title = EVENTS.get(event.name, _UNNAMED)
    return Told(event.at, icon, tone, title or event.name, _text(event.payload, names), event.actor_name)


def _text(payload: Mapping[str, Any], names: Mapping[str, str]) -> str:
    if changes := payload.get("changes"):
        return "; ".join(_change(name, change) for name, change in list(changes.items())[:6])
    if reason := payload.get("reason"):
        return str(reason)
    if queue := payload.get("queue"):
        return f"in the queue {queue}"
    if "to" in payload:
        return f"{_shown(payload.get('from'))} → {_shown(payload['to'])}"
    if rep := names.get(str(payload.get("rep_id"))):
        ending = payload.get("ending")
        return f"{rep}: {ending}" if ending else rep
    return f"from {payload['source']}" if payload.get("source") else ""


def _change(name: str, change: Any) -> str:
    before, after = change
    label = field_label(name)
    return f"{label}: {_shown(after)}" if before is None else f"{label}: {_shown(before)} → {_shown(after)}"


def _shown(value: Any) -> str:
    if value is None:
        return "unknown"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(_shown(item) for item in value)
    if isinstance(value, dict):
        return str(next(iter(value.values()), ""))
    return f"{value:,.10g}" if isinstance(value, float) else str(value)
