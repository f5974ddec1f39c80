from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from tests.leads.importing.files import rows_of

from oppspot.leads.importing import parquet_tables
from oppspot.leads.importing.readers import UnreadableTable, open_table


def _file(folder: Path, **columns: object) -> Path:
    pl.DataFrame(columns, strict=False).write_parquet(folder / "leads.parquet")
    return folder / "leads.parquet"


def test_values_keep_their_types(tmp_path: Path) -> None:
    moment = datetime(2026, 3, 4, tzinfo=UTC)
    path = _file(tmp_path, a=["x"], b=[7], c=[1.5], d=[True], e=[moment], f=[Decimal("2.5")])
    assert rows_of(open_table(path)) == [["x", 7, 1.5, True, moment, 2.5]]


def test_lists_records_and_categories_become_text(tmp_path: Path) -> None:
    path = _file(tmp_path, a=[["x", "y"]], b=[{"k": 1}], c=pl.Series(["z"], dtype=pl.Categorical), d=[[1, 2]])
    assert rows_of(open_table(path)) == [["x\ny", '{"k":1}', "z", "1\n2"]]


def test_rows_come_in_batches_with_their_numbers_and_blank_ones_are_left_out(tmp_path: Path) -> None:
    path = _file(tmp_path, a=[*map(str, range(9)), None], b=[None] * 10)
    table = open_table(path)
    assert table.row_count == 10
    assert [len(batch) for batch in table.iter_batches(4)] == [4, 4, 1]
    assert [number for batch in table.iter_batches(4) for number in batch.numbers] == [*range(2, 11)]


def test_bytes_nested_lists_and_too_many_rows_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UnreadableTable, match="holds bytes"):
        open_table(_file(tmp_path, a=[b"x"]))
    with pytest.raises(UnreadableTable, match="lists of lists"):
        open_table(_file(tmp_path, a=[[["x"]]]))
    monkeypatch.setattr(parquet_tables, "MAX_ROWS", 1)
    with pytest.raises(UnreadableTable, match="2 rows"):
        parquet_tables.read_parquet(_file(tmp_path, a=["x", "y"]))


def test_a_huge_text_repeated_in_few_bytes_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.parquet"
    pl.DataFrame({"a": ["x" * 1_000_000] * 100}).write_parquet(path)
    assert path.stat().st_size < 1_000_000
    with pytest.raises(UnreadableTable, match="too much"):
        rows_of(open_table(path))


def test_a_file_that_crashes_its_library_is_refused_and_we_live_on(tmp_path: Path) -> None:
    path = _file(tmp_path, a=["x", "y"] * 500)
    content = path.read_bytes()
    refused = 0
    for place in range(4, 40, 3):
        path.write_bytes(content[:place] + b"\xff" * 8 + content[place + 8 :])
        try:
            rows_of(open_table(path))
        except UnreadableTable:
            refused += 1
    assert refused


def test_nothing_is_left_beside_the_file(tmp_path: Path) -> None:
    table = open_table(_file(tmp_path, a=["x"]))
    assert rows_of(table) == rows_of(table) == [["x"]]
    del table
    assert [path.name for path in tmp_path.iterdir()] == ["leads.parquet"]
