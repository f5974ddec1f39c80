"""The only place that reads the clock; everything else takes `now` as an argument."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """Return the current time, aware, in UTC."""
    return datetime.now(UTC)  # noqa: TID251 — the one permitted reading


def now_or(moment: str | None) -> datetime:
    """Return now, but no earlier than the moment a job was put off to (ISO 8601).

    The database says when that has come, and this machine's clock may be behind it: then the job would find that
    nothing is over yet, and no other comes.
    """
    return utc_now() if moment is None else max(utc_now(), datetime.fromisoformat(moment))
