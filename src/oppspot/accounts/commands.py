"""The commands about accounts: `oppspot org create`, `user create`, `apikey create`, `audit verify`."""

import sys
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer
from rich.console import Console

from oppspot.accounts.currencies import DEFAULT
from oppspot.accounts.permissions import PERMISSIONS, Role

if TYPE_CHECKING:
    from oppspot.core.db import Database
    from oppspot.core.errors import ProblemError

T = TypeVar("T")

org_app = typer.Typer(help="Organisations.", no_args_is_help=True)
user_app = typer.Typer(help="People.", no_args_is_help=True)
apikey_app = typer.Typer(help="API keys.", no_args_is_help=True)
audit_app = typer.Typer(help="The audit log.", no_args_is_help=True)
console = Console(highlight=False, soft_wrap=True)
complaints = Console(stderr=True, highlight=False, soft_wrap=True)

Organisation = Annotated[str, typer.Option("--org", help="The organisation's slug.", show_default=False)]


@org_app.callback()
@user_app.callback()
@apikey_app.callback()
@audit_app.callback()
def _group() -> None:
    """Keep a group with one command a group."""


def _run(work: "Callable[[Database], Awaitable[T]]") -> T:
    """Do something with the configured database; what the user can mend ends with a sentence, not a trace."""
    import asyncio

    from oppspot import migrations
    from oppspot.cli import load_settings, say
    from oppspot.core import postgres
    from oppspot.core.errors import ProblemError

    with postgres.reachable(load_settings(), report=say) as dsn:
        migrations.must_be_current(dsn)
        try:
            return asyncio.run(_connected(dsn, work))
        except ProblemError as error:
            for line in lines_of(error):
                complaints.print(line, style="red", markup=False)
            raise typer.Exit(1) from None


def lines_of(error: "ProblemError") -> list[str]:
    """Return an error for the terminal: what is wrong with each value, and what is accepted."""
    return [
        f"{problem.path} {problem.message}" + (f". Accepted: {problem.accepted}" if problem.accepted else "")
        for problem in error.errors
    ] or [error.detail]


async def _connected(dsn: str, work: "Callable[[Database], Awaitable[T]]") -> T:
    from oppspot.core.db import Database

    database = Database(dsn, pool_size=1)
    try:
        return await work(database)
    finally:
        await database.close()


@org_app.command("create")
def create_organisation(
    name: str,
    slug: Annotated[str | None, typer.Option(help="Its short name; made from the name unless given.")] = None,
    time_zone: Annotated[str, typer.Option(help="An IANA name such as Europe/London.")] = "UTC",
    currency: Annotated[str, typer.Option(help="The ISO 4217 code of what its amounts are in.")] = DEFAULT,
) -> None:
    """Found an organisation; prints its slug."""
    from oppspot.accounts.administering import found_organisation
    from oppspot.core.clock import utc_now

    def found(database: "Database") -> Awaitable[str]:
        return found_organisation(database, name, slug, time_zone, utc_now(), currency=currency)

    console.print(_run(found), markup=False)


@user_app.command("create")
def create_user(
    email: str,
    org: Organisation,
    role: Annotated[Role, typer.Option(help="What the person may do.")] = Role.REP,
    name: Annotated[str | None, typer.Option(help="What to call them; from the address unless given.")] = None,
    password_stdin: Annotated[bool, typer.Option("--password-stdin", help="Read the password from a line.")] = False,
    invite: Annotated[bool, typer.Option("--invite", help="Print an invitation link instead of a password.")] = False,
) -> None:
    """Add a person: asks for a password, or prints a link by which they choose one themselves."""
    from oppspot.accounts.administering import add_user
    from oppspot.accounts.types import NewUser
    from oppspot.core.clock import utc_now

    person = NewUser(email, name or email.partition("@")[0], role)
    password = _password(from_stdin=password_stdin, invite=invite)
    token = _run(lambda database: add_user(database, org, person, utc_now(), password=password))
    if token is None:
        console.print(f"{email} can log in.", markup=False)
    else:
        console.print(_invitation_url(token), markup=False)


def _password(*, from_stdin: bool, invite: bool) -> str | None:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if invite or not sys.stdin.isatty():
        return None
    typed: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    return typed


def _invitation_url(token: str) -> str:
    from oppspot.cli import load_settings

    return f"{load_settings().base_url}/invitation?token={token}"


@apikey_app.command("create")
def create_api_key(
    name: str,
    org: Organisation,
    scopes: Annotated[str, typer.Option(help=f"Comma-separated, or `all`: {', '.join(PERMISSIONS)}.")],
    days: Annotated[int | None, typer.Option(min=1, max=3650, help="Days until it expires.")] = None,
) -> None:
    """Make an API key; prints it, this once."""
    from oppspot.accounts.administering import make_key
    from oppspot.core.clock import utc_now

    wanted = [scope.strip() for scope in scopes.split(",") if scope.strip()]
    token = _run(lambda database: make_key(database, org, name, wanted, utc_now(), days=days))
    console.print(token, markup=False)


@audit_app.command("verify")
def verify_audit(
    org: Annotated[str | None, typer.Option("--org", help="One organisation's slug; all unless given.")] = None,
) -> None:
    """Check the hash chain of the audit log; exit code 1 when an entry was changed or is missing."""
    from oppspot.accounts.administering import verify_logs

    reports = _run(lambda database: verify_logs(database, org))
    for slug, report in reports:
        if report.broken_at is None:
            console.print(f"✓ {slug}: all {report.entries} entries hold", markup=False)
        else:
            console.print(f"✗ {slug}: broken at entry {report.broken_at}: {report.reason}", markup=False)
    raise typer.Exit(1 if any(report.broken_at is not None for _, report in reports) else 0)
