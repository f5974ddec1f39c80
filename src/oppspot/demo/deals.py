"""Makes up what is learnt about a large deal: its committee, and answers to MEDDIC; more, the better it goes."""

import random
from datetime import datetime, timedelta
from typing import Any, Final

from oppspot.demo import words

_SEATS: Final = (
    ("decision_maker", "Managing Director", None),
    ("economic_buyer", "Chief Financial Officer", 0),
    ("champion", "Head of Operations", 0),
    ("influencer", "IT Manager", 2),
    ("user", "Team Lead Customer Service", 2),
    ("procurement", "Purchasing Manager", 1),
    ("legal", "General Counsel", 0),
)
_FEWEST: Final = 3
_KPIS: Final = (("Hours to first answer", 9, 2, "h"), ("Leads worked a week", 120, 180, ""), ("Error rate", 6, 2, "%"))
_STEPS: Final = ("Trial", "Security review", "Business case", "Contract")
_CRITERIA: Final = ("Single sign-on", "Data stays in the EU", "Connects to the CRM", "Audit log")


def deal_claims(level: float, size: int, at: datetime) -> dict[str, Any]:
    """Return answers by claim key; `level` is how well the deal goes, about -3 to 3, `size` its committee."""
    # Its own chance, made from the moment, so that the leads' is not disturbed.
    chance = random.Random(at.timestamp())  # noqa: S311 — made-up data
    answers: dict[str, Any] = {"authority.stakeholder_map": _committee(chance, level, size, at)}
    known = {
        "metrics.kpis": [
            {"name": name, "baseline": baseline, "target": target} | ({"unit": unit} if unit else {})
            for name, baseline, target, unit in _KPIS[: _count(level, 3)]
        ],
        "metrics.success_criteria": [{"description": "Half the time to answer", "measurable": level > 0}],
        "metrics.value_quantification": round(150_000 + 90_000 * max(level, -1), -3),
        "economic_buyer.buying_power_confirmed": level > 0,
        "decision_criteria.technical_requirements": [
            {"name": name, "satisfied": level > 0 or chance.random() < 0.5}  # noqa: PLR2004
            for name in _CRITERIA[: _count(level, 4)]
        ],
        "decision_process.stages": [
            {"name": name, "status": "done" if place < level + 1 else "current" if place < level + 2 else "pending"}
            for place, name in enumerate(_STEPS)
        ],
        "identify_pain.cost_of_inaction": round(80_000 + 60_000 * max(level, -1), -3),
        "champion.internal_selling_ability": _percent(50 + 20 * level),
        "champion.relationship_strength": _percent(55 + 20 * level),
        "competition.competitors": [{"name": "What they have now", "standing": "behind" if level > 0 else "level"}],
    }
    return answers | {key: value for key, value in known.items() if chance.random() < 0.6 + 0.1 * level}


def _committee(chance: random.Random, level: float, size: int, at: datetime) -> list[dict[str, Any]]:
    names = [f"{chance.choice(words.PEOPLE['GB'][0])} {chance.choice(words.PEOPLE['GB'][1])}" for _ in _SEATS]
    people: list[dict[str, Any]] = []
    for place, (role, title, head) in enumerate(_SEATS[: min(max(size, _FEWEST), len(_SEATS))]):
        if any(person["name"] == names[place] for person in people):
            continue
        person: dict[str, Any] = {"name": names[place], "title": title, "role": role}
        if head is not None:
            person["reports_to"] = names[head]
        if chance.random() < 0.8:  # noqa: PLR2004 — not everything gets asked
            person["influence"] = _percent(chance.gauss(85 - 10 * place, 8))
        if chance.random() < 0.7:  # noqa: PLR2004
            mood = chance.gauss(level, 1)
            person["sentiment"] = "supporter" if mood > 0.5 else "opponent" if mood < -1.5 else "neutral"  # noqa: PLR2004
            person["engagement"] = _percent(55 + 15 * mood)
        if role == "champion":
            person["last_contact"] = (at - timedelta(days=chance.randint(0, 9))).date().isoformat()
        people.append(person)
    return people


def _count(level: float, most: int) -> int:
    return min(max(round(most / 2 + level), 0), most)


def _percent(value: float) -> int:
    return min(max(round(value), 0), 100)
