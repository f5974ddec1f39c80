"""Prefers, within the band, whoever has been given the least value for their weight."""

from collections.abc import Sequence

from oppspot.routing.algorithms.choices import Option, Preference
from oppspot.routing.types import RoutableLead


def prefer_least_value(lead: RoutableLead, options: Sequence[Option]) -> Preference | None:
    """Return who has the least value; None where the lead's value is unknown, or it is their turn anyway."""
    if lead.value is None:
        return None
    least = min(options, key=lambda option: option.value / (option.rep.weight or 1))  # the first of equals
    if least is options[0]:
        return None
    return Preference(least.position, f"the one with the least value so far, {least.value:,.0f}")
