"""How middleware answers instead of the application: with the same page or problem document."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response

from oppspot.core.errors import ProblemError

Refuse = Callable[[Request, ProblemError], Response]
