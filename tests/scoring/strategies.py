"""Leads and score models to put to the rules."""

from copy import deepcopy
from random import Random

from hypothesis import strategies as st
from tests.engagement.strategies import NOW, histories

from oppspot.scoring.defaults import DEFAULT_MODEL, default_document
from oppspot.scoring.parse import parse_model
from oppspot.scoring.rules import score_lead
from oppspot.scoring.types import CompanyFacts, FundingStage, LeadFacts, LeadScore

BEST = CompanyFacts(
    industry="Computer Software",
    sic_code="62012",
    country="GB",
    employees=200,
    annual_revenue=20_000_000,
    growth_rate=60,
    funding_stage=FundingStage.SERIES_C_PLUS,
    credit_score=90,
    technologies=("Salesforce", "HubSpot"),
)
"""A company that earns every point of the default model."""


UNKNOWN = CompanyFacts()


def score(company: CompanyFacts = UNKNOWN, *events, now=NOW, model=DEFAULT_MODEL, **lead) -> LeadScore:
    return score_lead(LeadFacts(company, **lead), events, model, now)


def model_with(path: str, value):
    """Return the default model with one value of its document exchanged."""
    document = default_document()
    return parse_model(changed(document, path, value))


def changed(document, path: str, value):
    document = deepcopy(document)
    *way, last = path.split(".")
    section = document
    for step in way:
        section = section[int(step) if isinstance(section, list) else step]
    section[int(last) if isinstance(section, list) else last] = value
    return document


def maybe(strategy):
    return st.none() | strategy


words = st.sampled_from(
    ["software", "Banking", "Retail", "director", "IT services", "student", "of", "International", "Salesforce", "AWS"]
)
phrases = st.lists(words, min_size=1, max_size=3).map(" ".join)
companies = st.builds(
    CompanyFacts,
    industry=maybe(phrases),
    sic_code=maybe(st.sampled_from(["62012", "01110", "64191 - Banks", "n/a"])),
    country=maybe(st.sampled_from(["GB", "us", "BR", "United Kingdom"])),
    employees=maybe(st.integers(0, 20_000)),
    annual_revenue=maybe(st.floats(0, 3e7)),
    growth_rate=maybe(st.floats(-50, 120)),
    funding_stage=maybe(st.sampled_from(FundingStage)),
    credit_score=maybe(st.floats(0, 100)),
    technologies=maybe(st.lists(phrases, max_size=4).map(tuple)),
)
leads = st.builds(
    LeadFacts,
    company=companies,
    email_domain=maybe(st.sampled_from(["acme.com", "mail.rival.com", "notrival.com"])),
    is_free_mail=maybe(st.booleans()),
    is_student=maybe(st.booleans()),
    title=maybe(phrases),
)


def _models():
    """Make models of other weights, a rival, exclusions, a required technology and other caps."""
    random = Random(7)  # noqa: S311 - a fixed variety, not a secret
    for number in range(12):
        document = default_document()
        cuts = sorted(random.choices(range(0, 1001, 50), k=4))
        shares = [high - low for low, high in zip([0, *cuts], [*cuts, 1000], strict=True)]
        document["weights"] = {factor: share / 1000 for factor, share in zip(document["weights"], shares, strict=True)}
        document["negatives"]["competitor"]["domains"] = ["rival.com"] * (number % 2)
        document["industry"]["industries"]["excluded"] = ["retail"] * (number % 3 == 0)
        document["technology"]["required"] = ["AWS"] * (number % 4 == 0)
        document["engagement"]["group_caps"]["web"] = random.randrange(101)
        yield parse_model(document)


# Made once: reading and compiling a model takes longer than scoring a hundred leads.
models = st.sampled_from([DEFAULT_MODEL, *_models()])
scored = st.builds(score_lead, leads, histories, models, st.just(NOW))
