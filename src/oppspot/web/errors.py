"""Every exception becomes a page for people or a problem document for machines; neither ever shows a trace."""

import json
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from oppspot.core.errors import ProblemError, TooManyRequests, Unauthenticated
from oppspot.web import problems
from oppspot.web.middleware.request_log import request_id_of
from oppspot.web.middleware.security_headers import SECURITY_HEADERS
from oppspot.web.problems import Problem
from oppspot.web.rendering import render
from oppspot.web.validation import invalid_request, unreadable_body
from oppspot.web.ways_back import way_back

LOGIN: Final = "/login"
_NOT_THERE: Final = frozenset({404, 405, 422})
_NO_BODY: Final = frozenset({204, 205, 304})


def install(app: FastAPI) -> None:
    """Register a handler for each kind of exception."""
    app.add_exception_handler(ProblemError, _our_own)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(HTTPException, _framework)
    app.add_exception_handler(Exception, _unexpected)


def respond(request: Request, problem: Problem, headers: dict[str, str] | None = None) -> Response:
    """Return the problem as a page or as a document, whichever the client reads.

    Whoever looks at an address that only takes forms is shown the page of the form instead. Where such an address reads
    like that of a thing, `/routing/rules/order`, it is the thing that is not found, or the id that is none.
    """
    if problem.status in _NOT_THERE and (page := way_back(request)):
        return RedirectResponse(page, status_code=303)
    if wants_page(request):
        answer: Response = render(request, "web/error.html", {"problem": problem}, status=problem.status)
    else:
        answer = _Document(problem.model_dump(exclude_none=True), problem.status, media_type=problems.MEDIA_TYPE)
    answer.headers.update(headers or {})
    return answer


class _Document(JSONResponse):
    """JSON that repeats what was sent: half a character, which UTF-8 cannot write, stays the escape that it came as."""

    def render(self, content: Any) -> bytes:
        return json.dumps(content, ensure_ascii=False).encode(errors="backslashreplace")


def wants_page(request: Request) -> bool:
    """Answer whether a person is looking: browsers ask for text/html, htmx and API clients do not."""
    return not request.url.path.startswith("/api/") and "text/html" in request.headers.get("accept", "")


async def _our_own(request: Request, error: Exception) -> Response:
    if not isinstance(error, ProblemError):
        raise error
    if isinstance(error, Unauthenticated) and not request.url.path.startswith("/api/"):
        return _to_login(request, error)
    problem = problems.from_problem_error(error, request.url.path, request_id_of(request.scope))
    headers = {"WWW-Authenticate": "Bearer"} if isinstance(error, Unauthenticated) else {}
    if isinstance(error, TooManyRequests):
        headers["Retry-After"] = str(error.retry_after)
    return respond(request, problem, headers)


def _to_login(request: Request, error: Unauthenticated) -> Response:
    """Send people to the login page and back to what they wanted to read; a write is not repeated."""
    back_to = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    target = LOGIN + (
        f"?next={quote(back_to)}" if request.method == "GET" and "hx-request" not in request.headers else ""
    )
    if wants_page(request):
        return RedirectResponse(target, status_code=303)
    problem = problems.from_problem_error(error, request.url.path, request_id_of(request.scope))
    return respond(request, problem, {"HX-Redirect": target})


async def _validation(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    return await _our_own(request, invalid_request(error.errors()))


async def _framework(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    if error.status_code == HTTPStatus.BAD_REQUEST and (unreadable := unreadable_body(error.__cause__)):
        return await _our_own(request, unreadable)
    headers = dict(error.headers or {})
    if error.status_code in _NO_BODY:
        return Response(status_code=error.status_code, headers=headers)
    problem = problems.from_http_exception(error, request.url.path, request_id_of(request.scope))
    return respond(request, problem, headers)


async def _unexpected(request: Request, _error: Exception) -> Response:
    """Answer outside the middleware, so the headers it would have added are added here."""
    request_id = request_id_of(request.scope)
    problem = problems.internal(request.url.path, request_id)
    headers = dict(SECURITY_HEADERS) | {"X-Request-ID": request_id}
    return respond(request, problem, headers)
