"""Owns the JSON forms of what a stored decision is made of, but people, and reads them back."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from oppspot.calendars import documents as calendars
from oppspot.calendars.types import ALWAYS_OPEN
from oppspot.conditions.types import Field, FieldType
from oppspot.routing.people import Seat
from oppspot.routing.people_forms import Document, calendar_document, read_rep, rep_document, text_or_none, uuid_or_none
from oppspot.routing.stretches import Arrival, FailedTest, Mask, Stretch, Taken
from oppspot.routing.types import AccountOwner, Asked, Office, RoutableLead, Target, TargetKind, Unasked


def lead_document(lead: RoutableLead, now: datetime) -> Document:
    """Return the lead with all that was known of it, so that other rules can be tried on it too."""
    document: Document = {
        "id": str(lead.id),
        "facts": _facts(lead.facts),
        "score": lead.score,
        "previous_rep_ids": sorted(map(str, lead.previous_rep_ids)),
        "current_owner_id": text_or_none(lead.current_owner_id),
        "value": text_or_none(lead.value),
        "duplicate_of": text_or_none(lead.duplicate_of),
        "blocked_by": lead.blocked_by,
    }
    if lead.account_owners:
        document["account_owners"] = [_owner_document(owner) for owner in lead.account_owners]
    if lead.country_calendar:
        document["country_calendar"] = calendar_document(lead.country_calendar, now)
    if lead.may_stay:
        document["may_stay"] = True
    return document


def _owner_document(owner: AccountOwner) -> list[str]:
    """Return their id and through what, and, of who is no rep, what they are called and why they cannot be asked."""
    return [str(owner.id), owner.how, *(owner.unasked or ())]


def _read_owner(document: Sequence[str]) -> AccountOwner:
    owner, how, *unasked = document
    return AccountOwner(UUID(owner), how, Unasked(unasked[0], FailedTest(unasked[1])) if unasked else None)


def read_lead(document: Document, fields: Mapping[str, Field]) -> RoutableLead:
    """Return the lead; `fields` say which of its facts are moments."""
    country = document.get("country_calendar")
    return RoutableLead(
        id=UUID(document["id"]),
        facts={name: _fact(value, fields.get(name)) for name, value in document["facts"].items()},
        score=document["score"],
        previous_rep_ids=frozenset(map(UUID, document["previous_rep_ids"])),
        current_owner_id=uuid_or_none(document["current_owner_id"]),
        value=None if document["value"] is None else Decimal(document["value"]),
        duplicate_of=uuid_or_none(document["duplicate_of"]),
        blocked_by=document["blocked_by"],
        account_owners=tuple(map(_read_owner, document.get("account_owners", ()))),
        country_calendar=None if country is None else calendars.from_document(country),
        may_stay=document.get("may_stay", False),
    )


def _facts(facts: Mapping[str, object]) -> Document:
    """Return what is known as JSON that reads back as the same facts; what conditions would not read is unknown."""
    return {
        name: plain
        for name, value in facts.items()
        if value is not None and (plain := value if type(value) in _PLAIN_TYPES else _plain(value)) is not None
    }


# Most facts, of every lead that is routed, are one of these: they are not looked at twice.
_PLAIN_TYPES: Final = frozenset({str, bool, int, float})


def _plain(value: object) -> object:
    match value:
        case datetime():
            return value.isoformat()
        case Decimal():
            return float(value)
        case list() | tuple() | set() | frozenset():
            return sorted(item for item in value if isinstance(item, str))
        case str() | int() | float():
            return value
        case _:
            return None


def _fact(value: object, field: Field | None) -> object:
    is_moment = field is not None and field.type is FieldType.DATETIME and isinstance(value, str)
    return datetime.fromisoformat(str(value)) if is_moment else value


def target_document(target: Target) -> Document:
    return {"kind": target.kind.value, "id": str(target.id), "name": target.name}


def read_target(document: Document) -> Target:
    kind = TargetKind(document["kind"])
    target_id = document["id"] if kind is TargetKind.QUEUE else UUID(document["id"])
    return Target(kind, target_id, document["name"])


def office_document(office: Office, now: datetime) -> Document:
    document: Document = {}
    if office.calendar is not ALWAYS_OPEN:
        document["calendar"] = calendar_document(office.calendar, now)
    if office.seat:
        document["seat"] = [str(office.seat.id), office.seat.name]
    return document


def read_office(document: Document) -> Office:
    calendar, seat = document.get("calendar"), document.get("seat")
    return Office(
        ALWAYS_OPEN if calendar is None else calendars.from_document(calendar),
        None if seat is None else Seat(UUID(seat[0]), seat[1]),
    )


def asked_document(asked: Asked, now: datetime) -> Document:
    return {
        "rep": rep_document(asked.rep, now),
        "open_count": asked.open_count,
        "given": asked.given,
        "failed": asked.failed and asked.failed.value,
    }


def read_asked(document: Document) -> Asked:
    failed = document["failed"]
    return Asked(
        read_rep(document["rep"]), document["open_count"], document["given"], FailedTest(failed) if failed else None
    )


def stretch_document(stretch: Stretch, now: datetime) -> Document:
    shared: list[Document] = []
    return {
        "pool": stretch.pool,
        "reps": [rep_document(rep, now, shared) for rep in stretch.reps],
        "calendars": shared,
        "credits": list(stretch.credits),
        "ahead": list(stretch.ahead),
        "open_counts": list(stretch.open_counts),
        "given": list(stretch.given),
        "values": [str(value) for value in stretch.values],
        "masks": [
            {"failed": [failure and failure.value for failure in mask.failed], "shares": list(mask.shares)}
            for mask in stretch.masks
        ],
        "turns": [[taken.mask, taken.turn_of, taken.member, taken.units, str(taken.value)] for taken in stretch.turns],
        "arrivals": [[each.before, each.member, each.units, str(each.value)] for each in stretch.arrivals],
    }


def read_stretch(document: Document) -> Stretch:
    """Return the stretch with every member in the team the pool stands for, if it is a team's."""
    kind, _, target = document["pool"].partition("/")[0].partition(":")
    team_ids = frozenset({UUID(target)}) if kind == TargetKind.TEAM else frozenset[UUID]()
    return Stretch(
        pool=document["pool"],
        reps=tuple(read_rep(rep, team_ids, document["calendars"]) for rep in document["reps"]),
        credits=tuple(document["credits"]),
        ahead=tuple(document["ahead"]),
        open_counts=tuple(document["open_counts"]),
        given=tuple(document["given"]),
        values=tuple(map(Decimal, document["values"])),
        masks=[
            Mask(tuple(FailedTest(failure) if failure else None for failure in mask["failed"]), tuple(mask["shares"]))
            for mask in document["masks"]
        ],
        turns=[Taken(mask, of, member, units, Decimal(value)) for mask, of, member, units, value in document["turns"]],
        arrivals=[
            Arrival(before, member, units, Decimal(value)) for before, member, units, value in document["arrivals"]
        ],
    )
