"""What routing asks about the past: forecasts, outcomes, delays, and what simulations are made of."""

from datetime import datetime, timedelta

from bench.arena import Organisation
from tests.proofs.plans import Question, in_transaction

from oppspot.core.clock import utc_now
from oppspot.core.db import Transaction
from oppspot.corridor.configuration import load_configuration
from oppspot.corridor.sampling import load_sample
from oppspot.routing.queries.delays import DEFAULT_DAYS, measure_delays
from oppspot.routing.queries.forecasts import foresee_teams
from oppspot.routing.queries.history import Span, iterate_batches, list_events, load_before, measure_history
from oppspot.routing.queries.ledgers import open_books
from oppspot.routing.services.books import load_book
from oppspot.routing.services.outcomes import count_outcomes

DAY = timedelta(days=1)


def _span(days: int = 14) -> Span:
    until = utc_now() - timedelta(weeks=4)
    return Span(until - days * DAY, until)


async def _simulate(tx: Transaction, of: Organisation) -> None:
    extent = await measure_history(tx, of.org_id, _span())
    batches = [batch async for batch in iterate_batches(tx, of.org_id, _span(), extent)]
    assert sum(map(len, batches)) == extent.decisions


async def _happened(tx: Transaction, of: Organisation) -> None:
    assert await list_events(tx, of.org_id, _span(1))


async def _stood(tx: Transaction, of: Organisation) -> None:
    assert (await load_before(tx, of.org_id, _span(1), ())).held


async def _foresee(tx: Transaction, of: Organisation) -> None:
    now = utc_now()
    await foresee_teams(tx, of.org_id, await open_books(tx, of.org_id, now), now)


async def _wait(tx: Transaction, of: Organisation) -> None:
    now = utc_now()
    since = now - timedelta(days=DEFAULT_DAYS)
    delays = await measure_delays(tx, of.org_id, await load_book(tx, of.org_id, now, since), now, since)
    assert delays.human.leads


async def _sample(tx: Transaction, of: Organisation) -> None:
    now: datetime = utc_now()
    sample = await load_sample(tx, of.org_id, await load_configuration(tx, of.org_id), now, number=200)
    assert len(sample.rows) == 200


ROUTING_QUESTIONS: dict[str, tuple[str, Question]] = {
    "decisions, to take them again": ("routing_decisions_pkey", in_transaction(_simulate)),
    "what people were given on a day": ("ix_assignments_recent", in_transaction(_happened)),
    "what people were done with on a day": ("ix_assignments_ended", in_transaction(_happened)),
    "who had what when it began": ("ix_assignments_ended", in_transaction(_stood)),
    "what comes and what is finished": ("ix_assignments_ended", in_transaction(_foresee)),
    "what became of leads": (
        "ix_assignments_ended",
        in_transaction(lambda tx, of: count_outcomes(tx, of.org_id, utc_now() + 175 * DAY)),
    ),
    "how long leads wait": ("ix_sla_clocks_org_id_kind_started_at", in_transaction(_wait)),
    "how many leads come": ("ix_leads_recent", in_transaction(_sample)),
}
