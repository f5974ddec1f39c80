import pytest
from starlette.testclient import TestClient

from oppspot.core.errors import Conflict, FieldProblem, invalid
from oppspot.web.validation import MOST_REPORTED, field_path, field_problem, invalid_request

GOOD = {"name": "Norrsken", "employees": 3}


def problem_of(answer):
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == answer.status_code
    assert body["request_id"] == answer.headers["x-request-id"]
    return body


def fields_of(client: TestClient, body: object, query: str = ""):
    answer = client.post(f"/api/companies{query}", json=body)
    assert answer.status_code == 422
    return {error["path"]: (error["message"], error.get("accepted")) for error in problem_of(answer)["errors"]}


def test_our_errors_become_problem_documents(client):
    answer = client.get("/api/conflict")
    assert problem_of(answer) == {
        "type": "urn:oppspot:problem:conflict",
        "title": "Conflict",
        "status": 409,
        "detail": "It moved on.",
        "instance": "/api/conflict",
        "request_id": answer.headers["x-request-id"],
        "errors": [{"path": "stage", "message": "has changed", "accepted": "a current stage"}],
    }


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (Conflict("It moved on."), "It moved on."),
        (invalid("name", "is taken", "another"), "name: is taken; accepted: another."),
        (Conflict("It moved on.", errors=[FieldProblem("stage", "has changed")]), "It moved on. stage: has changed."),
    ],
)
def test_where_there_is_room_for_a_sentence_only_nothing_is_told_twice(error, told):
    assert error.sentences == told


def test_a_person_gets_a_page_with_the_request_id(person):
    answer = person.get("/missing")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "Not found" in answer.text
    assert answer.headers["x-request-id"] in answer.text


def test_the_api_never_answers_with_a_page(person):
    assert problem_of(person.get("/api/missing"))["title"] == "Not found"


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/nowhere", 404), ("PUT", "/api/companies", 405)])
def test_errors_of_the_framework_are_problems_too(client, method, path, status):
    answer = client.request(method, path)
    assert problem_of(answer)["status"] == status
    assert (answer.headers.get("allow") == "POST") == (status == 405)


@pytest.mark.parametrize("path", ["/crash", "/api/crash"])
@pytest.mark.parametrize("accept", ["text/html", "*/*"])
def test_what_nobody_expected_shows_an_id_and_no_cause(client, path, accept):
    answer = client.get(path, headers={"accept": accept})
    assert answer.status_code == 500
    assert answer.headers["x-request-id"] in answer.text
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    assert "secret cause" not in answer.text
    assert "Traceback" not in answer.text


def test_too_many_requests_say_when_to_come_back(client):
    assert client.get("/api/busy").headers["retry-after"] == "7"


def test_people_are_sent_to_log_in_and_back(person):
    answer = person.get("/private?page=2")
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=/private%3Fpage%3D2")


def test_a_write_is_not_repeated_after_login(person):
    assert person.post("/private").headers["location"] == "/login"


def test_htmx_is_told_to_go_to_the_login_page(client):
    answer = client.get("/private", headers={"hx-request": "true"})
    assert (answer.status_code, answer.headers["hx-redirect"]) == (401, "/login")


def test_machines_are_asked_for_a_key(client):
    answer = client.get("/api/private")
    assert problem_of(answer)["status"] == 401
    assert answer.headers["www-authenticate"] == "Bearer"


def test_a_bad_value_is_named_by_its_path_with_what_is_accepted(client):
    bad = {"companies": [GOOD, {"name": "x" * 21, "employees": -1, "colour": "red"}]}
    assert fields_of(client, bad) == {
        "companies[1].name": ("is too long", "at most 20 characters"),
        "companies[1].employees": ("is too small", "0 or more"),
        "companies[1].colour": ("is not a field here", "only the fields in the documentation"),
    }


def test_a_missing_value_and_a_wrong_type_are_told_apart(client):
    assert fields_of(client, {"companies": [{"employees": "many"}]}) == {
        "companies[0].name": ("is missing", None),
        "companies[0].employees": ("is not a whole number", "a whole number"),
    }


def test_a_parameter_of_the_address_is_named_as_one(client):
    assert fields_of(client, {"companies": []}, "?limit=x") == {
        "query.limit": ("is not a whole number", "a whole number")
    }


@pytest.mark.parametrize("body", [b"{", b"", b"\xff\xfe", b"[" * 100_000, b"nonsense"])
def test_a_body_that_is_no_json_is_refused(client, body):
    answer = client.post("/api/companies", content=body, headers={"content-type": "application/json"})
    assert answer.status_code in (400, 422)
    problem_of(answer)


def test_the_value_itself_is_never_repeated(client):
    answer = client.post("/api/companies", json={"companies": [{"name": "x", "employees": "s3cret"}]})
    assert "s3cret" not in answer.text


def test_a_flood_of_bad_values_is_cut_short():
    error = invalid_request([{"type": "missing", "loc": ("body", n), "msg": ""} for n in range(5000)])
    assert len(error.errors) == MOST_REPORTED
    assert error.detail.startswith("5000 values")


def test_an_unknown_kind_of_error_keeps_its_own_words():
    problem = field_problem({"type": "something_new", "loc": ("body", "a"), "msg": "Input is odd"})
    assert (problem.path, problem.message) == ("a", "input is odd")


def test_our_own_validators_speak_for_themselves():
    problem = field_problem(
        {"type": "value_error", "loc": ("body", "a"), "msg": "", "ctx": {"error": ValueError("is even")}}
    )
    assert problem.message == "is even"


@pytest.mark.parametrize(
    ("location", "path"),
    [(("body",), "body"), ((), "body"), (("path", "id"), "path.id"), (("body", 0, "a", "b"), "[0].a.b")],
)
def test_places_are_written_as_people_write_them(location, path):
    assert field_path(location) == path
