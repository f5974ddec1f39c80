"""Real files go through the whole corridor: every row accounted for, every lead scored, judged and routed."""

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import text
from tests.casting import Cast
from tests.corridor.conftest import NOW, a_rule, publish_rules

from oppspot.core.db import Database
from oppspot.leads.importing.columns import suggest_mapping
from oppspot.leads.importing.readers import open_table
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
    # The file has no date: its figures stand as of the day that is stated for it.
    "TotalVisits": {"to": "events.page_view", "type": "number", "on": f"{NOW:%Y-%m-%d}"},
    "Total Time Spent on Website": {"to": "events.page_view", "type": "boolean", "on": f"{NOW:%Y-%m-%d}"},
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
        assert (lead.score_fit is None) == (lead.score_coverage == 0)
        assert (lead.score_overall is None) == (lead.score_fit is None and lead.events == 0)
        assert lead.bant_status in {"qualified", "nurture", "disqualified"}
        assert lead.outcome in named
        assert (lead.outcome == "assigned") == (lead.owner_id is not None)
        assert lead.histories == [1, 1, 1], "one score, one assessment and one decision each"


_LEADS = text(
    """
    SELECT l.score_overall, l.score_fit, l.score_coverage,
        (SELECT count(*) FROM engagement_events e WHERE e.org_id = l.org_id AND e.lead_id = l.id) AS events,
        l.bant_status, l.outcome, l.owner_id, ARRAY[
        (SELECT count(*) FROM score_history s WHERE s.org_id = l.org_id AND s.lead_id = l.id),
        (SELECT count(*) FROM assessments a WHERE a.org_id = l.org_id AND a.lead_id = l.id),
        (SELECT count(*) FROM routing_decisions d WHERE d.org_id = l.org_id AND d.lead_id = l.id)
    ] AS histories FROM leads l
    """
)


async def test_nothing_that_tells_how_the_story_ends_is_imported() -> None:
    assert not LEAKING & X_EDUCATION.keys()


async def test_of_what_tells_the_end_nothing_is_suggested_as_activity() -> None:
    table = open_table(_shared("x_education/Leads.csv"))
    suggested = suggest_mapping(table.columns, table.sample(200), NOW.date())
    assert {column.column for column in suggested.columns if column.target.startswith("events.")} == {
        "TotalVisits",
        "Total Time Spent on Website",
    }
    scored = {column.column for column in suggested.columns if column.target.startswith(("events.", "company."))}
    assert not scored & LEAKING


async def test_the_leads_of_x_education_go_through_the_whole_corridor(database: Database, cast: Cast) -> None:
    progress = await _import(database, cast, _shared("x_education/Leads.csv"), X_EDUCATION)
    assert progress.counts == {"created": 9_240}
    await _assert_whole(database, cast, progress)
    visited = _visits(_shared("x_education/Leads.csv"))
    assert sum(times > 0 for times in visited.values()) == 7_051, "6,914 with visits, 137 more with seconds on the site"
    async with database.transaction(cast.org_id) as tx:
        found = (await tx.execute(_ENGAGEMENT)).all()
        said = (await tx.execute(text("SELECT count(*) FROM leads WHERE product_interest = 'Select'"))).scalar_one()
    assert {lead.external_id: lead.visits for lead in found} == visited
    for lead in found:
        # No company, so nothing is known of how well it fits; what was seen of the person counts, silence is unknown.
        assert (lead.score_fit, lead.score_grade, float(lead.score_coverage)) == (None, None, 0)
        assert (lead.score_overall is not None) == (lead.score_engagement > 0) == (visited[lead.external_id] > 0)
    scores = {min(visited[lead.external_id], 6): float(lead.score_engagement) for lead in found}
    assert [scores[times] for times in range(7)] == sorted(set(scores.values())), "each further visit counts, and less"
    assert said == 0, "'Select' is what a form shows before anything is chosen"


def _visits(path: Path) -> dict[str, int]:
    """Return how often each lead was on the site at least, read from the file by other means than ours."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    return {
        row["Lead Number"]: max(int(row["TotalVisits"] or 0), int(row["Total Time Spent on Website"]) > 0)
        for row in rows
    }


_ENGAGEMENT = text(
    """
    SELECT l.external_id, l.score_fit, l.score_grade, l.score_engagement, l.score_overall, l.score_coverage,
        (SELECT coalesce(sum(quantity), 0) FROM engagement_events e
         WHERE e.org_id = l.org_id AND e.lead_id = l.id AND e.kind = 'page_view' AND e.occurred_at <= :now) AS visits
    FROM leads l
    """
).bindparams(now=NOW)


# Leads in the file, those that did something (HubSpot: the date of their first form), and those at a company of which
# something is known (HubSpot: the one with a company has a revenue; Salesforce: revenue and industry; Marketo: names).
VENDORS = {
    "hubspot_fivetran/contact_data.csv": (22, 22, 1),
    "salesforce_fivetran/sf_lead_data.csv": (1, 0, 1),
    "marketo_fivetran/marketo_lead_data.csv": (100, 0, 0),
}


@pytest.mark.parametrize("name", VENDORS)
async def test_vendors_exports_map_themselves_and_go_through(database: Database, cast: Cast, name: str) -> None:
    progress = await _import(database, cast, _shared(f"vendor_exports/{name}"), None)
    await _assert_whole(database, cast, progress)
    async with database.transaction(cast.org_id) as tx:
        leads = (await tx.execute(_LEADS)).all()
    active, known = sum(lead.events > 0 for lead in leads), sum(lead.score_fit is not None for lead in leads)
    assert (len(leads), active, known) == VENDORS[name]
