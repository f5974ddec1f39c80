"""Reads of routing: what it decides on, what it decided, how loads and turns stand."""

from oppspot.routing.queries.inputs import list_reps, load_ledgers, target_names
from oppspot.routing.queries.office import load_office

__all__ = ["list_reps", "load_ledgers", "load_office", "target_names"]
