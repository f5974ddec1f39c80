"""Changes who is in a buying committee: claimed anew as a whole, about the company where there is one."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from oppspot.core.actor import Actor
from oppspot.core.db import Transaction
from oppspot.core.errors import FieldProblem, NotFound
from oppspot.core.ids import new_id
from oppspot.corridor.company_claims import change_company_claims
from oppspot.corridor.loading import take_turn
from oppspot.leads.queries.details import get_lead
from oppspot.qualification.claims import InvalidClaims, validate_claim
from oppspot.qualification.committees import (
    DECISION_MAKERS,
    STAKEHOLDERS,
    Committee,
    committee_of,
    decision_makers,
    listed_people,
    with_name,
    with_person,
    without_person,
)
from oppspot.qualification.queries.scorecards import list_claims
from oppspot.qualification.services.claims import append_claims
from oppspot.qualification.types import Claim

People = list[dict[str, Any]]
Change = Callable[[People], People]


async def get_committee(tx: Transaction, org_id: UUID, lead_id: UUID, now: datetime) -> Committee:
    """Return the committee of a lead and its company; raises NotFound."""
    await get_lead(tx, org_id, lead_id)
    return committee_of(await list_claims(tx, org_id, lead_id), now)


async def save_member(
    tx: Transaction, actor: Actor, lead_id: UUID, person: Mapping[str, Any], now: datetime, *, was: str | None = None
) -> None:
    """Add somebody to a committee or change them; `was` is their former name. Raises InvalidClaims, NotFound."""
    checked = _checked(person)
    await _change(
        tx,
        actor,
        lead_id,
        lambda people: with_person(people, checked, was),
        lambda named: with_name(named, was or checked["name"], checked["name"]),
        now,
    )


async def remove_member(tx: Transaction, actor: Actor, lead_id: UUID, name: str, now: datetime) -> None:
    """Take somebody out of a committee; raises NotFound when nobody there has the name."""

    def change(people: People) -> People:
        left = without_person(people, name)
        if len(left) == len(people):
            raise NotFound("Nobody in the committee has this name.")
        return left

    await _change(tx, actor, lead_id, change, lambda named: without_person(named, name), now)


def _checked(person: Mapping[str, Any]) -> dict[str, Any]:
    value = validate_claim(STAKEHOLDERS, [person])
    if isinstance(value, FieldProblem):
        path = value.path.removeprefix(f"{STAKEHOLDERS}[0]").removeprefix(".")
        raise InvalidClaims(errors=[FieldProblem(path or "name", value.message, value.accepted)])
    [checked] = value
    return dict(checked)


async def _change(
    tx: Transaction, actor: Actor, lead_id: UUID, change: Change, change_named: Change, now: datetime
) -> None:
    """Claim the changed map, and the changed list of decision makers named without it, or it would bring them back.

    The organisation's turn keeps two changes from overwriting each other.
    """
    await take_turn(tx, actor.org_id)
    lead = (await get_lead(tx, actor.org_id, lead_id)).lead
    said = await list_claims(tx, actor.org_id, lead_id)
    claims = _claims(actor, said, STAKEHOLDERS, change(listed_people(said, now)), now)
    named = decision_makers(said, now)
    if (left := change_named(named)) != named:
        claims += _claims(actor, said, DECISION_MAKERS, left, now)
    if lead.company_id is None:
        await append_claims(tx, actor, lead_id, claims, now)
    else:
        await change_company_claims(tx, actor, lead.company_id, lambda _: claims, now)


def _claims(actor: Actor, said: Sequence[Claim], key: str, people: People, now: datetime) -> list[Claim]:
    """Return the new list as a claim; a better graded one is withdrawn first, or it would go on counting."""
    lists = [claim for claim in said if claim.key == key]
    values = [None] if any(claim.grade != "asserted" for claim in lists) else []
    return [
        Claim(id=new_id(), key=key, value=value, source="rep", observed_at=now, author=actor.name)
        for value in (*values, people or None)
    ]
