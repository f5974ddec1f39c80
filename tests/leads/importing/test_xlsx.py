from datetime import UTC, datetime
from pathlib import Path

import pytest
import xlsxwriter  # type: ignore[import-untyped]
from tests.leads.importing.files import repacked, rows_of, whole, workbook

from oppspot.leads.importing import xlsx_limits
from oppspot.leads.importing.readers import UnreadableTable, open_table

SHEET = "xl/worksheets/sheet1.xml"


def test_values_arrive_as_text_and_formulas_as_their_result(tmp_path: Path) -> None:
    moment = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC).replace(tzinfo=None)
    path = workbook(tmp_path, [["a", "b", "c", "d", "e"], [447900000000, 1.5, True, moment, "007"]])
    assert rows_of(open_table(path)) == [["447900000000", "1.5", "true", "2026-03-04 05:06:07", "007"]]


def test_a_formula_gives_its_value(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "f.xlsx") as book:
        page = book.add_worksheet()
        page.write_row(0, 0, ["a", "b"])
        page.write_formula(1, 0, '=HYPERLINK("http://x")', None, "x")
        page.write_formula(1, 1, "=1+1", None, 2)
    assert rows_of(open_table(tmp_path / "f.xlsx")) == [["x", "2"]]


def test_a_sheet_may_be_named(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "two.xlsx") as book:
        book.add_worksheet("One").write_row(0, 0, ["a"])
        book.add_worksheet("Two").write_column(0, 0, ["b", "1"])
    assert open_table(tmp_path / "two.xlsx").columns == ("a",)
    assert rows_of(open_table(tmp_path / "two.xlsx", sheet="Two")) == [["1"]]
    with pytest.raises(UnreadableTable, match="no sheet Three; it has One, Two"):
        open_table(tmp_path / "two.xlsx", sheet="Three")


def test_row_numbers_are_those_of_the_sheet(tmp_path: Path) -> None:
    path = workbook(tmp_path, [[], ["Report"], [], ["a", "b", "c"], ["1", "2", "3"], [], ["4"]])
    table = open_table(path)
    assert (table.columns, list(whole(table).numbers), table.row_count) == (("a", "b", "c"), [5, 7], 3)


def test_cells_that_are_only_formatted_take_no_memory(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "styled.xlsx") as book:
        page, bold = book.add_worksheet(), book.add_format({"bold": True})
        page.write_row(0, 0, ["a", "b"])
        page.write_row(1, 0, ["1", "2"])
        page.write_blank(1_048_575, 300, None, bold)
    assert rows_of(open_table(tmp_path / "styled.xlsx")) == [["1", "2"]]


def test_an_empty_sheet_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableTable, match="is empty"):
        open_table(workbook(tmp_path, []))


def test_a_sheet_that_would_fill_the_memory_is_refused(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "far.xlsx") as book:
        page = book.add_worksheet()
        page.write(0, 0, "a")
        page.write(1_048_575, 16_383, "z")
    with pytest.raises(UnreadableTable, match="row 1,048,576 and column 16,384"):
        open_table(tmp_path / "far.xlsx")


@pytest.mark.parametrize("quote", ["'", '"'])
@pytest.mark.parametrize("place", ["ZZ999999", "G999999999995", "XFDXFD1"])
def test_the_limit_holds_however_the_sheet_is_written(tmp_path: Path, quote: str, place: str) -> None:
    path = workbook(tmp_path, [["a"]])
    cells = f'<row><c r="A1"><v>1</v></c></row><row><c s="1"r="{place}"><v>2</v></c></row>'
    sheet = f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{cells}'
    repacked(path, SHEET, f"{sheet}</sheetData></worksheet>".replace('"', quote).encode())
    with pytest.raises(UnreadableTable, match="A sheet reaches to row"):
        open_table(path)


def test_a_part_that_unpacks_to_very_much_is_refused(tmp_path: Path) -> None:
    path = repacked(workbook(tmp_path, [["a"]]), "xl/media/image1.xml", b"<a>" + b" " * 20_000_000)
    with pytest.raises(UnreadableTable, match="over 200 times its size"):
        open_table(path)


def test_the_unpacked_whole_is_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_limits, "MAX_UNPACKED_BYTES", 1_000)
    with pytest.raises(UnreadableTable, match="at most 1,000 are accepted"):
        open_table(workbook(tmp_path, [["a"]]))


def test_a_part_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path, [["a", "b"], *[["x" * 50, "y"]] * 2_000])
    content = path.read_bytes()
    place = content.rindex(SHEET.encode()) - 46  # its entry in the directory at the end of the archive
    assert content[place : place + 4] == b"PK\x01\x02"
    path.write_bytes(content[: place + 24] + (100).to_bytes(4, "little") + content[place + 28 :])
    with pytest.raises(UnreadableTable, match="broken"):
        open_table(path)


def test_a_long_text_used_very_often_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = workbook(tmp_path, [["a"], *[["x" * 20_000]] * 100])
    assert len(rows_of(open_table(path))) == 100
    monkeypatch.setattr(xlsx_limits, "MAX_TEXT_CHARS", 1_000_000)
    with pytest.raises(UnreadableTable, match="2,00"):
        open_table(path)


def test_an_archive_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path, [["a"]])
    path.write_bytes(path.read_bytes().replace(b"xl/workbook.xml", b"xl/workb00k.xml"))
    with pytest.raises(UnreadableTable, match="no XLSX workbook"):
        open_table(path)
