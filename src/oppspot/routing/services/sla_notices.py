"""What people are told of clocks: one notice a person and matter, however many leads it is about."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from oppspot.accounts.notifying import Notice, notify_users
from oppspot.core.db import Transaction
from oppspot.routing.clocks import ClockKind
from oppspot.routing.ladders import Chain, LadderAction

_OVERDUE: Final = "/leads?overdue=true&sort=due"
_DESK: Final = "/inbox"


@dataclass(frozen=True, slots=True)
class Told:
    """A rung of a lead's ladder that people hear of; `taken_over` when the lead is the seat's now."""

    row: Any
    action: LadderAction
    people: tuple[UUID, ...]
    taken_over: bool = False


@dataclass(frozen=True, slots=True)
class _Words:
    """How a notice reads for one lead and for several, and where several are to be found; no body: by when."""

    kind: str
    one: str
    many: str
    body: str
    page: str


_REMINDER = _Words(
    "sla.reminded",
    "A lead of yours waits for a first touch",
    "{} leads of yours wait for a first touch",
    "",
    _DESK,
)
_UNTAKEN = _Words("sla.reminded", "Nobody has taken a lead yet", "Nobody has taken {} leads yet", "", _OVERDUE)
_ESCALATION = _Words(
    "sla.escalated",
    "A lead has waited too long for a first touch",
    "{} leads have waited too long for a first touch",
    "Give them to somebody, or acknowledge it.",
    _OVERDUE,
)
_STUCK = _Words(
    "sla.escalated",
    "A lead is overdue and nobody else can take it",
    "{} leads are overdue and nobody else can take them",
    "Whoever has them keeps them until you give them to somebody.",
    _OVERDUE,
)
_YOURS = _Words(
    "assignment.created",
    "A lead that nobody touched is yours now",
    "{} leads that nobody touched are yours now",
    "Every ladder ends with you.",
    _DESK,
)
_PASSED_ON = _Words(
    "sla.breached",
    "A lead of yours was passed on",
    "{} leads of yours were passed on",
    "They were not touched in time.",
    _DESK,
)


async def tell_of_rungs(tx: Transaction, org_id: UUID, told: Sequence[Told], now: datetime) -> None:
    """Tell each person what the rungs that were reached ask of them."""
    heard: dict[tuple[UUID, _Words], list[Any]] = defaultdict(list)
    for each in told:
        for person in each.people:
            heard[person, _words(each)].append(each.row)
    await notify_users(tx, org_id, list(_notices(heard, now)), now)


def _words(told: Told) -> _Words:
    if told.taken_over:
        return _YOURS
    if told.action is LadderAction.REMIND:
        return _REMINDER if told.row.rep_id else _UNTAKEN
    return _STUCK if told.action is LadderAction.REASSIGN else _ESCALATION


def _notices(heard: Mapping[tuple[UUID, _Words], Sequence[Any]], now: datetime) -> Iterable[Notice]:
    for (person, words), rows in heard.items():
        body = words.body or _by_when(rows, now)
        if len(rows) == 1:
            yield Notice(person, words.kind, words.one, f"{rows[0].lead_name}. {body}", f"/leads/{rows[0].lead_id}")
        else:
            yield Notice(person, words.kind, words.many.format(len(rows)), body, words.page)


def _by_when(rows: Sequence[Any], now: datetime) -> str:
    late = sum(row.due_at < now for row in rows)
    if not late:
        return "Due soon."
    return "Overdue." if late == len(rows) else f"{late} of them overdue."


async def tell_of_breaches(
    tx: Transaction, org_id: UUID, rows: Sequence[Any], gone: Sequence[Any], chain: Chain, now: datetime
) -> None:
    """Tell whoever has each lead that its time ran out, and those above how many there are.

    `gone` are the clocks of leads that went to somebody else: whoever had one hears that, whatever ran out.
    """
    lost = {row.lead_id: row for row in gone if row.rep_id}
    heard: dict[tuple[UUID, _Words], list[Any]] = defaultdict(list)
    for row in lost.values():
        heard[row.rep_id, _PASSED_ON].append(row)
    own = [
        Notice(row.rep_id, "sla.breached", *_own(row), f"/leads/{row.lead_id}")
        for row in rows
        if row.rep_id and row.lead_id not in lost
    ]
    await notify_users(tx, org_id, [*own, *_notices(heard, now), *_above(rows, chain)], now)


def _own(row: Any) -> tuple[str, str]:
    if row.kind == ClockKind.QUALIFY:
        return "A lead of yours waits for your verdict", f"{row.lead_name}. Complete it or hand it back."
    return "A lead of yours is overdue", f"{row.lead_name}. Get in touch, or hand it back."


def _above(rows: Sequence[Any], chain: Chain) -> Iterable[Notice]:
    """Return one notice each for those above; what nobody has taken is named by its queue, or as waiting."""
    if not rows:
        return []
    count = len({row.lead_id for row in rows})
    title = f"{count} {'lead is' if count == 1 else 'leads are'} overdue"
    lying = Counter(row.queue for row in rows if not row.rep_id and row.queue)
    waiting = sum(row.kind == ClockKind.ASSIGN for row in rows)
    said = [f"{rows[0].lead_name}, with {rows[0].rep_name}."] if count == 1 and rows[0].rep_id else []
    if lying:
        said.append(f"Nobody has taken: {', '.join(f'{lying[name]} in {name}' for name in sorted(lying))}.")
    if waiting:
        said.append(f"Nobody has been found for: {waiting}.")
    return [Notice(person, "sla.breached", title, " ".join(said), _OVERDUE) for person in chain.above]
