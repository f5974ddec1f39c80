"""Gives a lead to whoever is likely to make the most of it, and sometimes by chance, to go on learning.

Thompson sampling (W. R. Thompson, Biometrika 25, 1933; O. Chapelle, L. Li, NIPS 2011): each rep's chance is drawn from
what is believed of it, and the best draw wins. That is repeated, so that the share of repetitions each rep wins, f_r,
is known; mixed with chance, p_r = (1 - e) f_r + e / n over the n who are allowed, and one draw is made from exactly
these p_r. So the probability that is logged is the one by which the lead was given, not an estimate of it, and every
rep who is allowed has at least e / n.

Everything is drawn from a seed (`seed_of`): the same lead under the same configuration and outcomes is given to the
same rep again.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b, shake_256
from itertools import accumulate
from typing import Final
from uuid import UUID

from oppspot.routing.policies import OptimisationPolicy
from oppspot.routing.quantiles import beta_levels
from oppspot.routing.shrinkage import Arm, History, total_of

_DRAWS: Final = 5_120  # over all arms, so that a choice among many costs no more (`bench choosing`)
_FEWEST: Final = 64  # repetitions
_MOST: Final = 256
_DRAW_BYTES: Final = 8
_SPARE_BITS: Final = 8 * _DRAW_BYTES - 53


@dataclass(frozen=True, slots=True)
class BanditChoice:
    """Who gets a lead (a position among the arms), with what probability each arm could have, and what was expected.

    `propensities` are 0 for who was not allowed and sum to 1; `because` follows "Ann is ".
    """

    position: int
    propensities: tuple[float, ...]
    expected: tuple[float, ...]
    because: str


def seed_of(lead_id: UUID, config_hash: str) -> int:
    """Return the seed of a decision."""
    return int.from_bytes(blake2b(lead_id.bytes + config_hash.encode(), digest_size=16).digest())


def usable(histories: Iterable[History], policy: OptimisationPolicy) -> str | None:
    """Return why turns go by weight instead; None where outcomes may decide."""
    if not policy.enabled:
        return "optimising is switched off"
    total = total_of(histories)
    if total.trials < policy.floor:
        return f"{total.trials:,} outcomes are known of the {policy.floor:,} it takes"
    if not 0 < total.wins < total.trials:
        return "all outcomes are alike, so there is nothing to learn from"
    return None


def repetitions(allowed: int) -> int:
    """Return how often each of so many reps draws: more often where they are few."""
    return min(max(_DRAWS // allowed, _FEWEST), _MOST)


def choose(arms: Sequence[Arm], allowed: Sequence[int], *, seed: int, policy: OptimisationPolicy) -> BanditChoice:
    """Return who of the `allowed` (positions among the arms, at least one, each once) gets the lead."""
    times = repetitions(len(allowed))
    chance = shake_256(seed.to_bytes(16)).digest(_DRAW_BYTES + times * len(allowed))
    shares = _winning_shares([arms[position] for position in allowed], chance[_DRAW_BYTES:], times)
    even = policy.exploration / len(allowed)
    likely = [(1 - policy.exploration) * share + even for share in shares]
    place = _drawn(likely, chance[:_DRAW_BYTES])
    propensities = [0.0] * len(arms)
    for position, probability in zip(allowed, likely, strict=True):
        propensities[position] = probability
    expected = tuple(arm.expected for arm in arms)
    because = _because(arms[allowed[place]], [expected[position] for position in allowed], likely[place])
    return BanditChoice(allowed[place], tuple(propensities), expected, because)


def _winning_shares(arms: Sequence[Arm], chance: bytes, times: int) -> list[float]:
    """Return how often each arm has the best draw; arms that draw the same share it."""
    columns = [
        map(beta_levels(*arm).__getitem__, chance[place * times : (place + 1) * times])
        for place, arm in enumerate(arms)
    ]
    won = [0.0] * len(arms)
    for row in zip(*columns, strict=True):
        best = max(row)
        if row.count(best) == 1:
            won[row.index(best)] += 1
        else:
            level = [place for place, value in enumerate(row) if value == best]
            for place in level:
                won[place] += 1 / len(level)
    return [each / times for each in won]


def _drawn(likely: Sequence[float], chance: bytes) -> int:
    """Return a place with these probabilities."""
    point = (int.from_bytes(chance) >> _SPARE_BITS) * 2.0**-53
    ends = list(accumulate(likely))
    return next((place for place, end in enumerate(ends) if point < end), len(ends) - 1)


def _because(arm: Arm, expected: Sequence[float], probability: float) -> str:
    better = sum(each > arm.expected for each in expected)
    rank = "expected to make the most of it" if not better else f"number {better + 1} by what is expected"
    worth = "" if arm.value == 1 else f", {arm.value:,.0f} a win"
    return f"{rank} ({arm.rate:.0%} won{worth}), drawn with a probability of {probability:.1%}"
