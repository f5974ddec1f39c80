"""Imports in a real browser: readable in every state and look, live without reloading, usable without scripts."""

import os
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect
from tests.browser import Look, Pages, grave_violations, overflow
from tests.casting import Cast, an_organisation, prepared, session_cookie
from tests.corridor.conftest import NOW, a_rule, publish_rules

from oppspot.core.clock import utc_now
from oppspot.core.db import Database
from oppspot.leads.imports.rehearsing import rehearse_import, start_rehearsal
from oppspot.leads.imports.running import run_import, start_run
from oppspot.leads.imports.undoing import start_undo, undo_import
from oppspot.leads.imports.uploading import upload_import

pytestmark = [pytest.mark.browser, pytest.mark.db]
# Set to a folder to keep a picture of every page.
PICTURES = os.environ.get("OPPSPOT_TEST_PICTURES")
FILE = (
    "Email,First Name,Last Name,Company,Lead Source,Shoe Size,Signed Up,Number of Employees\n"
    "ada@nordwind.example,Ada,Lovelace,Nordwind Turbinen,Webinar,38,2026-03-31,240\n"
    "bo@volta.example,Bo,Chen,Volta,Fair,44,2026-04-02,1.200\n"
    "ada@nordwind.example,Ada,Lovelace,Nordwind Turbinen,Webinar,38,2026-03-31,240\n"
    "not an address,Cy,,,Fair,,,\n"
)
STATES = ("empty", "new", "list", "mapping", "rehearsed", "running", "done", "undone")


@dataclass(frozen=True, slots=True)
class Stage:
    """An organisation with an import in every state; `paths` by state."""

    cast: Cast
    nobody: Cast
    paths: dict[str, str]


async def _set(database: Database, folder: Path) -> Stage:
    cast, nobody = await an_organisation(database), await an_organisation(database)
    await publish_rules(database, cast, [a_rule(cast)])
    paths = {"empty": "/imports", "list": "/imports", "new": "/imports/new"}
    path = folder / "file"
    path.write_text(FILE)
    actor, org_id = cast.manager.actor, cast.org_id
    for state in ("mapping", "rehearsed", "running", "undone", "done"):
        import_id = await upload_import(database, actor, path, f"spring fair {state}.csv", utc_now())
        paths[state] = f"/imports/{import_id}"
        async with database.transaction(org_id) as tx:
            if state == "rehearsed":
                await start_rehearsal(tx, actor, import_id, NOW)
            elif state != "mapping":
                await start_run(tx, actor, import_id, NOW)
        if state == "rehearsed":
            await rehearse_import(database, org_id, import_id, NOW)
        if state in {"undone", "done"}:
            await run_import(database, org_id, import_id, utc_now)
        if state == "undone":
            async with database.transaction(org_id) as tx:
                await start_undo(tx, actor, import_id, NOW)
            await undo_import(database, org_id, import_id, utc_now)
    return Stage(cast, nobody, paths)


@pytest.fixture(scope="module")
def stage(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    folder = tmp_path_factory.mktemp("imports")
    return prepared(database_url, lambda database: _set(database, folder))


@pytest.fixture
def opened(stage: Stage, live_site: str, database_url: str, pages: Pages):
    def opening(state: str, look: Look = Look.LIGHT, **options: object) -> Page:
        cast = stage.nobody if state == "empty" else stage.cast
        page = pages.new(look, **options)
        page.context.add_cookies([session_cookie(database_url, cast.manager, live_site)])
        page.goto(live_site + stage.paths[state])
        return page

    return opening


@pytest.mark.parametrize("state", STATES)
def test_every_state_is_readable_in_every_look(opened, state):
    for look in Look:
        page = opened(state, look)
        if PICTURES:
            page.screenshot(path=Path(PICTURES) / f"{state}-{look}.png", full_page=True)
        assert grave_violations(page) == [], look
        assert overflow(page) <= 0, look


@pytest.mark.parametrize("javascript", [True, False])
def test_a_file_goes_from_upload_to_undo(opened, stage, database_url, tmp_path, javascript):
    path = tmp_path / f"leads-{javascript}.csv"
    path.write_text(FILE.replace("nordwind", f"nordwind-{javascript}".lower()))
    page = opened("new", java_script_enabled=javascript)
    page.get_by_label("CSV, Excel").set_input_files(path)
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_label("Where Email goes")).to_have_value("email")
    page.get_by_role("button", name="See what would happen").click()
    expect(page.get_by_text("Rehearsing")).to_be_visible()
    import_id = UUID(page.url.rsplit("/", 1)[1])

    def carry(step) -> None:
        prepared(database_url, step)
        if not javascript:
            page.reload()

    carry(lambda database: rehearse_import(database, stage.cast.org_id, import_id, utc_now()))
    expect(page.get_by_text("Nothing has been written yet.")).to_be_visible()
    page.get_by_role("button", name="Import 4 rows").click()
    expect(page.get_by_text("0 of 4 rows")).to_be_visible()
    carry(lambda database: run_import(database, stage.cast.org_id, import_id, utc_now))
    expect(page.get_by_text("All 4 rows are accounted for.")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Rejected rows").click()
    assert "not an address" in Path(download.value.path()).read_text()
    page.get_by_role("link", name="Undo…").click()
    page.get_by_role("button", name="Undo the import").click()
    expect(page.get_by_text("Undoing")).to_be_visible()
    carry(lambda database: undo_import(database, stage.cast.org_id, import_id, utc_now))
    expect(page.get_by_text("The import has been undone.")).to_be_visible()
