from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.leads.importing.files import rows_of, text_file, whole

from oppspot.leads.importing import csv_tables
from oppspot.leads.importing.readers import UnreadableTable, open_table

TEXT = "Name,City\nJürgen,Köln\nZoë,Łódź\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_the_encoding_is_found_out(tmp_path: Path, encoding: str) -> None:
    table = open_table(text_file(tmp_path, TEXT, encoding))
    assert table.columns == ("Name", "City")
    assert rows_of(table) == [["Jürgen", "Köln"], ["Zoë", "Łódź"]]


def test_text_that_is_no_utf_8_is_read_as_windows_1252(tmp_path: Path) -> None:
    table = open_table(text_file(tmp_path, "Name;Preis\nJürgen;5 €\n", "cp1252"))
    assert rows_of(table) == [["Jürgen", "5 €"]]
    assert "CP1252" in table.notes[0]


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("size", [2_000, 100_000])
def test_random_bytes_are_no_table(tmp_path: Path, seed: int, size: int) -> None:
    path = tmp_path / "noise.csv"
    path.write_bytes(Random(seed).randbytes(size))  # noqa: S311 - noise, not a secret
    with pytest.raises(UnreadableTable):
        open_table(path)


def test_bytes_that_windows_1252_leaves_out_are_refused_wherever_they_stand(tmp_path: Path) -> None:
    path = tmp_path / "mixed.csv"
    path.write_bytes(b"Name,City\n" + b"Jane,Rome\n" * 200_000 + b"J\x81n,Rome\n")
    with pytest.raises(UnreadableTable, match="UTF-8 or Windows-1252"):
        open_table(path)


def test_a_stray_control_character_does_not_refuse_a_file(tmp_path: Path) -> None:
    table = open_table(text_file(tmp_path, "Name,City\n" + "Jane,Rome\n" * 50 + "J\x0bane\x1f,Rome\n"))
    assert len(rows_of(table)) == 51


def test_a_wrong_byte_far_behind_the_beginning_still_counts(tmp_path: Path) -> None:
    path = tmp_path / "late.csv"
    path.write_bytes(b"Name\n" + (b"Jane " * 200 + b"\n") * 1_200 + "Jürgen\n".encode("cp1252"))
    assert rows_of(open_table(path))[-1] == ["Jürgen"]


def test_the_encoding_can_be_said(tmp_path: Path) -> None:
    path = text_file(tmp_path, "Name,Miasto\nŁucja,Łódź\n", "cp1250")
    assert rows_of(open_table(path, encoding="cp1250")) == [["Łucja", "Łódź"]]
    for unfit in ("utf-8", "klingon"):
        with pytest.raises(UnreadableTable):
            open_table(path, encoding=unfit)


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_found_out(tmp_path: Path, separator: str) -> None:
    lines = [["Name", "Amount", "Note"], ["Jane", "1,5", "a; b"], ["Joe", "2,5", 'say "hi", ok']]
    text = "\n".join(separator.join(f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in line) for line in lines)
    assert rows_of(open_table(text_file(tmp_path, text))) == lines[1:]


def test_decimal_commas_do_not_make_a_comma_the_separator(tmp_path: Path) -> None:
    table = open_table(text_file(tmp_path, "Name;Umsatz;Wachstum\nA;1,5;2,5\nB;3,5;4,5\n"))
    assert table.columns == ("Name", "Umsatz", "Wachstum")


def test_the_first_line_of_excel_says_the_separator(tmp_path: Path) -> None:
    table = open_table(text_file(tmp_path, "sep=|\nName|City\nJane|Rome\n"))
    assert (table.columns, rows_of(table), list(whole(table).numbers)) == (("Name", "City"), [["Jane", "Rome"]], [3])


def test_quotes_hold_line_breaks_and_separators(tmp_path: Path) -> None:
    text = 'Name,Note\r\nJane,"two\r\nlines, and ""quotes"""\r\nJoe,x\r\n'
    assert rows_of(open_table(text_file(tmp_path, text))) == [["Jane", 'two\r\nlines, and "quotes"'], ["Joe", "x"]]


def test_blank_lines_are_skipped_but_counted(tmp_path: Path) -> None:
    batch = whole(open_table(text_file(tmp_path, "\nName,City\n\nJane,Rome\n , \nJoe,Oslo\n")))
    assert list(batch.numbers) == [4, 6]


def test_short_rows_end_in_blanks_and_long_ones_are_faults(tmp_path: Path) -> None:
    batch = whole(open_table(text_file(tmp_path, "a,b,c\n1\n1,2,3,,\n1,2,3,4\n1,2,3\n")))
    assert [list(row) for row in batch.rows][:2] == [["1", None, None], ["1", "2", "3"]]
    assert list(batch.faults) == [2]
    assert "4 cells, the header 3" in batch.faults[2]


def test_a_quote_left_open_is_a_fault_of_its_row(tmp_path: Path) -> None:
    batch = whole(open_table(text_file(tmp_path, 'a,b\n1,2\n3,"4\n5,6\n7,8\n')))
    assert len(batch) == 2
    assert "never closed: the 3 lines" in batch.faults[1]


def test_a_cell_of_several_lines_at_the_end_is_no_fault(tmp_path: Path) -> None:
    assert whole(open_table(text_file(tmp_path, 'a,b\n1,"2\n3"\n'))).faults == {}


def test_a_title_above_the_header_is_passed_over(tmp_path: Path) -> None:
    table = open_table(text_file(tmp_path, "Report of today\n\nName,City,Mail\nJane,Rome,j@x.co\n"))
    assert table.columns == ("Name", "City", "Mail")
    assert list(whole(table).numbers) == [4]


def test_columns_get_different_names(tmp_path: Path) -> None:
    columns = open_table(text_file(tmp_path, "Mail,,Mail,Mail,Mail (2)\n1,2,3,4,5\n")).columns
    assert columns == ("Mail", "Column 2", "Mail (2)", "Mail (3)", "Mail (2) (2)")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("\n \n,,\n", "no header"),
        (",".join(map(str, range(2_001))) + "\n", "2,001 columns"),
        (("," * 999_999 + "\n") * 5, "1,000,000 columns"),
        ("a,b\n1," + "x" * 1_000_001 + "\n", "does not end"),
        ("a" * 4_000_001, "more than 4,000,000 characters"),
        ('a,b\n1,"' + "x,y\n" * 300_000, "quote left open"),
        ("a,b\n" + "\x00\x01\x02" * 500, "not text"),
    ],
)
def test_what_is_no_table_is_refused_with_a_reason(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(UnreadableTable, match=reason):
        rows_of(open_table(text_file(tmp_path, text)))


@pytest.mark.parametrize(
    ("start", "reason"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Excel"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"%PDF-1.7", "PDF"),
        (b"PK\x03\x04junk", "broken"),
        (b"PAR1junk", "Parquet"),
    ],
)
def test_other_kinds_of_files_are_refused_by_name(tmp_path: Path, start: bytes, reason: str) -> None:
    path = tmp_path / "leads.csv"
    path.write_bytes(start)
    with pytest.raises(UnreadableTable, match=reason):
        open_table(path)


def test_the_file_may_be_no_longer_than_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_tables, "MAX_ROWS", 3)
    with pytest.raises(UnreadableTable, match="more than 3 rows"):
        rows_of(open_table(text_file(tmp_path, "a\n1\n2\n3\n")))


def test_a_batch_ends_early_when_it_holds_much_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_tables, "MAX_BATCH_CHARS", 50)
    table = open_table(text_file(tmp_path, "a\n" + "x" * 40 + "\n" + "y" * 40 + "\nz\n"))
    assert [len(batch) for batch in table.iter_batches()] == [2, 1]


def test_rows_come_in_batches_as_often_as_wanted(tmp_path: Path) -> None:
    table = open_table(text_file(tmp_path, "n\n" + "\n".join(map(str, range(10)))))
    assert [len(batch) for batch in table.iter_batches(4)] == [4, 4, 2]
    assert rows_of(table, 3) == rows_of(table, 100)
    assert table.sample(3) == [["0"], ["1"], ["2"]]


_CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\x00", exclude_categories=["Cc"]), max_size=8)


@settings(max_examples=50)
@given(st.lists(st.lists(_CELLS, min_size=3, max_size=3), min_size=1, max_size=8))
def test_any_table_written_with_quotes_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]
) -> None:
    quoted = [["a", "b", "c"], *rows]
    text = "\n".join(",".join(f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in row) for row in quoted)
    table = open_table(text_file(tmp_path_factory.mktemp("csv"), text), separator=",")
    expected = [row for row in rows if any(cell.strip() for cell in row)]
    escaped = any(cell.startswith("'") for row in rows for cell in row)
    assert table.columns == ("a", "b", "c")
    assert escaped or rows_of(table) == expected
