"""A lead with texts, and how well the extractor does on passages it was not built on, printed at the end of a run."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from tests.casting import Cast
from tests.corridor.conftest import TakeIn, take  # noqa: F401 — a fixture
from tests.texts.measuring import Measured, load, measure, report

from oppspot.core.clock import utc_now
from oppspot.core.db import Database
from oppspot.qualification.evidence import current_values
from oppspot.qualification.queries.scorecards import list_claims
from oppspot.qualification.types import Claim
from oppspot.texts.extracting import LocalExtractor
from oppspot.texts.models import ProposalRecord
from oppspot.texts.queries.documents import list_proposals
from oppspot.texts.services.adding import add_document, read_typed
from oppspot.texts.services.deciding import Decision, decide
from oppspot.texts.types import Extractor

Add = Callable[..., Awaitable[UUID]]
Proposals = Callable[[UUID], Awaitable[dict[str, ProposalRecord]]]
Decided = Callable[..., Awaitable[None]]
Claims = Callable[[], Awaitable[list[Claim]]]
Known = Callable[[], Awaitable[dict[str, Any]]]

LABELLED = Path(__file__).parent / "labelled" / "passages.yaml"
_measured: list[Measured] = []


@pytest.fixture(scope="session")
def measured() -> Measured:
    result = measure(load(LABELLED))
    _measured.append(result)
    return result


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for result in _measured:
        terminalreporter.section("the extractor on held-out passages")
        terminalreporter.write_line("\n".join(report(result)))


NOTES = "Budget is 80k, approved by the board. They want to decide by 31 March 2027."


@pytest.fixture
async def lead_id(take: TakeIn) -> UUID:  # noqa: F811
    """A lead to add texts about."""
    [result] = await take({"email": "anna@nordwind.example", "first_name": "Anna", "last_name": "Berg"}, now=utc_now())
    return result.id


@pytest.fixture
def add(database: Database, cast: Cast, lead_id: UUID) -> Add:
    """Add a text about the lead as its rep; returns its id."""

    async def added(text: str = NOTES, extractor: Extractor | None = None, **options: Any) -> UUID:
        async with database.transaction(cast.org_id) as tx:
            return await add_document(
                tx,
                cast.rep.actor,
                lead_id,
                read_typed(text),
                utc_now(),
                extractor=extractor or LocalExtractor(),
                **options,
            )

    return added


@pytest.fixture
def proposals(database: Database, cast: Cast) -> Proposals:
    """Return what was proposed from a text, by claim key."""

    async def found(document_id: UUID) -> dict[str, ProposalRecord]:
        async with database.transaction(cast.org_id) as tx:
            return {item.key: item for item in await list_proposals(tx, cast.org_id, document_id)}

    return found


@pytest.fixture
def decided(database: Database, cast: Cast) -> Decided:
    """Decide about proposals as the rep."""

    async def deciding(document_id: UUID, *decisions: Decision) -> None:
        async with database.transaction(cast.org_id) as tx:
            await decide(tx, cast.rep.actor, document_id, decisions, utc_now())

    return deciding


@pytest.fixture
def claims(database: Database, cast: Cast, lead_id: UUID) -> Claims:
    """Return everything ever claimed about the lead."""

    async def listed() -> list[Claim]:
        async with database.transaction(cast.org_id) as tx:
            return await list_claims(tx, cast.org_id, lead_id)

    return listed


@pytest.fixture
def known(claims: Claims) -> Known:
    """Return what counts now, by claim key."""

    async def values() -> dict[str, Any]:
        return {key: value.statement.value for key, value in current_values(await claims(), utc_now()).items()}

    return values
