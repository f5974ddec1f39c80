"""How well the extractor does on passages it was not built on. The floor was set before any result was seen."""

import pytest
from tests.texts.conftest import LABELLED
from tests.texts.measuring import Measured, Passage, held, load, proposals_of, report

from oppspot.core.errors import FieldProblem
from oppspot.qualification.claims import validate_claim

# Of what is proposed, so much has to be right. Below it, reviewing costs more than typing.
FLOOR = 0.8
PASSAGES = load(LABELLED)


@pytest.mark.parametrize("passage", PASSAGES, ids=[passage.id for passage in PASSAGES])
def test_every_proposal_quotes_the_text_and_can_be_claimed(passage: Passage):
    found = proposals_of(passage)
    assert held(passage.text, found)
    assert not [item for item in found if isinstance(validate_claim(item.key, item.value), FieldProblem)]
    assert all(validate_claim(item.key, item.value) == item.value for item in found)


def test_the_passages_are_enough_to_say_something():
    assert len(PASSAGES) >= 40
    assert sum(not passage.expected for passage in PASSAGES) >= 5


def test_most_of_what_is_proposed_is_right(measured: Measured):
    print("\n".join(report(measured)))  # noqa: T201 — shown with -s and on failure
    precision = measured.overall.precision
    assert precision is not None
    assert precision >= FLOOR
