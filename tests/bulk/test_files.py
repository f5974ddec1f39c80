"""Files in, files out: every form, the same answers, and faults that name their column."""

import json
from datetime import UTC, datetime

import polars as pl
import pytest
from typer.testing import CliRunner

from oppspot.bulk import InvalidTable, Scorer, files
from oppspot.cli import app
from oppspot.qualification.frameworks import shipped_framework

NOW = datetime(2026, 11, 20, tzinfo=UTC)
BANT = shipped_framework("bant")
LEADS = {
    "id": ["007", "008", "009"],
    "budget.confirmed": [True, None, False],
    "budget.range": ["50k_100k", None, "under_10k"],
    "need.pain_points": ['[{"description": "late reports", "severity": "critical"}]', None, '["no audit trail"]'],
    "need.urgency": ["high", "low", None],
    "need.urgency@observed_at": ["2026-11-01", "2026-01-01", None],
    "company.employees": [120, 5, None],
}


def scored(path, target, **given):
    table = files.scan(path)
    scorer = Scorer(table.collect_schema(), given.get("frameworks", [BANT]), given.get("model"), NOW)
    files.score_file(table, scorer, target)
    return target


def read(path):
    return {".csv": pl.read_csv, ".parquet": pl.read_parquet, ".arrow": pl.read_ipc}[path.suffix](path)


def write(table, path):
    {".csv": table.write_csv, ".parquet": table.write_parquet, ".arrow": table.write_ipc}[path.suffix](path)
    return path


@pytest.mark.parametrize("ending", [".csv", ".parquet", ".arrow"])
@pytest.mark.parametrize("other", [".csv", ".parquet", ".arrow"])
def test_every_form_goes_in_and_out_with_the_same_answers(tmp_path, ending, other):
    table = pl.DataFrame(LEADS)
    expected = Scorer(table.schema, [BANT], None, NOW).score(table)
    target = scored(write(table, tmp_path / f"leads{ending}"), tmp_path / f"scored{other}")
    got = read(target).select(expected.columns)
    assert (
        got.select(pl.selectors.starts_with("bant."))
        .cast(pl.String)
        .equals(expected.select(pl.selectors.starts_with("bant.")).cast(pl.String))
    )


def test_other_columns_are_passed_through_as_they_are(tmp_path):
    path = tmp_path / "leads.csv"
    path.write_text('id,note,budget.confirmed\n007,"a, ""b""",yes\n008,,no\n')
    assert scored(path, tmp_path / "scored.csv").read_text().splitlines()[1].startswith('007,"a, ""b""",yes,')


def test_lists_of_objects_become_json_where_the_file_has_no_lists(tmp_path):
    table = pl.DataFrame(
        {"need.pain_points": [[{"description": "late", "severity": "high"}], None], "tags": [["a"], []]}
    )
    written = pl.read_csv(scored(write(table, tmp_path / "leads.parquet"), tmp_path / "scored.csv"))
    assert json.loads(written["need.pain_points"][0]) == [{"description": "late", "severity": "high"}]
    assert written["need.pain_points"][1] is None
    assert written["tags"].to_list() == ['["a"]', "[]"]


def test_more_rows_than_a_batch_keep_their_order(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "BATCH_ROWS", 100)
    table = pl.DataFrame({"id": range(1000), "need.urgency": ["high", "low"] * 500})
    told = []
    source = files.scan(write(table, tmp_path / "leads.parquet"))
    scorer = Scorer(source.collect_schema(), [BANT], None, NOW)
    assert files.score_file(source, scorer, tmp_path / "scored.parquet", told.append) == 1000
    assert sum(told) == 1000
    assert len(told) > 5
    written = pl.read_parquet(tmp_path / "scored.parquet")
    assert written.equals(scorer.score(table))


def test_a_scored_file_can_be_scored_again(tmp_path):
    once = scored(write(pl.DataFrame(LEADS), tmp_path / "leads.parquet"), tmp_path / "once.parquet")
    again = scored(once, tmp_path / "again.parquet")
    assert read(again).equals(read(once))


# ── faults ──


@pytest.mark.parametrize(
    ("column", "cells", "said"),
    [
        ("budget.range", ["50k_100k", "lots"], "row 2, column budget.range: 'lots' is not one of the choices"),
        ("need.solution_fit", ["50", "1e9"], "row 2, column need.solution_fit: '1e9' is not in the range"),
        ("need.solution_fit", [50.0, 101.0], "row 2, column need.solution_fit: '101.0' is not in the range"),
        ("budget.confirmed", ["yes", "maybe"], "accepted: true or false"),
        ("budget.confirmed", [1, 2], "row 2, column budget.confirmed: '2.0' is neither true nor false"),
        ("timeline.decision_date", ["2026-12-01", "soon"], "accepted: a date as YYYY-MM-DD"),
        ("need.pain_points", ["[]", "late"], "row 2, column need.pain_points: 'late' is not JSON"),
        ("need.pain_points", ["[]", '[{"severity": "x"}]'], "[0] description is missing"),
        ("need.urgency@grade", ["verified", "sure"], "row 2, column need.urgency@grade: 'sure' is not a grade"),
        ("need.urgency@confidence", [1.0, 1.5], "accepted: a number from 0 to 1"),
        ("need.urgency@observed_at", ["2026-11-01", "May"], "column need.urgency@observed_at: 'May' is not a time"),
    ],
)
def test_a_value_that_is_not_accepted_is_named_with_its_row_and_column(column, cells, said):
    table = pl.DataFrame({"need.urgency": ["high"] * len(cells), column: cells})
    with pytest.raises(InvalidTable) as refused:
        Scorer(table.schema, [BANT], None, NOW).score(table)
    assert said in refused.value.detail


@pytest.mark.parametrize(
    ("column", "cells"),
    [
        ("need.urgency", [1]),
        ("need.solution_fit", [True]),
        ("need.pain_points", [[{"description": "late", "mood": "bad"}]]),
        ("need.urgency@observed_at", [5]),
    ],
)
def test_a_column_of_the_wrong_type_is_named_before_anything_is_read(column, cells):
    table = pl.DataFrame({"need.urgency": ["high"]} | {column: cells}, strict=False)
    with pytest.raises(InvalidTable, match=rf"column {column}: holds .*accepted: "):
        Scorer(table.schema, [BANT], None, NOW)


def test_rows_are_counted_through_all_batches_and_nothing_is_left_behind(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "BATCH_ROWS", 100)
    urgency = ["high"] * 1000
    urgency[777] = "soonish"
    path = write(pl.DataFrame({"need.urgency": urgency}), tmp_path / "leads.parquet")
    with pytest.raises(InvalidTable, match=r"row 778, column need\.urgency: 'soonish'"):
        scored(path, tmp_path / "scored.parquet")
    assert [each.name for each in tmp_path.iterdir()] == ["leads.parquet"]


# ── the command ──


def run(*arguments):
    return CliRunner().invoke(app, ["score", *map(str, arguments)])


def test_the_command_scores_a_file_without_a_database(tmp_path, monkeypatch):
    monkeypatch.setenv("OPPSPOT_DATABASE_URL", "postgresql://nobody@localhost:1/none")
    path, target = write(pl.DataFrame(LEADS), tmp_path / "leads.csv"), tmp_path / "scored.parquet"
    ran = run(path, "-o", target, "--framework", "bant", "--now", "2026-11-20")
    assert ran.exit_code == 0, ran.output
    assert "3 leads scored" in ran.output
    written = pl.read_parquet(target)
    assert written["bant.status"].to_list() == ["nurture"] * 3
    assert written["score.fit"].null_count() == 1


def test_a_framework_of_ones_own_is_read_from_a_file(tmp_path):
    framework = tmp_path / "mine.json"
    framework.write_text(json.dumps(BANT.document | {"name": "mine"}))
    path = write(pl.DataFrame(LEADS), tmp_path / "leads.parquet")
    ran = run(path, "-o", tmp_path / "out.csv", "--framework", framework, "--framework", "bant")
    assert ran.exit_code == 0, ran.output
    written = pl.read_csv(tmp_path / "out.csv")
    assert written["mine.overall_score"].to_list() == written["bant.overall_score"].to_list()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["leads.parquet", "-o", "out.xlsx", "--framework", "bant"], "a name ending in .csv, .parquet"),
        (["leads.txt", "-o", "out.csv", "--framework", "bant"], "leads.txt does not say what it is"),
        (["none.csv", "-o", "out.csv", "--framework", "bant"], "there is no file none.csv"),
        (["leads.parquet", "-o", "out.csv", "--framework", "bnat"], "neither a known name nor a file"),
        (["leads.parquet", "-o", "leads.parquet", "--framework", "bant"], "is the file that is read"),
        (["leads.parquet", "-o", "out.csv", "--framework", "bant", "--now", "noon"], "--now 'noon' is no time"),
        (["other.parquet", "-o", "out.csv", "--framework", "bant"], "no column tells bant anything"),
        (["other.parquet", "-o", "out.csv"], "there is nothing to score with"),
    ],
)
def test_what_the_command_cannot_do_it_says_in_a_sentence(tmp_path, monkeypatch, arguments, said):
    monkeypatch.chdir(tmp_path)
    write(pl.DataFrame(LEADS), tmp_path / "leads.parquet")
    write(pl.DataFrame({"name": ["Ada"]}), tmp_path / "other.parquet")
    ran = run(*arguments)
    assert ran.exit_code == 1
    assert said in ran.output.replace("\n", " ")


def test_a_column_that_is_almost_read_is_pointed_at(tmp_path):
    path = write(pl.DataFrame(LEADS | {"budget.confrimed@grade": ["verified"] * 3}), tmp_path / "leads.parquet")
    ran = run(path, "-o", tmp_path / "out.csv", "--framework", "bant")
    assert "Passed through unread: budget.confrimed@grade; is budget.confirmed@grade meant?" in ran.output


@pytest.mark.parametrize("content", [b'a,b\ntrue,"x\n', b"a,b\n1,2,3,4\n", b"a,b\n1,caf\xe9\n"])
def test_rows_that_turn_out_to_be_none_end_with_a_sentence(tmp_path, content):
    source = tmp_path / "leads.csv"
    source.write_bytes(content)
    with pytest.raises(InvalidTable) as refused:
        scored(source, tmp_path / "scored.csv")
    assert "cannot be read" in refused.value.errors[0].message
    assert list(tmp_path.iterdir()) == [source]
