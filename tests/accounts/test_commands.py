"""The commands at the terminal."""

import re
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from typer.testing import CliRunner, Result

from oppspot.cli import app
from oppspot.core.ids import new_id
from oppspot.settings import get_settings

pytestmark = pytest.mark.db
PASSWORD = "long enough for a terminal\n"


class Terminal:
    """Runs commands against the test database."""

    def run(self, *arguments: str, typed: str = "") -> Result:
        return CliRunner().invoke(app, arguments, input=typed)


@pytest.fixture
def terminal(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Terminal]:
    monkeypatch.setenv("OPPSPOT_DATABASE_URL", database_url)
    monkeypatch.setenv("OPPSPOT_DATA_DIR", str(tmp_path))
    get_settings.cache_clear()
    yield Terminal()
    get_settings.cache_clear()


@pytest.fixture
def org(terminal: Terminal) -> str:
    slug = f"org-{new_id().hex[-12:]}"
    made = terminal.run("org", "create", "Krähe & Söhne", "--slug", slug)
    assert (made.stdout, made.exit_code) == (f"{slug}\n", 0), made.stderr
    return slug


def test_people_and_keys_are_made(terminal: Terminal, org: str) -> None:
    email = f"jo@{org}.example"
    made = terminal.run("user", "create", email, "--org", org, "--role", "owner", "--password-stdin", typed=PASSWORD)
    assert (made.stdout, made.exit_code) == (f"{email} can log in.\n", 0), made.stderr
    again = terminal.run("user", "create", email, "--org", org)
    assert again.exit_code == 1
    assert "already has an account" in again.stderr
    key = terminal.run("apikey", "create", "sync", "--org", org, "--scopes", "leads.read, leads.write")
    assert re.fullmatch(r"opp_[a-z0-9]{10}_[A-Za-z0-9_-]{43}\n", key.stdout)


def test_without_a_password_there_is_a_link(terminal: Terminal, org: str) -> None:
    made = terminal.run("user", "create", f"jo@{org}.example", "--org", org)
    assert re.fullmatch(r"http://127\.0\.0\.1:8700/invitation\?token=[A-Za-z0-9_-]{43}\n", made.stdout)


@pytest.mark.parametrize(
    ("arguments", "typed", "said"),
    [
        (("user", "create", "no address", "--org", "{org}"), "", "email is not an e-mail address"),
        (
            ("user", "create", "a@b.example", "--org", "{org}", "--password-stdin"),
            "short\n",
            "password is too short. Accepted: at least 12 characters",
        ),
        (("user", "create", "a@b.example", "--org", "nowhere"), "", "no organisation with the slug nowhere"),
        (
            ("apikey", "create", "k", "--org", "{org}", "--scopes", "leads.fly"),
            "",
            "leads.fly is not a scope. Accepted: some of leads.read, ",
        ),
        (
            ("org", "create", "Again", "--slug", "../../x"),
            "",
            "cannot stand in an address. Accepted: lower case letters",
        ),
        (("org", "create", "Again", "--slug", "{org}"), "", "already an organisation"),
        (("org", "create", "東京"), "", "slug"),
        (("org", "create", "Again", "--currency", "EURO"), "", "currency is not a currency; one of AED"),
    ],
)
def test_mistakes_end_with_a_sentence(
    terminal: Terminal, org: str, arguments: tuple[str, ...], typed: str, said: str
) -> None:
    result = terminal.run(*(part.format(org=org) for part in arguments), typed=typed)
    assert result.exit_code == 1
    assert said in result.stderr
    assert "Traceback" not in result.stderr


def test_verifying_fails_when_an_entry_was_changed(terminal: Terminal, org: str, database_url: str) -> None:
    assert terminal.run("audit", "verify", "--org", org).exit_code == 0
    with psycopg.connect(database_url) as connection:
        own = "org_id = (SELECT id FROM organisations WHERE slug = %s)"
        connection.execute(f"UPDATE audit_log SET actor_name = 'Somebody else' WHERE {own}", [org])
    result = terminal.run("audit", "verify", "--org", org)
    assert result.exit_code == 1
    assert "broken at entry 1" in result.stdout
