"""Takes turns: everybody eligible gets the same share, whoever's next lead is due first goes next."""

from typing import Final

from oppspot.routing.algorithms.choices import Algorithm

ROUND_ROBIN: Final = Algorithm(
    name="round_robin",
    label="In turn",
    says="Everybody who can take a lead gets the same number of them.",
    by_weight=False,
)
