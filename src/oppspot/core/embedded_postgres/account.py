"""Decides which account PostgreSQL runs as (it refuses root) and what that account needs to reach its files."""

import os
import pwd
import stat
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from oppspot.core.embedded_postgres import launch
from oppspot.core.embedded_postgres.errors import EmbeddedPostgresError

ROOT = 0
CAP_DAC_OVERRIDE = 1
CAP_DAC_READ_SEARCH = 2
CAP_SETPCAP = 8  # needed to hand a capability on


@dataclass(frozen=True, slots=True)
class Account:
    uid: int
    gid: int
    capability: int = launch.NO_CAPABILITY

    def own(self, path: Path) -> None:
        """Hand a file or folder that we created to this account."""
        if os.geteuid() != ROOT:
            return
        try:
            os.chown(path, self.uid, self.gid)
        except PermissionError as error:
            raise EmbeddedPostgresError(
                f"PostgreSQL refuses to run as root, and this root may not give {path} to another account ({error}). "
                "Run as a normal user, or set OPPSPOT_DATABASE_URL."
            ) from None

    def command(self, program: Path, *arguments: str) -> list[str]:
        """Return a command line that becomes this account and then `program`, and dies with this process."""
        start = [sys.executable, "-I", "-S", launch.__file__]
        numbers = (self.uid, self.gid, self.capability, os.getpid())
        return [*start, *map(str, numbers), str(program), *arguments]


def choose_account(cluster: Path, program: Path) -> Account:
    """Ourselves, unless we are root: then the cluster's present owner, or `nobody` for a new cluster."""
    if os.geteuid() != ROOT:
        return Account(os.geteuid(), os.getegid())
    uid, gid = _owner_or_nobody(cluster)
    may_execute = _has_x(program, uid, gid)
    if may_execute and all(_has_x(folder, uid, gid) for folder in _ancestors([program, cluster])):
        return Account(uid, gid)
    return Account(uid, gid, _reaching_capability(program, cluster, may_execute=may_execute))


def _owner_or_nobody(cluster: Path) -> tuple[int, int]:
    if cluster.exists() and cluster.stat().st_uid != ROOT:
        return cluster.stat().st_uid, cluster.stat().st_gid
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise EmbeddedPostgresError(
            "PostgreSQL refuses to run as root and this machine has no account `nobody`. "
            "Run as a normal user, or set OPPSPOT_DATABASE_URL."
        ) from None
    return nobody.pw_uid, nobody.pw_gid


def _ancestors(paths: Iterable[Path]) -> set[Path]:
    """Every existing folder on the way to `paths`, symbolic links followed, the paths themselves left out."""
    return {folder for path in paths for folder in path.resolve().parents if folder.exists()}


def _has_x(path: Path, uid: int, gid: int) -> bool:
    """Whether the account may enter a folder or execute a file, going by its mode."""
    status = path.stat()
    if status.st_uid == uid:
        return bool(status.st_mode & stat.S_IXUSR)
    return bool(status.st_mode & (stat.S_IXGRP if status.st_gid == gid else stat.S_IXOTH))


def _reaching_capability(program: Path, cluster: Path, *, may_execute: bool) -> int:
    """Return the least capability that gets past a private folder such as /root, so that nobody's modes are changed."""
    held = _permitted_capabilities()
    # Reading and entering any folder is enough, except that it does not let one execute another's private file;
    # containers often lack that capability but have the wider one.
    for number in [CAP_DAC_READ_SEARCH, CAP_DAC_OVERRIDE] if may_execute else [CAP_DAC_OVERRIDE]:
        if held >> number & 1 and held >> CAP_SETPCAP & 1:
            return number
    raise EmbeddedPostgresError(
        f"PostgreSQL refuses to run as root, and the account it would run as cannot reach {program} or "
        f"{cluster.parent}. Move the checkout out of the private folder, run as a normal user, or set "
        "OPPSPOT_DATABASE_URL."
    )


def _permitted_capabilities() -> int:
    status = Path("/proc/self/status")
    if not status.exists():
        return 0
    line = next(line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("CapPrm:"))
    return int(line.split()[1], 16)
