"""Every route of the application, as it was declared: method, path, what it asks of whoever calls it."""

from collections.abc import Iterator
from dataclasses import dataclass
from string import Formatter
from typing import Any

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from oppspot.accounts.access import current_actor, current_reader


@dataclass(frozen=True, slots=True)
class Route:
    """One method of one path. `permissions` are those of its `needs(…)`; `known` if it asks who calls at all."""

    method: str
    path: str
    permissions: tuple[str, ...]
    known: bool
    for_people: bool

    @property
    def parameters(self) -> tuple[str, ...]:
        return tuple(name for _, name, _, _ in Formatter().parse(self.path) if name)

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def is_page(self) -> bool:
        return self.method == "GET" and not self.path.startswith("/api/")


def routes_of(app: FastAPI) -> list[Route]:
    """Return the routes of the product: not the static files, the pattern page and what is not HTTP."""
    return [
        _route(method, context)
        for context in iter_route_contexts(app.routes)
        if context.path and not context.path.startswith(("/static", "/_patterns"))
        for method in sorted(context.methods or ())
        if method != "HEAD"
    ]


def _route(method: str, context: Any) -> Route:
    asked = list(_calls(getattr(context, "dependant", None)))
    permissions = tuple(call.__closure__[0].cell_contents for call in asked if call.__qualname__.startswith("needs."))
    people = current_reader in asked
    return Route(method, context.path, permissions, known=people or current_actor in asked, for_people=people)


def _calls(dependant: Any) -> Iterator[Any]:
    for inner in dependant.dependencies if dependant else ():
        if hasattr(inner.call, "__qualname__"):
            yield inner.call
        yield from _calls(inner)
