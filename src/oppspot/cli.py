"""The command `oppspot`: reads arguments and settings, then calls the part that does the work."""

import signal
import sys
from collections.abc import Callable
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from oppspot.accounts import commands as accounts
from oppspot.bulk import commands as bulk
from oppspot.core.startup_errors import CannotStart
from oppspot.leads import commands as leads

if TYPE_CHECKING:
    import socket

    from oppspot.settings import Settings

# What is slow to import is imported inside the commands, so that `--help` answers at once.

app = typer.Typer(
    name="oppspot",
    help="Lead qualification you can run yourself. Settings come from OPPSPOT_* variables; see docs/deploy.md.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.add_typer(accounts.org_app, name="org")
app.add_typer(accounts.user_app, name="user")
app.add_typer(accounts.apikey_app, name="apikey")
app.add_typer(accounts.audit_app, name="audit")
app.command("import")(leads.import_file)
app.command("score")(bulk.score_file)
console = Console(highlight=False, soft_wrap=True)
complaints = Console(stderr=True, highlight=False, soft_wrap=True)


def main() -> None:
    """Run a command; what the user can mend ends with a sentence and exit code 1, not with a trace."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that the database is stopped in order then, too
    try:
        app()
    except CannotStart as error:
        complaints.print(str(error).strip(), style="red", markup=False)
        sys.exit(1)


def load_settings() -> "Settings":
    """Read the environment; name the variable that is wrong."""
    from pydantic import ValidationError

    from oppspot.settings import ENV_PREFIX, get_settings

    try:
        return get_settings()
    except ValidationError as error:
        for problem in error.errors():
            name = "".join(str(part) for part in problem["loc"]).upper()
            said = problem["msg"].removeprefix("Value error, ")
            complaints.print(f"{ENV_PREFIX}{name}: {said}" if name else said, style="red", markup=False)
        raise typer.Exit(2) from None


def start_settings() -> "Settings":
    """Read the environment for a process that goes on running, and set its log up."""
    from oppspot.core.logs import configure_logs

    settings = load_settings()
    configure_logs(settings.log_format)
    return settings


def say(line: str) -> None:
    """Tell the user about progress, apart from a command's output."""
    complaints.print(line, style="dim", markup=False)


@app.command()
def demo() -> None:
    """Start everything in one process: private database, pages, API, worker, example data. Ctrl-C stops it all."""
    from oppspot import serving

    settings = start_settings()
    # The port is taken before the slow imports, so that a second demo is refused at once.
    with closing(serving.listen(settings)) as listener:
        _demo(settings, listener)


def _demo(settings: "Settings", listener: "socket.socket") -> None:
    from oppspot import migrations, serving
    from oppspot.app import create_app
    from oppspot.core import postgres
    from oppspot.worker import run_worker

    with postgres.reachable(settings, wait_for_others=False, report=say) as dsn:
        say("Bringing the schema up to date")
        migrations.upgrade(dsn)
        seed_with_progress(dsn)
        serving.run(
            create_app(settings, dsn),
            listener,
            worker=lambda: run_worker(settings, dsn),
            started=lambda: _welcome(settings.base_url),
        )
        say("Stopping")


def _welcome(address: str) -> None:
    from oppspot.demo.organisations import ORGANISATIONS, PASSWORD

    console.print(f"\noppSpot is at [bold]{address}[/bold]   (Ctrl-C stops it)")
    console.print(f"Log in with any of these, password [bold]{PASSWORD}[/bold]:")
    for made in ORGANISATIONS:
        shown = [person for person in made.people if person.role != "rep"]
        shown += [person for person in made.people if person.role == "rep"][:1]
        for person in shown:
            console.print(f"  {made.address(person):28} {person.role:8} {made.name}")


def seed_with_progress(dsn: str, leads: int | None = None, number: int | None = None) -> bool:
    """Seed example data with a progress bar; False when it is there already."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from oppspot.demo import seeding

    seed = partial(
        seeding.run, dsn, leads=leads or seeding.LEADS, seed_number=seeding.SEED if number is None else number
    )
    if not complaints.is_terminal:
        return seed(report=_said_in_tenths("Making up a year of leads"))
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=complaints, transient=True) as progress:
        bar = progress.add_task("Making up a year of leads", total=None)
        return seed(report=lambda done, total: progress.update(bar, completed=done, total=total))


def _said_in_tenths(what: str) -> Callable[[int, int], None]:
    """Return a report of progress for a log, which no bar can be drawn in: a line for every tenth."""
    told = -1

    def report(done: int, total: int) -> None:
        nonlocal told
        tenth = 10 * done // total if total else 10
        if tenth > told:
            told = tenth
            say(f"{what}: {done:,} of {total:,}")

    return report


@app.command()
def seed(
    leads: Annotated[int, typer.Option(min=10, max=1_000_000, help="How many leads to make up.")] = 1_600,
    number: Annotated[int | None, typer.Option("--seed", help="Equal seeds make equal leads.")] = None,
) -> None:
    """Fill an empty database with two example organisations and a year of leads; changes nothing where they are."""
    from oppspot import migrations
    from oppspot.core import postgres

    with postgres.reachable(load_settings(), report=say) as dsn:
        migrations.upgrade(dsn)
        made = seed_with_progress(dsn, leads, number)
        console.print(
            "The example organisations are there." if made else "The example organisations were there already."
        )


@app.command()
def serve() -> None:
    """Serve pages and API; run `oppspot worker` beside it. Expects a migrated database."""
    from oppspot import serving

    settings = start_settings()
    with closing(serving.listen(settings)) as listener:
        from oppspot import migrations
        from oppspot.app import create_app
        from oppspot.core import postgres

        with postgres.reachable(settings, report=say) as dsn:
            migrations.must_be_current(dsn)
            started = partial(say, f"Serving {settings.base_url}")
            serving.run(create_app(settings, dsn), listener, started=started)


@app.command()
def worker() -> None:
    """Run jobs: deliveries, clocks, imports. Any number of workers may run, on any machine."""
    import asyncio

    from oppspot import migrations
    from oppspot.core import postgres
    from oppspot.worker import run_worker

    settings = start_settings()
    with postgres.reachable(settings, report=say) as dsn:
        migrations.must_be_current(dsn)
        say("Working")
        asyncio.run(run_worker(settings, dsn))


@app.command()
def migrate() -> None:
    """Bring the database to the schema version of this release."""
    from oppspot import migrations
    from oppspot.core import postgres

    with postgres.reachable(load_settings(), report=say) as dsn:
        migrations.upgrade(dsn)
        console.print(f"The schema is at {migrations.current_version(dsn)}")


@app.command()
def doctor() -> None:
    """Check settings, data folder, page assets, database, migrations and clock; exit code 1 when one needs action."""
    from oppspot import doctor as doctoring

    ill = False
    for finding in doctoring.examine(load_settings()):
        console.print(f"{'✗' if finding.advice else '✓'} {finding.subject}: {finding.fact}", markup=False)
        if finding.advice:
            ill = True
            console.print(f"  → {finding.advice}", markup=False)
    raise typer.Exit(1 if ill else 0)
