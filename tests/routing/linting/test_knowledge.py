"""What the linter takes for certain of the fields that ship is so where their values come from."""

from datetime import timedelta

import pytest
from pydantic import ValidationError
from sqlalchemy import Integer
from tests.routing.world import NOW

from oppspot.conditions.catalogue import default_catalogue
from oppspot.conditions.types import FieldType
from oppspot.engagement.rules import count_windows
from oppspot.engagement.types import EngagementEvent, EventKind
from oppspot.leads.models import Company, Lead
from oppspot.leads.schemas import CompanyBody
from oppspot.leads.types import OPEN_STATUSES
from oppspot.routing.linting.knowledge import ALWAYS_KNOWN, PAST, RANGES, WHOLE, are_related, certain_choices

CATALOGUE = default_catalogue()


def test_every_field_it_knows_of_ships() -> None:
    assert ALWAYS_KNOWN | PAST | WHOLE | RANGES.keys() <= set(CATALOGUE.fields)
    assert all(CATALOGUE[name].type is FieldType.NUMBER for name in (*WHOLE, *RANGES))
    assert all(CATALOGUE[name].type is FieldType.DATETIME for name in PAST)


def test_what_is_always_known_cannot_be_missing() -> None:
    columns = Lead.__table__.c
    assert not any(columns[name.partition(".")[2]].nullable for name in ALWAYS_KNOWN)


def test_only_leads_in_the_statuses_it_knows_are_routed() -> None:
    assert set(certain_choices(CATALOGUE["lead.status"]) or ()) == OPEN_STATUSES


@pytest.mark.parametrize("name", sorted(name for name in WHOLE if name.startswith("company.")))
def test_what_is_whole_is_kept_as_whole(name: str) -> None:
    assert isinstance(Company.__table__.c[name.partition(".")[2]].type, Integer)


@pytest.mark.parametrize("name", sorted(name for name in RANGES if name.startswith("company.")))
def test_what_is_out_of_range_does_not_come_in(name: str) -> None:
    low, high = RANGES[name]
    for value in {low - 1, high + 1} - {float("inf")}:
        with pytest.raises(ValidationError):
            CompanyBody.model_validate({"name": "Acme", name.partition(".")[2]: int(value)})


def test_what_a_lead_will_do_is_not_what_it_last_did() -> None:
    events = [EngagementEvent(next(iter(EventKind)), NOW + timedelta(days=days)) for days in (-3, 1)]
    last = count_windows(events, NOW).last_event_at
    assert last is None or last <= NOW


def test_an_organisations_own_choices_may_have_been_others() -> None:
    own = CATALOGUE.with_attributes([CATALOGUE["bant.status"]])
    assert certain_choices(own["attributes.bant.status"]) is None
    assert certain_choices(own["bant.status"]) == ("qualified", "nurture", "disqualified")


def test_fields_that_say_something_of_each_other_are_known() -> None:
    assert are_related(["score.overall", "score.fit"])
    assert are_related(["company.size_band", "company.employees"])
    assert are_related(["engagement.level", "score.engagement"])
    assert not are_related(["company.industry", "company.employees", "score.overall", "lead.title"])
