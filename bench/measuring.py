"""Which benchmarks there are, and one of them measured in a process of its own, so that its memory is its own."""

import importlib
import resource
from typing import Any

from oppspot.core.garbage import collect_seldom

# Name: module, and the smaller sizes of --quick.
BENCHMARKS: dict[str, tuple[str, dict[str, Any]]] = {
    "intake": ("bench.intake", {"rounds": 1, "loads": {1: 20, 8: 80, 32: 192}}),
    "import": ("bench.imports", {"rows": 5_000}),
    "assess": ("bench.assess", {"leads": 2_000}),
    "rescore": ("bench.rescore", {"leads": 2_000}),
    "route": ("bench.route", {"leads": 500, "plain": 50}),
    "conditions": ("bench.conditions", {"rows": 1_000}),
    "calendars": ("bench.calendars", {"days": 30, "leads": 2_000, "rounds": 1}),
    "choosing": ("bench.choosing", {"reps": 20, "choices": 20, "rounds": 1}),
    "bulk": ("bench.bulk", {"rows": 20_000, "rounds": 1}),
}


def measure(name: str, *, quick: bool) -> dict[str, Any]:
    """Run one benchmark in this process; its memory is added unless it reports that of its servers itself."""
    module, smaller = BENCHMARKS[name]
    benchmark = importlib.import_module(module)
    collect_seldom()  # as servers and workers do
    measured: dict[str, Any] = benchmark.run(**(smaller if quick else {}))
    own = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)
    return {"peak_rss_mib": own} | measured
