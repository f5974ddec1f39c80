"""The frameworks that ship with the product, as data."""

from functools import cache
from importlib import resources
from typing import Final

from oppspot.qualification.framework import Framework
from oppspot.qualification.parse import parse_framework

SHIPPED: Final = ("bant",)


@cache
def shipped_framework(name: str) -> Framework:
    """Return a framework as shipped; raises LookupError when none has the name."""
    if name not in SHIPPED:
        raise LookupError(f"{name!r} is not a shipped framework; these are: {', '.join(SHIPPED)}.")
    return parse_framework(resources.files(__name__).joinpath(f"{name}.yaml").read_text(encoding="utf-8"))
