"""Reads the fit criteria of a score model document."""

from collections.abc import Callable
from typing import Final

from oppspot.scoring.parse.nodes import Node
from oppspot.scoring.types import (
    CountryRule,
    CountryTier,
    FundingPoints,
    FundingStage,
    IndustryRule,
    IndustryTier,
    PointStep,
    TechnologyRule,
    WantedTechnology,
)
from oppspot.scoring.words import words

MOST_POINTS: Final = 1000
_LARGEST: Final = 1e15
_LONGEST_PREFIX: Final = 8
_STAGES: Final = tuple(stage for stage in FundingStage if stage is not FundingStage.UNKNOWN)


def read_steps(node: Node) -> tuple[PointStep, ...]:
    """Read point steps in any order; the model keeps them lowest threshold first."""
    return tuple(sorted((_step(item) for item in node.items()), key=lambda step: (step.threshold, not step.inclusive)))


def _step(node: Node) -> PointStep:
    inclusive = not node.has("above")
    start = "at_least" if inclusive else "above"
    fields = node.fields(start, "points")
    return PointStep(fields[start].number(-_LARGEST, _LARGEST), inclusive, fields["points"].integer(0, MOST_POINTS))


def read_funding(node: Node) -> tuple[FundingPoints, ...]:
    fields = node.fields(*_STAGES)
    return tuple(FundingPoints(stage, fields[stage].integer(0, MOST_POINTS)) for stage in _STAGES)


def read_technologies(node: Node) -> TechnologyRule:
    fields = node.fields("wanted", "required", "enough_points")
    return TechnologyRule(
        wanted=tuple(_wanted(item) for item in fields["wanted"].items()),
        required=read_names(fields["required"]),
        enough_points=fields["enough_points"].integer(0, MOST_POINTS),
    )


def _wanted(node: Node) -> WantedTechnology:
    fields = node.fields("name", "points")
    return WantedTechnology(_name(fields["name"]), fields["points"].integer(1, MOST_POINTS))


def read_industries(node: Node) -> IndustryRule:
    fields = node.fields("tiers", "other_points", "excluded", "excluded_sic_prefixes")
    return IndustryRule(
        tiers=tuple(_industry_tier(item) for item in fields["tiers"].items()),
        other_points=fields["other_points"].integer(0, MOST_POINTS),
        excluded=read_names(fields["excluded"]),
        excluded_sic_prefixes=_each(fields["excluded_sic_prefixes"], _sic_prefix),
    )


def _industry_tier(node: Node) -> IndustryTier:
    fields = node.fields("points", "industries", "sic_prefixes")
    return IndustryTier(
        points=fields["points"].integer(1, MOST_POINTS),
        industries=read_names(fields["industries"]),
        sic_prefixes=_each(fields["sic_prefixes"], _sic_prefix),
    )


def _sic_prefix(node: Node) -> str:
    accepted = f'1 to {_LONGEST_PREFIX} digits in quotes, like "62"'
    return node.text(accepted, lambda text: text.isascii() and text.isdigit() and len(text) <= _LONGEST_PREFIX)


def read_countries(node: Node) -> CountryRule:
    fields = node.fields("tiers", "other_points")
    return CountryRule(
        tiers=tuple(_country_tier(item) for item in fields["tiers"].items()),
        other_points=fields["other_points"].integer(0, MOST_POINTS),
    )


def _country_tier(node: Node) -> CountryTier:
    fields = node.fields("points", "countries")
    return CountryTier(fields["points"].integer(1, MOST_POINTS), _each(fields["countries"], _country))


def _country(node: Node) -> str:
    accepted = 'two letters of ISO 3166-1, like "GB"'
    return node.text(accepted, lambda text: len(text) == len("GB") and text.isascii() and text.isalpha()).upper()


def read_names(node: Node) -> tuple[str, ...]:
    """Read names that are looked for word by word."""
    return _each(node, _name)


def _name(node: Node) -> str:
    return node.text("a name of at least one word", lambda text: bool(words(text)))


def _each(node: Node, read: Callable[[Node], str]) -> tuple[str, ...]:
    return tuple(read(item) for item in node.items())
