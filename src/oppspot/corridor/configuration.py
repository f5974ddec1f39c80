"""The live configuration of an organisation, compiled once per version and kept in memory."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text

from oppspot.conditions.catalogue import default_catalogue
from oppspot.conditions.types import Catalogue, Field, FieldType
from oppspot.core import json
from oppspot.core.config_versions import LiveConfig, find_live_configs
from oppspot.core.db import Transaction
from oppspot.qualification.framework import Framework
from oppspot.qualification.frameworks import SHIPPED, shipped_framework
from oppspot.qualification.parse import parse_framework
from oppspot.qualification.selection import Selection, SelectionDocument, compile_selection
from oppspot.routing.documents import NO_RULES, RoutingDocument, compile_config
from oppspot.routing.queries import target_names
from oppspot.routing.types import RoutingConfig
from oppspot.scoring.defaults import DEFAULT_MODEL
from oppspot.scoring.parse import parse_model
from oppspot.scoring.types import ScoreModel

SCORING: Final = "scoring"
ROUTING: Final = "routing"
FRAMEWORK: Final = "framework:"  # followed by the framework's name
SELECTION: Final = "framework_selection"


@dataclass(frozen=True, slots=True)
class Attribute:
    """A custom field as declared by the organisation."""

    key: str
    label: str
    type: str
    choices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Configuration:
    """Everything the corridor decides by."""

    score_model: ScoreModel
    frameworks: Mapping[str, Framework]
    selection: Selection
    routing: RoutingConfig
    routing_version: int
    # Custom fields that hold times: kept as text, asked about as times.
    moments: frozenset[str] = frozenset()

    @property
    def frameworks_in_use(self) -> tuple[str, ...]:
        """The frameworks that leads can be qualified by."""
        return tuple(name for name in self.frameworks if name not in self.selection.document.retired)


async def load_configuration(tx: Transaction, org_id: UUID) -> Configuration:
    """Return the live configuration; what was never published is as shipped."""
    live = await find_live_configs(tx, org_id)
    attributes = await list_attributes(tx, org_id)
    names = await target_names(tx, org_id)
    routing = live.get(ROUTING)
    frameworks = _frameworks(live)
    return Configuration(
        score_model=_score_model(_text(live.get(SCORING))),
        frameworks=frameworks,
        selection=_selection(_text(live.get(SELECTION)), attributes, tuple(sorted(frameworks))),
        routing=_routing(_text(routing), routing.hash if routing else "", attributes, tuple(sorted(names.items()))),
        routing_version=routing.version if routing else 0,
        moments=frozenset(item.key for item in attributes if item.type == FieldType.DATETIME),
    )


# A document's canonical text is the key of what is compiled from it; made once per version.
_TEXTS: dict[str, str] = {}


def _text(config: LiveConfig | None) -> str | None:
    if config is None:
        return None
    if config.hash not in _TEXTS:
        if len(_TEXTS) >= _KEPT:
            _TEXTS.clear()
        _TEXTS[config.hash] = json.canonical(config.document).decode()
    return _TEXTS[config.hash]


_KEPT: Final = 256


@lru_cache(maxsize=_KEPT)
def _score_model(document: str | None) -> ScoreModel:
    return DEFAULT_MODEL if document is None else parse_model(json.loads(document))


def _frameworks(live: Mapping[str, LiveConfig]) -> dict[str, Framework]:
    """Return the frameworks there are, by name: those that ship, and those the organisation has published."""
    published = {
        kind.removeprefix(FRAMEWORK): _framework(text_of)
        for kind, config in live.items()
        if kind.startswith(FRAMEWORK) and (text_of := _text(config))
    }
    return {name: shipped_framework(name) for name in SHIPPED} | published


@lru_cache(maxsize=_KEPT)
def _framework(document: str) -> Framework:
    return parse_framework(json.loads(document))


@lru_cache(maxsize=_KEPT)
def _selection(document: str | None, attributes: tuple[Attribute, ...], names: tuple[str, ...]) -> Selection:
    given = SelectionDocument() if document is None else SelectionDocument.model_validate(json.loads(document))
    return compile_selection(given, catalogue_with(attributes), frozenset(names))


async def compile_routing(tx: Transaction, org_id: UUID, document: dict[str, Any] | None, digest: str) -> RoutingConfig:
    """Return a published version of the rules ready to decide; None is before any were published."""
    text_of = None if document is None else json.canonical(document).decode()
    names = await target_names(tx, org_id)
    return _routing(text_of, digest, await list_attributes(tx, org_id), tuple(sorted(names.items())))


@lru_cache(maxsize=_KEPT)
def _routing(
    document: str | None,
    digest: str,
    attributes: tuple[Attribute, ...],
    names: tuple[tuple[str, str], ...],
) -> RoutingConfig:
    rules = NO_RULES if document is None else RoutingDocument.model_validate(json.loads(document))
    return compile_config(rules, digest, catalogue_with(attributes), dict(names))


_ATTRIBUTES = text(
    "SELECT key, label, type, choices FROM attribute_definitions WHERE org_id = :org_id ORDER BY key",
)


async def list_attributes(tx: Transaction, org_id: UUID) -> tuple[Attribute, ...]:
    """Return the declared custom fields, archived ones too: published rules may still name them."""
    rows = await tx.execute(_ATTRIBUTES, {"org_id": org_id})
    return tuple(Attribute(row.key, row.label, row.type, tuple(row.choices or ())) for row in rows)


@lru_cache(maxsize=_KEPT)
def catalogue_with(attributes: tuple[Attribute, ...]) -> Catalogue:
    """Return the shipped fields and an organisation's own."""
    return default_catalogue().with_attributes(
        [Field(item.key, FieldType(item.type), item.label, item.label, choices=item.choices) for item in attributes],
    )
