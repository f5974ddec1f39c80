"""`oppspot import` at the terminal."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text
from tests.casting import Cast
from tests.corridor.conftest import a_rule, publish_rules
from tests.leads.imports.conftest import THREE

from oppspot.core.db import Database

pytestmark = [pytest.mark.anyio, pytest.mark.db]


@pytest.fixture
async def terminal(database: Database, database_url: str, cast: Cast, tmp_path: Path):
    await publish_rules(database, cast, [a_rule(cast)])
    environment = {**os.environ, "OPPSPOT_DATABASE_URL": database_url, "OPPSPOT_DATA_DIR": str(tmp_path / "data")}

    def run(content: str | bytes, *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        path = tmp_path / "leads.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        command = [sys.executable, "-m", "oppspot", "import", str(path), "--org", cast.slug, *arguments]
        return subprocess.run(
            command, input=typed, capture_output=True, text=True, check=False, env=environment, timeout=90
        )

    return run


async def _counts(database: Database, cast: Cast) -> tuple[int, int]:
    async with database.transaction(cast.org_id) as tx:
        query = "SELECT (SELECT count(*) FROM leads), (SELECT count(*) FROM imports)"
        return tuple((await tx.execute(text(query))).one())  # type: ignore[return-value]


async def test_a_file_comes_in_and_its_rejected_rows_are_written_beside_it(terminal, database, cast, tmp_path):
    done = terminal(THREE, "--yes")
    assert done.returncode == 0, done.stderr
    assert "2 created" in done.stdout
    assert f"The rejected rows are in {tmp_path / 'leads.rejected.csv'}" in done.stdout
    assert "'nobody' is not an e-mail address" in (tmp_path / "leads.rejected.csv").read_text()
    assert await _counts(database, cast) == (2, 1)


async def test_a_dry_run_leaves_nothing(terminal, database, cast):
    done = terminal(THREE, "--dry-run")
    assert (done.returncode, "nothing was written" in done.stdout) == (0, True), done.stderr
    assert await _counts(database, cast) == (0, 0)


async def test_without_a_yes_nothing_is_written(terminal, database, cast):
    assert terminal(THREE, typed="n\n").returncode == 1
    assert await _counts(database, cast) == (0, 0)


@pytest.mark.parametrize(
    ("content", "words"), [(b"", "empty"), (b"colour\nred\n", "who a lead is"), (b"PK\x03\x04x", "broken")]
)
async def test_a_bad_file_ends_with_a_sentence(terminal, content, words):
    done = terminal(content, "--yes")
    assert done.returncode == 1
    assert words in done.stderr
    assert "Traceback" not in done.stderr
