"""Reads of routing: what it decides on, what it decided, how loads and turns stand."""

from oppspot.routing.queries.inputs import list_reps, load_ledgers, target_names

__all__ = ["list_reps", "load_ledgers", "target_names"]
