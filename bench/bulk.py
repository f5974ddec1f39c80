"""Scoring a table of leads (BANT and lead score), beside a bare Polars pass over the very same columns.

The bare pass reads the Parquet file, works out one trivial expression over every column (how many are there), and
writes all columns and that one: what any tool would have to do at least. Both run in processes of their own, so that
their memory is their own, and take turns; the median of the rounds counts. Processor time is told beside the clock's,
because a busy machine distorts it less.
"""

import multiprocessing
import re
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
from bench.arena import folder
from rich.table import Table

from oppspot.bulk import Scorer, files
from oppspot.qualification.frameworks import shipped_framework
from oppspot.scoring.defaults import DEFAULT_MODEL

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
CHUNK = 100_000
TABLES = ("plain", "dated")


def run(rows: int = 1_000_000, rounds: int = 3) -> dict[str, Any]:
    """Measure rows a second of both, their ratio and their peak memory, for two tables."""
    with folder("bulk") as place:
        return {"bench": "bulk", "rows": rows, "results": [_measured(place, name, rows, rounds) for name in TABLES]}


def _measured(place: Path, name: str, rows: int, rounds: int) -> dict[str, Any]:
    source = place / f"{name}.parquet"
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as process:
        process.submit(_make, source, rows, is_dated=name == "dated").result()
    taken: dict[str, list[tuple[float, float, float]]] = {"bare": [], "ours": []}
    for _ in range(rounds):
        for work in (bare, ours):
            taken[work.__name__].append(_alone(work, source, place / "out.parquet"))
    seconds = {who: statistics.median(each[0] for each in times) for who, times in taken.items()}
    processor = {who: statistics.median(each[1] for each in times) for who, times in taken.items()}
    return {
        "table": name,
        "columns": len(pl.scan_parquet(source).collect_schema()),
        "file_mib": round(source.stat().st_size / 2**20, 1),
        "rows_per_second": round(rows / seconds["ours"]),
        "bare_rows_per_second": round(rows / seconds["bare"]),
        "ratio_to_bare": round(seconds["bare"] / seconds["ours"], 2),
        "processor_ratio_to_bare": round(processor["bare"] / processor["ours"], 2),
        "peak_rss_mib": max(each[2] for each in taken["ours"]),
        "bare_peak_rss_mib": max(each[2] for each in taken["bare"]),
    }


def _alone(work: Callable[[Path, Path], float], source: Path, target: Path) -> tuple[float, float, float]:
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as process:
        return process.submit(_timed, work, source, target).result()


def _timed(work: Callable[[Path, Path], float], source: Path, target: Path) -> tuple[float, float, float]:
    before = time.process_time()
    seconds = work(source, target)
    return seconds, time.process_time() - before, _peak_mib()


def _peak_mib() -> float:
    """Return the most memory this process has had; what `getrusage` says includes its parent's before `exec`."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return round(int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) / 1024, 1)


def bare(source: Path, target: Path) -> float:
    began = time.perf_counter()
    there = pl.sum_horizontal(pl.all().is_not_null().cast(pl.UInt8)).alias("there")
    pl.scan_parquet(source).with_columns(there).sink_parquet(target)
    return time.perf_counter() - began


def ours(source: Path, target: Path) -> float:
    began = time.perf_counter()
    table = files.scan(source)
    scorer = Scorer(table.collect_schema(), [shipped_framework("bant")], DEFAULT_MODEL, NOW)
    files.score_file(table, scorer, target)
    return time.perf_counter() - began


# ── the tables ──

CHOICES = {
    "budget.range": ["under_10k", "10k_50k", "50k_100k", "100k_500k", "over_500k"],
    "budget.source": ["confirmed", "estimated", "inferred"],
    "financial.funding_status": ["bootstrapped", "seed", "series_a", "series_b", "public"],
    "need.urgency": ["critical", "high", "medium", "low"],
    "timeline.buying_stage": ["awareness", "consideration", "decision", "purchase"],
    "company.industry": ["Computer Software", "Banking", "Retail", "Logistics", "Insurance", "Media", "IT services"],
    "company.country": ["GB", "DE", "US", "FR", "BR", "NL"],
    "company.funding_stage": ["bootstrapped", "seed", "series_a", "series_c_plus"],
    "lead.title": ["CEO", "Head of IT", "Sales Manager", "Student", "VP Operations", "Controller"],
}
NUMBERS = {
    "budget.estimated_budget": 900_000,
    "financial.revenue": 30_000_000,
    "financial.growth_rate": 90,
    "financial.credit_score": 100,
    "authority.engagement.executive": 100,
    "authority.engagement.manager": 100,
    "authority.engagement.user": 100,
    "need.solution_fit": 100,
    "timeline.confidence": 100,
    "company.employees": 8_000,
    "company.annual_revenue": 30_000_000,
    "company.growth_rate": 90,
}
FLAGS = ("budget.confirmed", "need.problem_acknowledged", "lead.is_free_mail")
DATES = ("timeline.decision_date", "timeline.implementation_date")


def _make(target: Path, rows: int, *, is_dated: bool) -> None:
    """Write a table in which half of everything is known; dated: each claim with its own date, grade and confidence."""
    chunks = [_chunk(start, min(CHUNK, rows - start), is_dated=is_dated) for start in range(0, rows, CHUNK)]
    pl.concat(chunks).write_parquet(target, row_group_size=CHUNK)


def _chunk(start: int, rows: int, *, is_dated: bool) -> pl.DataFrame:
    made = _Dice(start, rows)
    columns: dict[str, pl.Series | pl.Expr] = {"id": pl.int_range(start, start + rows, eager=True)}
    columns |= {name: made.one_of(values) for name, values in CHOICES.items()}
    columns |= {name: made.up_to(most) for name, most in NUMBERS.items()}
    columns |= {name: made.up_to(2) == 0 for name in FLAGS}
    columns |= {name: made.day(-60, 400) for name in DATES}
    columns["authority.committee_size"] = made.up_to(12) + 1
    columns |= {"authority.decision_makers": made.people(), "need.pain_points": made.pains()}
    columns |= {"need.use_cases": made.use_cases(), "timeline.urgency_indicators": made.signs()}
    said = [
        name for name in columns if name.partition(".")[0] in ("budget", "authority", "need", "timeline", "financial")
    ]
    if is_dated:
        for name in said:
            columns[f"{name}@observed_at"] = made.moment()
            columns[f"{name}@grade"] = made.one_of(["asserted", "corroborated", "verified"])
            columns[f"{name}@confidence"] = made.up_to(11) / 10
    else:
        columns["@observed_at"] = made.moment()
    return pl.DataFrame(columns)


class _Dice:
    """Throws columns; each half unknown."""

    def __init__(self, start: int, rows: int) -> None:
        self._rows, self._seed = rows, start * 1_000

    def up_to(self, most: int, *, known: float = 0.5) -> pl.Series:
        whole = self._thrown() % most
        return whole.set(self._thrown() % 1_000 >= round(known * 1_000), None).cast(pl.Int64)

    def one_of(self, values: list[str]) -> pl.Series:
        return pl.Series(values).gather(self.up_to(len(values)))

    def day(self, first: int, last: int) -> pl.Series:
        today = (NOW.date() - datetime(1970, 1, 1, tzinfo=UTC).date()).days
        return (self.up_to(last - first) + (today + first)).cast(pl.Int32).cast(pl.Date)

    def moment(self) -> pl.Series:
        seconds = self.up_to(400 * 86_400, known=1.0)
        return (pl.Series([NOW]).dt.cast_time_unit("us") - pl.select(pl.duration(seconds=seconds)).to_series()).alias(
            "at"
        )

    def _thrown(self) -> pl.Series:
        self._seed += 1
        return pl.int_range(self._rows, eager=True).hash(self._seed)

    def people(self) -> pl.Series:
        """Return JSON of people whose names hardly repeat."""
        titles = ["CEO", "CFO", "Head of IT", "Director of Sales", "Buyer", "Geschäftsführer", "Team Lead"]
        return self._lists(
            lambda: pl.struct(
                name=self._named("Person", 10**7),
                title=pl.Series(titles).gather(self.up_to(len(titles), known=1.0)),
                engaged=self.up_to(2, known=1.0) == 0,
            )
        )

    def pains(self) -> pl.Series:
        levels = pl.Series(["critical", "high", "medium", "low"])
        return self._lists(
            lambda: pl.struct(
                description=self._named("Pain", 10**6), severity=levels.gather(self.up_to(len(levels), known=1.0))
            )
        )

    def use_cases(self) -> pl.Series:
        return self._lists(lambda: pl.struct(description=self._named("Case", 10**6)))

    def signs(self) -> pl.Series:
        signs = pl.Series([f"Sign {number}" for number in range(1_000)])
        return self._lists(lambda: pl.struct(text=signs.gather(self.up_to(1_000, known=1.0))), are_texts=True)

    def _named(self, word: str, most: int) -> pl.Series:
        return f"{word} " + self.up_to(most, known=1.0).cast(pl.String)

    def _lists(self, item: Callable[[], pl.Expr], *, are_texts: bool = False) -> pl.Series:
        """Return JSON of one to three items."""
        items = [item().struct.json_encode() for _ in range(3)]
        if are_texts:
            items = [each.str.strip_prefix('{"text":').str.strip_suffix("}") for each in items]
        lists = [
            pl.concat_str([pl.lit("["), pl.concat_str(items[:count], separator=", "), pl.lit("]")])
            for count in (1, 2, 3)
        ]
        which = pl.lit(self.up_to(3))
        chosen = pl.when(which == 0).then(lists[0]).when(which == 1).then(lists[1]).when(which == 2).then(lists[2])
        return pl.select(chosen.alias("lists")).to_series()


def as_table(measured: dict[str, Any]) -> Table:
    table = Table(title=f"BANT and lead score of {measured['rows']:,} leads in a Parquet file")
    headings = ("table", "columns", "rows/s", "bare rows/s", "of bare", "CPU of bare", "MiB", "bare MiB")
    for heading in headings:
        table.add_column(heading, justify="left" if heading == "table" else "right")
    names = (
        "columns",
        "rows_per_second",
        "bare_rows_per_second",
        "ratio_to_bare",
        "processor_ratio_to_bare",
        "peak_rss_mib",
        "bare_peak_rss_mib",
    )
    for line in measured["results"]:
        table.add_row(line["table"], *(f"{line[name]:,}" for name in names))
    return table
