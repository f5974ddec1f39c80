"""Accounts for a member's credit, entry by entry: where it stood, what each turn and calibration did to it; pure."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from oppspot.routing.fairness import LEAD
from oppspot.routing.ledger_standings import MemberStanding
from oppspot.routing.ledger_words import SITS_OUT
from oppspot.routing.models import LedgerCalibration
from oppspot.routing.queries.ledger_history import Effect, TurnTaken


class Entry(NamedTuple):
    """One line: by how many leads the credit changed, and why; `at` is None for what was settled in between."""

    at: datetime | None
    why: str
    leads: float
    decision_id: UUID | None = None


class Account(NamedTuple):
    """The lines from `start` to what is owed now, the newest first; they add up exactly."""

    start: float
    entries: tuple[Entry, ...]
    now: float


def account_of(
    member: MemberStanding,
    turns: Sequence[TurnTaken],
    calibrations: Sequence[LedgerCalibration],
    names: dict[UUID, str],
) -> Account:
    """Return a member's account over these turns (the newest first) and the calibrations made meanwhile."""
    rep_id = member.rep.id
    known = [(turn, turn.effects[rep_id]) for turn in turns if rep_id in turn.effects]
    start = known[-1][1].before if known else 0
    since = known[-1][0].at if known else None
    made = [
        (each, each.changes[str(rep_id)])
        for each in calibrations
        if str(rep_id) in each.changes and (since is None or each.at >= since)
    ]
    settled = member.credit - start - sum(effect.change for _, effect in known) - sum(amount for _, amount in made)
    entries = [
        Entry(turn.at, _why(turn, effect, rep_id, names), effect.change / LEAD, turn.decision_id)
        for turn, effect in known
    ]
    entries += [Entry(each.at, f"Calibrated by {each.made_by}: {each.reason}", amount / LEAD) for each, amount in made]
    entries.sort(key=_at, reverse=True)
    if settled:
        entries.append(Entry(None, "Settled when somebody left, or when a new month began", settled / LEAD))
    return Account(start / LEAD, tuple(entries), member.owed)


def _at(entry: Entry) -> datetime:
    assert entry.at  # noqa: S101 — only what has a moment is put in order
    return entry.at


def _why(turn: TurnTaken, effect: Effect, rep_id: UUID, names: dict[UUID, str]) -> str:
    who = names.get(turn.turn_of, "somebody who left") if turn.turn_of else "somebody"
    if turn.turn_of == rep_id:
        got = "" if turn.rep_id == rep_id else f", but {names.get(turn.rep_id, 'somebody who left')} was preferred"
        return f"Own turn{got}"
    preferred = ", preferred to them" if turn.rep_id == rep_id else ""
    if effect.failed:
        return f"{who}'s turn{preferred}; sat out: {SITS_OUT.get(effect.failed, effect.failed.replace('_', ' '))}"
    return f"{who}'s turn{preferred}; own share of the lead"
