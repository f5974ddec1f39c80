"""How often Python looks for objects that refer to each other and to which nothing else does."""

import gc
from typing import Final

# A batch makes hundreds of thousands of objects that are gone when it is over: to go through them each 700 of them, as
# is the default, took a fifth of the time of a batch (docs/benchmarks.md).
THRESHOLDS: Final = (50_000, 20, 100)


def collect_seldom() -> None:
    """Look seldom from now on, and never again at what is there already: modules, models and routes stay."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
