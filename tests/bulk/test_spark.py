"""The lines of docs/bulk.md on Spark, in a local session."""

import os
import re
import shutil
import sys
from pathlib import Path

import polars as pl
import pytest

from oppspot.bulk import Scorer
from oppspot.qualification.frameworks import shipped_framework
from oppspot.scoring.defaults import DEFAULT_MODEL

pytest.importorskip("pyspark", reason="pyspark is in the extra [spark]")

pytestmark = [
    pytest.mark.prove,
    pytest.mark.timeout(600),  # starting Spark takes its time on a busy machine
    pytest.mark.skipif(not (shutil.which("java") or os.environ.get("JAVA_HOME")), reason="Spark needs Java"),
]

PAGE = (Path(__file__).parents[2] / "docs" / "bulk.md").read_text(encoding="utf-8")


@pytest.fixture
def spark(monkeypatch):
    from pyspark.sql import SparkSession  # noqa: PLC0415 — an extra

    monkeypatch.setenv("PYSPARK_PYTHON", sys.executable)
    local = {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
    settings = {"spark.ui.enabled": "false", **local}
    session = SparkSession.builder.master("local[2]").config(map=settings).getOrCreate()
    yield session
    session.stop()


def test_a_data_frame_is_scored_as_the_table_is(spark, tmp_path):
    leads = pl.DataFrame(
        {
            "id": range(100),
            "budget__confirmed": [True, None, False, True] * 25,
            "need__urgency": ["high", "low"] * 50,
            "need__urgency@grade": ["verified", None] * 50,
            "need__pain_points": [[{"description": "late", "severity": "high"}], None] * 50,
            "company__industry": ["Software", "Retail", None, "Banking"] * 25,
        }
    )
    leads.write_parquet(tmp_path / "leads.parquet")
    names = {"leads": spark.read.parquet(str(tmp_path / "leads.parquet")).repartition(3)}
    exec(re.search(r"```python spark\n(.*?)```", PAGE, re.DOTALL)[1], names)  # noqa: S102 — the page's own lines
    rows = [row.asDict() for row in names["scored"].sort("id").collect()]
    scorer = Scorer(leads.schema, [shipped_framework("bant")], DEFAULT_MODEL, names["wanted"]["now"], dot="__")
    assert [{name: row[name] for name in scorer.result} for row in rows] == scorer.score(leads).select(
        scorer.result
    ).to_dicts()
