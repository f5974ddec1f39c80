"""Changing what routing knows of a rep."""

from dataclasses import asdict, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from oppspot.accounts import rep_settings
from oppspot.accounts.models import RepProfile
from oppspot.accounts.period_limits import Period, PeriodLimit, Window
from oppspot.accounts.queries.people import get_user
from oppspot.accounts.rep_settings import RepSettings, Seniority
from oppspot.core.actor import Actor, system_actor
from oppspot.core.audit import record_audit
from oppspot.core.db import Transaction
from oppspot.core.errors import FieldProblem, Forbidden, Invalid
from oppspot.core.jobs import Job, enqueue
from oppspot.corridor.errands import retry_unrouted


def settings_of(profile: RepProfile | None) -> RepSettings:
    """Return a stored profile as settings; somebody without one has the defaults."""
    if profile is None:
        return RepSettings()
    return RepSettings(
        max_open=profile.max_open,
        limits=tuple(_limit(limit) for limit in profile.limits),
        weight=profile.weight,
        ramp_from=profile.ramp_from,
        skills=dict(profile.skills),
        territories=tuple(profile.territories),
        seniority=Seniority(profile.seniority),
        time_zone=profile.time_zone,
        country=profile.country,
        subdivision=profile.subdivision,
        working_hours=profile.working_hours,
        available=profile.available,
        paused_until=profile.paused_until,
        pause_reason=profile.pause_reason,
    )


def _limit(stored: dict[str, Any]) -> PeriodLimit:
    return PeriodLimit(stored["leads"], Period(stored["per"]), Window(stored["window"]))


async def update_rep_profile(
    tx: Transaction, actor: Actor, user_id: UUID, changes: dict[str, Any], now: datetime
) -> RepSettings:
    """Change some of a rep's settings (keys are fields of RepSettings); raises Invalid naming each bad one.

    People may change when they work themselves; the rest takes `team.write`.
    """
    if not actor.can("team.write") and (user_id != actor.user_id or not changes.keys() <= rep_settings.OWN):
        raise Forbidden("You may change your own hours, time zone, holidays and availability, nothing else.")
    await get_user(tx, user_id)
    profile = await _locked(tx, actor, user_id)
    before = settings_of(profile)
    after = rep_settings.tidied(replace(before, **changes))
    problems = rep_settings.problems_of(after)
    if after.paused_until and after.paused_until != before.paused_until and after.paused_until <= now:
        problems.append(FieldProblem("paused_until", "is past", "a moment to come, or nothing"))
    if problems:
        raise Invalid("Some of the values are not accepted.", errors=problems)
    if after != before:
        await _save(tx, actor, profile, before, after, now)
        if after.paused_until != before.paused_until and after.paused_until:
            await enqueue(tx, [_end_of(actor.org_id, user_id, after.paused_until)])
        # Whoever waits may be theirs now: they work at other hours, can do more, or have more room.
        await enqueue(tx, [retry_unrouted(actor.org_id)])
    return after


def _end_of(org_id: UUID, user_id: UUID, moment: datetime) -> Job:
    args = {"org_id": str(org_id), "user_id": str(user_id), "until": moment.isoformat()}
    return Job("accounts:end_pause", args, at=moment)


async def end_pause(tx: Transaction, org_id: UUID, user_id: UUID, now: datetime) -> bool:
    """Let new leads come again if a pause has run out; False when there is none that has, or it was changed since."""
    found = await tx.scalars(
        select(RepProfile)
        .where(
            RepProfile.org_id == org_id,
            RepProfile.user_id == user_id,
            RepProfile.available.is_(False),
            RepProfile.paused_until <= now,
        )
        .with_for_update(key_share=True),
    )
    profile = found.one_or_none()
    if profile is None:
        return False
    before = settings_of(profile)
    after = rep_settings.tidied(replace(before, available=True))
    await _save(tx, system_actor(org_id), profile, before, after, now)
    await enqueue(tx, [retry_unrouted(org_id)])
    return True


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
