import os
import shutil
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from oppspot.core import embedded_postgres
from oppspot.core.embedded_postgres import EmbeddedPostgresError
from oppspot.core.embedded_postgres.cluster import Layout, find_postmaster

HOLDER = Path(__file__).with_name("holder.py")
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")


@pytest.fixture(scope="module")
def used_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A stopped cluster, with spaces and quotes in its path, to spare each test the creation of one."""
    folder = tmp_path_factory.mktemp("platform") / 'a folder\'s "data"'
    embedded_postgres.start(folder).stop()
    return folder


@pytest.fixture
def folder(used_folder: Path) -> Iterator[Path]:
    yield used_folder
    assert find_postmaster(Layout(used_folder)) is None


@pytest.fixture
def holder(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that owns the server, as `oppspot demo` would."""
    process = hold(folder)
    yield process
    process.kill()
    process.wait()
    wait_until_gone(folder)


def hold(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, str(HOLDER), str(folder)], stdout=subprocess.PIPE, text=True)


def first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    with process.stdout as output:
        return output.readline().strip()


def wait_until_gone(folder: Path) -> None:
    deadline = time.monotonic() + 20
    while find_postmaster(Layout(folder)) is not None:
        assert time.monotonic() < deadline, "PostgreSQL outlived its owner"
        time.sleep(0.02)


def ask(dsn: str, question: str) -> object:
    with psycopg.connect(dsn) as connection:
        row = connection.execute(question.encode()).fetchone()
        return row[0] if row else None


def test_a_path_with_spaces_and_quotes_works_and_rows_outlive_a_restart(folder: Path) -> None:
    with embedded_postgres.running(folder) as dsn, psycopg.connect(dsn) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    with embedded_postgres.running(folder) as dsn:
        assert ask(dsn, "SELECT number FROM kept") == 7
        with psycopg.connect(dsn) as connection:
            connection.execute("DROP TABLE kept")


def test_no_tcp_port_is_opened(folder: Path) -> None:
    with embedded_postgres.running(folder) as dsn:
        assert ask(dsn, "SHOW listen_addresses") == ""


@pytest.mark.parametrize(("durable", "expected"), [(True, "on"), (False, "off")])
def test_only_a_throwaway_server_skips_the_disk(folder: Path, durable: bool, expected: str) -> None:
    with embedded_postgres.running(folder, durable=durable) as dsn:
        assert ask(dsn, "SHOW fsync") == expected


def test_ctrl_c_in_the_terminal_reaches_us_before_postgres(folder: Path) -> None:
    server = embedded_postgres.start(folder)
    try:
        assert server.process is not None
        assert os.getsid(server.process.pid) != os.getsid(0)
    finally:
        server.stop()


def test_a_second_process_attaches_and_leaves_the_server_running(folder: Path, holder: subprocess.Popen[str]) -> None:
    owned = int(first_line(holder))
    with embedded_postgres.running(folder) as dsn:
        assert ask(dsn, "SELECT 1") == 1
    found = find_postmaster(Layout(folder))
    assert found is not None
    assert found.pid == owned


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process that its parent died")
def test_kill_9_leaves_no_orphan(folder: Path, holder: subprocess.Popen[str]) -> None:
    first_line(holder)
    holder.kill()
    holder.wait()
    wait_until_gone(folder)


def test_a_killed_owner_loses_no_committed_row(folder: Path, holder: subprocess.Popen[str]) -> None:
    first_line(holder)
    with embedded_postgres.running(folder) as dsn, psycopg.connect(dsn) as connection:
        connection.execute("CREATE TABLE committed AS SELECT 1")
    holder.kill()
    holder.wait()
    with embedded_postgres.running(folder) as dsn, psycopg.connect(dsn) as connection:
        connection.execute("DROP TABLE committed")


def test_a_killed_postgres_recovers_at_the_next_start(folder: Path, holder: subprocess.Popen[str]) -> None:
    postgres = int(first_line(holder))
    with embedded_postgres.running(folder) as dsn, psycopg.connect(dsn) as connection:
        connection.execute("CREATE TABLE recovered AS SELECT 1")
    os.kill(postgres, signal.SIGKILL)
    holder.kill()
    holder.wait()
    with embedded_postgres.running(folder) as dsn, psycopg.connect(dsn) as connection:
        connection.execute("DROP TABLE recovered")


def test_a_pid_file_that_names_another_program_does_not_stop_the_start(folder: Path) -> None:
    pid_file = folder / "postgres" / "postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n{folder / 'postgres'}\n0\n5432\n{folder / 'run'}\n\n1 1\nready\n")
    with embedded_postgres.running(folder) as dsn:
        assert ask(dsn, "SELECT 1") == 1


def test_a_half_made_cluster_is_swept_away(folder: Path) -> None:
    (folder / "postgres").rename(folder / "postgres.new-interrupted")
    with embedded_postgres.running(folder, durable=False) as dsn:
        assert ask(dsn, "SELECT 1") == 1
    assert not (folder / "postgres.new-interrupted").exists()


def test_a_path_too_long_for_a_socket_borrows_a_private_folder_and_returns_it(folder: Path) -> None:
    long = folder.parent / ("long" * 30)
    folder.rename(long)
    try:
        with embedded_postgres.running(long) as dsn:
            assert ask(dsn, "SELECT 1") == 1
            borrowed = Path((long / "postgres.socket").read_text())
            assert stat.S_IMODE(borrowed.stat().st_mode) == 0o700
        assert not borrowed.exists()
    finally:
        long.rename(folder)


def test_it_refuses_to_start_from_a_thread_that_may_end_first(tmp_path: Path) -> None:
    refusals: list[EmbeddedPostgresError] = []

    def start() -> None:
        try:
            embedded_postgres.start(tmp_path)
        except EmbeddedPostgresError as error:
            refusals.append(error)

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    assert "main thread" in str(refusals[0])


def test_a_short_command_that_owns_the_server_waits_for_later_ones(folder: Path) -> None:
    server = embedded_postgres.start(folder)
    other = hold(folder)
    assert first_line(other) == "attached"
    threading.Timer(0.3, other.kill).start()
    said: list[str] = []
    server.wait_for_others(said.append)
    assert other.wait() == -signal.SIGKILL
    server.stop()
    assert "Another oppSpot process" in said[0]


def test_the_end_of_the_log_explains_a_failed_start(folder: Path) -> None:
    moved = folder / "postgres" / "global.moved"
    (folder / "postgres" / "global").rename(moved)
    try:
        with pytest.raises(EmbeddedPostgresError, match="global/pg_control"):
            embedded_postgres.start(folder)
    finally:
        moved.rename(folder / "postgres" / "global")


def test_a_cluster_of_another_version_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "PG_VERSION").write_text("17\n")
    with pytest.raises(EmbeddedPostgresError, match="made by PostgreSQL 17"):
        embedded_postgres.start(tmp_path)


@as_root
def test_root_changes_no_mode_outside_the_data_folder(tmp_path: Path, used_folder: Path) -> None:
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    shutil.copytree(used_folder / "postgres", private / "data" / "postgres")
    for path in [private / "data" / "postgres", *(private / "data" / "postgres").rglob("*")]:
        shutil.chown(path, "nobody", "nogroup")
    with embedded_postgres.running(private / "data") as dsn:
        assert ask(dsn, "SELECT 1") == 1
    assert stat.S_IMODE(private.stat().st_mode) == 0o700


@as_root
def test_under_root_the_server_runs_as_nobody(folder: Path) -> None:
    server = embedded_postgres.start(folder)
    try:
        assert server.process is not None
        assert Path(f"/proc/{server.process.pid}").stat().st_uid != 0
    finally:
        server.stop()
