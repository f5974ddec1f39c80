"""Texts that no table can hold, in each text of each body: refused or done without, never an error of ours."""

import copy
import json
from collections.abc import AsyncIterator, Iterator
from itertools import pairwise
from typing import Any

import pytest
from fastapi import FastAPI
from tests.casting import Clients, an_organisation, clients_of
from tests.contracts.worlds import World, a_marked_world
from tests.hardening.test_schema import DOCUMENT

from oppspot.core.db import Database

pytestmark = [pytest.mark.anyio, pytest.mark.db]
Place = tuple[str | int, ...]
JSON = {"content-type": "application/json"}
SHAPES = DOCUMENT["components"]["schemas"]
NUL, SURROGATE = '"a\\u0000b"', '"a\\ud800b"'
# Stands for the text until the body is written: no JSON of Python's can hold a lone surrogate.
MARK = "the text that is tried"


def _resolved(schema: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        schema = SHAPES[schema["$ref"].rpartition("/")[2]]
    return schema


def _texts(schema: dict[str, Any], place: Place = ()) -> Iterator[Place]:
    """Yield where a body of this shape may have a text; a list's first entry stands for all of them."""
    schema = _resolved(schema)
    for variant in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
        yield from _texts(variant, place)
    match schema.get("type"):
        case "string" if not schema.keys() & {"format", "enum", "const"}:
            yield place
        case "array":
            yield from _texts(schema.get("items", {}), (*place, 0))
        case "object":
            for name, inner in schema.get("properties", {}).items():
                yield from _texts(inner, (*place, name))
            if schema.get("additionalProperties"):
                yield (*place, "anything")


def _bodies() -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method.upper(), path, operation["requestBody"]["content"]["application/json"]["schema"])
        for path, operations in DOCUMENT["paths"].items()
        for method, operation in operations.items()
        if "application/json" in operation.get("requestBody", {}).get("content", {})
    ]


def _example(schema: dict[str, Any], place: Place) -> Any:
    """Return an example of the shape, one that has the place if there is one."""
    variants = (schema, *schema.get("anyOf", ()), *schema.get("oneOf", ()))
    found = [example for variant in variants for example in _resolved(variant).get("examples", ())]
    return copy.deepcopy(next((example for example in found if place[0] in example), found[0]))


def _put(body: Any, place: Place) -> None:
    """Put the text at a place of a body, making what leads there."""
    for step, following in pairwise(place):
        empty: Any = [] if following == 0 else {}
        if isinstance(body, list):
            body[:] = body or [empty]
        elif not isinstance(body.get(step), type(empty)):
            body[step] = empty
        body = body[step]
    if isinstance(body, list):
        body.insert(0, MARK)
    else:
        body[place[-1]] = MARK


@pytest.fixture(scope="module")
async def world(app: FastAPI, database: Database) -> AsyncIterator[World]:
    async with clients_of(app, database) as clients:
        yield await a_marked_world(await an_organisation(database), clients, database)


@pytest.mark.parametrize(
    ("method", "path", "schema"), [pytest.param(*each, id=" ".join(each[:2])) for each in _bodies()]
)
async def test_a_text_that_cannot_be_stored_is_no_error_of_ours(
    clients: Clients, world: World, method: str, path: str, schema: dict[str, Any]
) -> None:
    machine = await clients.with_key(world.cast)
    known = {name: world.ids[name] for name in world.ids}
    for place in dict.fromkeys(_texts(schema)):
        body = _example(schema, place)
        _put(body, place)
        for text in (NUL, SURROGATE):
            content = json.dumps(body).replace(f'"{MARK}"', text)
            answer = await machine.request(method, path.format(**known), content=content, headers=JSON)
            assert answer.status_code < 500, (place, text, answer.text)


def test_bodies_have_texts() -> None:
    assert sum(len(set(_texts(schema))) for _, _, schema in _bodies()) > 200
