"""Owns the stored form of a decision, and proves that it can be replayed: same inputs, same answer."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from oppspot.routing.candidates import candidates_of
from oppspot.routing.outcomes import Outcome
from oppspot.routing.people import Rep
from oppspot.routing.people_forms import Document, read_rep, rep_document, text_or_none, uuid_or_none
from oppspot.routing.priority import Priority
from oppspot.routing.record_forms import (
    asked_document,
    lead_document,
    office_document,
    read_asked,
    read_lead,
    read_office,
    read_stretch,
    read_target,
    stretch_document,
    target_document,
)
from oppspot.routing.rules import route_again
from oppspot.routing.stretches import NO_REPS, unfold
from oppspot.routing.types import (
    NO_OFFICE,
    BatchDecision,
    FairnessLedger,
    Office,
    RoutableLead,
    RoutingConfig,
    RoutingDecision,
)


class OtherConfiguration(ValueError):
    """A decision can be replayed only under the configuration it was taken with."""


def records_of(
    leads: Sequence[RoutableLead],
    batch: BatchDecision,
    decision_ids: Sequence[UUID],
    now: datetime,
    office: Office = NO_OFFICE,
) -> list[Document]:
    """Return one JSON document per decision, holding all that `replay` needs besides the configuration.

    Decisions of one stretch share its table: the first carries it as `stretch`, the others name that
    decision's id in `stretch_in`. All known facts are kept, so that other rules can be tried on the lead.
    """
    carriers: dict[int, UUID] = {}
    surroundings = office_document(office, now)
    return [
        _record(lead, decision, now, surroundings) | _table(decision, decision_id, carriers, now)
        for lead, decision, decision_id in zip(leads, batch.decisions, decision_ids, strict=True)
    ]


def hand_over(stretch: Document, heirs: Mapping[UUID, Document]) -> dict[UUID, Document]:
    """Return the records of decisions whose table's carrier goes: the first of them carries it from now on."""
    carrier = min(heirs, key=lambda decision_id: heirs[decision_id]["turn"])
    changed = {each: record | {"stretch_in": str(carrier)} for each, record in heirs.items()}
    changed[carrier] = {name: item for name, item in heirs[carrier].items() if name != "stretch_in"}
    changed[carrier]["stretch"] = stretch
    return changed


def read_decision(record: Document, stretch: Document | None = None) -> RoutingDecision:
    """Return the decision a record holds; `stretch` is the table of the decision named in `stretch_in`, if any.

    Raises ValueError when that table is needed and not given.
    """
    if "stretch_in" in record and stretch is None:
        raise ValueError(f"The candidates of this decision are in the record of decision {record['stretch_in']}.")
    document, table = record["decision"], record.get("stretch", stretch)
    due, target, owner = document["sla_due_at"], record["target"], record["owner_before"]
    starts = document.get("starts_at")
    return RoutingDecision(
        lead_id=UUID(document["lead_id"]),
        outcome=Outcome(document["outcome"]),
        reason=document["reason"],
        priority=Priority(document["priority"]),
        config_hash=record["config_hash"],
        next_check_at=datetime.fromisoformat(document["next_check_at"]),
        rule_id=document["rule_id"],
        rule_name=document["rule_name"],
        rep_id=uuid_or_none(document["rep_id"]),
        target=read_target(target) if target else None,
        queue=document["queue"],
        sla_due_at=datetime.fromisoformat(due) if due else None,
        tie_break=document["tie_break"],
        stretch=read_stretch(table) if table else None,
        turn=record["turn"],
        owner_before=read_rep(owner) if owner else None,
        asked=tuple(map(read_asked, record.get("asked", ()))),
        units=document.get("units", 1),
        value=None if record["lead"]["value"] is None else Decimal(record["lead"]["value"]),
        starts_at=datetime.fromisoformat(starts) if starts else None,
        propensities={UUID(rep): chance for rep, chance in document.get("propensities", {}).items()},
        expected={UUID(rep): rate for rep, rate in document.get("expected", {}).items()},
    )


def replay(record: Document, config: RoutingConfig, stretch: Document | None = None) -> RoutingDecision:
    """Take the recorded decision again from its inputs; raises OtherConfiguration unless the hashes agree."""
    if record["config_hash"] != config.version_hash:
        raise OtherConfiguration(
            f"It was taken under configuration {record['config_hash']}, not {config.version_hash}.",
        )
    recorded = read_decision(record, stretch)
    reps, ledgers = _state_before(recorded)
    lead = read_lead(record["lead"], config.fields)
    at = datetime.fromisoformat(record["at"])
    office = read_office(record.get("office", {}))
    return route_again(lead, config, reps, ledgers, at, office, named_then=recorded.target)


def differences(recorded: RoutingDecision, replayed: RoutingDecision) -> tuple[str, ...]:
    """Return what a replay did not reproduce, the candidates included; empty means identical."""
    before, after = _decision_document(recorded), _decision_document(replayed)
    names = [name for name in before | after if before.get(name) != after.get(name)]
    found = [f"{name}: {before.get(name)!r} became {after.get(name)!r}" for name in names]
    if candidates_of(recorded) != candidates_of(replayed):
        found.append("candidates")
    return tuple(found)


def _record(lead: RoutableLead, decision: RoutingDecision, now: datetime, surroundings: Document) -> Document:
    document: Document = {
        "at": now.isoformat(),
        "config_hash": decision.config_hash,
        "lead": lead_document(lead, now),
        "decision": _decision_document(decision),
        "target": target_document(decision.target) if decision.target else None,
        "owner_before": rep_document(decision.owner_before, now) if decision.owner_before else None,
        "turn": decision.turn,
    }
    if decision.asked:
        document["asked"] = [asked_document(asked, now) for asked in decision.asked]
    if surroundings:
        document["office"] = surroundings
    return document


def _table(decision: RoutingDecision, decision_id: UUID, carriers: dict[int, UUID], now: datetime) -> Document:
    if decision.stretch is None:
        return {}
    carrier = carriers.setdefault(id(decision.stretch), decision_id)
    if carrier == decision_id:
        return {"stretch": stretch_document(decision.stretch, now)}
    return {"stretch_in": str(carrier)}


def _decision_document(decision: RoutingDecision) -> Document:
    document: Document = {
        "lead_id": str(decision.lead_id),
        "outcome": decision.outcome.value,
        "reason": decision.reason,
        "priority": decision.priority.value,
        "rule_id": decision.rule_id,
        "rule_name": decision.rule_name,
        "rep_id": text_or_none(decision.rep_id),
        "queue": decision.queue,
        "sla_due_at": decision.sla_due_at.isoformat() if decision.sla_due_at else None,
        "next_check_at": decision.next_check_at.isoformat(),
        "tie_break": decision.tie_break,
        "units": decision.units,
    }
    if decision.starts_at:
        document["starts_at"] = decision.starts_at.isoformat()
    if decision.propensities:
        document["propensities"] = {str(rep): chance for rep, chance in decision.propensities.items()}
        document["expected"] = {str(rep): rate for rep, rate in decision.expected.items()}
    return document


def _state_before(recorded: RoutingDecision) -> tuple[list[Rep], dict[str, FairnessLedger]]:
    """Return the reps and the ledger as the recorded decision found them."""
    by_id: dict[UUID, Rep] = {}
    if recorded.owner_before:
        by_id[recorded.owner_before.id] = recorded.owner_before
    for asked in recorded.asked:
        if asked.failed in NO_REPS:
            continue
        by_id[asked.rep.id] = _standing(asked.rep, asked.open_count, asked.given)
    stretch = recorded.stretch
    if stretch is None:
        return list(by_id.values()), {}
    before = unfold(stretch, recorded.turn)
    for member in before:
        by_id[member.rep.id] = replace(_standing(member.rep, member.open_count, member.given), value=member.value)
    owed = {member.rep.id: member.credit for member in before}
    ahead = {member.rep.id: member.ahead for member in before}
    return list(by_id.values()), {stretch.pool: FairnessLedger(stretch.pool, owed, ahead)}


def _standing(rep: Rep, open_count: int, given: int) -> Rep:
    """Return a rep with what the batch had given them by then counted in."""
    return replace(rep, open_count=open_count, used=tuple(count + given for count in rep.used))
