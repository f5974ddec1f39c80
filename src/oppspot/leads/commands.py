"""The command `oppspot import`: the same steps as on the pages, without a worker."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

if TYPE_CHECKING:
    from uuid import UUID

    from oppspot.core.actor import Actor
    from oppspot.core.db import Database
    from oppspot.leads.imports.types import ImportProgress

console = Console(highlight=False, soft_wrap=True)
complaints = Console(stderr=True, highlight=False, soft_wrap=True)


def import_file(
    file: Annotated[Path, typer.Argument(help="A CSV, XLSX or Parquet file.", exists=True, dir_okay=False)],
    org: Annotated[str, typer.Option("--org", help="The organisation's slug.", show_default=False)],
    mapping: Annotated[
        Path | None,
        typer.Option(help='JSON such as {"E-mail": "email"}; suggested or remembered unless given.', exists=True),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Rehearse the first rows; write nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before writing.")] = False,
) -> None:
    """Bring in a file of leads; rows that are refused are written beside it, with the reasons.

    Exit code 0 when the import was carried out, even if rows were refused; 1 when it was not.
    """
    import asyncio

    from oppspot import migrations
    from oppspot.cli import load_settings, say
    from oppspot.core import postgres
    from oppspot.core.errors import ProblemError

    with postgres.reachable(load_settings(), report=say) as dsn:
        migrations.must_be_current(dsn)
        try:
            done = asyncio.run(_import(dsn, file, org, _read_mapping(mapping), dry_run=dry_run, yes=yes))
        except ProblemError as error:
            complaints.print(error.detail, style="red", markup=False)
            raise typer.Exit(1) from None
    raise typer.Exit(0 if done else 1)


def _read_mapping(path: Path | None) -> Any:
    from oppspot.core import json
    from oppspot.core.errors import Invalid

    if path is None:
        return None
    try:
        return json.loads(path.read_bytes())
    except (ValueError, OSError) as error:
        raise Invalid(f"{path} cannot be read as JSON: {error}") from error


async def _import(dsn: str, file: Path, org: str, mapping: Any, *, dry_run: bool, yes: bool) -> bool:
    from oppspot.accounts.administering import get_organisation_id
    from oppspot.core.actor import system_actor
    from oppspot.core.clock import utc_now
    from oppspot.core.db import Database
    from oppspot.leads.imports.mapping import set_mapping
    from oppspot.leads.imports.uploading import upload_import

    database = Database(dsn, pool_size=2)
    try:
        actor = system_actor(await get_organisation_id(database, org))
        import_id = await upload_import(database, actor, file, file.name, utc_now())
        kept = False
        try:
            if mapping is not None:
                await set_mapping(database, actor, import_id, mapping, utc_now())
            await _show_mapping(database, actor, import_id)
            if dry_run:
                return await _rehearse(database, actor, import_id)
            kept = yes or typer.confirm("Import it?", default=False, err=True)
            return await _run(database, actor, import_id, file) if kept else False
        finally:
            if not kept:
                await _discard(database, actor, import_id)
    finally:
        await database.close()


async def _show_mapping(database: "Database", actor: "Actor", import_id: "UUID") -> None:
    from oppspot.leads.imports.mapping import usable_mapping
    from oppspot.leads.imports.queries import get_import

    async with database.transaction(actor.org_id) as tx:
        found = await get_import(tx, actor.org_id, import_id)
    columns = usable_mapping(found).columns
    complaints.print(f"{found.total_rows:,} rows. {' '.join(found.notes)}", markup=False)
    for column in columns:
        if column.target != "ignore":
            complaints.print(f"  {column.column} → {column.target}", style="dim", markup=False)
    if left_out := [column.column for column in columns if column.target == "ignore"]:
        complaints.print(f"  left out: {', '.join(left_out)}", style="dim", markup=False)


async def _rehearse(database: "Database", actor: "Actor", import_id: "UUID") -> bool:
    from oppspot.core.clock import utc_now
    from oppspot.leads.imports.rehearsing import rehearse_import, start_rehearsal

    async with database.transaction(actor.org_id) as tx:
        await start_rehearsal(tx, actor, import_id, utc_now(), by_worker=False)
    progress = await rehearse_import(database, actor.org_id, import_id, utc_now())
    if progress is None:
        return False
    _print_totals(progress, f"Rehearsed {progress.processed_rows:,} rows; nothing was written.")
    return True


async def _run(database: "Database", actor: "Actor", import_id: "UUID", file: Path) -> bool:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from oppspot.core.clock import utc_now
    from oppspot.leads.imports.running import run_import, start_run
    from oppspot.leads.imports.types import ImportStatus

    async with database.transaction(actor.org_id) as tx:
        await start_run(tx, actor, import_id, utc_now(), by_worker=False)
    columns = (TextColumn("Importing"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=complaints) as bar:
        task = bar.add_task("", total=None)
        progress = await run_import(
            database,
            actor.org_id,
            import_id,
            utc_now,
            lambda at: bar.update(task, completed=at.processed_rows, total=at.total_rows),
        )
    if progress is None or progress.status is not ImportStatus.DONE:
        complaints.print((progress and progress.error) or "The import stopped.", style="red", markup=False)
        complaints.print(f"It can go on or be undone on the page /imports/{import_id}.", markup=False)
        return False
    _print_totals(progress, f"Imported {progress.processed_rows:,} rows as /imports/{import_id}.")
    if progress.counts.get("rejected"):
        await _write_rejects(database, actor, import_id, file.with_name(f"{file.stem}.rejected.csv"))
    return True


async def _write_rejects(database: "Database", actor: "Actor", import_id: "UUID", path: Path) -> None:
    from oppspot.leads.imports.rejects import rejects_csv

    try:
        with path.open("wb") as target:
            async for piece in rejects_csv(database, actor.org_id, import_id):
                target.write(piece)
    except OSError as error:
        # The import itself is done, and the page has the same file.
        said = f"The rejected rows could not be written to {path}: {error.strerror}."
        complaints.print(f"{said} They are at /imports/{import_id}/rejected.csv, too.", style="red", markup=False)
        return
    console.print(f"The rejected rows are in {path}", markup=False)


async def _discard(database: "Database", actor: "Actor", import_id: "UUID") -> None:
    from oppspot.core.clock import utc_now
    from oppspot.leads.imports.running import discard_import

    async with database.transaction(actor.org_id) as tx:
        await discard_import(tx, actor, import_id, utc_now())


def _print_totals(progress: "ImportProgress", line: str) -> None:
    console.print(line, markup=False)
    for name, count in sorted(progress.counts.items(), key=lambda entry: -entry[1]):
        console.print(f"{count:>10,} {name}", markup=False)
