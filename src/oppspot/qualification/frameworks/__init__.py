"""The frameworks that ship with the product, as data."""

from functools import cache
from importlib import resources
from typing import Final

from oppspot.qualification.framework import Framework
from oppspot.qualification.parse import parse_framework

SHIPPED: Final = ("bant", "meddic")
# Where frameworks of one's own can start from.
TEMPLATES: Final = ("meddpicc", "champ", "anum", "spiced")


@cache
def shipped_framework(name: str) -> Framework:
    """Return a framework or template as shipped; raises LookupError when none has the name."""
    if name not in (*SHIPPED, *TEMPLATES):
        raise LookupError(f"{name!r} is not a shipped framework; these are: {', '.join((*SHIPPED, *TEMPLATES))}.")
    return parse_framework(resources.files(__name__).joinpath(f"{name}.yaml").read_text(encoding="utf-8"))
