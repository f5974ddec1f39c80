"""What is known of every claim key a framework can read, whether or not it earns points by it; pure."""

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache

from oppspot.qualification.compiled import claim_keys_of
from oppspot.qualification.evidence import Reading, current_values, reading_of
from oppspot.qualification.framework import Framework
from oppspot.qualification.types import Claim, CurrentValue


@lru_cache(maxsize=256)
def wide_reading(framework: Framework) -> Reading:
    """Return how a framework reads all claim keys there are, its own among them."""
    keys = claim_keys_of(framework)
    return reading_of(keys, keys, framework.freshness_days, framework.trust.model_dump())


def all_current_values(framework: Framework, claims: Iterable[Claim], now: datetime) -> dict[str, CurrentValue]:
    """Return what counts at `now` for each key that anything is said about."""
    return current_values(claims, now, wide_reading(framework))
