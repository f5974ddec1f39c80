import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oppspot.conditions.types import FieldType
from oppspot.leads.types import AttributeDeclaration, CompanyInput, FundingStage, LeadInput, Problem, Rejected
from oppspot.leads.validating import MAX_PROBLEMS, validate_lead

DECLARED = {
    declaration.key: declaration
    for declaration in (
        AttributeDeclaration("note", FieldType.TEXT),
        AttributeDeclaration("visits", FieldType.NUMBER),
        AttributeDeclaration("vip", FieldType.BOOLEAN),
        AttributeDeclaration("since", FieldType.DATETIME),
        AttributeDeclaration("tier", FieldType.CHOICE, ("Gold", "Silver")),
        AttributeDeclaration("tools", FieldType.TEXT_LIST),
    )
}


def _lead(**raw: object) -> LeadInput:
    lead = validate_lead({"external_id": "7", **raw}, DECLARED)
    assert isinstance(lead, LeadInput), lead
    return lead


def _problems(raw: object) -> tuple[Problem, ...]:
    found = validate_lead(raw, DECLARED)
    assert isinstance(found, Rejected), found
    return found.problems


def test_a_raw_lead_comes_out_in_normal_form() -> None:
    raw = {
        "email": " Jane@ACME.com",
        "first_name": "Jane ",
        "country": "Germany",
        "phone": "0049 30 123456",
        "company": {
            "name": "ACME  Ltd",
            "domain": "https://www.acme.com/de",
            "employees": 51.0,
            "funding_stage": "series_a",
            "technologies": ["SAP", "sap", " "],
        },
        "attributes": {"tier": "gold", "since": "2026-03-04", "note": "a\nb"},
        "claims": [{"key": "budget.range", "value": "50k_100k"}],
    }
    assert validate_lead(raw, DECLARED) == LeadInput(
        email="jane@acme.com",
        first_name="Jane",
        country="DE",
        phone="+4930123456",
        company=CompanyInput(
            name="ACME Ltd",
            domain="acme.com",
            employees=51,
            funding_stage=FundingStage.SERIES_A,
            technologies=("SAP",),
        ),
        attributes={"tier": "Gold", "since": "2026-03-04T00:00:00+00:00", "note": "a\nb"},
        claims=({"key": "budget.range", "value": "50k_100k"},),
    )


def test_null_and_blank_text_are_unknown() -> None:
    assert _lead(title=None, source=" ", company=None, attributes={"vip": None}) == LeadInput(external_id="7")


def test_a_time_without_a_zone_is_utc_wherever_the_server_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setenv("TZ", "Asia/Tokyo")
        time.tzset()
        lead = _lead(attributes={"since": "2026-03-04T05:06:00"})
    time.tzset()
    assert lead.attributes == {"since": "2026-03-04T05:06:00+00:00"}


def test_a_known_absence_of_technologies_is_not_unknown() -> None:
    assert _lead(company={"technologies": []}).company.technologies == ()


@pytest.mark.parametrize(
    ("raw", "path", "message", "accepted"),
    [
        ({"emial": "x"}, "emial", "did you mean email?", "email"),
        ({"company": {"employes": 3}}, "company.employes", "did you mean company.employees?", "company.employees"),
        ({"title": 5}, "title", "is a number", "text"),
        ({"email": ["a@x.co"]}, "email", "is a list", "an e-mail address"),
        ({"email": "jane"}, "email", "is not an e-mail address", "an address such as jane@example.com"),
        ({"country": "Germny"}, "country", "is not a country we know", "did you mean Germany?"),
        ({"phone": "later"}, "phone", "is not a telephone number", "5 to 15 digits"),
        ({"company": "ACME"}, "company", "is text", "an object"),
        ({"company": {"employees": "12"}}, "company.employees", "is text", "a whole number from 0"),
        ({"company": {"employees": True}}, "company.employees", "is true or false", "a whole number from 0"),
        ({"company": {"employees": 1.5}}, "company.employees", "is 1.5", "a whole number from 0"),
        ({"company": {"employees": -1}}, "company.employees", "is -1", "a whole number from 0"),
        ({"company": {"annual_revenue": float("nan")}}, "company.annual_revenue", "is nan", "a number from 0"),
        ({"company": {"annual_revenue": 10**400}}, "company.annual_revenue", "is 1000", "a number from 0"),
        ({"company": {"credit_score": 101}}, "company.credit_score", "is 101", "from 0 to 100"),
        ({"company": {"domain": "Acme Ltd"}}, "company.domain", "names no company's domain", "acme.com"),
        ({"company": {"funding_stage": "rich"}}, "company.funding_stage", "is not a funding stage", "series_a"),
        ({"company": {"technologies": "SAP"}}, "company.technologies", "is text", "a list of at most 200"),
        ({"company": {"technologies": [1]}}, "company.technologies", "is a number", "a list of at most 200"),
        ({"title": "a\x00b"}, "title", "has a control character", "without control characters"),
        ({"title": "x" * 301}, "title", "has 301 characters", "at most 300"),
        ({"email": "x" * 10_000_000}, "email", "has 10,000,000 characters", "at most"),
        ({"attributes": []}, "attributes", "is a list", "an object"),
        ({"attributes": {"vist": 1}}, "attributes.vist", "did you mean visits?", "visits"),
        ({"attributes": {"visits": "1"}}, "attributes.visits", "is text", "a number"),
        ({"attributes": {"vip": 1}}, "attributes.vip", "is a number", "true or false"),
        ({"attributes": {"since": "soon"}}, "attributes.since", "is not a time", "RFC 3339"),
        ({"attributes": {"tier": "Bronze"}}, "attributes.tier", "is not one of the choices", "Gold, Silver"),
        ({"attributes": {"tools": {}}}, "attributes.tools", "is an object", "a list"),
        ({"claims": {}}, "claims", "is an object", "a list of objects"),
        ({"claims": ["x"]}, "claims[0]", "is text", "an object"),
        ({"claims": [{}, {"value": "a\x00"}]}, "claims[1]", "has a control character", "without control"),
        ({"claims": [{"v": [[[[[[[]]]]]]]}]}, "claims[0]", "nested too deeply", "at most 6 levels"),
        ({"claims": [{}] * 501}, "claims", "has 501 entries", "at most 500"),
        ({"events": [{"a": list(range(2_000))}]}, "events[0]", "too large", "1000 values"),
    ],
)
def test_a_fault_is_named_with_its_place_and_what_is_accepted(
    raw: dict[str, object], path: str, message: str, accepted: str
) -> None:
    (problem,) = _problems({"external_id": "7", **raw})
    assert problem.path == path
    assert message in problem.message
    assert accepted in (problem.accepted or "")


def test_every_fault_is_named_at_once_up_to_a_limit() -> None:
    assert [problem.path for problem in _problems({"emial": 1, "title": 2, "company": {"name": 3}})] == [
        "emial",
        "title",
        "company.name",
    ]
    assert len(_problems({f"field{n}": 1 for n in range(1_000)})) == MAX_PROBLEMS


@pytest.mark.parametrize("raw", [None, [], "x", 7, True])
def test_what_is_no_object_is_refused(raw: object) -> None:
    assert "an object" in (_problems(raw)[0].accepted or "")


@pytest.mark.parametrize(
    "raw",
    [
        {"email": "a@x.co"},
        {"external_id": "7"},
        {"last_name": "Doe", "company": {"name": "ACME"}},
        {"first_name": "Jane", "company": {"domain": "acme.com"}},
        {"first_name": "Jane", "company": {"registration_number": "123"}},
    ],
)
def test_an_address_an_id_or_a_name_with_a_company_says_who_it_is(raw: dict[str, object]) -> None:
    assert isinstance(validate_lead(raw), LeadInput)


@pytest.mark.parametrize("company", [{"registration_number": "--"}, {"name": "! Ltd", "registration_number": "n/a"}])
def test_a_company_that_nothing_tells_from_others_does_not_say_who_somebody_is(company: dict[str, str]) -> None:
    assert isinstance(validate_lead({"first_name": "Jane", "company": company}), Rejected)


@pytest.mark.parametrize(
    "raw",
    [
        {},
        {"email": " "},
        {"first_name": "Jane", "last_name": "Doe"},
        {"company": {"name": "ACME", "domain": "acme.com"}},
        {"last_name": "Doe", "company": {"name": "???"}},
        {"last_name": "Doe", "company": {"domain": "gmail.com"}},
        {"phone": "+44 20 7946 0000"},
    ],
)
def test_less_than_that_is_refused(raw: dict[str, object]) -> None:
    assert _problems(raw)[0].message == "nothing says who this is"


def test_free_mail_as_the_company_domain_is_left_out_with_a_warning() -> None:
    lead = _lead(company={"domain": "gmail.com"})
    assert lead.company.domain is None
    assert [(warning.path, warning.message) for warning in lead.warnings] == [
        ("company.domain", "belongs to a mail provider"),
    ]


def test_undeclared_attributes_are_taken_when_nothing_is_declared() -> None:
    raw = {"external_id": "7", "attributes": {"a": 1, "b": ["x", "x"], "c": True, "d": " "}}
    lead = validate_lead(raw)
    assert isinstance(lead, LeadInput)
    assert lead.attributes == {"a": 1, "b": ["x"], "c": True}
    assert isinstance(validate_lead({"external_id": "7", "attributes": {"Not A Key": 1}}), Rejected)
    assert isinstance(validate_lead({"external_id": "7", "attributes": {"a": {"b": 1}}}), Rejected)


_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
_NAMES = ["email", "first_name", "phone", "country", "company", "attributes", "claims", "events", "external_id"]
_COMPANY = st.dictionaries(st.sampled_from(["name", "domain", "employees", "technologies", "x"]), _JSON, max_size=4)


@settings(max_examples=50)
@given(st.dictionaries(st.sampled_from(_NAMES) | st.text(max_size=8), _JSON | _COMPANY, max_size=6))
def test_any_json_is_a_lead_or_refused_with_reasons(raw: dict[str, object]) -> None:
    for declared in (None, DECLARED):
        found = validate_lead(raw, declared)
        assert isinstance(found, LeadInput) or found.problems


@given(st.text(max_size=30), st.text(max_size=30), st.text(max_size=30))
def test_a_lead_that_was_taken_is_taken_again_unchanged(first: str, company: str, phone: str) -> None:
    raw = {"external_id": "7", "first_name": first, "phone": phone, "company": {"name": company}}
    lead = validate_lead(raw)
    if isinstance(lead, Rejected):
        return
    again = {
        "external_id": "7",
        "first_name": lead.first_name,
        "phone": lead.phone,
        "company": {"name": lead.company.name},
    }
    assert validate_lead(again) == lead
