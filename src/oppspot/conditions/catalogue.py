"""Owns the list of fields that ship with the product, and its form for builders and documentation."""

from oppspot.conditions.describe import phrase_of
from oppspot.conditions.types import OPS, Catalogue, Field, FieldType, Op, shape_of

_TEXT, _NUMBER, _BOOLEAN = FieldType.TEXT, FieldType.NUMBER, FieldType.BOOLEAN
_DATETIME, _CHOICE, _TEXT_LIST = FieldType.DATETIME, FieldType.CHOICE, FieldType.TEXT_LIST

LEAD_STATUSES = ("new", "working", "qualified", "nurturing", "disqualified", "converted", "archived")
LEAD_STAGES = ("lead", "mql", "sal", "sql", "opportunity", "customer")
BANT_STATUSES = ("qualified", "nurture", "disqualified")
SIZE_BANDS = ("1-10", "11-50", "51-200", "201-500", "501-1000", "1001-5000", "5001+")
ENGAGEMENT_LEVELS = ("none", "low", "medium", "high")
FORECAST_CATEGORIES = ("commit", "best_case", "pipeline", "omitted")

_LEAD = (
    Field("lead.source", _TEXT, "lead source", "Where the lead came from, as the intake named it."),
    Field("lead.product_interest", _TEXT, "product interest", "The product the person asked about."),
    Field("lead.title", _TEXT, "job title", "The person's job title, as written."),
    Field("lead.status", _CHOICE, "lead status", "Where the work on the lead stands.", choices=LEAD_STATUSES),
    Field("lead.stage", _CHOICE, "lead stage", "How far the lead is through the funnel.", choices=LEAD_STAGES),
    Field("lead.country", _TEXT, "lead country", "The person's country."),
    Field("lead.region", _TEXT, "lead region", "The person's state, county or province, as written."),
    Field("lead.postcode", _TEXT, "lead postcode", "The person's postal code, in capitals."),
    Field("lead.seniority", _TEXT, "seniority", "The level read from the job title."),
    Field("lead.email_domain", _TEXT, "e-mail domain", "What follows the @ of the person's address."),
    Field("lead.is_free_mail", _BOOLEAN, "e-mail is free mail", "Whether the address is with a free mail provider."),
    Field("lead.created_at", _DATETIME, "lead creation", "When the lead was first seen."),
)

_COMPANY = (
    Field("company.name", _TEXT, "company name", "The company's name, as written."),
    Field("company.domain", _TEXT, "company domain", "The company's registrable web domain."),
    Field("company.country", _TEXT, "company country", "The company's country."),
    Field("company.region", _TEXT, "company region", "The company's state, county or province, as written."),
    Field("company.postcode", _TEXT, "company postcode", "The company's postal code, in capitals."),
    Field("company.industry", _TEXT, "company industry", "The company's industry."),
    Field(
        "company.sic_code", _TEXT, "SIC code", "The Standard Industrial Classification code; text, as zeros may lead."
    ),
    Field("company.employees", _NUMBER, "company employees", "How many people work there."),
    Field("company.size_band", _CHOICE, "company size", "The band of how many people work there.", choices=SIZE_BANDS),
    Field("company.annual_revenue", _NUMBER, "annual revenue", "Revenue a year, in the organisation's currency."),
    Field("company.growth_rate", _NUMBER, "growth rate", "Growth of revenue over a year; 20 means 20%.", unit="%"),
    Field("company.funding_stage", _TEXT, "funding stage", "The last round of funding, or bootstrapped."),
    Field("company.credit_score", _NUMBER, "credit score", "Creditworthiness, 0 to 100."),
    Field("company.technologies", _TEXT_LIST, "company technologies", "Products the company is known to use."),
)

_ACCOUNT = (
    Field("account.is_customer", _BOOLEAN, "account is a customer", "Whether some lead of the company is a customer."),
    Field(
        "account.has_open_opportunity",
        _BOOLEAN,
        "account has an open opportunity",
        "Whether some lead of the company is an opportunity that is not settled.",
    ),
    Field("account.has_owner", _BOOLEAN, "account has an owner", "Whether somebody looks after the company."),
)

_ASSESSMENT = (
    Field("score.overall", _NUMBER, "score", "Fit and engagement together, 0 to 100."),
    Field("score.fit", _NUMBER, "fit score", "How well the company suits us, 0 to 100."),
    Field("score.engagement", _NUMBER, "engagement score", "How much interest the lead shows, 0 to 100."),
    Field("bant.status", _CHOICE, "BANT verdict", "What the BANT framework concludes.", choices=BANT_STATUSES),
    Field("bant.overall_score", _NUMBER, "BANT score", "The weighted BANT score, 0 to 100."),
    Field("bant.coverage", _NUMBER, "BANT coverage", "How much of BANT is known and fresh, 0 to 1."),
    Field("bant.confidence", _NUMBER, "BANT confidence", "How far the BANT evidence can be relied on, 0 to 1."),
    Field(
        "meddic.forecast_category",
        _CHOICE,
        "forecast category",
        "What MEDDIC concludes; unknown for leads it does not assess.",
        choices=FORECAST_CATEGORIES,
    ),
    Field("meddic.overall_score", _NUMBER, "MEDDIC score", "The weighted MEDDIC score, 0 to 100."),
    Field("meddic.coverage", _NUMBER, "MEDDIC coverage", "How much of MEDDIC is known and fresh, 0 to 1."),
    Field("meddic.confidence", _NUMBER, "MEDDIC confidence", "How far the MEDDIC evidence can be relied on, 0 to 1."),
    Field("qualification.framework", _TEXT, "framework", "The framework the lead is qualified by."),
    Field(
        "qualification.status",
        _TEXT,
        "verdict",
        "The verdict that counts: of the lead's own framework, or of the person who overrode it.",
    ),
    Field("qualification.overall_score", _NUMBER, "framework score", "By the lead's own framework, 0 to 100."),
    Field("qualification.coverage", _NUMBER, "framework coverage", "By the lead's own framework, 0 to 1."),
    Field("qualification.confidence", _NUMBER, "framework confidence", "By the lead's own framework, 0 to 1."),
    Field(
        "deal.estimated_budget", _NUMBER, "estimated budget", "The budget last claimed, in the organisation's money."
    ),
    Field("deal.committee_size", _NUMBER, "buying committee", "How many people take part in the decision."),
    Field(
        "engagement.level",
        _CHOICE,
        "engagement level",
        "The engagement score in words: none at 0, low below 40, medium below 70, high from there.",
        choices=ENGAGEMENT_LEVELS,
    ),
    Field("engagement.events_7d", _NUMBER, "events in 7 days", "How many events the last 7 days brought."),
    Field("engagement.events_30d", _NUMBER, "events in 30 days", "How many events the last 30 days brought."),
    Field("engagement.last_event_at", _DATETIME, "last event", "When the lead last did something."),
)


def default_catalogue() -> Catalogue:
    """Return the fields every organisation has; add its own with `Catalogue.with_attributes`."""
    return Catalogue.of((*_LEAD, *_COMPANY, *_ACCOUNT, *_ASSESSMENT))


def to_document(catalogue: Catalogue) -> list[dict[str, object]]:
    """Return the catalogue as JSON: each field with the operators it takes and the shape of their values."""
    return [_field_document(field) for field in catalogue]


def label_of(op: Op, field: Field) -> str:
    """Return what an operator of a field is called by itself."""
    # In a sentence it is "more than 7 days ago"; by itself that is what numbers are.
    return "is longer ago than" if op is Op.OLDER_THAN else phrase_of(op, field)


def _field_document(field: Field) -> dict[str, object]:
    return {
        "name": field.name,
        "type": field.type.value,
        "label": field.label,
        "description": field.description,
        "unit": field.unit,
        "choices": list(field.choices),
        "ops": [{"op": op.value, "label": label_of(op, field), "value": shape_of(op).value} for op in OPS[field.type]],
    }
