from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from oppspot.leads.identities import lead_keys
from oppspot.leads.matching import Duplicate, dedupe_batch, merge_leads
from oppspot.leads.types import NO_COMPANY, CompanyInput, LeadInput, Problem, Rejected

ACME = CompanyInput(name="ACME Ltd", domain="acme.com")
JANE = LeadInput(email="jane@acme.com", first_name="Jane", last_name="Doe")
REFUSED = Rejected((Problem("row", "broken"),))


def test_rows_with_one_address_become_one_lead_and_the_later_values_win() -> None:
    found = dedupe_batch([replace(JANE, title="Boss", phone="+1"), replace(JANE, title="CEO")])
    assert found.leads == ((0, replace(JANE, title="CEO", phone="+1")),)
    assert found.duplicates == {1: Duplicate(0, "email")}


def test_rows_with_one_external_id_become_one_lead() -> None:
    found = dedupe_batch([LeadInput(external_id="7"), LeadInput(external_id="8"), LeadInput(external_id="7")])
    assert [place for place, _ in found.leads] == [0, 1]
    assert found.duplicates == {2: Duplicate(0, "external")}


def test_one_person_at_one_domain_is_one_lead_whatever_the_address() -> None:
    other = LeadInput(first_name="JANE", last_name="Doe", company=ACME)
    assert dedupe_batch([JANE, other]).duplicates == {1: Duplicate(0, "person")}


def test_one_name_at_free_mail_is_two_leads() -> None:
    rows = [replace(JANE, email="jane1@gmail.com"), replace(JANE, email="jane2@gmail.com")]
    assert dedupe_batch(rows).duplicates == {}


def test_rows_are_one_lead_through_a_third_row_each_by_the_key_that_brought_it_in() -> None:
    rows = [LeadInput(email="a@x.co"), LeadInput(external_id="7"), LeadInput(email="a@x.co", external_id="7")]
    found = dedupe_batch(rows)
    assert [place for place, _ in found.leads] == [0]
    assert found.duplicates == {1: Duplicate(0, "email"), 2: Duplicate(0, "external")}


def test_refused_rows_are_passed_over() -> None:
    assert [place for place, _ in dedupe_batch([REFUSED, JANE, REFUSED, JANE]).leads] == [1]


def test_one_company_is_completed_from_both_rows() -> None:
    first = replace(JANE, company=replace(ACME, employees=50, country="GB"))
    later = replace(JANE, company=CompanyInput(domain="acme.com", employees=60))
    assert merge_leads(first, later).company == replace(ACME, employees=60, country="GB")


def test_two_companies_are_never_mixed() -> None:
    first = replace(JANE, company=replace(ACME, employees=50))
    later = replace(JANE, company=CompanyInput(name="Other", domain="other.com"))
    assert merge_leads(first, later).company == later.company
    assert merge_leads(first, replace(JANE, company=NO_COMPANY)).company == first.company


def test_attributes_claims_and_warnings_are_put_together() -> None:
    first = replace(JANE, attributes={"a": 1, "b": 1}, claims=({"key": "x"},))
    later = replace(JANE, attributes={"b": 2}, claims=({"key": "x"}, {"key": "y"}))
    merged = merge_leads(first, later)
    assert merged.attributes == {"a": 1, "b": 2}
    assert merged.claims == ({"key": "x"}, {"key": "y"})


_LEADS = st.builds(
    LeadInput,
    email=st.sampled_from([None, "a@x.co", "b@x.co", "c@gmail.com"]),
    external_id=st.sampled_from([None, "1", "2", "3"]),
    first_name=st.sampled_from([None, "Ann", "Bob"]),
    last_name=st.sampled_from(["Doe", "Roe"]),
    company=st.sampled_from([NO_COMPANY, ACME, CompanyInput(name="X", domain="x.co")]),
)
_ROWS = st.lists(_LEADS.filter(lambda lead: bool(lead.email or lead.external_id)) | st.just(REFUSED), max_size=8)


@settings(max_examples=60)
@given(_ROWS)
def test_rows_are_together_exactly_if_keys_connect_them(rows: list[LeadInput | Rejected]) -> None:
    found = dedupe_batch(rows)
    group = {place: place for place, _ in found.leads} | {place: of for place, (of, _) in found.duplicates.items()}
    keys = {place: set(lead_keys(lead)) for place, lead in enumerate(rows) if isinstance(lead, LeadInput)}
    assert group.keys() == keys.keys()
    connected = {place: {place} for place in keys}
    for _ in rows:
        for one, mine in keys.items():
            connected[one] |= {far for other in keys if mine & keys[other] for far in connected[other]}
    assert all(group[place] == min(connected[place]) for place in keys)


@settings(max_examples=60)
@given(_ROWS)
def test_a_batch_without_duplicates_comes_out_as_it_went_in(rows: list[LeadInput | Rejected]) -> None:
    first = dedupe_batch(rows)
    again = dedupe_batch([lead for _, lead in first.leads])
    assert first == dedupe_batch(rows)
    assert len(again.leads) <= len(first.leads)
