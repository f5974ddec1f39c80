"""The tables of docs/importing.md say what the code does."""

import re
from pathlib import Path

import pytest

from oppspot.leads import attributes, plain_json
from oppspot.leads.importing import foreign, foreign_process, tables, xlsx_limits
from oppspot.leads.normalise import DateOrder, company_name_key, parse_moment, parse_number, registrable_domain

PAGE = (Path(__file__).parents[2] / "docs" / "importing.md").read_text(encoding="utf-8")


def _rows(first_header: str) -> list[list[str]]:
    """The rows of the table whose first column has this header, without backticks."""
    table = PAGE.split(f"| {first_header} |")[1].split("\n\n")[0]
    return [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]]


@pytest.mark.parametrize(("text", "mark", "number"), _rows("number as written"))
def test_numbers_are_read_as_the_page_says(text: str, mark: str, number: str) -> None:
    assert parse_number(text, mark or None) == float(number)  # type: ignore[arg-type]


@pytest.mark.parametrize(("text", "order", "day"), _rows("date as written"))
def test_dates_are_read_as_the_page_says(text: str, order: str, day: str) -> None:
    assert parse_moment(text, DateOrder(order or "day_first")).date().isoformat() == day


@pytest.mark.parametrize(("name", "key"), _rows("name"))
def test_names_have_the_keys_the_page_says(name: str, key: str) -> None:
    assert (company_name_key(name) or "") == key


@pytest.mark.parametrize(("text", "domain"), _rows("host, address or URL"))
def test_domains_are_as_the_page_says(text: str, domain: str) -> None:
    assert (registrable_domain(text) or "") == domain


def test_the_limits_are_as_the_page_says() -> None:
    gib = 1024**3
    limits = {
        "file": (tables.MAX_FILE_BYTES // gib, tables.MAX_ROWS, tables.MAX_COLUMNS),
        "cell": (tables.MAX_CELL_CHARS,),
        "workbook": (xlsx_limits.MAX_UNPACKED_BYTES // gib, xlsx_limits.MAX_CELLS, xlsx_limits.MAX_TEXT_CHARS, 200),
        "reading XLSX or Parquet": (foreign._MAX_SECONDS, foreign_process.MAX_MEMORY_BYTES // gib),
        "lead": (attributes.MAX_ATTRIBUTES, plain_json.MAX_ENTRIES, plain_json.MAX_ENTRIES, 6, 1_000),
    }
    shown = {
        what: tuple(int(n.replace(",", "")) for n in re.findall(r"[\d,]*\d", limit)) for what, limit in _rows("what")
    }
    assert shown == limits
