"""Where nothing has been routed yet, the pages of routing say what to do, in every look."""

import os
from pathlib import Path

import pytest
from tests.browser import Look, grave_violations, overflow
from tests.casting import Cast, an_organisation, prepared
from tests.e2e.conftest import Site

from oppspot.core.db import Database

pytestmark = [pytest.mark.browser, pytest.mark.db]
SHOTS = os.environ.get("OPPSPOT_SHOTS")
# Who opens which page, and what helps them on.
PAGES = {
    "/routing": ("manager", "Add the first rule"),
    "/routing/decisions": ("manager", "No decisions yet"),
    "/routing/delays": ("manager", "Nothing was timed"),
    "/inbox": ("rep", "Nothing to do"),
}


@pytest.fixture(scope="module")
def empty(stage_url: str) -> Cast:
    async def made(database: Database) -> Cast:
        return await an_organisation(database, "Barely Begun")

    return prepared(stage_url, made)


@pytest.mark.parametrize("look", Look)
def test_an_empty_organisation_is_helped_on(site: Site, empty: Cast, look: Look) -> None:
    for path, (who, words) in PAGES.items():
        page = site.open(path, getattr(empty, who), look)
        page.get_by_text(words).first.wait_for()
        assert (path, grave_violations(page), overflow(page)) == (path, [], 0)
        if SHOTS:
            name = path.strip("/").replace("/", "_")
            page.screenshot(path=Path(SHOTS) / f"empty_{name}.{look}.png", full_page=True)
