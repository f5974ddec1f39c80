"""Events to put to the rules: any mixture of kinds, ages and repeats around one moment."""

from datetime import UTC, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st

from oppspot.engagement import compile_engagement
from oppspot.engagement.types import SETBACKS, EngagementEvent, EventKind
from oppspot.scoring.defaults import DEFAULT_MODEL

# A busy machine may take a second over what takes a millisecond; time proves nothing here.
unhurried = settings(deadline=None)

NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
MODEL = DEFAULT_MODEL.engagement
COMPILED = compile_engagement(MODEL)
POSITIVE = tuple(kind for kind in EventKind if kind not in {*SETBACKS, EventKind.JOB_PAGE_VIEW})


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def events(*, kinds: tuple[EventKind, ...] = tuple(EventKind), oldest: int = 400, newest: int = -30):
    return st.builds(
        EngagementEvent,
        st.sampled_from(kinds),
        # Few distinct moments, so that several things often happen at once.
        st.integers(newest, oldest).map(ago),
        st.integers(1, 4),
    )


histories = st.lists(events(), max_size=12)
