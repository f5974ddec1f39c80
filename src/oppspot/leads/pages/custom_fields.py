"""The custom fields of a lead by what people call them, not by what the API does."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from oppspot.leads.models import AttributeDefinition


def shown_attributes(
    attributes: Mapping[str, Any], definitions: Sequence[AttributeDefinition]
) -> list[tuple[str, str | datetime]]:
    """Return label and value of what a lead carries; a field that was retired goes by its key, spaced."""
    defined = {definition.key: definition for definition in definitions}
    pairs = [
        (defined[key].label if key in defined else key.replace("_", " ").capitalize(), _shown(value, defined.get(key)))
        for key, value in attributes.items()
    ]
    return sorted(pairs, key=lambda pair: pair[0].casefold())


def _shown(value: Any, definition: AttributeDefinition | None) -> str | datetime:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    if definition is not None and definition.type == "datetime":
        return datetime.fromisoformat(str(value))
    return f"{value:,.10g}" if isinstance(value, int | float) else str(value)
