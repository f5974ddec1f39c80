from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from tests.leads.importing.files import imported, shared, text_file, workbook

from oppspot.conditions.types import FieldType
from oppspot.engagement.types import EventKind, ToldActs
from oppspot.leads.identities import lead_keys
from oppspot.leads.importing import values
from oppspot.leads.importing.columns import ImportMapping, parse_mapping, suggest_mapping
from oppspot.leads.importing.readers import RowBatch
from oppspot.leads.importing.values import compile_reader, declarations_in, rows_to_inputs
from oppspot.leads.types import AttributeDeclaration, CompanyInput, LeadInput, Rejected


def _one(mapping: dict[str, object], **cells: object) -> LeadInput | Rejected:
    parsed = parse_mapping(mapping, list(cells))
    assert isinstance(parsed, ImportMapping), parsed
    return rows_to_inputs(RowBatch([2], [list(cells.values())]), compile_reader(parsed))[0]  # type: ignore[list-item]


def _lead(mapping: dict[str, object], **cells: object) -> LeadInput:
    lead = _one({"id": "external_id", **mapping}, id="7", **cells)
    assert isinstance(lead, LeadInput), lead
    return lead


def test_a_row_becomes_a_normal_lead(tmp_path: Path) -> None:
    text = (
        "Vorname;Nachname;E-Mail;Firma;Webseite;Land;Mitarbeiter;Umsatz;Telefon;Seit\n"
        "Jürgen;Groß;J.Gross@ACME.de;ACME GmbH;https://www.acme.de/;Deutschland;51-200;1.250.000,50 €;"
        "0049 30 123456;31.12.2025\n"
    )
    assert imported(text_file(tmp_path, text, "cp1252")) == [
        LeadInput(
            email="j.gross@acme.de",
            first_name="Jürgen",
            last_name="Groß",
            phone="+4930123456",
            company=CompanyInput(
                name="ACME GmbH", domain="acme.de", country="DE", employees=51, annual_revenue=1_250_000.5
            ),
            attributes={"seit": "2025-12-31T00:00:00+00:00"},
        ),
    ]


def test_words_for_nothing_leave_the_field_unknown() -> None:
    lead = _lead({"t": "title", "c": "country", "a": "attributes.a"}, t="Select", c="NA", a="n/a")
    assert (lead.title, lead.country, lead.attributes, lead.warnings) == (None, None, {}, ())


def test_what_cannot_be_read_is_left_unknown_and_named() -> None:
    lead = _lead({"e": "company.employees", "c": "country"}, e="many", c="Asia/Pacific Region")
    assert lead.company.employees is None
    assert [(warning.path, warning.message) for warning in lead.warnings] == [
        ("company.employees", "'many' is not a number"),
        ("country", "'Asia/Pacific Region' is not a country we know"),
    ]


def test_an_address_that_cannot_be_read_refuses_the_row() -> None:
    found = _one({"mail": "email", "id": "external_id"}, mail="jane@", id="7")
    assert isinstance(found, Rejected)
    assert found.problems[0].message == "'jane@' is not an e-mail address"


def test_an_id_that_cannot_be_read_refuses_the_row_too() -> None:
    found = _one({"mail": "email", "id": "external_id"}, mail="jane@x.co", id="7" * 201)
    assert isinstance(found, Rejected)
    assert "has 201 characters" in found.problems[0].message


def test_a_row_that_says_nobody_is_refused() -> None:
    found = _one({"n": "name", "c": "company.name"}, n="Jane Doe", c="-")
    assert isinstance(found, Rejected)
    assert found.problems[0].message == "nothing says who this is"


def test_several_addresses_in_a_cell_give_the_first_and_a_warning() -> None:
    found = _one({"mail": "email"}, mail="a@x.co, b@x.co;c@x.co")
    assert isinstance(found, LeadInput)
    assert found.email == "a@x.co"
    assert "2 more addresses" in found.warnings[0].message


def test_full_names_are_split() -> None:
    lead = _lead({"n": "name"}, n="Dr. Jane van der Berg")
    assert (lead.first_name, lead.last_name) == ("Jane", "van der Berg")
    assert _lead({"n": "name"}, n="NULL").last_name is None


def test_people_called_null_keep_their_name() -> None:
    assert _lead({"l": "last_name"}, l="Null").last_name == "Null"
    assert _lead({"t": "title"}, t="Null").title is None


def test_lists_and_codes_are_taken_apart() -> None:
    lead = _lead(
        {"t": "company.technologies", "s": "company.sic_code"}, t="SAP; Excel|sap", s="78300 - Human resources"
    )
    assert lead.company.technologies == ("SAP", "Excel")
    assert lead.company.sic_code == "78300"


def test_free_mail_is_no_domain_of_a_company() -> None:
    lead = _lead({"d": "company.domain"}, d="gmail.com")
    assert lead.company.domain is None
    assert lead.warnings[0].path == "company.domain"


def test_columns_are_read_as_the_mapping_says() -> None:
    mapping: dict[str, object] = {
        "n": {"to": "attributes.n", "type": "number", "decimal": ","},
        "d": {"to": "attributes.d", "type": "datetime", "dates": "month_first"},
        "b": {"to": "attributes.b", "type": "boolean"},
        "l": {"to": "attributes.l", "type": "text_list"},
        "t": "attributes.t",
    }
    lead = _lead(mapping, n="1.234", d="03/04/2026", b="ja", l="x, y", t="007")
    assert lead.attributes == {"n": 1234, "d": "2026-03-04T00:00:00+00:00", "b": True, "l": ["x", "y"], "t": "007"}


def test_a_declared_attribute_is_read_as_declared() -> None:
    parsed = parse_mapping({"id": "external_id", "tier": "attributes.tier"}, ["id", "tier"])
    assert isinstance(parsed, ImportMapping)
    declared = {"tier": AttributeDeclaration("tier", FieldType.CHOICE, ("Gold", "Silver"))}
    batch = RowBatch([2, 3], [["1", "gold"], ["2", "Bronze"]])
    gold, bronze = rows_to_inputs(batch, compile_reader(parsed, declared))
    assert isinstance(gold, LeadInput)
    assert isinstance(bronze, LeadInput)
    assert (gold.attributes, bronze.attributes) == ({"tier": "Gold"}, {})
    assert bronze.warnings[0].accepted == "Gold, Silver"


def test_the_attributes_a_mapping_needs_can_be_declared() -> None:
    mapping = suggest_mapping(["E-Mail", "Visits"], [["a@x.co", "7"]])
    assert declarations_in(mapping) == [AttributeDeclaration("visits", FieldType.NUMBER)]


def test_rows_that_do_not_fit_the_columns_are_refused_with_the_reason(tmp_path: Path) -> None:
    fit, unfit = imported(text_file(tmp_path, "E-Mail,Name\na@x.co,A\nb@x.co,B,C\n"))
    assert isinstance(fit, LeadInput)
    assert isinstance(unfit, Rejected)
    assert "3 cells, the header 2" in unfit.problems[0].message


def test_control_characters_never_arrive(tmp_path: Path) -> None:
    first, second = imported(text_file(tmp_path, "E-Mail,Title\na@x.co,Boss\x00\nb\x1b@x.co,Boss\n"))
    assert isinstance(first, LeadInput)
    assert first.title is None
    assert "control character" in first.warnings[0].message
    assert isinstance(second, Rejected)


def test_one_table_gives_the_same_leads_from_every_kind_of_file(tmp_path: Path) -> None:
    header = ["E-Mail", "Company", "Employees", "Revenue", "Since", "Phone"]
    rows = [[f"p{n}@x{n}.co", f"X{n} Ltd", 10 + n, 1.5e6 + n, f"2026-01-0{n + 1}", 447900000000 + n] for n in range(3)]
    csv = text_file(tmp_path, "\n".join(",".join(map(str, row)) for row in [header, *rows]))
    pl.DataFrame(rows, schema=header, orient="row").write_parquet(tmp_path / "leads.parquet")
    kinds = [imported(csv), imported(workbook(tmp_path, [header, *rows])), imported(tmp_path / "leads.parquet")]
    assert kinds[0] == kinds[1] == kinds[2]
    assert isinstance(kinds[0][1], LeadInput)
    assert kinds[0][1].company.employees == 11


def test_typed_cells_are_read_without_a_detour(tmp_path: Path) -> None:
    moment = datetime(2026, 3, 4, 5, 6, tzinfo=UTC)
    frame = pl.DataFrame({"Lead ID": [7.0], "Technologies": [["SAP", "a, b"]], "Since": [moment], "VIP": [True]})
    frame.write_parquet(tmp_path / "t.parquet")
    (lead,) = imported(tmp_path / "t.parquet")
    assert isinstance(lead, LeadInput)
    assert lead.external_id == "7"
    assert lead.company.technologies == ("SAP", "a, b")
    assert lead.attributes == {"since": "2026-03-04T05:06:00+00:00", "vip": True}


X_EDUCATION = {
    "Prospect ID": "external_id",
    "Lead Number": {"to": "attributes.lead_number", "type": "number"},
    "Lead Source": "source",
    "Country": "country",
    "Specialization": "product_interest",
    "What is your current occupation": "title",
    "Converted": {"to": "attributes.converted", "type": "boolean"},
    "TotalVisits": {"to": "attributes.total_visits", "type": "number"},
    "Total Time Spent on Website": {"to": "attributes.seconds_on_site", "type": "number"},
    "City": "attributes.city",
}


def test_every_lead_of_a_real_file_without_addresses_arrives() -> None:
    leads = [lead for lead in imported(shared("x_education/Leads.csv"), X_EDUCATION) if isinstance(lead, LeadInput)]
    assert len(leads) == len({lead.external_id for lead in leads}) == 9_240
    assert sum(lead.attributes["converted"] is True for lead in leads) == 3_561
    assert not any(lead.product_interest == "Select" for lead in leads)
    assert {warning.path for lead in leads for warning in lead.warnings} == {"country"}
    keys = [key for lead in leads for key in lead_keys(lead)]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("hubspot_fivetran/contact_data.csv", 22),
        ("salesforce_fivetran/sf_lead_data.csv", 1),
        ("salesforce_fivetran/sf_contact_data.csv", 4),
        ("marketo_fivetran/marketo_lead_data.csv", 100),
    ],
)
def test_every_row_of_an_export_of_real_shape_is_accounted_for(name: str, rows: int) -> None:
    leads = imported(shared(f"vendor_exports/{name}"))
    assert len(leads) == rows
    assert all(isinstance(lead, LeadInput) or lead.problems for lead in leads)
    assert any(isinstance(lead, LeadInput) for lead in leads)


def test_a_column_of_many_different_values_is_not_remembered_without_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(values, "_REMEMBERED", 3)
    parsed = parse_mapping({"id": "external_id", "t": "title"}, ["id", "t"])
    assert isinstance(parsed, ImportMapping)
    reader = compile_reader(parsed)
    rows = [[str(number), f"Title {number}"] for number in range(50)]
    leads = rows_to_inputs(RowBatch(range(50), rows), reader)
    assert [len(slot.readings) for slot in reader.slots] == [0, 3]
    assert isinstance(leads[49], LeadInput)
    assert leads[49].title == "Title 49"


DAY = datetime(2026, 11, 25, tzinfo=UTC)


@pytest.mark.parametrize(
    ("to", "cell", "acts"),
    [
        ({"to": "events.page_view"}, "7", (EventKind.PAGE_VIEW, 7, True)),
        ({"to": "events.page_view"}, 2.5, (EventKind.PAGE_VIEW, 2, True)),
        ({"to": "events.email_open"}, "10-20", (EventKind.EMAIL_OPEN, 10, True)),
        ({"to": "events.page_view", "type": "boolean"}, "674", (EventKind.PAGE_VIEW, 1, True)),
        ({"to": "events.unsubscribe", "type": "boolean"}, True, (EventKind.UNSUBSCRIBE, 1, True)),
        ({"to": "events.named", "type": "text"}, "Email Link Clicked", (EventKind.EMAIL_CLICK, 1, False)),
        ({"to": "events.page_view"}, "0", None),
        ({"to": "events.page_view"}, "", None),
        ({"to": "events.page_view", "type": "boolean"}, "0", None),
        ({"to": "events.named", "type": "text"}, "SMS Sent", None),
    ],
)
def test_what_a_cell_tells_of_acts(to: dict[str, str], cell: object, acts: tuple[object, ...] | None) -> None:
    lead = _lead({"a": {**to, "on": "2026-11-25"}}, a=cell)
    assert [(act.kind, act.times, act.is_total) for act in lead.acts] == ([acts] if acts else [])
    assert {act.at for act in lead.acts} <= {DAY}
    assert not lead.warnings


def test_acts_are_dated_by_the_column_that_says_when() -> None:
    mapping = {"n": {"to": "events.page_view", "on": "d", "dates": "month_first"}}
    assert _lead(mapping, n="3", d="11/25/2026").acts == (ToldActs(EventKind.PAGE_VIEW, DAY, 3),)
    undated = _lead(mapping, n="3", d="")
    assert (undated.acts, [warning.path for warning in undated.warnings]) == ((), ["events.page_view"])
    when = _lead({"d": {"to": "events.form_submitted", "type": "datetime"}}, d="2026-11-25")
    assert when.acts == (ToldActs(EventKind.FORM_SUBMITTED, DAY, is_total=False),)


@pytest.mark.parametrize("cell", ["often", "-3"])
def test_a_count_that_cannot_be_read_is_named_and_not_counted(cell: str) -> None:
    lead = _lead({"a": {"to": "events.page_view", "on": "2026-11-25"}}, a=cell)
    assert (lead.acts, [warning.path for warning in lead.warnings]) == ((), ["events.page_view"])
