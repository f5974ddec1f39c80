"""Drives the machine's Chromium: pages as people see them, which may log no error and keep axe content."""

import asyncio
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from time import monotonic, sleep
from typing import Any

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright
from starlette.types import ASGIApp
from tests.chromium import find_chromium

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
GRAVE = ("serious", "critical")
START_WITHIN = 20


class Look(StrEnum):
    """How a page is looked at; the system's theme is followed, the site's own choice is left alone."""

    LIGHT = "light"
    DARK = "dark"
    PHONE = "phone"


_DESK = {"viewport": {"width": 1440, "height": 900}}
_LOOKS: dict[Look, dict[str, Any]] = {
    Look.LIGHT: _DESK | {"color_scheme": "light"},
    Look.DARK: _DESK | {"color_scheme": "dark"},
    Look.PHONE: {"viewport": {"width": 390, "height": 844}, "color_scheme": "light", "has_touch": True},
}


@contextmanager
def serving(app: ASGIApp) -> Iterator[str]:
    """Serve an application, with its lifespan, from a thread of its own; yields its address."""
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None, ws="websockets-sansio")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = monotonic() + START_WITHIN
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        assert monotonic() < deadline, "the server did not start in time"
        sleep(0.02)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(START_WITHIN)


class Pages:
    """Opens pages and remembers what their consoles complained about."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._contexts: list[Any] = []
        self._expected: tuple[str, ...] = ()
        self.errors: list[str] = []

    def new(self, look: Look = Look.LIGHT, **options: Any) -> Page:
        """Return an empty page; `options` are those of Playwright's `new_context`."""
        context = self._browser.new_context(**{**_LOOKS[look], "reduced_motion": "reduce", **options})
        self._contexts.append(context)
        page: Page = context.new_page()
        page.on("console", lambda message: self._note(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self._note(str(error)))
        return page

    def open(self, url: str, look: Look = Look.LIGHT, **options: Any) -> Page:
        """Return a page at an address, its scripts loaded."""
        page = self.new(look, **options)
        page.goto(url)
        return page

    def expect(self, *parts: str) -> None:
        """Let pass console errors that contain one of these texts, such as the status of a page that must fail."""
        self._expected = parts

    def close(self) -> None:
        for context in self._contexts:
            context.close()

    def unexpected(self) -> list[str]:
        return [error for error in self.errors if not any(part in error for part in self._expected)]

    def _note(self, text: str) -> None:
        self.errors.append(text)


def grave_violations(page: Page, rules: Sequence[str] = ()) -> list[str]:
    """Return axe's serious and critical findings, one line each; of all its rules, or of the ones named."""
    # Only what is told is worked out.
    options: dict[str, Any] = {"resultTypes": ["violations"], "preload": False}
    if rules:
        options["runOnly"] = list(rules)
    found = Axe().run(page, options=options).response["violations"]
    return [
        f"{violation['id']} ({violation['impact']}): {node['target']} {node['failureSummary']}"
        for violation in found
        if violation["impact"] in GRAVE
        for node in violation["nodes"]
    ]


def overflow(page: Page) -> int:
    """Return how many pixels the page is wider than its window."""
    wider: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return wider


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the tests of a worker."""
    chromium = find_chromium()
    if chromium is None:
        pytest.skip("no Chromium found")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        with _loop_hidden(started):
            yield started
        started.close()


@contextmanager
def _loop_hidden(browser: Browser) -> Iterator[None]:
    """Playwright leaves its event loop marked as running between calls; asynchronous tests would refuse to start."""
    asyncio._set_running_loop(None)
    try:
        yield
    finally:
        asyncio._set_running_loop(browser._loop)


@pytest.fixture
def pages(browser: Browser) -> Iterator[Pages]:
    """Pages for one test, which fails when any of them logged an error.

    Asynchronous fixtures cannot be set up while a test has pages: ask for them in fixtures of a wider scope.
    """
    asyncio._set_running_loop(browser._loop)
    opened = Pages(browser)
    yield opened
    opened.close()
    asyncio._set_running_loop(None)
    assert opened.unexpected() == []
