"""Runs `make demo` as a newcomer would: start, log in, send one lead, see it routed, Ctrl-C, nothing left running.

Standard library only, so that it also proves that the demo needs nothing else.
"""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 240
STOP_SECONDS = 40
PASSWORD = re.compile(r"password (\S+):")
ADDRESS = re.compile(r"[\w.+-]+@[\w.-]+\w")
LEAD = {
    "email": "smoke.test@orchard-instruments.example",
    "first_name": "Smoke",
    "last_name": "Test",
    "title": "Head of Operations",
    "source": "website",
    "company": {"name": "Orchard Instruments", "industry": "software", "employees": 240, "country": "GB"},
}


class SmokeError(Exception):
    """Something a newcomer would stumble over."""


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="oppspot smoke ", ignore_cleanup_errors=True) as folder:
        log = Path(folder) / "demo.log"
        try:
            with running_demo(Path(folder) / "data", log) as address:
                try_out(address, log)
            check("nothing is left running", not left_running(folder))
        except (SmokeError, URLError) as error:
            print(f"smoke: FAILED: {error}\n--- the demo said:\n{log.read_text(errors='replace')[-4000:]}")
            return 1
    print("smoke: the demo works")
    return 0


def check(what: str, holds: object) -> None:
    if not holds:
        raise SmokeError(f"not so: {what}")
    print(f"smoke: {what}", flush=True)


@contextlib.contextmanager
def running_demo(data: Path, log: Path) -> Iterator[str]:
    """Start the demo in a session of its own, as a terminal does, and end it with the terminal's Ctrl-C."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings = os.environ | {"OPPSPOT_PORT": str(port), "OPPSPOT_DATA_DIR": str(data), "PYTHONUNBUFFERED": "1"}
    address, began = f"http://127.0.0.1:{port}", time.monotonic()
    with log.open("wb") as output:
        demo = subprocess.Popen(
            ["make", "demo"], cwd=ROOT, env=settings, stdout=output, stderr=output, start_new_session=True
        )
    try:
        wait_until_healthy(address, demo)
        check(f"healthy {time.monotonic() - began:.0f} s after the start", holds=True)
        yield address
        os.killpg(demo.pid, signal.SIGINT)
        demo.wait(STOP_SECONDS)
        check("Ctrl-C stops it without a trace", "Traceback" not in log.read_text(errors="replace"))
    except subprocess.TimeoutExpired:
        raise SmokeError(f"still running {STOP_SECONDS} s after Ctrl-C") from None
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(demo.pid, signal.SIGKILL)


def wait_until_healthy(address: str, demo: subprocess.Popen[bytes]) -> None:
    browser, deadline = build_opener(), time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(URLError, OSError):
            browser.open(f"{address}/healthz", timeout=5).close()
            return
        if demo.poll() is not None:
            raise SmokeError(f"`make demo` ended with exit code {demo.returncode}")
        time.sleep(0.2)
    raise SmokeError(f"not healthy after {START_SECONDS} s")


def try_out(address: str, log: Path) -> None:
    said = log.read_text(errors="replace")
    password, email = PASSWORD.search(said), ADDRESS.search(said)
    if password is None or email is None:
        raise SmokeError("the demo printed no login")
    browser = build_opener(HTTPCookieProcessor(CookieJar()))
    page = post_form(browser, f"{address}/login", {"email": email[0], "password": password[1]})
    check("the login works", page.status == 200 and not page.url.endswith("/login"))
    lead = post_json(browser, f"{address}/api/leads", LEAD)
    check("a lead is scored", lead["score"]["overall"] is not None)
    check(f"a lead is routed to {lead['assignment'] and lead['assignment']['owner']['name']}", lead["assignment"])
    check("the lead has a page", browser.open(f"{address}/leads/{lead['id']}", timeout=20).status == 200)


def post_form(browser: OpenerDirector, address: str, values: dict[str, str]):  # noqa: ANN201 - urllib's private type
    return browser.open(Request(address, urlencode(values).encode(), {"Origin": origin(address)}), timeout=20)


def post_json(browser: OpenerDirector, address: str, value: object) -> dict:
    headers = {"Content-Type": "application/json", "Origin": origin(address)}
    with browser.open(Request(address, json.dumps(value).encode(), headers), timeout=20) as answer:
        return json.load(answer)


def origin(address: str) -> str:
    return "/".join(address.split("/")[:3])


def left_running(folder: str) -> list[str]:
    """Command lines of living processes that mention our folder; a zombie has an empty one."""
    if not Path("/proc/self/cmdline").exists():
        return []
    found = []
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            command = process.read_bytes().replace(b"\0", b" ").decode(errors="replace")
            found += [command] if folder in command else []
    return found


if __name__ == "__main__":
    sys.exit(main())
