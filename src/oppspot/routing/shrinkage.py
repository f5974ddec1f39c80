"""What may be expected of each rep for leads of one segment (a priority), from what became of their leads before.

Few outcomes say little, so a rep's rate in a segment is drawn towards what the rest says, the harder the fewer there
are. With n leads and w wins of rep r in segment s, and N, W of the whole pool:

    pool            m    = (W + 1) / (N + 2)                              Laplace's rule of succession
    segment         m_s  = (W_s + K m) / (N_s + K)
    rep             q_r  = (sum w_rt + C) / (sum n_rt m_t + C)            over the other segments t
    rep in segment  p_rs = m_s q_r, at least LOWEST and at most 1 - LOWEST
    posterior       Beta(w_rs + K p_rs,  n_rs - w_rs + K (1 - p_rs))

q_r is wins over those to be expected of the rep's own mix of segments, so that who had the easy leads is not taken for
a better rep (indirect standardisation with a gamma prior: D. Clayton, J. Kaldor, Biometrics 43, 1987). The segment at
hand is left out of it, so nothing counts twice. The beta step is the conjugate beta-binomial (Gelman et al., Bayesian
Data Analysis, 3rd ed., chapter 5). K and C are how many leads, and how many wins, the prior is worth.

What a win is worth is drawn towards the segment's mean in the same way: v_rs = (value_rs + V v_s) / (w_rs + V).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from math import fsum
from typing import Final, NamedTuple

from oppspot.routing.people import Outcomes

LEADS: Final = 20  # K
WINS: Final = 5  # C
VALUED: Final = 10  # V
LOWEST: Final = 0.025  # so that no posterior has a parameter below one half
_NOTHING: Final = Outcomes()
History = Mapping[str, Outcomes]


class Arm(NamedTuple):
    """What is believed of one rep for the leads at hand: a win has chance Beta(alpha, beta) and is worth `value`."""

    alpha: float
    beta: float
    value: float = 1.0

    @property
    def rate(self) -> float:
        return self.alpha / (self.alpha + self.beta)

    @property
    def expected(self) -> float:
        """What one lead is expected to bring."""
        return self.rate * self.value


def total_of(histories: Iterable[History]) -> Outcomes:
    """Return all outcomes together."""
    every = [outcomes for history in histories for outcomes in history.values()]
    return Outcomes(
        sum(each.trials for each in every), sum(each.wins for each in every), fsum(each.value for each in every)
    )


def arms_of(histories: Sequence[History], segment: str) -> tuple[Arm, ...]:
    """Return what is to be expected of each rep for leads of a segment; `histories` are theirs, by segment."""
    pool = total_of(histories)
    by_segment: defaultdict[str, list[Outcomes]] = defaultdict(list)
    for history in histories:
        for name, outcomes in history.items():
            by_segment[name].append(outcomes)
    mean = (pool.wins + 1) / (pool.trials + 2)
    rates = {name: _rate(found, mean) for name, found in by_segment.items()}
    worth = pool.value / pool.wins if pool.wins and pool.value else 0.0
    here = total_of([{segment: each} for each in by_segment[segment]])
    worth_here = (here.value + VALUED * worth) / (here.wins + VALUED)
    return tuple(_arm(history, segment, rates, mean, worth_here) for history in histories)


def _rate(found: Sequence[Outcomes], mean: float) -> float:
    return (sum(each.wins for each in found) + LEADS * mean) / (sum(each.trials for each in found) + LEADS)


def _arm(history: History, segment: str, rates: Mapping[str, float], mean: float, worth: float) -> Arm:
    won = sum(each.wins for name, each in history.items() if name != segment)
    # Exactly rounded, so that it comes to the same in whichever order histories are read: a replay reads them again.
    due = fsum(each.trials * rates[name] for name, each in history.items() if name != segment)
    prior = rates.get(segment, mean) * (won + WINS) / (due + WINS)
    prior = min(max(prior, LOWEST), 1 - LOWEST)
    own = history.get(segment, _NOTHING)
    # Where nothing is known of values every win is worth the same.
    value = (own.value + VALUED * worth) / (own.wins + VALUED) if worth else 1.0
    return Arm(own.wins + LEADS * prior, own.trials - own.wins + LEADS * (1 - prior), value)
