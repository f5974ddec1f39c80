"""Makes the OpenAPI document tell the truth about errors: every operation answers them with a problem document."""

from typing import Any, Final

from fastapi import FastAPI

from oppspot.web import problems

_FRAMEWORK_SCHEMAS: Final = ("HTTPValidationError", "ValidationError")
_METHODS: Final = frozenset({"get", "put", "post", "delete", "patch", "options", "head"})

_RETRY_AFTER: Final = {
    "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 1}},
}


def document_problems(app: FastAPI) -> None:
    """Wrap the application's generator; the document is still built once and kept."""
    generate = app.openapi

    def documented() -> dict[str, Any]:
        if app.openapi_schema is None:
            add_problems(generate())
        return generate()

    app.openapi = documented  # type: ignore[method-assign]


def add_problems(document: dict[str, Any]) -> None:
    """Add the problem schema and, to each operation, its 422, its default answer, and its 429 if it asks who it is."""
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    schema = problems.Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(schema.pop("$defs", {}))
    schemas["Problem"] = schema
    for name in _FRAMEWORK_SCHEMAS:
        schemas.pop(name, None)
    for path in document.get("paths", {}).values():
        for method in _METHODS & path.keys():
            operation = path[method]
            _add_to(operation.setdefault("responses", {}), is_limited="security" in operation)


def _add_to(answers: dict[str, Any], *, is_limited: bool) -> None:
    content = {problems.MEDIA_TYPE: {"schema": {"$ref": problems.SCHEMA_REF}}}
    if "422" in answers:
        answers["422"] = {"description": problems.describe(422), "content": content}
    if is_limited:
        answers.setdefault("429", {"description": problems.describe(429), "content": content, "headers": _RETRY_AFTER})
    answers.setdefault("default", {"description": "Any other error, as a problem document.", "content": content})
