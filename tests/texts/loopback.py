"""A server that speaks as much of both vendors' protocols as their libraries need, on a port of this machine."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from tests.browser import serving

from oppspot.core import json

Answer = Callable[[dict[str, Any]], str]


@dataclass
class Vendor:
    """What the server does next, and what it was asked."""

    answer: Answer = lambda _: '{"proposals": []}'
    statuses: list[int] = field(default_factory=list)  # for the next requests, before it answers
    wait: float = 0
    stopped: bool = False  # it ran out of tokens
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    url: str = ""

    async def respond(self, request: Request) -> Response:
        body = await request.json()
        self.asked.append(body)
        self.keys.append(request.headers.get("authorization") or request.headers.get("x-api-key") or "")
        if self.wait:
            await asyncio.sleep(self.wait)
        if self.statuses:
            status = self.statuses.pop(0)
            return JSONResponse(_error(status), status, headers={"retry-after-ms": "1"})
        speak = _as_openai if request.url.path == "/v1/responses" else _as_anthropic
        return JSONResponse(speak(self.answer(body), stopped=self.stopped))


def _error(status: int) -> dict[str, Any]:
    return {"type": "error", "error": {"type": "api_error", "message": f"told {status}"}}


def _as_openai(text: str, *, stopped: bool) -> dict[str, Any]:
    content = [{"type": "output_text", "text": text, "annotations": []}]
    return {
        "id": "resp_1",
        "object": "response",
        "created_at": 1_790_000_000,
        "model": "gpt-test",
        "status": "incomplete" if stopped else "completed",
        "incomplete_details": {"reason": "max_output_tokens"} if stopped else None,
        "output": [{"id": "msg_1", "type": "message", "role": "assistant", "status": "completed", "content": content}],
        "parallel_tool_calls": False,
        "tool_choice": "auto",
        "tools": [],
    }


def _as_anthropic(text: str, *, stopped: bool) -> dict[str, Any]:
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "claude-test",
        "content": [{"type": "text", "text": text}],
        "stop_reason": "max_tokens" if stopped else "end_turn",
        "stop_sequence": None,
        "usage": {"input_tokens": 1, "output_tokens": 1},
    }


def proposing(*items: dict[str, Any]) -> Answer:
    """Answer with these proposals, whatever is asked."""
    told = json.dumps({"proposals": [{"confidence": 0.9} | item for item in items]})
    return lambda _: told


@contextmanager
def a_vendor() -> Iterator[Vendor]:
    vendor = Vendor()
    routes = [Route(path, vendor.respond, methods=["POST"]) for path in ("/v1/responses", "/v1/messages")]
    with serving(Starlette(routes=routes)) as url:
        vendor.url = url
        yield vendor
