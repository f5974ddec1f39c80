from dataclasses import replace
from datetime import date

import pytest
from tests.leads.importing.files import shared

from oppspot.conditions.types import FieldType
from oppspot.leads.fields import FIELDS
from oppspot.leads.importing.columns import (
    ImportMapping,
    mapping_key,
    parse_mapping,
    suggest_mapping,
    targets,
)
from oppspot.leads.importing.headers import match_header
from oppspot.leads.importing.readers import open_table
from oppspot.leads.normalise import DateOrder
from oppspot.leads.types import Rejected


def _targets(**cells: list[object] | str) -> dict[str, str]:
    """Where columns with these headers and values go."""
    columns = {name: [value] if isinstance(value, str) else value for name, value in cells.items()}
    rows = list(zip(*columns.values(), strict=True))
    return {mapped.column: mapped.target for mapped in suggest_mapping(tuple(columns), rows).columns}


def _of_headers(*headers: str) -> dict[str, str]:
    return {mapped.column: mapped.target for mapped in suggest_mapping(headers, []).columns}


@pytest.mark.parametrize(
    ("header", "target"),
    [
        ("E-Mail", "email"),
        ("EMAIL_ADDRESS", "email"),
        ("Work e-mail", "email"),
        ("E-Mail-Adresse", "email"),
        ("Correo electrónico", "email"),
        ("Person - Email (Work)", "email"),
        ("Vorname", "first_name"),
        ("Prénom", "first_name"),
        ("FirstName", "first_name"),
        ("property_firstname", "first_name"),
        ("Contact: Last Name", "last_name"),
        ("Apellidos", "last_name"),
        ("Firma", "company.name"),
        ("Company / Account", "company.name"),
        ("Organization - Name", "company.name"),
        ("Account Name", "company.name"),
        ("Raison sociale", "company.name"),
        ("Number_of_Employees__c", "company.employees"),
        ("Anzahl Mitarbeiter", "company.employees"),
        ("Chiffre d'affaires", "company.annual_revenue"),
        ("Organization - Industry", "company.industry"),
        ("Unternehmen - Name", "company.name"),
        ("Unternehmen - Land", "company.country"),
        ("Organization - Country", "company.country"),
        ("Website URL", "company.domain"),
        ("Country/Region", "country"),
        ("State/Province", "region"),
        ("Bundesland", "region"),
        ("County", "region"),
        ("Mailing State", "region"),
        ("Billing State/Province", "company.region"),
        ("Account: State", "company.region"),
        ("Zip", "postcode"),
        ("PLZ", "postcode"),
        ("ZIP/Postal Code", "postcode"),
        ("Organization - Zip code", "company.postcode"),
        ("RegAddress.PostCode", "company.postcode"),
        ("Lead Source", "source"),
        ("Telephon number", "phone"),
        ("company.domain", "company.domain"),
        ("External ID", "external_id"),
    ],
)
def test_headers_name_fields(header: str, target: str) -> None:
    found = match_header(header)
    assert found is not None
    assert found.target == target


@pytest.mark.parametrize(
    "header",
    ["Notes", "Deal - Value", "Unternehmen - Telefon", "Owner e-mail signature", "x", "", "Umsatzsteuer-ID", "id2"],
)
def test_other_headers_name_none(header: str) -> None:
    assert match_header(header) is None


def test_every_field_is_recognised_by_its_path_and_its_label() -> None:
    for path, field in FIELDS.items():
        assert match_header(path).target == path  # type: ignore[union-attr]
        assert match_header(field.label).target == path  # type: ignore[union-attr]


def test_hubspot_salesforce_and_pipedrive_exports_are_recognised() -> None:
    hubspot = (
        "Record ID,First Name,Last Name,Email,Phone Number,Contact owner,Lead Status,Create Date,Associated Company"
    )
    salesforce = "Lead Owner,First Name,Last Name,Title,Company / Account,Lead Source,Rating,Street,Email"
    pipedrive = "Person - Name,Person - Email (Work),Organization - Name,Deal - Title,Deal - Value"
    presets = [suggest_mapping(headers.split(","), []).preset for headers in (hubspot, salesforce, pipedrive)]
    assert presets == ["HubSpot export", "Salesforce report", "Pipedrive export"]
    assert _of_headers(*hubspot.split(","))["Associated Company"] == "company.name"
    assert _of_headers(*pipedrive.split(","))["Person - Name"] == "name"
    assert suggest_mapping(["E-Mail", "Firma", "Rating"], []).preset is None


def test_what_name_means_depends_on_its_neighbours() -> None:
    assert _of_headers("Name", "E-Mail")["Name"] == "name"
    assert _of_headers("Vorname", "Name")["Name"] == "last_name"
    assert _of_headers("Nombre", "Apellidos")["Nombre"] == "first_name"
    assert _targets(first_name="Jane", last_name="Doe", name="Jane Doe")["name"] == "ignore"


def test_values_speak_against_a_header() -> None:
    mapping = suggest_mapping(["Email", "id"], [[f"{n:032x}", str(n)] for n in range(20)])
    assert mapping.target_of("Email") == "attributes.email"
    assert "only 0 of 20" in mapping.columns[0].reason
    assert mapping.target_of("id") == "external_id"


def test_an_id_that_repeats_is_no_external_id() -> None:
    assert _targets(id=["7"] * 20, email=["a@x.co"] * 20)["id"] == "attributes.id"


def test_addresses_under_any_header_are_recognised() -> None:
    assert _targets(x="jane@x.co", y="Rome") == {"x": "email", "y": "attributes.y"}


def test_a_field_gets_the_surest_column_and_the_fuller_of_equals() -> None:
    found = _targets(**{"Email": ["", "b@x.co"], "E-Mail": ["a@x.co", "b@x.co"], "Work email": ["a@x.co", "b@x.co"]})
    assert found == {"Email": "email", "E-Mail": "attributes.e_mail", "Work email": "attributes.work_email"}
    assert _targets(Mail=["", ""], Courriel=["a@x.co", "b@x.co"])["Courriel"] == "email"


def test_blank_and_technical_columns_are_left_out() -> None:
    found = _targets(email="a@x.co", _fivetran_synced="2020-01-01", empty="", fax="Select", owner_id="7")
    assert [name for name, target in found.items() if target == "ignore"] == [
        "_fivetran_synced",
        "empty",
        "fax",
        "owner_id",
    ]


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["1", "2,5"], FieldType.NUMBER),
        (["340k", "1.2M"], FieldType.NUMBER),
        (["Yes", "no"], FieldType.BOOLEAN),
        (["2026-01-02", "03/04/2026"], FieldType.DATETIME),
        (["007", "12"], FieldType.TEXT),
        (["5 m", "7 m"], FieldType.TEXT),
        (["1234567890123456789"], FieldType.TEXT),
        (["1", "many"], FieldType.TEXT),
    ],
)
def test_attributes_get_the_type_that_all_values_have(values: list[str], kind: FieldType) -> None:
    column = suggest_mapping(["Thing"], [[value] for value in values]).columns[0]
    assert (column.target, column.type) == ("attributes.thing", kind)


def test_the_digits_of_a_code_are_no_quantity() -> None:
    assert suggest_mapping(["Invoice No"], [["12345"]]).columns[0].type is FieldType.TEXT


def test_a_column_shows_how_it_writes_numbers_and_dates() -> None:
    columns = ["Umsatz", "Start", "Ende"]
    rows = [["1.234,5", "31/12/2026", "03/04/2026"], ["1.234", "01/02/2026", "05/06/2026"]]
    revenue, start, end = suggest_mapping(columns, rows).columns
    assert (revenue.decimal, start.dates, end.dates) == (",", DateOrder.DAY_FIRST, None)
    assert end.confidence < start.confidence
    assert "cannot be told apart" in end.reason


def test_attribute_keys_are_plain_different_and_bounded() -> None:
    headers = [
        "TotalVisits",
        "total visits",
        "Total_Visits",
        "Größe",
        "日本",
        "9 lives",
        "x" * 200,
        "x" * 199 + "y",
        "!",
    ]
    mapping = suggest_mapping(headers, [["a"] * len(headers)])
    keys = [column.target.removeprefix("attributes.") for column in mapping.columns]
    assert keys[:6] == ["total_visits", "total_visits_2", "total_visits_3", "grosse", "column_5", "column_9_lives"]
    assert len(set(keys)) == len(keys)
    assert max(map(len, keys)) <= 60


def test_a_suggestion_is_remembered_and_read_back() -> None:
    columns = ["E-Mail", "Start", "Größe", "Nix"]
    rows = [["a@x.co", "31/12/2026", "1,5", ""]]
    mapping = suggest_mapping(columns, rows)
    again = parse_mapping(mapping.to_json(), columns)
    assert isinstance(again, ImportMapping)
    assert again.to_json() == mapping.to_json()
    assert mapping.to_json()["Start"] == {"to": "attributes.start", "type": "datetime", "dates": "day_first"}


@pytest.mark.parametrize(
    ("raw", "path", "message"),
    [
        ({"Mail": "emial"}, "mapping.Mail", "did you mean email?"),
        ({"Mai": "email"}, "mapping.Mai", "did you mean Mail?"),
        ({"Mail": "email", "Name": "email"}, "mapping.Name", "is mapped to email, as Mail already is"),
        ({"Mail": "attributes.Böse"}, "mapping.Mail", "no possible key"),
        ({"Mail": 7}, "mapping.Mail", "is a number"),
        ({"Mail": {"to": "email", "typ": "x"}}, "mapping.Mail", "unknown option typ"),
        ({"Mail": {"to": "attributes.x", "type": "money"}}, "mapping.Mail", "has type money"),
        ({"Mail": {"to": "attributes.x", "dates": "any"}}, "mapping.Mail", "has dates any"),
        ({"Name": "name", "Mail": "first_name"}, "mapping.Name", "beside a column of its own"),
        ({"Name": "name"}, "mapping", "no column that says who"),
        ([], "mapping", "is a list"),
    ],
)
def test_an_edited_mapping_is_told_its_faults(raw: object, path: str, message: str) -> None:
    parsed = parse_mapping(raw, ["Mail", "Name", "Firma"])
    assert isinstance(parsed, Rejected)
    assert [problem.path for problem in parsed.problems] == [path]
    assert message in parsed.problems[0].message


def test_an_edited_mapping_may_leave_columns_out() -> None:
    parsed = parse_mapping({"Name": "name", "Firma": "company.name", "Mail": None}, ["Mail", "Name", "Firma", "Rest"])
    assert isinstance(parsed, ImportMapping)
    assert [column.target for column in parsed.columns] == ["ignore", "name", "company.name", "ignore"]


def test_a_mapping_is_found_again_by_its_columns_in_any_order_and_case() -> None:
    assert mapping_key(["E-Mail", "Firma"]) == mapping_key(["firma", "e-mail "])
    assert mapping_key(["E-Mail"]) != mapping_key(["E-Mail", "Firma"])


def test_the_targets_to_choose_from_have_labels() -> None:
    assert targets()["company.name"] == "Company name"
    assert {"ignore", "name", "email"} <= targets().keys()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("hubspot_fivetran/contact_data.csv", {"id": "external_id", "property_company": "company.name"}),
        ("hubspot_fivetran/contact_data.csv", {"property_email": "attributes.property_email"}),
        ("salesforce_fivetran/sf_lead_data.csv", {"email": "email", "company": "company.name", "id": "external_id"}),
        ("salesforce_fivetran/sf_contact_data.csv", {"id": "external_id", "first_name": "first_name"}),
        ("marketo_fivetran/marketo_lead_data.csv", {"email": "email", "id": "external_id", "updated_at": "ignore"}),
    ],
)
def test_exports_of_real_shape_map_themselves(name: str, expected: dict[str, str]) -> None:
    table = open_table(shared(f"vendor_exports/{name}"))
    mapping = suggest_mapping(table.columns, table.sample())
    assert {column: mapping.target_of(column) for column in expected} == expected
    assert isinstance(parse_mapping(mapping.to_json(), table.columns), ImportMapping)


def _activity(columns: dict[str, list[object]], today: date | None = date(2026, 11, 25)) -> dict[str, object]:
    rows = list(zip(*columns.values(), strict=True))
    return {column.column: column for column in suggest_mapping(tuple(columns), rows, today).columns}


def test_what_leads_did_is_dated_by_a_column_of_the_file_else_by_the_day_of_the_upload() -> None:
    dated = _activity({"Id": ["1", "2"], "Number of Pageviews": [3, 0], "Time Last Seen": ["31/10/2026", "30/10/2026"]})
    assert dated["Number of Pageviews"] == replace(
        dated["Number of Pageviews"], target="events.page_view", type="number", on="Time Last Seen", dates="day_first"
    )
    assert (dated["Time Last Seen"].target, dated["Time Last Seen"].type) == ("events.page_view", "datetime")
    stated = _activity({"Id": ["1"], "Emails opened": [3], "Time on site": [61]})
    assert [(mapped.target, mapped.type, mapped.on) for mapped in stated.values()][1:] == [
        ("events.email_open", "number", "2026-11-25"),
        ("events.page_view", "boolean", "2026-11-25"),
    ]
    assert "25 Nov 2026" in stated["Emails opened"].reason


def test_without_any_date_what_leads_did_stays_an_attribute() -> None:
    assert _activity({"Id": ["1"], "Emails opened": [3]}, None)["Emails opened"].target == "attributes.emails_opened"


def test_the_last_act_by_name_counts_only_where_a_column_says_when() -> None:
    named: dict[str, list[object]] = {"Id": ["1"], "Last Activity": ["Email Opened"]}
    assert _activity(named)["Last Activity"].target == "attributes.last_activity"
    dated = _activity(named | {"Last Activity Date": ["2026-11-02"]})
    assert (dated["Last Activity"].target, dated["Last Activity"].on) == ("events.named", "Last Activity Date")


def test_a_column_called_like_an_act_that_holds_words_is_none() -> None:
    assert _activity({"Id": ["1"], "Downloads": ["the price list"]})["Downloads"].target == "attributes.downloads"


@pytest.mark.parametrize(
    ("cells", "target"),
    [
        ({"E-Mail": ["a@x.de", "b@y.de"], "Firma": ["X GmbH", "Y GmbH"], "Land": ["DE", "AT"]}, "company.country"),
        ({"E-Mail": ["a@x.de", "b@x.de"], "Firma": ["X GmbH", "X GmbH"], "Land": ["DE", "AT"]}, "country"),
        ({"E-Mail": ["a@x.de", "b@y.de"], "Name": ["Ada K", "Bo L"], "Land": ["DE", "AT"]}, "country"),
        ({"Email": ["a@x.de"], "Company": ["X"], "Person - Country": ["DE"]}, "country"),
        ({"Email": ["a@x.de"], "Company": ["X"], "Country": ["DE"], "Company country": ["AT"]}, "country"),
    ],
)
def test_beside_a_company_the_country_is_its_own(cells: dict[str, list[object]], target: str) -> None:
    found = _targets(**cells)
    (column,) = [name for name in cells if name in ("Land", "Country", "Person - Country")]
    assert found[column] == target


def test_beside_a_company_region_and_postcode_are_its_own_each_for_itself() -> None:
    one = _targets(Firma=["X", "X"], Bundesland=["Bayern", "Bayern"], PLZ=["80331", "80333"])
    assert (one["Bundesland"], one["PLZ"]) == ("company.region", "postcode")
    assert _targets(Company=["X"], **{"Mailing Zip": ["94105"]})["Mailing Zip"] == "postcode"


def test_words_in_a_column_called_like_a_postcode_speak_against_it() -> None:
    assert _targets(email=["a@x.co"] * 3, Cap=["snapback", "bucket", "beanie"])["Cap"] == "attributes.cap"


@pytest.mark.parametrize(
    ("to", "message"),
    [
        ({"to": "events.page_view"}, "has no date"),
        ({"to": "events.page_view", "on": "yesterday"}, "neither a column nor a day"),
        ({"to": "events.page_view", "type": "text", "on": "2026-11-25"}, "has type text"),
        ({"to": "events.danced", "on": "2026-11-25"}, "which is not a field"),
    ],
)
def test_a_column_of_acts_needs_a_date_and_a_reading(to: object, message: str) -> None:
    found = parse_mapping({"Id": "external_id", "Visits": to}, ("Id", "Visits"))
    assert isinstance(found, Rejected)
    assert message in found.problems[0].message
