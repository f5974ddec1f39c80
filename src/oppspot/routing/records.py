"""Owns the stored form of a decision, and proves that it can be replayed: same inputs, same answer."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from oppspot.routing.candidates import candidates_of, unfold
from oppspot.routing.outcomes import Outcome
from oppspot.routing.priority import Priority
from oppspot.routing.record_forms import (
    Document,
    lead_document,
    read_lead,
    read_rep,
    read_stretch,
    read_target,
    rep_document,
    stretch_document,
    target_document,
    text_or_none,
    uuid_or_none,
)
from oppspot.routing.rules import route_again
from oppspot.routing.types import (
    BatchDecision,
    FairnessLedger,
    Rep,
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
    config: RoutingConfig,
    now: datetime,
) -> list[Document]:
    """Return one JSON document per decision, holding all that `replay` needs besides the configuration.

    Decisions of one stretch share its table: the first carries it as `stretch`, the others name that
    decision's id in `stretch_in`. Of the facts only those are kept that the configuration asks about.
    """
    carriers: dict[int, UUID] = {}
    return [
        _record(lead, decision, config, now) | _table(decision, decision_id, carriers)
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
    return route_again(lead, config, reps, ledgers, at, named_then=recorded.target)


def differences(recorded: RoutingDecision, replayed: RoutingDecision) -> tuple[str, ...]:
    """Return what a replay did not reproduce, the candidates included; empty means identical."""
    before, after = _decision_document(recorded), _decision_document(replayed)
    found = [f"{name}: {before[name]!r} became {after[name]!r}" for name in before if before[name] != after[name]]
    if candidates_of(recorded) != candidates_of(replayed):
        found.append("candidates")
    return tuple(found)


def _record(lead: RoutableLead, decision: RoutingDecision, config: RoutingConfig, now: datetime) -> Document:
    return {
        "at": now.isoformat(),
        "config_hash": decision.config_hash,
        "lead": lead_document(lead, config.fields),
        "decision": _decision_document(decision),
        "target": target_document(decision.target) if decision.target else None,
        "owner_before": rep_document(decision.owner_before) if decision.owner_before else None,
        "turn": decision.turn,
    }


def _table(decision: RoutingDecision, decision_id: UUID, carriers: dict[int, UUID]) -> Document:
    if decision.stretch is None:
        return {}
    carrier = carriers.setdefault(id(decision.stretch), decision_id)
    if carrier == decision_id:
        return {"stretch": stretch_document(decision.stretch)}
    return {"stretch_in": str(carrier)}


def _decision_document(decision: RoutingDecision) -> Document:
    return {
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
    }


def _state_before(recorded: RoutingDecision) -> tuple[list[Rep], dict[str, FairnessLedger]]:
    """Return the reps and the ledger as the recorded decision found them."""
    owner = [recorded.owner_before] if recorded.owner_before else []
    stretch = recorded.stretch
    if stretch is None:
        return owner, {}
    before = unfold(stretch, recorded.turn)
    reps = [replace(rep, open_count=each.open_count) for rep, each in zip(stretch.reps, before, strict=True)]
    members = {rep.id for rep in reps}
    owed = {each.rep_id: each.credit_before for each in before}
    ledgers = {stretch.pool: FairnessLedger(stretch.pool, owed)}
    return [*reps, *(rep for rep in owner if rep.id not in members)], ledgers
