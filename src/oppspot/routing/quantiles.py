"""Turns a beta distribution into a table of equally likely values, so that drawing from it is one look-up."""

from bisect import bisect_left
from functools import lru_cache
from itertools import accumulate
from math import asin, cos, exp, log, pi, sin, sqrt
from typing import Final

LEVELS: Final = 256  # as many as one byte tells apart
_STEPS: Final = 160
_WIDTH: Final = 7  # standard deviations to either side
_KEPT: Final = 4096


@lru_cache(maxsize=_KEPT)
def beta_levels(alpha: float, beta: float, scale: float = 1.0) -> tuple[float, ...]:
    """Return the values of Beta(alpha, beta) at (k + 1/2) / 256, times `scale`; parameters are at least 1/2.

    Integrated over t with x = sin(t) squared: there the density has no poles, and t has nearly the same spread
    wherever the mean lies (Anscombe's variance-stabilising transformation).
    """
    centre, spread = asin(sqrt(alpha / (alpha + beta))), 1 / (2 * sqrt(alpha + beta))
    low, high = max(0.0, centre - _WIDTH * spread), min(pi / 2, centre + _WIDTH * spread)
    step = (high - low) / _STEPS
    middles = [low + (place + 0.5) * step for place in range(_STEPS)]
    logs = [(2 * alpha - 1) * log(sin(t)) + (2 * beta - 1) * log(cos(t)) for t in middles]
    top = max(logs)
    below = [0.0, *accumulate(exp(each - top) for each in logs)]
    found = []
    for level in range(LEVELS):
        wanted = (level + 0.5) / LEVELS * below[-1]
        cell = bisect_left(below, wanted) - 1
        share = (wanted - below[cell]) / (below[cell + 1] - below[cell])
        # Rounded, so that another machine's last digit changes no decision.
        found.append(round(sin(low + (cell + share) * step) ** 2 * scale, 9))
    return tuple(found)
