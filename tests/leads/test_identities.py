from oppspot.leads.identities import company_keys, lead_keys
from oppspot.leads.types import CompanyInput, LeadInput


def _at(company: CompanyInput, first: str | None = None, last: str | None = None) -> LeadInput:
    return LeadInput(first_name=first, last_name=last, company=company)


def test_half_a_name_at_two_companies_is_two_people() -> None:
    acme, other = CompanyInput(domain="acme.com"), CompanyInput(domain="other.com")
    numbered = CompanyInput(registration_number="123")
    keys = [lead_keys(_at(company, first="Jane")) for company in (acme, other, numbered)]
    assert len({tuple(key) for key in keys}) == 3


def test_half_a_name_at_one_company_is_one_person_however_written() -> None:
    assert lead_keys(_at(CompanyInput(name="ACME Ltd"), last="DOE")) == lead_keys(
        _at(CompanyInput(name="acme"), last="Doe")
    )


def test_an_address_or_id_makes_a_bare_name_no_key() -> None:
    lead = LeadInput(email="j@acme.com", external_id="7", last_name="Doe", company=CompanyInput(name="ACME"))
    assert lead_keys(lead) == [("external", "7"), ("email", "j@acme.com")]


def test_a_company_is_known_by_domain_then_number_then_name() -> None:
    company = CompanyInput(name="ACME Ltd", domain="acme.com", registration_number="8209948", country="GB")
    assert company_keys(_at(company)) == [
        ("domain", "acme.com"),
        ("registration", "GB|08209948"),
        ("name", "acme"),
    ]


def test_the_domain_of_an_address_stands_for_the_company_unless_it_is_free_mail() -> None:
    assert company_keys(LeadInput(email="j@mail.acme.co.uk")) == [("domain", "acme.co.uk")]
    assert company_keys(LeadInput(email="j@gmail.com")) == []
