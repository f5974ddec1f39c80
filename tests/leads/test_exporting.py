# ruff: noqa: RUF001 - wide signs are what is tested
import csv
import os
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from io import StringIO
from pathlib import Path

import fastexcel
import openpyxl
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.leads.importing.files import imported, rows_of

from oppspot.conditions.types import FieldType
from oppspot.leads import exporting
from oppspot.leads.exporting import ExportColumn, TooManyRows, as_csv_text, csv_chunks, write_parquet, write_xlsx
from oppspot.leads.importing.csv_tables import _unescaped
from oppspot.leads.importing.readers import open_table
from oppspot.leads.importing.rejects import RejectsWriter
from oppspot.leads.types import CompanyInput, LeadInput, Problem

COLUMNS = [
    ExportColumn("email"),
    ExportColumn("First name"),
    ExportColumn("company.employees", FieldType.NUMBER),
    ExportColumn("company.technologies", FieldType.TEXT_LIST),
    ExportColumn("attributes.since", FieldType.DATETIME),
    ExportColumn("attributes.vip", FieldType.BOOLEAN),
    ExportColumn("Notes"),
]
SINCE = datetime(2026, 3, 4, 7, 6, 7, tzinfo=timezone(timedelta(hours=2)))
ROWS = [
    ["a@x.co", "Zoë", 51, ["SAP", "Excel"], SINCE, True, "=1+1"],
    ["b@x.co", "-Bob", None, [], None, False, 'two\nlines, "quoted"; 5€'],
]
FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", "'=1", "''+1", "\n-1"]


def _csv(rows: list[list[object]]) -> bytes:
    return b"".join(csv_chunks(COLUMNS, rows))


@pytest.mark.parametrize("text", FORMULAS)
def test_what_a_spreadsheet_would_run_gets_an_apostrophe(text: str) -> None:
    assert as_csv_text(text) == "'" + text


@pytest.mark.parametrize("text", ["", "Jane", "'t Hooft", "1-2", "a=b", "jane@x.co"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert as_csv_text(text) == text


@given(st.sampled_from(FORMULAS) | st.text("'=+-@ \tab", max_size=8) | st.text(max_size=8))
def test_the_import_takes_exactly_that_apostrophe_away(text: str) -> None:
    assert _unescaped([as_csv_text(text)]) == [text]


def test_a_csv_holds_plain_values_and_says_that_it_is_utf_8() -> None:
    content = _csv(ROWS)
    assert content.startswith(b"\xef\xbb\xbfemail,")
    _, first, second = csv.reader(StringIO(content.decode("utf-8-sig"), newline=""))
    assert first == ["a@x.co", "Zoë", "51", "SAP; Excel", "2026-03-04T05:06:07+00:00", "true", "'=1+1"]
    assert second[1:4] == ["'-Bob", "", ""]


def test_numbers_below_zero_are_no_formulas() -> None:
    assert b"\r\n-5,-2.5\r\n" in b"".join(csv_chunks([ExportColumn("a"), ExportColumn("b")], [[-5, Decimal("-2.5")]]))


def test_an_export_of_nothing_has_its_header() -> None:
    assert _csv([]).decode("utf-8-sig").startswith("email,First name")


def test_rows_are_taken_as_they_are_written() -> None:
    taken: list[int] = []

    def rows() -> Iterator[list[object]]:
        for number in range(exporting.BATCH_ROWS * 3):
            taken.append(number)
            yield [number]

    chunks = csv_chunks([ExportColumn("n")], rows())
    next(chunks)
    assert len(taken) == exporting.BATCH_ROWS


def test_a_workbook_holds_texts_as_texts_and_values_by_type(tmp_path: Path) -> None:
    assert write_xlsx(tmp_path / "x.xlsx", COLUMNS, ROWS) == 2
    sheet = openpyxl.load_workbook(tmp_path / "x.xlsx").active
    first = [cell.value for cell in sheet[2]]
    assert first == ["a@x.co", "Zoë", 51, "SAP; Excel", SINCE.astimezone(UTC).replace(tzinfo=None), True, "=1+1"]
    assert sheet["G2"].data_type == "s"
    assert sheet["A2"].hyperlink is None
    assert os.listdir(tmp_path) == ["x.xlsx"]  # noqa: PTH208 - names only


def test_a_cell_of_a_workbook_holds_no_more_than_it_can(tmp_path: Path) -> None:
    write_xlsx(tmp_path / "x.xlsx", [ExportColumn("a"), ExportColumn("b")], [["x" * 40_000, date(2026, 3, 4)]])
    ((text, day),) = rows_of(open_table(tmp_path / "x.xlsx"))
    assert (len(text), text[-2:], day) == (32_767, "x…", "2026-03-04 00:00:00")  # type: ignore[arg-type, index]


def test_more_rows_than_a_sheet_holds_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "MAX_XLSX_ROWS", 1)
    with pytest.raises(TooManyRows, match="export as CSV or Parquet"):
        write_xlsx(tmp_path / "x.xlsx", COLUMNS, ROWS)


def test_a_parquet_file_keeps_the_types(tmp_path: Path) -> None:
    write_parquet(tmp_path / "x.parquet", COLUMNS, iter(ROWS * 3_000))
    frame = pl.read_parquet(tmp_path / "x.parquet")
    assert frame.height == 6_000
    assert frame.row(0) == ("a@x.co", "Zoë", 51.0, ["SAP", "Excel"], SINCE, True, "=1+1")
    write_parquet(tmp_path / "none.parquet", COLUMNS, [])
    assert pl.read_parquet(tmp_path / "none.parquet").schema == frame.schema


def _all_kinds(folder: Path) -> list[Path]:
    (folder / "x.csv").write_bytes(_csv(ROWS))
    write_xlsx(folder / "x.xlsx", COLUMNS, ROWS)
    write_parquet(folder / "x.parquet", COLUMNS, ROWS)
    return [folder / "x.csv", folder / "x.xlsx", folder / "x.parquet"]


def test_what_we_export_we_import_again(tmp_path: Path) -> None:
    first = LeadInput(
        email="a@x.co",
        first_name="Zoë",
        company=CompanyInput(employees=51, technologies=("SAP", "Excel")),
        attributes={"since": "2026-03-04T05:06:07+00:00", "vip": True, "notes": "=1+1"},
    )
    second = LeadInput(
        email="b@x.co", first_name="-Bob", attributes={"vip": False, "notes": 'two\nlines, "quoted"; 5€'}
    )
    targets = {
        "email": "email",
        "First name": "first_name",
        "company.employees": "company.employees",
        "company.technologies": "company.technologies",
        "attributes.since": {"to": "attributes.since", "type": "datetime"},
        "attributes.vip": {"to": "attributes.vip", "type": "boolean"},
        "Notes": "attributes.notes",
    }
    for path in _all_kinds(tmp_path):
        assert imported(path, targets) == [first, second], path.name


def test_fastexcel_reads_our_workbook(tmp_path: Path) -> None:
    write_xlsx(tmp_path / "x.xlsx", COLUMNS, ROWS)
    assert fastexcel.read_excel(tmp_path / "x.xlsx").load_sheet(0).available_columns()


def test_refused_rows_are_written_with_number_and_reason_and_come_back(tmp_path: Path) -> None:
    path = tmp_path / "rejected.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = RejectsWriter(file, ["Email", "Note"])
        writer.write(7, ["jane@", "=1+1"], [Problem("email", "'jane@' is not an e-mail address", "an address")])
    assert writer.count == 1
    assert ",'=1+1" in path.read_text(encoding="utf-8")
    table = open_table(path)
    reason = "email: 'jane@' is not an e-mail address (accepted: an address)."
    assert rows_of(table) == [["7", reason, "jane@", "=1+1"]]
    assert table.columns == ("row_number", "problem", "Email", "Note")
