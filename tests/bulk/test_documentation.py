"""What docs/bulk.md shows is what the command does."""

import io
import re
from pathlib import Path

import polars as pl
from typer.testing import CliRunner

from oppspot.bulk.columns import PARTS
from oppspot.bulk.files import ACCEPTED
from oppspot.bulk.lead_score import LeadScorePlan
from oppspot.cli import app

PAGE = (Path(__file__).parents[2] / "docs" / "bulk.md").read_text(encoding="utf-8")


def block(name):
    return re.search(rf"```{name}\n(.*?)```", PAGE, re.DOTALL)[1]


def test_the_worked_example_is_what_the_command_makes(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("leads.csv").write_text(block("csv leads"))
    command = re.search(r"`oppspot (score leads\.csv [^`]*)`", PAGE)[1]
    ran = CliRunner().invoke(app, command.split())
    assert ran.exit_code == 0, ran.output
    shown = pl.read_csv(io.StringIO(block("csv scored")), infer_schema=False)
    assert pl.read_csv("scored.csv", infer_schema=False).select(shown.columns).equals(shown)


def test_every_column_that_is_read_and_made_is_named():
    readable = [f"`{name}`" for name in LeadScorePlan.readable]
    companions = [f"`<key>@{part}`" for part in PARTS] + [f"`@{part}`" for part in PARTS]
    results = [f"`{name}`" for name in LeadScorePlan.result]
    assert [name for name in [*readable, *companions, *results] if name not in PAGE] == []
    assert all(f"`{ending}`" in PAGE for ending in ACCEPTED.split(", "))
