"""A lean client: so many connections, each sends its next lead when the last was answered. Run in a process of its own.

`python -m bench.load` reads a plan from standard input (JSON) and writes what it saw to standard output.
HTTP by hand, because a full client would take more of the processor than the server that is measured.
"""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import uvloop


@dataclass(frozen=True, slots=True)
class Plan:
    """What to send where. `ports` are taken in turn by the clients; `documents` are shared out as they come."""

    ports: Sequence[int]
    token: str
    clients: int
    documents: Sequence[dict[str, Any]]


@dataclass(slots=True)
class Seen:
    """What came back: of each answered document its index, status, seconds and body."""

    seconds: float = 0.0
    answers: list[tuple[int, int, float, Any]] = field(default_factory=list)
    # Documents sent to which no answer came: the connection broke.
    unanswered: list[int] = field(default_factory=list)

    def latencies(self) -> list[float]:
        return sorted(seconds for _, _, seconds, _ in self.answers)


def send(plan: Plan) -> Seen:
    """Send a plan's leads from a child process and return what it saw."""
    process = start(plan)
    return finish(process)


def start(plan: Plan) -> subprocess.Popen[bytes]:
    """Start sending; `finish` waits for the end."""
    process = subprocess.Popen([sys.executable, "-m", "bench.load"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin is not None
    process.stdin.write(json.dumps(asdict(plan)).encode())
    process.stdin.close()
    return process


def finish(process: subprocess.Popen[bytes]) -> Seen:
    assert process.stdout is not None
    with process.stdout as stream:
        output = stream.read()
    assert process.wait() == 0, "the load client failed"
    return Seen(**json.loads(output))


def _request(plan: Plan, document: dict[str, Any]) -> bytes:
    body = json.dumps(document).encode()
    head = (
        f"POST /api/leads HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {plan.token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def _answer(reader: asyncio.StreamReader) -> tuple[int, Any]:
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    length = next(int(line.split(":")[1]) for line in lines if line.lower().startswith("content-length:"))
    return int(lines[0].split()[1]), json.loads(await reader.readexactly(length))


async def _client(port: int, work: Iterator[tuple[int, bytes]], seen: Seen) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for index, request in work:
        began = time.perf_counter()
        try:
            writer.write(request)
            status, body = await _answer(reader)
        except (OSError, asyncio.IncompleteReadError):
            seen.unanswered.append(index)
            return
        seen.answers.append((index, status, time.perf_counter() - began, body))
    writer.close()


async def _run(plan: Plan) -> Seen:
    seen = Seen()
    requests = iter(list(enumerate(_request(plan, document) for document in plan.documents)))
    began = time.perf_counter()
    ports = [plan.ports[number % len(plan.ports)] for number in range(plan.clients)]
    await asyncio.gather(*(_client(port, requests, seen) for port in ports))
    seen.seconds = time.perf_counter() - began
    return seen


def main() -> None:
    plan = Plan(**json.loads(sys.stdin.buffer.read()))
    answer = json.dumps(asdict(uvloop.run(_run(plan)))).encode()
    # Buffered whatever PYTHONUNBUFFERED says: a pipe takes a part of a large answer, and a bare stream leaves the rest.
    with open(sys.stdout.fileno(), "wb", closefd=False) as stream:
        stream.write(answer)


if __name__ == "__main__":
    main()
