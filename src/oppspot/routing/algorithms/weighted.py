"""Takes turns by weight: half the weight, or half the ramp of a new rep, is half the leads."""

from typing import Final

from oppspot.routing.algorithms.choices import Algorithm

WEIGHTED: Final = Algorithm(
    name="weighted",
    label="In turn, by weight",
    says="Leads are shared out by each rep's weight; new reps start with part of theirs.",
)
