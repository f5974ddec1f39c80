"""Divides and rounds as Python does, in Polars."""

from typing import Final

import polars as pl

_PLACES: Final = 10_000.0
_HALF: Final = 0.5
_SPLIT: Final = 2.0**27 + 1


def divided(number: pl.Expr, by: float) -> pl.Expr:
    """Return the correctly rounded quotient; by a constant, Polars would multiply with its rounded inverse."""
    number = number.cast(pl.Float64)
    return number / (number * 0.0 + by)


def rounded_to_4(share: pl.Expr) -> pl.Expr:
    """Return `round(share, 4)` of shares from 0 to 1.

    The exact product decides, halves going to the even neighbour: what the float product lost is found by Dekker's
    splitting (each half of the share times 10,000 is exact). It matters only where the float product sits on a half.
    """
    product = share * _PLACES
    whole = product.floor()
    beyond = product - whole
    spread = share * _SPLIT
    upper = spread - (spread - share)
    lost = (upper * _PLACES - product) + (share - upper) * _PLACES
    goes_up = (beyond > _HALF) | ((beyond == _HALF) & ((lost > 0) | ((lost == 0) & (whole.cast(pl.Int32) % 2 == 1))))
    return divided(whole + goes_up.cast(pl.Float64), _PLACES)
