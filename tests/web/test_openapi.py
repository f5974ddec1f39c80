from fastapi import FastAPI

from oppspot.web import problems


def test_every_operation_documents_its_problems(quiet_app: FastAPI):
    document = quiet_app.openapi()
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    assert operations
    for operation in operations:
        assert list(operation["responses"]["default"]["content"]) == [problems.MEDIA_TYPE]


def test_the_frameworks_own_error_shape_is_gone(quiet_app: FastAPI):
    document = quiet_app.openapi()
    assert "HTTPValidationError" not in str(document)
    assert document["components"]["schemas"]["Problem"]["required"]


def test_pages_are_not_part_of_the_api(quiet_app: FastAPI):
    assert not [path for path in quiet_app.openapi()["paths"] if path.startswith(("/_patterns", "/preferences"))]


def test_a_named_error_refers_to_the_shared_schema():
    entry = problems.responses(409)[409]
    assert entry["content"][problems.MEDIA_TYPE]["schema"] == {"$ref": problems.SCHEMA_REF}
