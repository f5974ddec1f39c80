"""The OpenAPI document, walked by Schemathesis: no answer is a 5xx, none breaks the document's own word."""

import os
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tests.casting import Cast, Clients, an_organisation, prepared
from tests.contracts.worlds import World, a_lively_world

from oppspot.app import create_app
from oppspot.core.db import Database
from oppspot.settings import Settings

pytestmark = pytest.mark.db
NO_SUCH_METHOD = 405
CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
)
DOCUMENT = create_app(
    Settings(environment="test", data_dir=Path(os.devnull).parent), "postgresql://none/none"
).openapi()
OPERATIONS = sorted(
    f"{method.upper()} {path}" for path, operations in DOCUMENT["paths"].items() for method in operations
)


@pytest.fixture(scope="module")
def machine(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[World, dict[str, str]]:
    """An organisation with one of everything, and the header of a key that may do everything there."""
    app: FastAPI = create_app(Settings(environment="test", data_dir=tmp_path_factory.mktemp("schema")), database_url)

    async def made(database: Database) -> tuple[World, dict[str, str]]:
        cast: Cast = await an_organisation(database)
        async with app.router.lifespan_context(app):
            clients = Clients(app, database)
            world = await a_lively_world(cast, clients, database)
            key = (await clients.with_key(cast)).headers["authorization"]
            await clients.close()
        return world, {"authorization": key}

    return prepared(database_url, made)


def _walk(operation: str, site: str, machine: tuple[World, dict[str, str]], examples: int) -> None:
    """Ask an operation for what it accepts and for what it does not, of things that exist and of some that do not."""
    world, headers = machine
    schema = schemathesis.openapi.from_dict(DOCUMENT)
    found = schema.find_operation_by_label(operation)
    assert found is not None
    for mode in GenerationMode:

        @settings(
            max_examples=examples,
            deadline=None,
            database=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=found.as_strategy(generation_mode=mode), known=st.booleans())
        def ask(case: Any, known: bool) -> None:
            if known:
                case.path_parameters |= {name: world.ids[name] for name in case.path_parameters}
            answer = case.call(base_url=site, headers=headers, timeout=20)
            case.validate_response(answer, checks=CHECKS)
            named = found.definition.raw["responses"]
            # A method that a path has not is answered before any operation is.
            assert answer.status_code == NO_SUCH_METHOD or str(answer.status_code) in named, answer.text[:300]

        ask()


@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_operation_keeps_its_word(operation: str, live_site: str, machine: tuple[World, dict[str, str]]) -> None:
    _walk(operation, live_site, machine, 6)


@pytest.mark.prove
@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_operation_keeps_its_word_for_long(
    operation: str, live_site: str, machine: tuple[World, dict[str, str]]
) -> None:
    _walk(operation, live_site, machine, 200)
