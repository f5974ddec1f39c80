"""Every page of the site in light, dark and on a phone: no console error, nothing grave to axe, nothing too wide."""

import os
from pathlib import Path

import pytest
from fastapi import FastAPI
from tests.browser import Look, grave_violations, overflow
from tests.contracts.routes import Route, routes_of
from tests.contracts.worlds import World
from tests.e2e.conftest import Site

from oppspot.app import create_app
from oppspot.settings import Settings

pytestmark = [pytest.mark.browser, pytest.mark.db]

# No pages: they answer with a file or an address, or are opened by a secret.
NOT_PAGES = {
    "/healthz",
    "/readyz",
    "/metrics",
    "/search",
    "/leads/export.{form}",
    "/routing/decisions/export.{form}",
    "/qualification/frameworks/{name}/download",
    "/imports/{import_id}/rejected.csv",
    "/routing/simulator/{simulation_id}/moved.csv",
    "/calendars/closing-days.ics",
    "/calendars/people/{user_id}/absences.ics",
    "/notifications/{notification_id}",
    "/invitation",
    "/reset-password",
    "/imports/{import_id}/mapping",  # of a file that was taken in there is none; the imports' own tests look at it
}
SHOTS = os.environ.get("OPPSPOT_SHOTS")  # a folder: pictures of every page are left there


@pytest.fixture(scope="session")
def page_routes(stage_url: str, tmp_path_factory: pytest.TempPathFactory) -> list[Route]:
    app: FastAPI = create_app(Settings(environment="test", data_dir=tmp_path_factory.mktemp("routes")), stage_url)
    return [route for route in routes_of(app) if route.is_page and route.path not in NOT_PAGES]


# The pages are shared out, so that the workers look at them side by side.
SHARES = 4
# What the theme changes; the rest is the same in light and dark.
RULES = {Look.DARK: ("color-contrast",)}


def test_there_are_pages_to_look_at(page_routes: list[Route]) -> None:
    assert len(page_routes) >= 45


@pytest.mark.timeout(300)
@pytest.mark.parametrize("share", range(SHARES))
@pytest.mark.parametrize("look", Look)
def test_every_page_is_readable_and_fits(
    site: Site, lively: World, page_routes: list[Route], look: Look, share: int
) -> None:
    known, stranger = site.open("/account", lively.cast.owner, look), site.open("/login", look=look)
    wrong = []
    for route in page_routes[share::SHARES]:
        page = known if route.known else stranger
        answer = page.goto(site.address + lively.address(route))
        assert answer is not None
        found = (answer.status, grave_violations(page, RULES.get(look, ())), overflow(page))
        if found != (200, [], 0):
            wrong.append((route.path, *found))
        if SHOTS:
            name = route.path.strip("/").replace("/", "_").replace("{", "").replace("}", "") or "home"
            page.screenshot(path=Path(SHOTS) / f"{name}.{look}.png", full_page=True)
    assert wrong == []
