"""Asks the owner of the lead's account first, outside turns; the pool takes turns when nobody there can take it."""

from typing import Final

from oppspot.routing.algorithms.choices import Algorithm

ACCOUNT_BASED: Final = Algorithm(
    name="account_based",
    label="By account",
    says="The account's owner gets its leads, or the parent's, or whoever has an open opportunity there; else in turn.",
    names_owner=True,
)
