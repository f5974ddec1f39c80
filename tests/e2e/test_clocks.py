"""A lead's clock counts down while its page is open, and stops when a touch is recorded in the drawer."""

from datetime import timedelta
from uuid import UUID

import pytest
from playwright.sync_api import expect
from tests.casting import Cast, an_organisation, prepared
from tests.e2e.conftest import Site
from tests.routing.timed import arrive, publish, to_team

from oppspot.core.clock import utc_now
from oppspot.core.db import Database

pytestmark = [pytest.mark.browser, pytest.mark.db]


@pytest.fixture
def due_in_a_minute(stage_url: str) -> tuple[Cast, UUID]:
    """A lead of Rita's with less than a minute left."""

    async def made(database: Database) -> tuple[Cast, UUID]:
        cast = await an_organisation(database, "Plover Valves")
        came = utc_now() - timedelta(seconds=310)
        to_rita = {"assignment_target": {"type": "individual", "id": str(cast.rep.id)}}
        await publish(database, cast, came, to_team(cast, hours=0.1, **to_rita))
        return cast, (await arrive(database, cast, came))[0]

    return prepared(stage_url, made)


def test_a_clock_counts_down_and_a_touch_stops_it(site: Site, due_in_a_minute: tuple[Cast, UUID]) -> None:
    cast, lead = due_in_a_minute
    page = site.open(f"/leads/{lead}", cast.rep)
    countdown = page.get_by_label("At a glance").locator("[data-countdown] time")
    first = countdown.inner_text()
    assert first.endswith(" s left")
    expect(countdown).not_to_have_text(first)  # by itself
    page.get_by_role("link", name="Record a touch…").click()
    drawer = page.get_by_role("dialog")
    drawer.get_by_label("Meeting").check()
    drawer.get_by_label("What came of it").fill("Met at the fair")
    drawer.get_by_role("button", name="Record").click()
    expect(page.locator("#toasts")).to_contain_text("Noted.")
    expect(page.get_by_label("At a glance")).to_contain_text("In time")
    expect(page.get_by_label("What happened")).to_contain_text("meeting: Met at the fair")
