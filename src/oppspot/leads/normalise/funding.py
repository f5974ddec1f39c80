"""Decides which stage of funding a text names."""

import re
from typing import Final

from oppspot.leads.normalise.errors import Unreadable
from oppspot.leads.normalise.texts import fold
from oppspot.leads.types import FundingStage

_SERIES: Final = re.compile(
    r"(?:series|serie|round|runde)\s*([a-k])\b.*|([a-k])\s*(?:series|round|runde)|series([a-k])"
)
_LETTERS: Final = {"a": FundingStage.SERIES_A, "b": FundingStage.SERIES_B}
_NAMES: Final = {
    "bootstrapped": FundingStage.BOOTSTRAPPED,
    "bootstrap": FundingStage.BOOTSTRAPPED,
    "self funded": FundingStage.BOOTSTRAPPED,
    "unfunded": FundingStage.BOOTSTRAPPED,
    "pre seed": FundingStage.PRE_SEED,
    "preseed": FundingStage.PRE_SEED,
    "angel": FundingStage.PRE_SEED,
    "seed": FundingStage.SEED,
    "seed round": FundingStage.SEED,
    "series c plus": FundingStage.SERIES_C_PLUS,
    "late stage": FundingStage.SERIES_C_PLUS,
    "public": FundingStage.PUBLIC,
    "ipo": FundingStage.PUBLIC,
    "post ipo": FundingStage.PUBLIC,
    "listed": FundingStage.PUBLIC,
    "publicly traded": FundingStage.PUBLIC,
}


def normalise_funding_stage(text: str) -> FundingStage:
    """Return the stage for its value or a common spelling (`Series A`, `Pre-Seed`, `IPO`); raises Unreadable."""
    words = " ".join(re.sub(r"[\W_]+", " ", fold(text)).split())
    if stage := _NAMES.get(words):
        return stage
    if series := _SERIES.fullmatch(words):
        letter = series[1] or series[2] or series[3]
        return _LETTERS.get(letter, FundingStage.SERIES_C_PLUS)
    raise Unreadable("is not a funding stage we know", ", ".join(FundingStage))
