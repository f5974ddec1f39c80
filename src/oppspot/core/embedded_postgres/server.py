"""Starts and stops the private PostgreSQL: one process owns it, others that use the same data folder attach.

Ownership is a lock held for the owner's whole life, so the kernel frees it even after kill -9. A server found running
while nobody holds the lock has lost its owner: it is stopped, and started again by the new owner.
"""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

import psycopg

from oppspot.core.embedded_postgres import cluster, configuration
from oppspot.core.embedded_postgres.account import Account, choose_account
from oppspot.core.embedded_postgres.cluster import Layout, Postmaster
from oppspot.core.embedded_postgres.errors import EmbeddedPostgresError
from oppspot.core.embedded_postgres.locks import Lock

DATABASE = "oppspot"
POLL_SECONDS = 0.02
REPORT_EVERY_SECONDS = 5.0
# Crash recovery replays at most `max_wal_size` of log, which a slow disk can take minutes over.
START_SECONDS = 600.0
STOP_SECONDS = 30.0
QUIT_SECONDS = 10.0
LOG_TAIL_LINES = 12
MAX_LOG_BYTES = 10_000_000

Report = Callable[[str], None]


def _say_nothing(_: str) -> None: ...


@dataclass(slots=True)
class Server:
    """A running PostgreSQL that this process owns (`process` is set) or has attached to."""

    dsn: str
    layout: Layout
    users: Lock
    ownership: Lock | None = None
    process: subprocess.Popen[bytes] | None = None

    def wait_for_others(self, report: Report = _say_nothing) -> None:
        """Block until no other process uses the server that we own; a KeyboardInterrupt ends the wait."""
        self.users.release()
        if self.process is None or self.users.acquire(exclusive=True):
            return
        report("Another oppSpot process uses this database; it stops when that one ends (Ctrl-C stops it now)")
        while self.process.poll() is None and not self.users.acquire(exclusive=True):
            time.sleep(POLL_SECONDS)

    def stop(self) -> None:
        """Stop the server if we own it, else only leave it; safe to call twice."""
        self.users.release()
        if self.process is not None:
            _stop(self.process)
            cluster.forget_spare_socket_folder(self.layout)
        if self.ownership is not None:
            self.ownership.release()


@contextmanager
def running(
    data_dir: Path, *, durable: bool = True, wait_for_others: bool = False, report: Report = _say_nothing
) -> Iterator[str]:
    """Yield the address of the PostgreSQL in `data_dir`, starting it when no other process has.

    `durable=False` trades safety after a power cut for speed (tests). With `wait_for_others`, a short command that
    happened to start the server keeps it up for the processes that came later. `report` gets lines for people.
    """
    server = start(data_dir, durable=durable, report=report)
    try:
        yield server.dsn
        if wait_for_others:
            server.wait_for_others(report)
    finally:
        server.stop()


def start(data_dir: Path, *, durable: bool = True, report: Report = _say_nothing) -> Server:
    """Start PostgreSQL in `data_dir`, or attach to the one another process runs there. Call it in the main thread."""
    # The kernel sends the parent-death signal when the starting *thread* ends, so a pool thread would not do.
    if threading.current_thread() is not threading.main_thread():
        raise EmbeddedPostgresError("PostgreSQL must be started from the main thread.")
    layout = Layout(data_dir.resolve())
    cluster.make_folder(layout.folder)
    ownership = Lock(layout.owner_lock)
    for _ in _until(START_SECONDS, "Waiting for the process that is starting PostgreSQL", report):
        if ownership.acquire(exclusive=True):
            return _own(layout, ownership, durable=durable, report=report)
        found = cluster.find_postmaster(layout)
        if found is not None and found.ready and _answers(_dsn(found.socket_folder)):
            return Server(_dsn(found.socket_folder), layout, _join_users(layout))
    raise EmbeddedPostgresError(f"Another process holds {layout.owner_lock} but PostgreSQL did not become ready.")


def _own(layout: Layout, ownership: Lock, *, durable: bool, report: Report) -> Server:
    try:
        _stop_orphan(layout, report)
        cluster.sweep_unfinished(layout)
        account = choose_account(layout.cluster, cluster.find_program("postgres"))
        if not layout.cluster.exists():
            report("Creating the database cluster (once)")
            cluster.create(layout, account, durable=durable)
        cluster.check_version(layout)
        return _launch(layout, account, ownership, durable=durable, report=report)
    except BaseException:
        ownership.release()
        raise


def _stop_orphan(layout: Layout, report: Report) -> None:
    """Wait for the server of a killed owner to finish its shutdown, asking again in case the signal was lost."""
    orphan = cluster.find_postmaster(layout)
    if orphan is not None:
        cluster.ask_to_stop(orphan.pid, signal.SIGINT)
        for _ in _until(STOP_SECONDS, "Waiting for the previous PostgreSQL to stop", report):
            if cluster.find_postmaster(layout) is None:
                break
    cluster.forget_stale_pid_file(layout)


def _launch(layout: Layout, account: Account, ownership: Lock, *, durable: bool, report: Report) -> Server:
    report("Starting PostgreSQL")
    sockets = cluster.make_socket_folder(layout, account)
    arguments = ["-D", str(layout.cluster), *configuration.arguments(sockets, durable=durable)]
    with _open_log(layout.log) as log:
        process = subprocess.Popen(  # noqa: S603 - our own program, no shell
            account.command(cluster.find_program("postgres"), *arguments),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=cluster.environment(),
            cwd=layout.folder,
            start_new_session=True,  # Ctrl-C in the terminal is for us; we then stop PostgreSQL in order
        )
    try:
        _wait_until_ready(layout, process, report)
        _create_database(sockets)
        return Server(_dsn(sockets), layout, _join_users(layout), ownership, process)
    except BaseException:
        _stop(process)
        raise


def _wait_until_ready(layout: Layout, process: subprocess.Popen[bytes], report: Report) -> None:
    for _ in _until(START_SECONDS, "PostgreSQL is recovering from an unclean stop", report):
        if process.poll() is not None:
            raise EmbeddedPostgresError(f"PostgreSQL did not start. Its log {layout.log} ends:\n{_tail(layout.log)}")
        found: Postmaster | None = cluster.find_postmaster(layout)
        if found is not None and found.pid == process.pid and found.ready:
            return
    raise EmbeddedPostgresError(f"PostgreSQL was not ready within {START_SECONDS:.0f} s; see {layout.log}.")


def _stop(process: subprocess.Popen[bytes]) -> None:
    """SIGINT, then SIGQUIT, then SIGKILL: each only when the one before was not enough."""
    steps = [(signal.SIGINT, STOP_SECONDS), (signal.SIGQUIT, QUIT_SECONDS), (signal.SIGKILL, QUIT_SECONDS)]
    for how, patience in steps:
        if process.poll() is None:
            cluster.ask_to_stop(process.pid, how)
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            continue
        return


def _create_database(sockets: Path) -> None:
    with psycopg.connect(_dsn(sockets, "postgres"), autocommit=True) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
        if known is None:
            connection.execute(f"CREATE DATABASE {DATABASE}")


def _answers(dsn: str) -> bool:
    """Tell a server in use from one whose owner is being killed right now."""
    try:
        psycopg.connect(dsn).close()
    except psycopg.OperationalError:
        return False
    return True


def _dsn(sockets: Path, database: str = DATABASE) -> str:
    return f"postgresql://{cluster.SUPERUSER}@/{database}?host={quote(str(sockets), safe='')}"


def _join_users(layout: Layout) -> Lock:
    users = Lock(layout.users_lock)
    users.acquire(exclusive=False)
    return users


def _open_log(log: Path) -> BinaryIO:
    """Append to the log, but start over when it has grown too big to be useful."""
    too_big = log.exists() and log.stat().st_size > MAX_LOG_BYTES
    if too_big:
        log.unlink()
    return os.fdopen(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab")  # it may quote statements


def _tail(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    return "\n".join(lines[-LOG_TAIL_LINES:])


def _until(seconds: float, waiting_for: str, report: Report) -> Iterator[None]:
    """Yield until the time is over, saying now and then what is being waited for."""
    began = time.monotonic()
    next_report = REPORT_EVERY_SECONDS
    while (waited := time.monotonic() - began) < seconds:
        yield
        if waited >= next_report:
            report(f"{waiting_for} ({waited:.0f} s)")
            next_report += REPORT_EVERY_SECONDS
        time.sleep(POLL_SECONDS)
