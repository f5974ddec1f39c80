"""The shipped fields, and what builders are told about them."""

import json

from oppspot.conditions.catalogue import default_catalogue, to_document
from oppspot.conditions.types import OPS, Field, FieldType


def test_every_field_says_what_it_is() -> None:
    for field in default_catalogue():
        assert field.label
        assert field.description.endswith(".")
        assert bool(field.choices) is (field.type is FieldType.CHOICE)


def test_an_attribute_is_asked_about_by_its_key() -> None:
    catalogue = default_catalogue().with_attributes([Field("region", FieldType.TEXT, "region")])
    assert catalogue["attributes.region"].label == "region"
    assert default_catalogue().find("attributes.region") is None


def test_the_document_offers_each_field_its_operators_in_words() -> None:
    document = {entry["name"]: entry for entry in to_document(default_catalogue())}
    status = document["lead.status"]
    assert {"op": "in", "label": "is one of", "value": "many"} in status["ops"]
    assert "nurturing" in status["choices"]
    assert {"op": "gt", "label": "is after", "value": "one"} in document["lead.created_at"]["ops"]


def test_the_document_is_json() -> None:
    document = to_document(default_catalogue())
    assert json.loads(json.dumps(document)) == document


def test_every_type_can_be_asked_whether_it_is_known() -> None:
    assert all({"is_known", "is_unknown"} <= set(ops) for ops in OPS.values())
