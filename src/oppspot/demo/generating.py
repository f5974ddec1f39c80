"""Makes up leads with a hidden truth: fit, interest and qualification really drive what becomes of them.

The model (docs/demo-data.md): each company has a fit f, each person an interest i and a qualification q, all standard
normal, slightly correlated. What is visible (revenue, growth, events, claims …) is made from them with noise.
A lead converts with probability 1 / (1 + exp(-(-1.6 + 0.8 f + 0.7 i + 1.1 q))). Nothing else decides it.
"""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from oppspot.demo import words
from oppspot.demo.deals import deal_claims

INTERCEPT: Final = -1.6
FIT_EFFECT: Final = 0.8
INTEREST_EFFECT: Final = 0.7
QUALIFICATION_EFFECT: Final = 1.1
YEAR: Final = timedelta(days=365)
# People in a committee from which on it is drawn up.
LARGE: Final = 5
_STAGES: Final = ("bootstrapped", "seed", "series_a", "series_b", "series_c_plus", "public")


@dataclass(frozen=True, slots=True)
class MadeCompany:
    """A made-up company, the truth about it, and how it describes itself."""

    fit: float
    country: str
    described: dict[str, Any]
    place: dict[str, str]


@dataclass(frozen=True, slots=True)
class MadeLead:
    """A made-up lead: when it comes in and with what; what is learnt later; what becomes of it and when.

    `ending` is None while nothing has: the lead is still open at the end of the year.
    """

    arrives_at: datetime
    document: dict[str, Any]
    probability: float
    later_events: tuple[dict[str, Any], ...] = ()
    later_claims: tuple[dict[str, Any], ...] = ()
    learnt_at: datetime | None = None
    accepted_at: datetime | None = None
    ending: str | None = None
    ended_at: datetime | None = None
    repeats: int = field(default=0)

    @property
    def seconds_to_accept(self) -> float:
        """How long somebody takes to take it up; 0 while nobody has."""
        return (self.accepted_at - self.arrives_at).total_seconds() if self.accepted_at else 0.0


def make_leads(seed: int, count: int, now: datetime) -> list[MadeLead]:
    """Return `count` leads of the year before `now`, in the order they come in; equal arguments, equal leads."""
    chance = random.Random(seed)  # noqa: S311 — made-up data
    companies = list(_companies(chance, max(1, count // 2)))
    leads = [_lead(chance, chance.choice(companies), _moment(chance, now), now, number) for number in range(count)]
    leads += [_again(chance, lead, now) for lead in chance.sample(leads, count // 20)]
    return sorted(leads, key=lambda lead: lead.arrives_at)


def _companies(chance: random.Random, count: int) -> Iterator[MadeCompany]:
    names: set[str] = set()
    while len(names) < count:
        name = "".join(chance.choices(words.SYLLABLES, k=chance.choice((1, 2)))) + chance.choice(words.TAILS)
        if name not in names:
            names.add(name)
            yield _company(chance, name)


def _company(chance: random.Random, name: str) -> MadeCompany:
    fit, country = chance.gauss(0, 1), chance.choice(tuple(words.PEOPLE))
    industries = words.INDUSTRIES
    # The better the fit, the nearer the head of the list: software and finance first.
    place = min(int(abs(chance.gauss(3.5 - 2 * fit, 1.5))), len(industries) - 1)
    revenue = math.exp(chance.gauss(15.9 + 0.8 * fit, 0.9))
    described: dict[str, Any] = {
        "name": f"{name.capitalize()} {words.FORMS[country]}",
        "domain": f"{name}.example",
        "country": country,
        "industry": industries[place],
        "employees": max(1, int(revenue / chance.uniform(90_000, 220_000))),
        "annual_revenue": round(revenue, -3),
        "growth_rate": round(chance.gauss(12 + 15 * fit, 10), 1),
        "funding_stage": _STAGES[min(max(round(chance.gauss(2 + fit, 1)), 0), len(_STAGES) - 1)],
        "credit_score": min(max(round(chance.gauss(65 + 9 * fit, 10)), 1), 100),
        "technologies": chance.sample(words.TECHNOLOGIES[: 6 if fit > 0 else 12], k=chance.randint(1, 4)),
    }
    return MadeCompany(fit, country, described, _place(random.Random(name), country))  # noqa: S311 — made-up data


def _place(chance: random.Random, country: str) -> dict[str, str]:
    region, beginning = chance.choice(words.REGIONS[country])
    return {"region": region, "postcode": f"{beginning}{chance.randint(1, 9)}{chance.randint(0, 9)}"}


def _moment(chance: random.Random, now: datetime) -> datetime:
    """Return a moment of the last year: mostly working hours of working days, a few in the last day."""
    if chance.random() < 0.02:  # noqa: PLR2004 — so that there is work to do when it is opened
        return now - timedelta(minutes=chance.uniform(1, 20 * 60))
    while True:
        moment = now - YEAR * chance.random()
        if chance.random() < (1.0 if moment.weekday() < 5 else 0.15):  # noqa: PLR2004 — Saturday is 5
            return (
                moment.replace(hour=min(max(round(chance.gauss(13, 3)), 0), 23))
                if moment < now - YEAR / 365
                else moment
            )


def _lead(chance: random.Random, company: MadeCompany, at: datetime, now: datetime, number: int) -> MadeLead:
    interest = 0.2 * company.fit + chance.gauss(0, 1)
    qualification = 0.2 * company.fit + 0.3 * interest + chance.gauss(0, 1)
    effect = FIT_EFFECT * company.fit + INTEREST_EFFECT * interest + QUALIFICATION_EFFECT * qualification
    probability = 1 / (1 + math.exp(-(INTERCEPT + effect)))
    document = _document(chance, company, number) | {"events": _events(chance, interest, at, at, 0.6)}
    accepted_at = at + timedelta(hours=chance.expovariate(1 / 5))
    learnt_at = accepted_at + timedelta(days=chance.uniform(0.5, 6))
    ended_at = learnt_at + timedelta(days=chance.gammavariate(2, 12))
    converts = chance.random() < probability
    lost = "disqualified" if qualification < 0 else "nurturing"
    return MadeLead(
        arrives_at=at,
        document=document,
        probability=probability,
        later_events=tuple(_events(chance, interest, at, min(learnt_at, now), 1.4)),
        later_claims=tuple(_claims(chance, qualification, learnt_at)),
        learnt_at=learnt_at if learnt_at < now else None,
        accepted_at=accepted_at if accepted_at < now else None,
        ending=("converted" if converts else lost) if ended_at < now else None,
        ended_at=ended_at if ended_at < now else None,
    )


def _document(chance: random.Random, company: MadeCompany, number: int) -> dict[str, Any]:
    given, family = (chance.choice(names) for names in words.PEOPLE[company.country])
    domain = company.described["domain"] if chance.random() > 0.06 else "gmail.com"  # noqa: PLR2004
    document: dict[str, Any] = {
        "email": f"{_ascii(given)}.{_ascii(family)}{number}@{domain}",
        "first_name": given,
        "last_name": family,
        "title": chance.choice(words.TITLES[company.country]),
        "phone": f"+49 30 5550{number % 10_000:04d}",
        "source": chance.choice(words.SOURCES),
        "product_interest": chance.choice(words.PRODUCTS),
        "country": company.country,
        "company": company.place | {name: it for name, it in company.described.items() if _is_told(chance, name)},
    }
    return _with_mess(chance, document)


def _is_told(chance: random.Random, name: str) -> bool:
    return name in {"name", "domain"} or chance.random() > 0.25  # noqa: PLR2004 — real lists have holes


def _with_mess(chance: random.Random, document: dict[str, Any]) -> dict[str, Any]:
    """Leave out and distort as real lists do."""
    for name in ("title", "phone", "product_interest", "country"):
        if chance.random() < 0.3:  # noqa: PLR2004
            del document[name]
    if chance.random() < 0.1:  # noqa: PLR2004
        document["last_name"] = document["last_name"].upper()
    if chance.random() < 0.05:  # noqa: PLR2004
        document["first_name"] = f"  {document['first_name']} "
    return document


def _events(
    chance: random.Random, interest: float, start: datetime, end: datetime, rate: float
) -> list[dict[str, Any]]:
    """Return what an interested person does: the more interest, the more and the stronger."""
    number = min(int(chance.expovariate(1 / (rate * math.exp(0.6 * interest)))), 12)
    strong = ("demo_request", "meeting_held", "pricing_view", "reply_received", "trial_started")
    weak = ("page_view", "email_open", "email_click", "content_download", "webinar_attended")
    return [
        {
            "kind": chance.choice(strong if chance.gauss(interest, 1) > 1 else weak),
            "occurred_at": (start + (end - start) * chance.random()).isoformat(),
        }
        for _ in range(number)
    ]


def _claims(chance: random.Random, qualification: float, at: datetime) -> Iterator[dict[str, Any]]:
    """Yield what a rep finds out in a first conversation: more is known, and better, of the well qualified."""
    level = chance.gauss(qualification, 0.7)
    ranges = ("under_10k", "10k_50k", "50k_100k", "100k_500k", "over_500k")
    stages = ("awareness", "consideration", "decision", "purchase")
    answers: dict[str, Any] = {
        "budget.confirmed": level > 0.2,  # noqa: PLR2004
        "budget.range": ranges[min(max(round(2 + level), 0), 4)],
        "budget.source": "confirmed" if level > 0.2 else "estimated" if level > -1 else "inferred",  # noqa: PLR2004
        "authority.decision_makers": [
            {"name": f"{chance.choice(words.PEOPLE['GB'][0])} {chance.choice(words.PEOPLE['GB'][1])}", "role": role}
            for role in ("economic_buyer", "decision_maker", "champion")[: min(max(round(1.5 + level), 0), 3)]
        ],
        "authority.engagement.executive": _percent(50 + 25 * level),
        "authority.engagement.manager": _percent(60 + 20 * level),
        "authority.committee_size": max(1, round(chance.gauss(4, 1.5))),
        "need.problem_acknowledged": level > -0.5,  # noqa: PLR2004
        "need.urgency": ("low", "medium", "high", "critical")[min(max(round(1.5 + level), 0), 3)],
        "need.pain_points": [
            {"description": pain, "severity": "high" if level > 0 else "low"}
            for pain in chance.sample(words.PAINS, k=min(max(round(1 + level), 0), 3))
        ],
        "need.use_cases": chance.sample(words.USE_CASES, k=1),
        "need.solution_fit": _percent(65 + 15 * level),
        "timeline.implementation_date": (at + timedelta(days=max(30, 200 - 40 * level))).date().isoformat(),
        "timeline.urgency_indicators": ["Contract of the present tool ends", "New head of sales"][: 1 + (level > 1)],
        "timeline.confidence": _percent(60 + 15 * level),
        "timeline.decision_date": (at + timedelta(days=max(7, 120 - 40 * level))).date().isoformat(),
        "timeline.buying_stage": stages[min(max(round(1.2 + level), 0), 3)],
    }
    size = answers["authority.committee_size"]
    is_large = size >= LARGE
    for key, value in answers.items():
        is_asked = value not in (None, []) and chance.random() < 0.85  # noqa: PLR2004 — not everything gets asked
        if is_asked and not (is_large and key in _DRAWN_UP):
            yield _said(key, value, level, at)
    if is_large:
        yield from (_said(key, value, level, at) for key, value in deal_claims(level, size, at).items())


# What a committee that is drawn up says by itself.
_DRAWN_UP: Final = frozenset({"authority.decision_makers", "authority.committee_size"})


def _said(key: str, value: object, level: float, at: datetime) -> dict[str, Any]:
    grade = "verified" if level > 1 else "corroborated" if level > 0 else "asserted"
    return {"key": key, "value": value, "source": "rep", "grade": grade, "observed_at": at.isoformat()}


def _percent(value: float) -> int:
    return min(max(round(value), 0), 100)


def _again(chance: random.Random, lead: MadeLead, now: datetime) -> MadeLead:
    """Return a lead that comes in a second time, written a little differently."""
    at = min(lead.arrives_at + timedelta(days=chance.uniform(0.1, 60)), now)
    document = lead.document | {"email": lead.document["email"].upper(), "source": chance.choice(words.SOURCES)}
    return MadeLead(at, document | {"events": []}, lead.probability, repeats=1)


def _ascii(text: str) -> str:
    table = str.maketrans(
        {
            "ä": "ae",
            "ö": "oe",
            "ü": "ue",
            "ß": "ss",
            "å": "a",
            "é": "e",
            "è": "e",
            "ë": "e",
            "ñ": "n",
            "ç": "c",
            "ï": "i",
        },
    )
    plain = text.lower().translate(table)
    letters = "".join(letter for letter in plain if letter.isascii() and letter.isalpha())
    return letters or "info"
