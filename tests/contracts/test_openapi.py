"""The OpenAPI document is complete: each operation has a summary, valid examples, and the errors it answers."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from tests.contracts.routes import routes_of

from oppspot.app import create_app
from oppspot.settings import Settings
from oppspot.web.problems import MEDIA_TYPE

APP = create_app(Settings(environment="test", data_dir=Path(os.devnull).parent), "postgresql://none/none")
DOCUMENT = APP.openapi()
OPERATIONS = {
    f"{method.upper()} {path}": operation
    for path, found in DOCUMENT["paths"].items()
    for method, operation in found.items()
}


def _resolved(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema with the document's components beside it, so that its references lead somewhere."""
    return {**schema, "components": DOCUMENT["components"]}


def _examples(media: dict[str, Any]) -> Iterator[Any]:
    if "example" in media:
        yield media["example"]
    schema = media["schema"]
    name = schema.get("$ref", "").rpartition("/")[2]
    variants = [DOCUMENT["components"]["schemas"][name]] if name else [schema, *schema.get("anyOf", ())]
    for variant in variants:
        inner = variant.get("$ref", "").rpartition("/")[2]
        yield from (DOCUMENT["components"]["schemas"][inner] if inner else variant).get("examples", ())


def _is_error(status: str) -> bool:
    return status == "default" or int(status) >= 400


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_says_what_it_does(name: str) -> None:
    operation = OPERATIONS[name]
    assert operation["summary"][:1].isupper()
    assert operation.get("description"), "what it does, in a sentence"
    assert operation["tags"]


@pytest.mark.parametrize("name", [name for name, operation in OPERATIONS.items() if "requestBody" in operation])
def test_a_body_has_an_example_that_is_accepted(name: str) -> None:
    for kind, media in OPERATIONS[name]["requestBody"]["content"].items():
        found = list(_examples(media))
        assert found, f"no example of {kind}"
        for example in found:
            jsonschema_rs.validate(_resolved(media["schema"]), example)


def test_examples_of_answers_are_answers() -> None:
    shown = 0
    for operation in OPERATIONS.values():
        for status, answer in operation["responses"].items():
            for media in () if _is_error(status) else answer.get("content", {}).values():
                for example in _examples(media):
                    jsonschema_rs.validate(_resolved(media["schema"]), example)
                    shown += 1
    assert shown > len(_OF_LEADS)
    for name in _OF_LEADS:
        assert list(_examples(OPERATIONS[name]["responses"]["200"]["content"]["application/json"]))


_OF_LEADS = ("POST /api/leads", "POST /api/leads/batch", "PATCH /api/leads/{lead_id}", "POST /api/qualification/claims")


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_error_has_a_body_and_an_example_of_its_own_status(name: str) -> None:
    for status, answer in OPERATIONS[name]["responses"].items():
        if not _is_error(status):
            continue
        media = answer["content"][MEDIA_TYPE]
        jsonschema_rs.validate(_resolved(media["schema"]), media["example"])
        assert media["example"]["status"] == (500 if status == "default" else int(status))
        assert bool(media["example"].get("errors")) == (status == "422"), "which value, and what would be accepted"
        assert answer["description"]


def _expected(operation: dict[str, Any], *, needs_permission: bool, is_known: bool) -> set[str]:
    statuses = set()
    if is_known:
        statuses |= {"401", "429"}
    if needs_permission:
        statuses |= {"403"}
    if "requestBody" in operation:
        statuses |= {"413", "422"}
        statuses |= {"400"} if "multipart/form-data" in operation["requestBody"]["content"] else set()
    if operation.get("parameters"):
        statuses |= {"422"}
    if any(parameter["in"] == "path" for parameter in operation.get("parameters", ())):
        statuses |= {"404"}
    return statuses


def test_an_operation_names_the_errors_that_follow_from_what_it_asks() -> None:
    routes = {route.name: route for route in routes_of(APP)}
    missing = {}
    for name, operation in OPERATIONS.items():
        route = routes[name]
        wanted = _expected(operation, needs_permission=bool(route.permissions), is_known=route.known)
        if lacking := wanted - operation["responses"].keys():
            missing[name] = sorted(lacking)
    assert not missing


def test_the_way_in_names_what_stops_a_lead() -> None:
    for name in ("POST /api/leads", "POST /api/leads/batch"):
        assert {"401", "403", "409", "413", "422", "429", "503"} <= OPERATIONS[name]["responses"].keys()
