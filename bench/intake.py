"""Single leads over HTTP through the whole corridor: with group commit, one transaction a request, and the limit.

The three take turns within one run, so that a busy machine is as bad for each. Both servers and the limit write to one
durable PostgreSQL; the load comes from a process of its own, on the same processors.
"""

import statistics
from collections.abc import Sequence
from typing import Any

import psycopg
from bench import pgbench
from bench.arena import Organisation, found, private_postgres, with_database
from bench.load import Plan, Seen, send
from bench.samples import documents
from bench.serving import ServerProcess, server
from rich.table import Table

# Clients, and how many leads they send together in one round.
LOADS = {1: 60, 8: 240, 32: 640, 128: 1_024}
REPS = 20
# One transaction a request is slow: it is given a part of the leads.
SINGLE_PART = 4
WARM_UP = 50


def run(rounds: int = 3, loads: dict[int, int] = LOADS) -> dict[str, Any]:
    """Measure leads a second and latencies at each number of clients, and the ratios of each round's figures."""
    with private_postgres() as dsn:
        organisation = with_database(dsn, lambda database: found(database, REPS))
        with server(dsn) as grouped, server(dsn, leads_per_batch=1) as single:
            track = _Track(dsn, organisation)
            for each in (grouped, single):
                track.send(each, 8, WARM_UP)
            analyse(dsn)
            measured = [_measure(track, grouped, single, *load, rounds) for load in loads.items()]
            return {
                "bench": "intake",
                "rounds": rounds,
                "results": measured,
                "peak_rss_mib": {"group commit": grouped.peak_rss_mib(), "one by one": single.peak_rss_mib()},
            }


def analyse(dsn: str) -> None:
    """Have PostgreSQL look at its tables, as it would by itself within a minute."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("ANALYZE")


class _Track:
    """Sends ever new leads, and writes as many beside them."""

    def __init__(self, dsn: str, organisation: Organisation) -> None:
        self._dsn = dsn
        self._organisation = organisation
        self._sent = 0

    def send(self, to: ServerProcess, clients: int, count: int) -> Seen:
        seen = send(Plan([to.port], self._organisation.token, clients, documents(count, first=self._sent)))
        self._sent += count
        assert [status for _, status, _, _ in seen.answers] == [201] * count, "a lead was not taken in"
        return seen

    def limit(self, clients: int, count: int) -> float:
        self._sent += count
        return pgbench.measure(self._dsn, self._organisation, clients, count, first=self._sent).leads_per_second


def _measure(
    track: _Track, grouped: ServerProcess, single: ServerProcess, clients: int, count: int, rounds: int
) -> dict[str, Any]:
    ours, alone, limits, latencies = [], [], [], []
    for _ in range(rounds):
        seen = track.send(grouped, clients, count)
        latencies += seen.latencies()
        ours.append(_rate(seen))
        alone.append(_rate(track.send(single, clients, max(clients, count // SINGLE_PART))))
        limits.append(track.limit(clients, count))
    return {
        "clients": clients,
        "leads_per_second": round(statistics.median(ours), 1),
        "one_transaction_a_request": round(statistics.median(alone), 1),
        "postgres_limit": round(statistics.median(limits), 1),
        "ratio_to_one_by_one": _ratio(ours, alone),
        "ratio_to_limit": _ratio(ours, limits),
        **_percentiles(latencies),
    }


def _rate(seen: Seen) -> float:
    return len(seen.answers) / seen.seconds


def _ratio(ours: Sequence[float], others: Sequence[float]) -> float:
    return round(statistics.median(mine / other for mine, other in zip(ours, others, strict=True)), 2)


def _percentiles(seconds: Sequence[float]) -> dict[str, float]:
    ordered = sorted(seconds)
    return {f"p{part}_ms": round(ordered[len(ordered) * part // 100] * 1_000, 1) for part in (50, 99)}


HEADINGS = {
    "clients": "clients",
    "leads_per_second": "leads/s",
    "one_transaction_a_request": "one by one",
    "postgres_limit": "PostgreSQL's limit",
    "ratio_to_one_by_one": "x one by one",
    "ratio_to_limit": "of the limit",
    "p50_ms": "p50 ms",
    "p99_ms": "p99 ms",
}


def as_table(measured: dict[str, Any]) -> Table:
    memory = ", ".join(f"{name} {value} MiB" for name, value in measured["peak_rss_mib"].items())
    table = Table(
        title="Single leads over HTTP", caption=f"medians of {measured['rounds']} rounds; peak memory: {memory}"
    )
    for heading in HEADINGS.values():
        table.add_column(heading, justify="right")
    for line in measured["results"]:
        table.add_row(*(f"{line[name]:,}" for name in HEADINGS))
    return table
