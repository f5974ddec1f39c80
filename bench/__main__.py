"""Runs benchmarks, each in a process of its own so that its memory is its own: `python -m bench [names] [--quick]`."""

import argparse
import importlib
import json
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from bench.arena import machine
from bench.measuring import BENCHMARKS, measure
from rich.console import Console


def main() -> None:
    arguments = argparse.ArgumentParser(prog="python -m bench", description="Measure, as ratios within one run.")
    arguments.add_argument("names", nargs="*", metavar="name", help=f"which of {', '.join(BENCHMARKS)} (all)")
    arguments.add_argument("--json", type=Path, metavar="PATH", help="also write the figures to this file")
    arguments.add_argument("--quick", action="store_true", help="smaller sizes: shows that it works, not how fast")
    given = arguments.parse_args()
    if unknown := set(given.names) - set(BENCHMARKS):
        arguments.error(f"not a benchmark: {', '.join(sorted(unknown))}")
    results = [_shown(name, quick=given.quick) for name in given.names or BENCHMARKS]
    if given.json:
        given.json.write_text(json.dumps(results, indent=2) + "\n")


def _shown(name: str, *, quick: bool) -> dict[str, Any]:
    before = machine()
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as process:
        measured = process.submit(measure, name, quick=quick).result()
    module, _ = BENCHMARKS[name]
    console = Console()
    console.print(importlib.import_module(module).as_table(measured))
    console.print(f"{name}: peak memory {measured['peak_rss_mib']} MiB; machine before: {before}\n", style="dim")
    return {"machine": before, "quick": quick} | measured


if __name__ == "__main__":
    main()
