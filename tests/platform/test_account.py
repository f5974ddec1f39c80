import os
import pwd
import subprocess
from pathlib import Path

import pytest

from oppspot.core.embedded_postgres import launch
from oppspot.core.embedded_postgres.account import CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, Account, choose_account

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A program in a folder that only root can enter, as in a checkout under /root."""
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    program = private / "program"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    return program


def test_a_private_folder_takes_only_the_right_to_pass_through(program: Path, tmp_path: Path) -> None:
    assert choose_account(tmp_path / "postgres", program).capability == CAP_DAC_READ_SEARCH


def test_a_private_program_takes_the_wider_right(program: Path, tmp_path: Path) -> None:
    program.chmod(0o700)
    assert choose_account(tmp_path / "postgres", program).capability == CAP_DAC_OVERRIDE


def test_a_public_program_takes_no_right_at_all() -> None:
    assert choose_account(Path("/postgres"), Path("/bin/sh")).capability == launch.NO_CAPABILITY


def test_an_existing_cluster_is_run_by_its_owner(program: Path, tmp_path: Path) -> None:
    cluster = tmp_path / "postgres"
    cluster.mkdir()
    os.chown(cluster, 4321, 4322)
    found = choose_account(cluster, program)
    assert (found.uid, found.gid) == (4321, 4322)


@pytest.mark.parametrize(("capability", "status"), [(CAP_DAC_READ_SEARCH, 0), (launch.NO_CAPABILITY, 1)])
def test_the_right_reaches_what_is_executed(program: Path, capability: int, status: int) -> None:
    nobody = pwd.getpwnam("nobody")
    account = Account(nobody.pw_uid, nobody.pw_gid, capability)
    command = account.command(Path("/usr/bin/test"), "-x", str(program))
    assert subprocess.run(command, check=False).returncode == status


def test_nothing_else_of_root_is_left() -> None:
    nobody = pwd.getpwnam("nobody")
    account = Account(nobody.pw_uid, nobody.pw_gid, CAP_DAC_READ_SEARCH)
    command = account.command(Path("/bin/grep"), "-E", "^(Uid|Groups|CapEff)", "/proc/self/status")
    lines = dict(line.split(":") for line in subprocess.check_output(command, text=True).splitlines())
    assert set(lines["Uid"].split()) == {str(nobody.pw_uid)}
    assert lines["Groups"].strip() == ""
    assert int(lines["CapEff"], 16) == 1 << CAP_DAC_READ_SEARCH
