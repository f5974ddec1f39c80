"""Timeline events in words: fields and answers by their titles, choices as they are read, numbers with their signs."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from oppspot.core.events import TimelineEvent
from oppspot.leads.fields import FIELDS
from oppspot.leads.pages.wording import EVENTS, FUNDING, STAGES, STATUSES, country, field_label
from oppspot.qualification.pages.claims import lines_of
from oppspot.qualification.pages.words import shown_status, title_of, titles_of
from oppspot.scoring.pages.causes import in_words


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that happened, as the timeline shows it."""

    at: datetime
    icon: str
    tone: str
    title: str
    text: str
    actor: str
    # When what began then ends by itself.
    until: datetime | None = None


Payload = Mapping[str, Any]
_UNNAMED: Final = ("circle-dashed", "neutral", "")
_MOST_CHANGES: Final = 6
_CLAIM: Final = "claims."
_ISO_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}(?:T[\d:.]+(?:Z|[+-]\d{2}:\d{2})?)?")


def tell(event: TimelineEvent, names: Mapping[str, str]) -> Told:
    """Return an event in words; `names` gives people by id."""
    icon, tone, title = EVENTS.get(event.name, _UNNAMED)
    words = _TELLERS.get(event.name, _by_payload)
    shown = title or event.name.replace(".", ": ").replace("_", " ").capitalize()
    until = event.payload.get("until") if event.name == "sla.paused" else None
    ends_at = datetime.fromisoformat(until) if until else None
    return Told(event.at, icon, tone, shown, words(event.payload, names), event.actor_name, ends_at)


def _by_payload(payload: Payload, names: Mapping[str, str]) -> str:
    if reason := payload.get("reason"):
        return str(reason)
    if queue := payload.get("queue"):
        return f"in the queue {queue}"
    if rep := names.get(str(payload.get("rep_id"))):
        ending = payload.get("ending")
        return f"{rep}: {_shown(ending).lower()}" if ending else rep
    return ""


def _created(payload: Payload, _names: Mapping[str, str]) -> str:
    parts = [f"from {payload['source']}" if payload.get("source") else "", in_words(payload.get("cause") or "")]
    return ", ".join(part for part in parts if part)


def _updated(payload: Payload, _names: Mapping[str, str]) -> str:
    changes = list((payload.get("changes") or {}).items())
    told = [_change(name, before, after) for name, (before, after) in changes[:_MOST_CHANGES]]
    more = len(changes) - len(told)
    return "; ".join([*told, *([f"and {more} more"] if more else [])])


def _scored(payload: Payload, _names: Mapping[str, str]) -> str:
    return _with_cause(_moved(payload.get("from"), payload.get("to"), _number), payload)


def _judged(payload: Payload, _names: Mapping[str, str]) -> str:
    """Tell a new verdict: by which framework, what it was before, and its number."""
    called = str(payload.get("framework", "")).upper()
    moved = _moved(payload.get("from"), payload.get("to"), _verdict)
    score = payload.get("score")
    parts = [f"{called} {moved}" if called else moved, "" if score is None else f"{_number(score)} of 100"]
    return _with_cause(", ".join(part for part in parts if part), payload)


def _assessed(payload: Payload, _names: Mapping[str, str]) -> str:
    called = str(payload.get("framework", "")).upper()
    return _with_cause(f"{called} {_moved(payload.get('from'), payload.get('to'), _number)}", payload)


def _overridden(payload: Payload, _names: Mapping[str, str]) -> str:
    status, score = payload.get("status"), payload.get("overall_score")
    said = [_verdict(status) if status else "", "" if score is None else f"{_number(score)} of 100"]
    decided = ", ".join(part for part in said if part)
    return ": ".join(part for part in (decided, str(payload.get("reason") or "")) if part)


def _touched(payload: Payload, _names: Mapping[str, str]) -> str:
    said = ": ".join(part for part in (_TOUCHES.get(str(payload.get("kind")), ""), payload.get("note")) if part)
    return said if payload.get("counts", True) else f"{said} (does not stop the clock)"


def _breached(payload: Payload, names: Mapping[str, str]) -> str:
    who = _by_payload(payload, names) or "nobody has been found for it"
    return f"{who}, no verdict" if payload.get("clock") == "qualify" else who


def _escalated(payload: Payload, names: Mapping[str, str]) -> str:
    told = ", ".join(names.get(str(person), "somebody") for person in payload.get("people") or ())
    return ": ".join(part for part in (f"to {told}", str(payload.get("reason") or "")) if part)


def _task(payload: Payload, names: Mapping[str, str]) -> str:
    return ", ".join(part for part in (payload.get("title"), names.get(str(payload.get("rep_id")))) if part)


def _resumed(payload: Payload, _names: Mapping[str, str]) -> str:
    return f"after: {payload['reason_was']}" if payload.get("reason_was") else ""


_TOUCHES: Final = {"call": "call", "email": "e-mail", "meeting": "meeting", "message": "message"}
_TELLERS: Final[Mapping[str, Callable[[Payload, Mapping[str, str]], str]]] = {
    "lead.created": _created,
    "lead.updated": _updated,
    "lead.scored": _scored,
    "lead.assessed": _assessed,
    "lead.qualified": _judged,
    "lead.moved_to_nurture": _judged,
    "lead.disqualified": _judged,
    "lead.verdict_changed": _judged,
    "verdict.overridden": _overridden,
    "lead.touched": _touched,
    "sla.breached": _breached,
    "sla.escalated": _escalated,
    "sla.resumed": _resumed,
    "task.created": _task,
    "task.completed": _task,
}


def _with_cause(told: str, payload: Payload) -> str:
    cause = payload.get("cause")
    return f"{told} ({in_words(cause)})" if cause else told


def _moved(before: Any, after: Any, shown: Callable[[Any], str]) -> str:
    return shown(after) if before is None else f"{shown(before)} → {shown(after)}"


def _number(value: Any) -> str:
    return "unknown" if value is None else f"{float(value):,.10g}"


def _verdict(value: Any) -> str:
    return "unknown" if value is None else shown_status(str(value))


def _change(name: str, before: Any, after: Any) -> str:
    if name == "lead.company_id":
        return "company: taken away" if after is None else "company: another one" if before else "company: a known one"
    if name.startswith(_CLAIM):
        title = title_of(name.removeprefix(_CLAIM), titles_of(()))
        # What was said before stands in an event of its own; null takes it back.
        return f"{title}: {'taken back' if after is None else _shown(after)}"
    shown = _FORMS.get(name, _shown)
    field = FIELDS.get(name)
    label = field.label if field else field_label(name).capitalize()
    return f"{label}: {_moved(before, after, lambda value: 'unknown' if value is None else shown(value))}"


def _shown(value: Any) -> str:
    if value is None:
        return "unknown"
    if isinstance(value, str) and _ISO_DAY.fullmatch(value):
        day = date.fromisoformat(value[:10])
        return f"{day.day} {day:%b %Y}"
    return ", ".join(lines_of(value))


def _one_of(choices: Mapping[str, str]) -> Callable[[Any], str]:
    return lambda value: choices.get(str(value), _shown(value))


def _country(value: Any) -> str:
    return country(str(value)) or str(value)


_FORMS: Final[Mapping[str, Callable[[Any], str]]] = {
    "lead.status": _one_of(dict(STATUSES)),
    "lead.stage": _one_of(dict(STAGES)),
    "company.funding_stage": _one_of(FUNDING),
    "company.country": _country,
    "contact.country": _country,
    "company.growth_rate": lambda value: f"{_number(value)} %",
}
