"""Real files go through the whole corridor: every row accounted for, every lead scored, judged and routed."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import text
from tests.casting import Cast
from tests.corridor.conftest import NOW, a_rule, publish_rules

from oppspot.core.db import Database
from oppspot.leads.imports.mapping import set_mapping
from oppspot.leads.imports.running import run_import, start_run
from oppspot.leads.imports.types import ImportProgress, ImportStatus
from oppspot.leads.imports.uploading import upload_import
from oppspot.routing.outcomes import Outcome

pytestmark = [pytest.mark.anyio, pytest.mark.db]
SHARED: Final = Path(__file__).resolve().parents[2].parent / "shared" / "data"

# Written by sales during or after the conversation (the README of the data names them): they would tell a score how
# the story ends. `Converted` is the end itself.
LEAKING: Final = frozenset(
    {
        "Converted", "Tags", "Lead Quality", "Lead Profile", "Last Notable Activity", "Last Activity",
        "Asymmetrique Activity Index", "Asymmetrique Profile Index", "Asymmetrique Activity Score",
        "Asymmetrique Profile Score", "What is your current occupation",
        "What matters most to you in choosing a course",
    }
)  # fmt: skip
X_EDUCATION: Final[Mapping[str, Any]] = {
    "Lead Number": "external_id",
    "Lead Source": "source",
    "Country": "country",
    "Specialization": "product_interest",
    "City": {"to": "attributes.city", "type": "text"},
    "Lead Origin": {"to": "attributes.lead_origin", "type": "text"},
    "Do Not Email": {"to": "attributes.do_not_email", "type": "boolean"},
    "Do Not Call": {"to": "attributes.do_not_call", "type": "boolean"},
    "TotalVisits": {"to": "attributes.total_visits", "type": "number"},
    "Total Time Spent on Website": {"to": "attributes.seconds_on_website", "type": "number"},
    "Page Views Per Visit": {"to": "attributes.page_views_per_visit", "type": "number"},
}


def _shared(name: str) -> Path:
    path = SHARED / name
    if not path.exists():
        pytest.skip("../shared/data is not here")
    return path


async def _import(database: Database, cast: Cast, path: Path, mapping: Mapping[str, Any] | None) -> ImportProgress:
    await publish_rules(database, cast, [a_rule(cast)])
    actor = cast.manager.actor
    import_id = await upload_import(database, actor, path, path.name, NOW)
    if mapping is not None:
        await set_mapping(database, actor, import_id, mapping, NOW)
    async with database.transaction(cast.org_id) as tx:
        await start_run(tx, actor, import_id, NOW, by_worker=False)
    progress = await run_import(database, cast.org_id, import_id, lambda: NOW)
    assert progress is not None
    assert progress.status is ImportStatus.DONE, progress.error
    return progress


async def _assert_whole(database: Database, cast: Cast, progress: ImportProgress) -> None:
    """Every row has an outcome; every lead a score or a stated lack of one, a verdict, an owner or a named outcome."""
    assert sum(progress.counts.values()) == progress.processed_rows == progress.total_rows
    async with database.transaction(cast.org_id) as tx:
        leads = (await tx.execute(_LEADS)).all()
        rows = (await tx.execute(text("SELECT outcome, count(*) FROM import_rows GROUP BY 1"))).all()
    assert len(leads) == progress.counts.get("created", 0) > 0
    assert dict(map(tuple, rows)) == progress.counts
    named = {str(outcome) for outcome in Outcome}
    for lead in leads:
        assert lead.score_coverage is not None
        assert (lead.score_overall is None) == (lead.score_coverage == 0)
        assert lead.bant_status in {"qualified", "nurture", "disqualified", "incomplete", "unknown"}
        assert lead.outcome in named
        assert (lead.outcome == "assigned") == (lead.owner_id is not None)
        assert lead.histories == [1, 1, 1], "one score, one assessment and one decision each"


_LEADS = text(
    """
    SELECT l.score_overall, l.score_coverage, l.bant_status, l.outcome, l.owner_id, ARRAY[
        (SELECT count(*) FROM score_history s WHERE s.org_id = l.org_id AND s.lead_id = l.id),
        (SELECT count(*) FROM assessments a WHERE a.org_id = l.org_id AND a.lead_id = l.id),
        (SELECT count(*) FROM routing_decisions d WHERE d.org_id = l.org_id AND d.lead_id = l.id)
    ] AS histories FROM leads l
    """
)


async def test_nothing_that_tells_how_the_story_ends_is_imported() -> None:
    assert not LEAKING & X_EDUCATION.keys()


async def test_the_leads_of_x_education_go_through_the_whole_corridor(database: Database, cast: Cast) -> None:
    progress = await _import(database, cast, _shared("x_education/Leads.csv"), X_EDUCATION)
    assert progress.counts == {"created": 9_240}
    await _assert_whole(database, cast, progress)
    async with database.transaction(cast.org_id) as tx:
        said = (await tx.execute(text("SELECT count(*) FROM leads WHERE product_interest = 'Select'"))).scalar_one()
    assert said == 0, "'Select' is what a form shows before anything is chosen"


@pytest.mark.parametrize(
    "name",
    [
        "hubspot_fivetran/contact_data.csv",
        "salesforce_fivetran/sf_lead_data.csv",
        "marketo_fivetran/marketo_lead_data.csv",
    ],
)
async def test_vendors_exports_map_themselves_and_go_through(database: Database, cast: Cast, name: str) -> None:
    progress = await _import(database, cast, _shared(f"vendor_exports/{name}"), None)
    await _assert_whole(database, cast, progress)
