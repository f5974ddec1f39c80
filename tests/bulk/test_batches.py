"""Arrow batches in, Arrow batches out."""

from datetime import UTC, datetime

import polars as pl
import pytest

from oppspot.bulk import InvalidTable, Scorer, score_batches, scored_schema
from oppspot.qualification.frameworks import shipped_framework
from oppspot.scoring.defaults import DEFAULT_MODEL, default_document

pa = pytest.importorskip("pyarrow", reason="pyarrow is in the extra [spark]")

NOW = datetime(2026, 11, 20, tzinfo=UTC)
BANT = shipped_framework("bant")
LEADS = pa.table(
    {
        "id": pa.array([1, 2, 3], pa.int16()),
        "budget.confirmed": [True, None, False],
        "need.urgency": pa.array(["high", None, "low"]).dictionary_encode(),
        "company.industry": ["Software", "Retail", None],
        "tags": [["a"], [], None],
    }
)


def scored(table, **given):
    return list(score_batches(iter(table.to_batches(max_chunksize=2)), now=NOW, **given))


def test_batches_are_scored_as_the_table_is():
    made = pa.Table.from_batches(scored(LEADS, frameworks=["bant"], model="default"))
    table = pl.DataFrame(pl.from_arrow(LEADS))
    expected = Scorer(table.schema, [BANT], DEFAULT_MODEL, NOW)
    got = pl.DataFrame(pl.from_arrow(made)).select(expected.result)
    assert got.equals(expected.score(table).select(expected.result))


def test_columns_that_come_with_a_batch_keep_their_types_and_values():
    first, second = scored(LEADS, frameworks=["bant"])
    assert first.schema == second.schema == scored_schema(LEADS.schema, now=NOW, frameworks=["bant"])
    for name in LEADS.schema.names:
        assert first.schema.field(name) == LEADS.schema.field(name)
    assert pa.Table.from_batches([first, second]).select(LEADS.schema.names).equals(LEADS)


def test_frameworks_and_models_may_be_documents():
    [made] = score_batches(
        iter(LEADS.to_batches()), now=NOW, frameworks=[BANT.document | {"name": "mine"}, BANT], model=default_document()
    )
    assert made.column("mine.overall_score").equals(made.column("bant.overall_score"))
    assert made.column("score.fit").null_count == 1


def test_no_batches_are_no_batches():
    assert list(score_batches(iter([]), now=NOW, frameworks=["bant"])) == []


def test_an_unknown_framework_is_named():
    with pytest.raises(InvalidTable, match="'bnat' is no shipped framework"):
        scored(LEADS, frameworks=["bnat"])


def test_names_may_have_something_else_for_a_dot():
    names = [name.replace(".", "__") for name in LEADS.schema.names]
    [plain] = score_batches(iter(LEADS.to_batches()), now=NOW, frameworks=["bant"])
    [made] = score_batches(iter(LEADS.rename_columns(names).to_batches()), now=NOW, frameworks=["bant"], dot="__")
    assert made.schema.names == [name.replace(".", "__") for name in plain.schema.names]
    assert made.columns == plain.columns
    refused = pa.record_batch({"need__urgency": ["soon"]})
    with pytest.raises(InvalidTable, match="row 1, column need__urgency: 'soon'"):
        list(score_batches(iter([refused]), now=NOW, frameworks=["bant"], dot="__"))
