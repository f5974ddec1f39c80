"""The decisions of imports."""

from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oppspot.leads.imports.rules import outcome_of, values_to_restore, why_kept
from oppspot.leads.imports.types import WorkSince

VALUES = st.none() | st.text(max_size=5) | st.integers(-5, 5) | st.booleans()


@pytest.mark.parametrize(
    ("is_new", "came_earlier", "has_changes", "outcome"),
    [
        (True, False, False, "created"),
        (False, False, True, "updated"),
        (False, False, False, "unchanged"),
        (False, True, True, "duplicate"),
        (True, True, False, "duplicate"),
    ],
)
def test_a_row_is_called_by_what_it_did(is_new, came_earlier, has_changes, outcome):
    assert outcome_of(is_new=is_new, came_earlier=came_earlier, has_changes=has_changes) == outcome


def test_a_lead_nobody_touched_may_go():
    assert why_kept(WorkSince("new")) is None


@pytest.mark.parametrize("sign", [field.name for field in fields(WorkSince) if field.name != "status"])
def test_a_lead_somebody_touched_stays_with_a_reason(sign):
    assert why_kept(WorkSince("new", **{sign: True}))
    assert why_kept(WorkSince("qualified"))


@given(st.dictionaries(st.text(max_size=3), st.tuples(VALUES, VALUES), max_size=4))
def test_what_still_stands_goes_back_to_the_value_before(changes):
    restored, left = values_to_restore(changes, {name: new for name, (_, new) in changes.items()})
    assert (restored, left) == ({name: old for name, (old, _) in changes.items()}, [])


@given(VALUES, VALUES, st.text(min_size=6, max_size=9))
def test_what_has_changed_since_is_left_alone(old, imported, since):
    assert values_to_restore({"lead.source": (old, imported)}, {"lead.source": since}) == ({}, ["lead.source"])
