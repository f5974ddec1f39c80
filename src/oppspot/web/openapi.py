"""Makes the OpenAPI document tell the truth about errors: every operation answers them with a problem document."""

from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI

from oppspot.web import problems

_FRAMEWORK_SCHEMAS: Final = ("HTTPValidationError", "ValidationError")
_METHODS: Final = frozenset({"get", "put", "post", "delete", "patch", "options", "head"})

_RETRY_AFTER: Final = {
    "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 1}},
}


def form_example(**fields: object) -> dict[str, Any]:
    """Return the `openapi_extra` of an operation that takes a file: what a form to it holds."""
    return {"requestBody": {"content": {"multipart/form-data": {"example": fields}}}}


def document_problems(app: FastAPI) -> None:
    """Wrap the application's generator; the document is still built once and kept."""
    generate = app.openapi

    def documented() -> dict[str, Any]:
        if app.openapi_schema is None:
            add_problems(generate())
        return generate()

    app.openapi = documented  # type: ignore[method-assign]


def add_problems(document: dict[str, Any]) -> None:
    """Add the problem schema and, to each operation, the errors that its kind answers, each with an example."""
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    schema = problems.Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(schema.pop("$defs", {}))
    schemas["Problem"] = schema
    for name in _FRAMEWORK_SCHEMAS:
        schemas.pop(name, None)
    for address, path in document.get("paths", {}).items():
        for method in _METHODS & path.keys():
            _add_to(path[method], address)


def _add_to(operation: dict[str, Any], address: str) -> None:
    answers = operation.setdefault("responses", {})
    for status in _statuses(operation):
        answers.setdefault(str(status), {"description": problems.describe(status)})
    if "429" in answers:
        answers["429"].setdefault("headers", _RETRY_AFTER)
    answers.setdefault("default", {"description": "Any other error, as a problem document."})
    for status, answer in answers.items():
        if status == "default" or int(status) >= HTTPStatus.BAD_REQUEST:
            answer["content"] = {problems.MEDIA_TYPE: _problem(status, address)}


def _statuses(operation: dict[str, Any]) -> list[int]:
    """Return the errors that an operation of its kind answers, whatever it does."""
    statuses = []
    if "security" in operation:
        statuses += [HTTPStatus.UNAUTHORIZED, HTTPStatus.TOO_MANY_REQUESTS]
    if "requestBody" in operation:
        statuses += [HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNPROCESSABLE_ENTITY]
        if "multipart/form-data" in operation["requestBody"]["content"]:
            statuses.append(HTTPStatus.BAD_REQUEST)  # a form that is none
    if "parameters" in operation:
        statuses.append(HTTPStatus.UNPROCESSABLE_ENTITY)
    return [int(status) for status in statuses]


def _problem(status: str, address: str) -> dict[str, Any]:
    code = HTTPStatus.INTERNAL_SERVER_ERROR if status == "default" else int(status)
    return {"schema": {"$ref": problems.SCHEMA_REF}, "example": problems.example(code, address)}
