"""What follows from numbers, as steps: the same as `qualification.claims.IMPLICATIONS` says value by value.

Steps are looked up by comparison; what follows by other rules is worked out once per distinct value.
"""

from collections.abc import Mapping, Sequence
from typing import Final

# (what is stated, what follows): a number below all limits, then the limits.
STEPS: Final[Mapping[tuple[str, str], tuple[float, Sequence[float]]]] = {
    ("budget.estimated_budget", "budget.range"): (0.0, (5e-324, 10_000.0, 50_000.0, 100_000.0, 500_000.0)),
}
