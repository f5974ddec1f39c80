"""What was typed to be tried: a change of what is live, a former version, or a whole configuration."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from pydantic import ValidationError
from starlette.datastructures import FormData

from oppspot.accounts.period_limits import ACCEPTED, PeriodLimit, read_limits
from oppspot.accounts.rep_settings import MOST_OPEN
from oppspot.core import json
from oppspot.core.db import Transaction
from oppspot.core.errors import Invalid, invalid
from oppspot.routing.algorithms import ALGORITHMS
from oppspot.routing.documents import RoutingDocument
from oppspot.routing.pages import words
from oppspot.routing.pages.fields import posted_text
from oppspot.routing.queries.decisions import find_document
from oppspot.routing.queries.targets import list_targets
from oppspot.routing.services.publishing import get_rules
from oppspot.routing.simulating.drafting import FIRST, OFF, ON, with_fairness, with_rule
from oppspot.routing.simulating.limits import AS_WAS, AsWas, TriedLimits
from oppspot.web.validation import field_problem

Limits = list[tuple[UUID, TriedLimits]]
FIELDS: Final = ("weeks", "try", "rule", "do", "fairness", "rep", "max_open", "limits", "version", "document")
LABELS: Final = {
    "weeks": "Weeks",
    "version": "Version",
    "do": "What",
    "rep": "Limits of",
    "max_open": "Open leads at most",
    "limits": "Leads given at most",
    "document": "Configuration",
}
# Typed where a limit is to be lifted.
_NONE: Final = "none"


async def posted_try(tx: Transaction, org_id: UUID, posted: FormData) -> tuple[RoutingDocument, Limits, str]:
    """Return the configuration and the limits to try, and what they are called; raises Invalid."""
    live, _ = await get_rules(tx, org_id)
    match posted_text(posted, "try"):
        case "version":
            document, title = await _former(tx, org_id, posted_text(posted, "version"))
            return document, [], title
        case "document":
            return _read(posted_text(posted, "document")), [], "An edited configuration"
        case _:
            document, told = _changed(live, posted)
            reps = {str(rep_id): (rep_id, name) for rep_id, name in (await list_targets(tx, org_id)).reps}
            limits, said = _limits(reps, posted)
            return document, limits, ", ".join([*told, *said]) or "Live configuration"


async def _former(tx: Transaction, org_id: UUID, version: str) -> tuple[RoutingDocument, str]:
    document = await find_document(tx, org_id, int(version)) if version.isdecimal() else None
    if document is None:
        raise invalid("version", "is not there", "a version of the list")
    return RoutingDocument.model_validate(document), f"Version {version}"


def _read(said: str) -> RoutingDocument:
    try:
        return RoutingDocument.model_validate(json.loads(said))
    except ValidationError as error:
        raise Invalid("It is not accepted.", errors=[field_problem(item) for item in error.errors()]) from error
    except ValueError as error:
        raise invalid("document", "is not JSON", "a whole configuration as JSON") from error


def _changed(live: RoutingDocument, posted: FormData) -> tuple[RoutingDocument, list[str]]:
    rule_id, do, fairness = (posted_text(posted, name) for name in ("rule", "do", "fairness"))
    document, told = live, []
    rule = next((rule for rule in live.rules if rule.id == rule_id), None)
    if rule is not None and do in deeds():
        try:
            document = with_rule(document, rule_id, do)
        except ValueError as error:
            raise invalid("do", str(error), "another change") from error
        told.append(f"“{rule.name}” {deeds()[do].lower()}")
    labels = {name: label for name, label, _ in words.FAIRNESS}
    if fairness in labels:
        document = with_fairness(document, fairness)
        told.append(f"fairness {labels[fairness].lower()}")
    return document, told


def _limits(reps: Mapping[str, tuple[UUID, str]], posted: FormData) -> tuple[Limits, list[str]]:
    """Return one rep's limits to try, and how that is said; nothing where nobody is chosen."""
    chosen, *typed = (posted_text(posted, name) for name in ("rep", "max_open", "limits"))
    if not chosen and not any(typed):
        return [], []
    if chosen not in reps:
        raise invalid("rep", "is nobody who takes leads here", "somebody of the list")
    rep_id, name = reps[chosen]
    tried = TriedLimits(_max_open(typed[0]), _periods(typed[1]))
    if tried == TriedLimits():
        raise invalid("max_open", f"is empty. Say what becomes of the limits of {name}", f"a number, or {_NONE}")
    return [(rep_id, tried)], [f"{name}: {tried.in_words}"]


def _max_open(typed: str) -> int | AsWas | None:
    if not typed:
        return AS_WAS
    if typed.lower() == _NONE:
        return None
    if not typed.isdecimal() or len(typed) > len(str(MOST_OPEN)) or int(typed) > MOST_OPEN:
        raise invalid("max_open", "is not a number of leads", f"0 to {MOST_OPEN}, or {_NONE}")
    return int(typed)


def _periods(typed: str) -> tuple[PeriodLimit, ...] | AsWas:
    if not typed:
        return AS_WAS
    limits = () if typed.lower() == _NONE else read_limits(typed)
    if limits is None:
        raise invalid("limits", "cannot be read", f"{ACCEPTED}; or {_NONE}")
    return limits


def deeds() -> dict[str, str]:
    """Return what can become of a rule, by name, with what it is called."""
    picks = {name: f"picks {algorithm.label.lower()}" for name, algorithm in ALGORITHMS.items()}
    return {OFF: "Off", ON: "On", FIRST: "Asked first", **picks}
