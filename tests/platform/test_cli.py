import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

OPPSPOT = [sys.executable, "-m", "oppspot"]


def environment(folder: Path, **settings: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OPPSPOT_")}
    return kept | {"OPPSPOT_DATA_DIR": str(folder)} | {f"OPPSPOT_{name}": value for name, value in settings.items()}


def oppspot(*arguments: str, folder: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*OPPSPOT, *arguments],
        env=environment(folder, **settings),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@pytest.mark.parametrize("command", ["demo", "serve", "worker", "migrate", "doctor"])
def test_help_names_every_command(command: str, tmp_path: Path) -> None:
    assert f" {command} " in oppspot("--help", folder=tmp_path).stdout


def test_help_needs_neither_database_nor_web_framework() -> None:
    program = (
        "import oppspot.cli, sys; sys.exit(any(name in sys.modules for name in ('fastapi', 'sqlalchemy', 'psycopg')))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


@pytest.mark.parametrize("command", ["demo", "serve"])
def test_a_taken_port_is_named_before_anything_starts(command: str, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        result = oppspot(command, folder=tmp_path, PORT=str(port))
    assert result.returncode == 1
    assert f"OPPSPOT_PORT={port + 1}" in result.stderr
    assert "Traceback" not in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_setting_is_named(tmp_path: Path) -> None:
    result = oppspot("migrate", folder=tmp_path, PORT="eighty")
    assert result.returncode == 2
    assert "OPPSPOT_PORT" in result.stderr
    assert "Traceback" not in result.stderr


def test_an_unreachable_database_is_said_without_a_trace(tmp_path: Path) -> None:
    result = oppspot("migrate", folder=tmp_path, DATABASE_URL="postgresql://127.0.0.1:1/none")
    assert result.returncode == 1
    assert "OPPSPOT_DATABASE_URL does not answer" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    "command", [("serve",), ("worker",), ("org", "create", "Northwind"), ("import", __file__, "--org", "northwind")]
)
def test_a_database_that_was_not_migrated_is_one_sentence(command: tuple[str, ...], tmp_path: Path) -> None:
    result = oppspot(*command, folder=tmp_path, PORT=str(free_port()))
    assert result.returncode == 1
    assert result.stderr.splitlines()[-1] == "The database has no schema yet. Run `oppspot migrate`."
    assert "Traceback" not in result.stderr


def test_a_data_folder_that_cannot_be_made_is_said_without_a_trace() -> None:
    examined = oppspot("doctor", folder=Path("/proc/x"))
    assert examined.returncode == 1
    assert "Data folder: /proc cannot be written" in examined.stdout
    assert "Make room" not in examined.stdout
    migrated = oppspot("migrate", folder=Path("/proc/x"))
    assert migrated.returncode == 1
    assert "The data folder /proc/x cannot be made" in migrated.stderr
    assert "Traceback" not in examined.stderr + migrated.stderr


def test_an_address_of_another_machine_is_said_without_a_trace(tmp_path: Path) -> None:
    result = oppspot("serve", folder=tmp_path, HOST="192.0.2.1", PORT=str(free_port()))
    assert result.returncode == 1
    assert "192.0.2.1 is not an address of this machine" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"SMTP_URL": "garbage"}, "OPPSPOT_SMTP_URL: must look like smtp://"),
        ({"REDIS_URL": "garbage"}, "OPPSPOT_REDIS_URL: must look like redis://"),
        (
            {"ENVIRONMENT": "production"},
            "OPPSPOT_ENVIRONMENT=production needs OPPSPOT_PUBLIC_URL and OPPSPOT_SECRET_KEY too",
        ),
    ],
)
def test_settings_that_would_fail_later_are_refused_at_once(
    settings: dict[str, str], said: str, tmp_path: Path
) -> None:
    result = oppspot("doctor", folder=tmp_path, **settings)
    assert result.returncode == 2
    assert result.stderr.startswith(said)


def test_a_log_in_a_file_has_no_colour_codes() -> None:
    said = (
        "from oppspot.core.logs import configure_logs; import structlog; configure_logs('console'); "
        "structlog.get_logger().info('request', path='/leads')"
    )
    log = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True).stderr
    assert "path=/leads" in log
    assert "\x1b" not in log


def test_doctor_says_what_to_do_and_migrate_does_it(tmp_path: Path) -> None:
    before = oppspot("doctor", folder=tmp_path, POTR="1")
    assert before.returncode == 1
    assert "OPPSPOT_POTR means nothing" in before.stdout
    assert "Run `oppspot migrate`" in before.stdout
    assert oppspot("migrate", folder=tmp_path).returncode == 0
    assert "Run `oppspot migrate`" not in oppspot("doctor", folder=tmp_path).stdout


def test_serve_stops_its_database_when_told_to_stop(tmp_path: Path) -> None:
    assert oppspot("migrate", folder=tmp_path).returncode == 0
    port = free_port()
    settings = environment(tmp_path, PORT=str(port))
    with subprocess.Popen([*OPPSPOT, "serve"], env=settings, stderr=subprocess.PIPE, text=True) as serve:
        try:
            wait_for_an_answer(port, serve)
            serve.terminate()
            assert serve.stderr is not None
            assert "Traceback" not in serve.stderr.read()
            assert serve.wait(20) == 0
        finally:
            serve.kill()
    assert not (tmp_path / "postgres" / "postmaster.pid").exists()


def wait_for_an_answer(port: int, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            urlopen(f"http://127.0.0.1:{port}/healthz", timeout=20).close()
        except HTTPError:
            return
        except OSError:
            assert process.poll() is None, "the server ended"
            assert time.monotonic() < deadline, "the server does not answer"
            time.sleep(0.1)
        else:
            return
