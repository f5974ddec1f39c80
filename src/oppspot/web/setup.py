"""Puts the web layer into an application: static files, errors, middleware, theme choice, the pattern page."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Protocol

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from oppspot.core.clock import utc_now
from oppspot.core.errors import ProblemError
from oppspot.web import assets, errors, openapi, patterns, problems, themes
from oppspot.web.environment import build_environment
from oppspot.web.flashes import FlashCookie
from oppspot.web.middleware.body_limit import BodyLimit
from oppspot.web.middleware.origin_check import OriginCheck
from oppspot.web.middleware.request_log import RequestLog, request_id_of
from oppspot.web.middleware.security_headers import SecurityHeaders
from oppspot.web.rendering import Renderer


class WebSettings(Protocol):
    """As much of the settings as the web layer reads."""

    @property
    def environment(self) -> str: ...

    @property
    def base_url(self) -> str: ...

    def load_secret_key(self) -> str: ...


def setup(
    app: FastAPI,
    settings: WebSettings,
    *,
    body_limits: Mapping[str, int] | None = None,
    clock: Callable[[], datetime] = utc_now,
) -> None:
    """Install the web layer; `body_limits`: path prefix (`*` is a segment) and bytes accepted (1 MiB elsewhere)."""
    files = assets.Assets()
    environment = build_environment(files, reload=settings.environment != "production")
    app.state.web = Renderer(environment, FlashCookie(settings.load_secret_key()), clock)
    app.mount(assets.MOUNT, files, name="static")
    app.include_router(themes.router)
    if settings.environment != "production":
        app.include_router(patterns.router)
    errors.install(app)
    openapi.document_problems(app)
    _add_middleware(app, settings, body_limits)


def _add_middleware(app: FastAPI, settings: WebSettings, body_limits: Mapping[str, int] | None) -> None:
    """Add innermost first: the log sees every request, refused or not, and refusals carry the security headers."""
    app.add_middleware(BodyLimit, refuse=_refuse, limits=body_limits)
    app.add_middleware(OriginCheck, refuse=_refuse, own_origins=(settings.base_url,))
    app.add_middleware(SecurityHeaders)
    app.add_middleware(RequestLog)


def _refuse(request: Request, error: ProblemError) -> Response:
    problem = problems.from_problem_error(error, request.url.path, request_id_of(request.scope))
    return errors.respond(request, problem)
