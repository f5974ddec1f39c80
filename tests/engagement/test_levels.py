"""What an engagement score is called."""

from decimal import Decimal

import pytest

from oppspot.conditions.catalogue import ENGAGEMENT_LEVELS, SIZE_BANDS
from oppspot.engagement.levels import engagement_level
from oppspot.leads.account_facts import size_band


@pytest.mark.parametrize(
    ("score", "level"),
    [
        (None, None),
        (0, "none"),
        (0.1, "low"),
        (Decimal("39.9"), "low"),
        (40, "medium"),
        (69.9, "medium"),
        (70, "high"),
        (100, "high"),
    ],
)
def test_engagement_is_called_by_its_score(score: float | None, level: str | None) -> None:
    assert engagement_level(score) == level


def test_conditions_offer_every_word_and_every_band_there_is() -> None:
    assert tuple(dict.fromkeys(map(engagement_level, range(101)))) == ENGAGEMENT_LEVELS
    assert tuple(dict.fromkeys(map(size_band, range(10_000)))) == SIZE_BANDS
