"""Changing what routing knows of a rep."""

from dataclasses import asdict, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from oppspot.accounts import rep_settings
from oppspot.accounts.models import RepProfile
from oppspot.accounts.queries.people import get_user
from oppspot.accounts.rep_settings import RepSettings, Seniority
from oppspot.core.actor import Actor
from oppspot.core.audit import record_audit
from oppspot.core.db import Transaction
from oppspot.core.errors import Forbidden, Invalid


def settings_of(profile: RepProfile | None) -> RepSettings:
    """Return a stored profile as settings; somebody without one has the defaults."""
    if profile is None:
        return RepSettings()
    return RepSettings(
        max_open=profile.max_open,
        weight=profile.weight,
        skills=tuple(profile.skills),
        territories=tuple(profile.territories),
        seniority=Seniority(profile.seniority),
        time_zone=profile.time_zone,
        working_hours=profile.working_hours,
        available=profile.available,
    )


async def update_rep_profile(
    tx: Transaction, actor: Actor, user_id: UUID, changes: dict[str, Any], now: datetime
) -> RepSettings:
    """Change some of a rep's settings (keys are fields of RepSettings); raises Invalid naming each bad one.

    People may change when they work themselves; the rest takes `team.write`.
    """
    if not actor.can("team.write") and (user_id != actor.user_id or not changes.keys() <= rep_settings.OWN):
        raise Forbidden("You may change your own hours, time zone and availability, nothing else.")
    await get_user(tx, user_id)
    profile = await _locked(tx, actor, user_id)
    before = settings_of(profile)
    after = rep_settings.tidied(replace(before, **changes))
    if problems := rep_settings.problems_of(after):
        raise Invalid("Some of the values are not accepted.", errors=problems)
    if after != before:
        await _save(tx, actor, profile, before, after, now)
    return after


async def _locked(tx: Transaction, actor: Actor, user_id: UUID) -> RepProfile:
    found = await tx.scalars(select(RepProfile).where(RepProfile.user_id == user_id).with_for_update(key_share=True))
    profile = found.one_or_none()
    if profile is None:
        profile = RepProfile(org_id=actor.org_id, user_id=user_id)
        tx.add(profile)
        await tx.flush()
    return profile


async def _save(
    tx: Transaction, actor: Actor, profile: RepProfile, before: RepSettings, after: RepSettings, now: datetime
) -> None:
    old, new = asdict(before), asdict(after)
    changed = {name: value for name, value in new.items() if old[name] != value}
    for name, value in changed.items():
        setattr(profile, name, list(value) if isinstance(value, tuple) else value)
    await tx.flush()
    payload = {name: {"from": old[name], "to": value} for name, value in changed.items()}
    await record_audit(tx, actor, "rep_profile.updated", ("user", profile.user_id), now, payload=payload)
