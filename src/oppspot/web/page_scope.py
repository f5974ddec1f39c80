"""What is true while one page renders: moment, time zone, address, currency. Filters read it from here."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Final

from starlette.datastructures import URL


@dataclass(frozen=True, slots=True)
class PageScope:
    now: datetime
    zone: tzinfo
    url: URL
    currency: str = "EUR"


_scope: Final[ContextVar[PageScope]] = ContextVar("page_scope")


@contextmanager
def page_scope(scope: PageScope) -> Iterator[None]:
    """Make the scope current for the duration of one rendering."""
    token = _scope.set(scope)
    try:
        yield
    finally:
        _scope.reset(token)


def current() -> PageScope:
    """Return the scope of the page being rendered; LookupError outside one."""
    return _scope.get()


def address_with(**changes: object) -> str:
    """Return this page's path and query with some parameters replaced; None removes one."""
    url = current().url
    kept = url.remove_query_params([name for name, value in changes.items() if value is None])
    changed = kept.include_query_params(**{name: value for name, value in changes.items() if value is not None})
    return changed.path + (f"?{changed.query}" if changed.query else "")
