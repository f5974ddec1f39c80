"""Whatever is edited in a configuration, its version is named by another hash."""

from collections.abc import Callable, Iterator
from typing import Any, get_args

import pytest
from pydantic import BaseModel
from tests.routing.world import rep_id, team_id

from oppspot.conditions.catalogue import default_catalogue
from oppspot.core.config_versions import document_hash
from oppspot.routing.documents import RoutingDocument, compile_config

Path = tuple[str | int, ...]
Edit = Callable[[Any], None]

_FULL_RULE: dict[str, Any] = {
    "id": "software",
    "name": "Large software companies",
    "description": "Those who buy for many",
    "priority": 10,
    "conditions": {
        "all": [
            {"field": "company.industry", "op": "in", "value": ["Software", "Biotech"]},
            {"any": [{"field": "company.employees", "op": "gte", "value": 500}]},
            {"not": {"field": "account.is_customer", "op": "eq", "value": True}},
        ]
    },
    "routing_algorithm": "skill_based",
    "assignment_target": {"type": "team", "id": str(team_id(1))},
    "sla_hours": 1.5,
    "settings": {
        "skill_matching": {
            "required": [{"skill": "German", "level": 2}, {"skill": "Security", "level": 1}],
            "preferred": [{"skill": "French", "level": 3}],
        },
        "escalation_after_hours": 12,
    },
}
_REST: dict[str, Any] = {"id": "rest", "name": "The rest", "assignment_target": {"type": "queue", "id": "Review"}}
_FULL = RoutingDocument.model_validate(
    {
        "rules": [_FULL_RULE, _REST],
        "exclusions": [
            {
                "id": "rivals",
                "name": "Competitors",
                "conditions": {"field": "lead.email_domain", "op": "in", "value": ["rival.example", "other.example"]},
            },
            {
                "id": "existing-customers",
                "name": "Customers",
                "conditions": {"field": "account.is_customer", "op": "eq", "value": True},
                "action": "account_owner",
                "is_active": False,
            },
        ],
        "territories": [
            {
                "name": "Bavaria",
                "countries": ["DE", "AT"],
                "regions": ["Bayern"],
                "postcodes": ["80000-87999", "90"],
                "industries": ["Software"],
                "min_employees": 10,
                "max_employees": 5000,
                "accounts": ["ours.example"],
                "priority": 5,
            },
            {"name": "Elsewhere", "countries": ["FR"]},
        ],
        "policies": {"sla": {"qualify_hours": 72, "seat_id": str(rep_id(9))}},
        "default_target": {"type": "individual", "id": str(rep_id(1))},
        "default_sla_hours": 8,
    }
)


def published() -> dict[str, Any]:
    """Return the full configuration as it is published."""
    return _FULL.model_dump(mode="json")


HASH = document_hash(published())


def parts_of(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield everything in a document, however deep, with where it is."""
    yield path, value
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in inner:
        yield from parts_of(part, (*path, key))


def leaves() -> dict[Path, Any]:
    return {path: value for path, value in parts_of(published()) if not isinstance(value, dict | list)}


def lists() -> dict[Path, list[Any]]:
    return {path: value for path, value in parts_of(published()) if isinstance(value, list)}


def others(value: Any) -> set[Any]:
    """Return what could be written in the place of a value, as near to it as can be."""
    match value:
        case None:
            return {1, ""}
        case bool():
            return {not value}
        case str():
            return {f"{value} ", value.swapcase(), value[:-1]} - {value}
        case _:
            return {value + 1, value + 0.001}


def hash_after(path: Path, edit: Edit) -> str:
    """Return the hash of the configuration once what holds the part at `path` was edited."""
    document: Any = published()
    holder = document
    for key in path[:-1]:
        holder = holder[key]
    edit(holder)
    return document_hash(document)


def put(key: str | int, value: Any) -> Edit:
    return lambda holder: holder.__setitem__(key, value)


def drop(key: str | int) -> Edit:
    return lambda holder: holder.__delitem__(key)


def named(path: Path) -> str:
    """Return a setting's name in full, without its place in a list."""
    return ".".join(key for key in path if isinstance(key, str))


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from models_in(inner)


def settings_of(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    for name, info in model.model_fields.items():
        inner = list(models_in(info.annotation))
        for each in inner:
            yield from settings_of(each, f"{prefix}{name}.")
        if not inner:
            yield f"{prefix}{name}"


def test_the_configuration_of_these_tests_is_one_that_decides() -> None:
    config = compile_config(_FULL, HASH, default_catalogue(), {})
    assert (len(config.rules), len(config.exclusions), len(config.territories)) == (2, 1, 2)


def test_every_setting_there_is_is_among_what_these_tests_edit() -> None:
    found = {named(path) for path in leaves()}
    settings = set(settings_of(RoutingDocument))
    assert len(settings) > 60
    assert [name for name in settings if not any(f"{each}.".startswith(f"{name}.") for each in found)] == []
    assert {path[0] for path in leaves()} == set(RoutingDocument.model_fields)


def test_the_walk_reaches_what_is_nested_and_every_kind_of_value() -> None:
    found = leaves()
    assert len(found) > 100
    assert {type(value) for value in found.values()} == {bool, int, float, str, type(None)}
    deepest = {
        ("rules", 0, "conditions", "all", 1, "any", 0, "value"),
        ("rules", 0, "conditions", "all", 2, "not", "value"),
        ("rules", 0, "settings", "skill_matching", "required", 1, "level"),
        ("exclusions", 0, "conditions", "value", 1),
        ("territories", 0, "postcodes", 1),
        ("policies", "sla", "ladder", 3, "at_percent"),
    }
    assert deepest <= found.keys()


def test_every_edit_of_a_value_changes_the_hash_and_no_two_edits_share_one() -> None:
    edits = [(path, other) for path, value in leaves().items() for other in others(value)]
    hashes = {edit: hash_after(edit[0], put(edit[0][-1], edit[1])) for edit in edits}
    assert [edit for edit, found in hashes.items() if found == HASH] == []
    assert len(set(hashes.values())) == len(hashes)


def test_nothing_can_be_emptied_without_another_hash() -> None:
    filled = [path for path, value in leaves().items() if value is not None]
    assert [path for path in filled if hash_after(path, put(path[-1], None)) == HASH] == []


def test_nothing_can_be_left_out_without_another_hash() -> None:
    parts = [path for path, _ in parts_of(published()) if path]
    assert {("rules", 1), ("exclusions", 0), ("territories", 1), ("policies", "sla", "ladder", 0)} <= set(parts)
    assert [path for path in parts if hash_after(path, drop(path[-1])) == HASH] == []


def test_nothing_can_be_added_to_a_list_without_another_hash() -> None:
    longer = {path: [*items, "more"] for path, items in lists().items()}
    assert len(longer) > 15
    assert [path for path, items in longer.items() if hash_after(path, put(path[-1], items)) == HASH] == []


@pytest.mark.parametrize(
    "path", [("rules",), ("exclusions",), ("territories",), ("policies", "sla", "ladder")], ids=named
)
def test_another_order_is_another_hash(path: Path) -> None:
    items = lists()[path]
    assert len(items) > 1
    assert hash_after(path, put(path[-1], [*items[1:], items[0]])) != HASH


def upside_down(value: Any) -> Any:
    """Return the same document, with the keys of every object the other way round."""
    if isinstance(value, dict):
        return {key: upside_down(value[key]) for key in reversed(value)}
    return [upside_down(each) for each in value] if isinstance(value, list) else value


def test_the_order_in_which_settings_are_written_does_not_change_the_hash() -> None:
    turned = upside_down(published())
    assert list(turned) != list(published())
    assert list(turned["rules"][0]["settings"]) != list(published()["rules"][0]["settings"])
    assert document_hash(turned) == HASH
