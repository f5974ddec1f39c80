"""Finds the Chromium that browser tests drive; `python tests/chromium.py` says in one line what it found."""

import os
import shutil
from pathlib import Path

# The shell without windows first: it is the same engine, and looks at all pages with a quarter less work.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
# Where `playwright install chromium` puts it.
DOWNLOADED = "ms-playwright/chromium-*/chrome-linux*/chrome"


def find_chromium() -> Path | None:
    """Return OPPSPOT_CHROMIUM, else the machine's own, else Playwright's newest download, else None."""
    named = os.environ.get("OPPSPOT_CHROMIUM")
    if named:
        return Path(named)
    installed = next(filter(None, map(shutil.which, NAMES)), None)
    if installed:
        return Path(installed)
    return max((Path.home() / ".cache").glob(DOWNLOADED), default=None)


if __name__ == "__main__":
    found = find_chromium()
    nothing = "SKIPPED, no Chromium found (install chromium-headless-shell or chromium)"
    print(f"Browser tests: {f'run in {found}' if found else nothing}")  # noqa: T201
