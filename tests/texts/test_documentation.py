"""What docs/texts.md says is what the code does."""

import re
from pathlib import Path

from tests.texts.measuring import Measured, report

from oppspot.settings import Settings
from oppspot.texts import checking
from oppspot.texts.reading import ACCEPTED_ENDINGS, docx, emails, limits
from oppspot.texts.services.adding import INLINE_CHARS

PAGE = (Path(__file__).parents[2] / "docs" / "texts.md").read_text(encoding="utf-8")
MIB = 1024**2


def _rows(first_header: str) -> dict[str, str]:
    table = PAGE.split(f"| {first_header} |")[1].split("\n\n")[0]
    return {cells[1].strip(): cells[2].strip() for cells in (line.split("|") for line in table.splitlines()[2:])}


def test_the_table_of_results_is_what_the_rules_do(measured: Measured):
    assert "\n".join(report(measured)) in PAGE


def test_the_limits_are_as_the_page_says():
    shown = {
        what: [int(n.replace(",", "")) for n in re.findall(r"\d[\d,]*", told)] for what, told in _rows("what").items()
    }
    assert shown == {
        "file": [limits.MAX_FILE_BYTES // MIB],
        "text": [limits.MAX_CHARS],
        "Word document": [limits.MAX_UNPACKED_BYTES // MIB, docx._MAX_ENTRIES],
        "mail": [emails._MAX_PARTS],
        "proposals": [checking.MAX_PROPOSALS, checking.MAX_QUOTE],
        "read at once": [INLINE_CHARS],
    }


def test_every_variable_exists():
    named = re.findall(r"`OPPSPOT_([A-Z_]+)`", PAGE)
    assert len(named) == 8
    assert {name.lower() for name in named} <= set(Settings.model_fields)


def test_every_kind_of_file_is_named():
    assert all(f"`{ending}`" in PAGE for ending in ACCEPTED_ENDINGS)
