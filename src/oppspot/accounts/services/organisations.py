"""Founding an organisation and changing what is said about it."""

from datetime import datetime

from sqlalchemy.dialects.postgresql import insert

from oppspot.accounts import rules
from oppspot.accounts.currencies import ACCEPTED, CURRENCIES, DEFAULT
from oppspot.accounts.errors import NameTaken
from oppspot.accounts.models import Organisation
from oppspot.accounts.rep_settings import is_time_zone
from oppspot.core.actor import Actor, system_actor
from oppspot.core.audit import record_audit
from oppspot.core.db import Database, Transaction
from oppspot.core.errors import invalid
from oppspot.core.ids import new_id
from oppspot.core.jobs import enqueue
from oppspot.corridor.errands import retry_unrouted


async def create_organisation(
    database: Database,
    name: str,
    now: datetime,
    *,
    slug: str | None = None,
    time_zone: str = "UTC",
    currency: str = DEFAULT,
) -> Actor:
    """Found an organisation, in its own transaction; returns the product acting inside it.

    Raises NameTaken when the slug belongs to another, Invalid when the name has no letters to make one from.
    """
    accepted = f"lower case letters a-z, digits and single dashes, at most {rules.SLUG_LENGTH}"
    if slug is not None and not rules.is_slug(slug):
        raise invalid("slug", f"“{slug}” cannot stand in an address", accepted)
    slug = slug or rules.slug_of(name)
    if not slug:
        raise invalid("slug", "is missing and cannot be made from the name", accepted)
    actor = system_actor(new_id())
    async with database.transaction(actor.org_id) as tx:
        await _insert(
            tx,
            actor,
            {"name": name, "slug": slug, "time_zone": time_zone, "settings": {"currency": currency}, "created_at": now},
        )
        await record_audit(
            tx, actor, "organisation.created", ("organisation", actor.org_id), now, payload={"slug": slug}
        )
    return actor


async def _insert(tx: Transaction, actor: Actor, values: dict[str, object]) -> None:
    # The owner of the slug may be invisible to us, so the conflict is asked for, not looked up.
    row = insert(Organisation).values(id=actor.org_id, **values).on_conflict_do_nothing()
    if (await tx.execute(row.returning(Organisation.id))).one_or_none() is None:
        raise NameTaken(f"There is already an organisation with the slug {values['slug']}.")


async def update_organisation(
    tx: Transaction, actor: Actor, name: str, time_zone: str, now: datetime, *, currency: str | None = None
) -> None:
    """Change the organisation's name, time zone and currency; raises Invalid for one that does not exist.

    Amounts are not converted: another currency is another name for the same numbers.
    """
    if not is_time_zone(time_zone):
        raise invalid("time_zone", "is not a time zone", "an IANA name such as Europe/London")
    if currency is not None and currency not in CURRENCIES:
        raise invalid("currency", "is not a currency we know", ACCEPTED)
    organisation = await tx.get_one(Organisation, actor.org_id, with_for_update={"key_share": True})
    before = {"name": organisation.name, "time_zone": organisation.time_zone, "currency": organisation.currency}
    currency = currency or organisation.currency
    after = {"name": name, "time_zone": time_zone, "currency": currency}
    if before == after:
        return
    organisation.name, organisation.time_zone = name, time_zone
    organisation.settings = {**organisation.settings, "currency": currency}
    if time_zone != before["time_zone"]:
        await enqueue(tx, [retry_unrouted(actor.org_id)])
    subject = ("organisation", actor.org_id)
    await record_audit(tx, actor, "organisation.updated", subject, now, payload={"from": before, "to": after})
