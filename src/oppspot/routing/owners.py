"""Asks the owners of a lead's account, outside turns; what happens while one cannot take it is the rule's policy."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from oppspot.routing.loads import Load, Need, failed_test
from oppspot.routing.people import Rep
from oppspot.routing.policies import RuleSettings
from oppspot.routing.pools import Roster
from oppspot.routing.stretches import FailedTest
from oppspot.routing.types import AccountOwner, Asked, RoutableLead

_BACK_BY_ITSELF: Final = frozenset({FailedTest.ABSENT, FailedTest.OFF_HOURS})


class Answer(NamedTuple):
    """Who of those asked takes the lead, and why ("Ann is …"); nobody if `load` is None.

    `asked` is everybody, also whoever could not be asked.
    """

    load: Load | None
    because: str
    asked: tuple[Asked, ...]


def ask_owners(lead: RoutableLead, settings: RuleSettings, need: Need, roster: Roster, now: datetime) -> Answer:
    """Return the first owner of the lead's account who takes it, or who covers for them."""
    asked: list[Asked] = []
    for owner in lead.account_owners:
        load = roster.find_load(owner.id)
        if load is None:
            asked.extend(_unasked(owner))
            continue
        failed = _ask(load, need, asked)
        if failed is None:
            return Answer(load, owner.how, tuple(asked))
        may_wait = settings.owner_unavailable.policy == "wait" and (load.has_room(need.units) or not need.heeds_limits)
        if may_wait and _is_back_in_time(load, failed, settings, now):
            return Answer(load, f"{owner.how} and back in time", tuple(asked))
        cover = roster.find_load(load.rep.cover_id) if settings.owner_unavailable.policy == "cover" else None
        if cover is not None and failed in _BACK_BY_ITSELF and _ask(cover, need, asked) is None:
            return Answer(cover, f"covering for {load.rep.name}, {owner.how}", tuple(asked))
    return Answer(None, "", tuple(asked))


def _unasked(owner: AccountOwner) -> Iterator[Asked]:
    """Yield an owner who is no rep, as the decision names them."""
    if owner.unasked:
        yield Asked(Rep(owner.id, owner.unasked.name, active=False), 0, 0, owner.unasked.why)


def _ask(load: Load, need: Need, asked: list[Asked]) -> FailedTest | None:
    failed = failed_test(load, need, lambda _rep: None)
    asked.append(Asked(load.rep, load.open_count, load.given, failed))
    return failed


def _is_back_in_time(load: Load, failed: FailedTest, settings: RuleSettings, now: datetime) -> bool:
    back = load.opens
    latest = now + timedelta(hours=settings.owner_unavailable.wait_hours)
    return failed in _BACK_BY_ITSELF and back is not None and back <= latest
