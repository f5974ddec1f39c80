"""What the lean client saw comes out whole, though it is more than a pipe takes and a signal interrupts the writing."""

import json
import os
import select
import signal
import socketserver
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import asdict

import pytest
from bench.load import Plan, Seen

_BODY = json.dumps({"id": "x" * 100_000}).encode()
_ANSWER = b"HTTP/1.1 201 Created\r\nContent-Length: %d\r\n\r\n" % len(_BODY) + _BODY
# Any handler will do: a write that it interrupts has written a part.
_CHILD = "import signal; signal.signal(signal.SIGUSR1, lambda *_: None); from bench.load import main; main()"


class _Answering(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        while line := self.rfile.readline():
            if line.startswith(b"Content-Length:"):
                self.rfile.read(2 + int(line.split(b":")[1]))
                self.wfile.write(_ANSWER)


@pytest.fixture
def port() -> Iterator[int]:
    with socketserver.TCPServer(("127.0.0.1", 0), _Answering) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


def test_what_was_seen_is_written_whole_though_a_signal_interrupts(port: int) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", _CHILD],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )
    assert process.stdin
    assert process.stdout
    with process.stdin as stream:
        stream.write(json.dumps(asdict(Plan((port,), "token", 1, [{}] * 5))).encode())
    # What can be read was written: the pipe is full and the client waits for room in it.
    assert select.select([process.stdout], [], [], 30)[0]
    threading.Event().wait(0.2)
    process.send_signal(signal.SIGUSR1)
    with process.stdout as stream:
        seen = Seen(**json.loads(stream.read()))
    assert process.wait() == 0
    assert [len(body["id"]) for *_, body in seen.answers] == [100_000] * 5
