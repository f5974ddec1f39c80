"""The example data: deterministic, true to its stated model, whole or not at all."""

import re
from datetime import UTC, datetime
from pathlib import Path
from statistics import mean

import pytest
from sqlalchemy import text

from oppspot.core.db import Database
from oppspot.core.organisations import list_organisations
from oppspot.demo import generating, seeding
from oppspot.demo.generating import make_leads

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
PAGE = (Path(__file__).parents[2] / "docs" / "demo-data.md").read_text()


def test_equal_seeds_give_equal_leads() -> None:
    assert make_leads(7, 50, NOW) == make_leads(7, 50, NOW)
    assert make_leads(7, 50, NOW) != make_leads(8, 50, NOW)


def test_leads_convert_as_often_as_the_model_says() -> None:
    ended = [lead for lead in make_leads(1, 4_000, NOW) if lead.ending]
    converted = mean(lead.ending == "converted" for lead in ended)
    assert abs(converted - mean(lead.probability for lead in ended)) < 0.03


def test_the_likelier_half_converts_more() -> None:
    ended = sorted((lead for lead in make_leads(1, 2_000, NOW) if lead.ending), key=lambda lead: lead.probability)
    half = len(ended) // 2
    low, high = (mean(lead.ending == "converted" for lead in part) for part in (ended[:half], ended[half:]))
    assert high > 2 * low


def test_the_page_states_the_model_that_is_used() -> None:
    found = re.search(r"exp\(-\((-?[\d.]+) \+ ([\d.]+) f \+ ([\d.]+) i \+ ([\d.]+) q\)\)", PAGE)
    assert found
    assert [float(number) for number in found.groups()] == [
        generating.INTERCEPT,
        generating.FIT_EFFECT,
        generating.INTEREST_EFFECT,
        generating.QUALIFICATION_EFFECT,
    ]


@pytest.mark.anyio
@pytest.mark.db
async def test_a_year_goes_through_the_corridor_once_and_an_unfinished_one_is_made_anew(
    database: Database, database_url: str
) -> None:
    def quiet(_done: int, _total: int) -> None: ...

    assert await seeding.seed(database, NOW, leads=240, report=quiet)
    assert not await seeding.seed(database, NOW, leads=240, report=quiet)
    [org_id] = [item.id for item in await list_organisations(database) if item.slug == "quillmark"]
    async with database.transaction(org_id) as tx:
        leads = (await tx.execute(text("SELECT count(*) FROM leads"))).scalar_one()
        unscored = (await tx.execute(text("SELECT count(*) FROM leads WHERE score_overall IS NULL"))).scalar_one()
        place = "SELECT time_zone, settings ->> 'currency' AS currency FROM organisations"
        assert (await tx.execute(text(place))).one() == ("Europe/London", "GBP")
        await tx.execute(text("UPDATE organisations SET settings = '{}'"))
        paused = "SELECT pause_reason FROM rep_profiles WHERE NOT available"
        assert (await tx.execute(text(paused))).scalars().all() == ["At a trade fair"]
        unasked = "SELECT name FROM users WHERE id NOT IN (SELECT user_id FROM rep_profiles)"
        assert (await tx.execute(text(unasked))).scalars().all() == []  # like everybody who is invited
        moved = "SELECT count(*), min(reason) FROM ledger_calibrations"
        assert (await tx.execute(text(moved))).one() == (1, "Two of his first leads turned out to be duplicates.")
        still = "SELECT DISTINCT pause_reason FROM sla_clocks WHERE paused_until > :now AND met_at IS NULL"
        assert (await tx.execute(text(still), {"now": NOW})).scalars().all() == ["Their budget meeting is next week."]
        published = (
            "SELECT version, published_by, note FROM config_versions WHERE kind = 'routing' ORDER BY version DESC"
        )
        assert (await tx.execute(text(published))).first() == (2, "Milan Manager", "Two working days was too long.")
        tried = "SELECT title, weeks, base_version, begun_by FROM simulations"
        assert (await tx.execute(text(tried))).one() == ("“Large companies” off", 8, 2, "Milan Manager")
        evened = "SELECT title, status, planned_by FROM redistributions"
        assert (await tx.execute(text(evened))).one() == ("Team Growth", "applied", "Milan Manager")
    # Of 180, two come from a private address to a company where somebody of their name is known: they are the same.
    assert (leads, unscored) == (178, 0)
    seeding.forget_unfinished(database_url)
    assert {item.slug for item in await list_organisations(database)}.isdisjoint({"quillmark"})
    async with database.transaction(org_id) as tx:
        assert (await tx.execute(text("SELECT count(*) FROM claims"))).scalar_one() == 0
