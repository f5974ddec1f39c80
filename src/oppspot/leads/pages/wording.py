"""How the states of a lead are called and coloured on pages; one place, so that a word means one thing."""

from typing import Final

from oppspot.leads.normalise.countries import country_name

STATUS_TONES: Final = {
    "new": "accent",
    "working": "accent",
    "qualified": "good",
    "nurturing": "warn",
    "disqualified": "bad",
    "converted": "good",
    "archived": "neutral",
}
STATUSES: Final = [(name, name.capitalize()) for name in STATUS_TONES]
STAGES: Final = [
    ("lead", "Lead"),
    ("mql", "MQL"),
    ("sal", "SAL"),
    ("sql", "SQL"),
    ("opportunity", "Opportunity"),
    ("customer", "Customer"),
]
BANDS: Final = [("hot", "Hot"), ("good", "Good"), ("medium", "Medium"), ("low", "Low")]
VERDICT_TONES: Final = {"qualified": "good", "nurture": "warn", "disqualified": "bad"}
VERDICTS: Final = [("qualified", "Qualified"), ("nurture", "Nurture"), ("disqualified", "Disqualified")]
FUNDING: Final = {
    "bootstrapped": "Bootstrapped",
    "pre_seed": "Pre-seed",
    "seed": "Seed",
    "series_a": "Series A",
    "series_b": "Series B",
    "series_c_plus": "Series C or later",
    "public": "Public",
}
CLOCKS: Final = [("assign", "Find somebody"), ("first_touch", "First touch"), ("qualify", "Qualify or hand back")]
CLOCK_STATES: Final = [
    ("running", "Running"),
    ("soon", "Due within the hour"),
    ("overdue", "Overdue"),
    ("paused", "Standing still"),
]
OUTCOMES: Final = {
    "assigned": "Assigned",
    "kept_owner": "Kept by its owner",
    "queued": "In a queue",
    "no_rule_matched": "No rule matched",
    "no_eligible_rep": "Nobody eligible",
    "held_until": "Held until somebody starts",
    "at_capacity": "Everybody at capacity",
    "pool_exhausted": "Everybody has had it",
    "duplicate_of": "Duplicate",
    "blocked": "Blocked",
}
EVENTS: Final = {
    "lead.created": ("plus", "accent", "Came in"),
    "lead.updated": ("pencil", "neutral", "Changed"),
    "lead.scored": ("gauge", "neutral", "Scored"),
    "lead.assessed": ("gauge", "neutral", "Assessed"),
    "lead.qualified": ("circle-check", "good", "Qualified"),
    "lead.moved_to_nurture": ("hourglass", "warn", "Moved to nurture"),
    "lead.disqualified": ("circle-x", "bad", "Disqualified"),
    "lead.verdict_changed": ("circle-dashed", "accent", "Verdict changed"),
    "verdict.overridden": ("user", "warn", "Verdict overridden"),
    "verdict.override_withdrawn": ("arrow-back-up", "neutral", "Override taken back"),
    "identity.disputed": ("alert-circle", "warn", "Not taken over"),
    "lead.held": ("hourglass", "warn", "Waits"),
    "assignment.created": ("user-check", "accent", "Assigned"),
    "assignment.moved": ("route", "accent", "Moved to somebody else"),
    "assignment.accepted": ("player-play", "good", "Accepted"),
    "assignment.completed": ("check", "good", "Completed"),
    "assignment.rejected": ("arrow-back-up", "warn", "Handed back"),
    "assignment.withdrawn": ("arrow-back-up", "neutral", "Taken back"),
    "assignment.kept": ("user-check", "neutral", "Stays where it is"),
    "lead.touched": ("phone", "good", "In touch"),
    "sla.breached": ("alert-triangle", "bad", "SLA breached"),
    "sla.reminded": ("bell", "warn", "Reminded"),
    "sla.escalated": ("arrow-up", "bad", "Escalated"),
    "sla.paused": ("player-pause", "warn", "Clocks paused"),
    "sla.resumed": ("player-play", "accent", "Clocks run on"),
    "sla.acknowledged": ("check", "good", "Acknowledged"),
    "task.created": ("plus", "neutral", "To do"),
    "task.completed": ("check", "good", "Done"),
    "note.added": ("note", "neutral", "Note"),
    "document.added": ("note", "neutral", "Text added"),
    "document.reviewed": ("clipboard-check", "neutral", "Text reviewed"),
}
FIELDS: Final = {
    "contact.email": "e-mail",
    "contact.first_name": "first name",
    "contact.last_name": "last name",
    "contact.title": "job title",
    "contact.phone": "phone",
    "contact.country": "country",
    "contact.region": "region",
    "contact.postcode": "postcode",
    "lead.external_id": "external id",
    "lead.source": "source",
    "lead.product_interest": "product interest",
    "lead.status": "status",
    "lead.stage": "stage",
    "lead.company_id": "company",
}


def field_label(name: str) -> str:
    """Return what a changed field is called: `company.annual_revenue` is “company annual revenue”."""
    return FIELDS.get(name) or name.replace("claims.", "").replace("attributes.", "").replace(".", " ").replace(
        "_", " "
    )


def country(code: str | None) -> str | None:
    """Return a country's English name; what is no code of a country stays as it is."""
    try:
        return country_name(code) if code else None
    except KeyError:
        return code
