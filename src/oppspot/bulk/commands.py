"""The command `oppspot score`: a file of leads in, the same file with scores and verdicts out; no database."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

if TYPE_CHECKING:
    from oppspot.bulk.scorer import Scorer

complaints = Console(stderr=True, highlight=False, soft_wrap=True)


def score_file(
    file: Annotated[Path, typer.Argument(help="Leads: a .csv, .parquet or .arrow file.", show_default=False)],
    output: Annotated[Path, typer.Option("--output", "-o", help="Where to write, by the same endings.")],
    framework: Annotated[
        list[str] | None, typer.Option(help="A shipped framework or a YAML or JSON file; can be repeated.")
    ] = None,
    model: Annotated[
        str | None, typer.Option(help='A score model in a JSON file, or "default"; taken when there are facts for it.')
    ] = None,
    dot: Annotated[str, typer.Option(help='What the names of columns have for a dot, as "__" in budget__range.')] = ".",
    now: Annotated[
        str | None, typer.Option(help="Score as of this time (ISO 8601, UTC without a zone); the clock's unless given.")
    ] = None,
) -> None:
    """Score a file of leads without a database. Columns are named by claim keys; see docs/bulk.md."""
    from oppspot.core.errors import ProblemError

    try:
        _score(file, output, framework or [], model, now, dot)
    except ProblemError as error:
        complaints.print(error.detail, style="red", markup=False)
        raise typer.Exit(1) from None


def _score(file: Path, output: Path, names: list[str], model_name: str | None, now: str | None, dot: str) -> None:
    from oppspot.bulk.errors import refusal
    from oppspot.bulk.files import count_rows, scan
    from oppspot.bulk.files import score_file as write
    from oppspot.bulk.scorer import Scorer
    from oppspot.bulk.scoring import frameworks_of, read_framework, read_model
    from oppspot.core.errors import FieldProblem

    frameworks = frameworks_of([read_framework(name) for name in names])
    table = scan(file)
    if output.resolve() == file.resolve():
        raise refusal(FieldProblem("", f"{output} is the file that is read", "another file"))
    schema = table.collect_schema()
    wants_score = model_name is not None or _has_facts({name.replace(dot, ".") for name in schema})
    model = read_model(model_name or "default") if wants_score else None
    scorer = Scorer(schema, frameworks, model, _moment(now), dot=dot)
    _check(scorer, [name.replace(dot, ".") for name in schema])
    rows = count_rows(table)
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=complaints, transient=True) as progress:
        bar = progress.add_task(f"Scoring {file.name}", total=rows)
        done = write(table, scorer, output, lambda count: progress.advance(bar, count))
    complaints.print(f"{done:,} leads scored into {output}", markup=False)


def _has_facts(names: set[str]) -> bool:
    from oppspot.bulk.events import EVENTS
    from oppspot.bulk.lead_score import FACTS
    from oppspot.bulk.technologies import TECHNOLOGIES

    return any(name in names for name in (*FACTS, TECHNOLOGIES, EVENTS))


def _moment(text: str | None) -> datetime:
    from datetime import UTC

    from oppspot.bulk.errors import refusal
    from oppspot.core.clock import utc_now
    from oppspot.core.errors import FieldProblem

    if text is None:
        return utc_now()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise refusal(FieldProblem("", f"--now {text!r} is no time", "a date or time in ISO 8601")) from None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def _check(scorer: "Scorer", names: list[str]) -> None:
    """Refuse to write a file that says nothing; point at columns whose names are almost read."""
    from oppspot.bulk.errors import refusal
    from oppspot.bulk.lookalikes import find_lookalikes
    from oppspot.core.errors import FieldProblem

    if not scorer.result:
        accepted = "--framework, or columns for the lead score such as company.industry"
        raise refusal(FieldProblem("", "there is nothing to score with", accepted))
    for name, alike in find_lookalikes(names, scorer.readable):
        complaints.print(f"Passed through unread: {name}; is {alike} meant?", style="yellow", markup=False)
    if scorer.unread:
        problem = FieldProblem("", f"no column tells {scorer.unread[0]} anything", ", ".join(scorer.readable))
        raise refusal(problem)
