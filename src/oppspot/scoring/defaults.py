"""Owns the score model an organisation starts with: a calibration for business software, meant to be edited."""

from copy import deepcopy
from typing import Any, Final

from oppspot.scoring.parse import parse_model

_DOCUMENT: Final[dict[str, Any]] = {
    "weights": {"financial": 0.3, "technology": 0.2, "industry": 0.2, "growth": 0.2, "engagement": 0.1},
    "financial": {
        "annual_revenue": [
            {"above": 500_000, "points": 3},
            {"above": 1_000_000, "points": 5},
            {"above": 5_000_000, "points": 7},
            {"above": 10_000_000, "points": 10},
        ],
        "credit_score": [
            {"at_least": 50, "points": 2},
            {"at_least": 60, "points": 3},
            {"at_least": 70, "points": 4},
            {"at_least": 80, "points": 5},
        ],
    },
    "technology": {
        "wanted": [
            {"name": "Salesforce", "points": 4},
            {"name": "HubSpot", "points": 4},
            {"name": "Microsoft Dynamics", "points": 4},
            {"name": "Marketo", "points": 3},
            {"name": "Pipedrive", "points": 3},
            {"name": "Segment", "points": 2},
            {"name": "Snowflake", "points": 2},
            {"name": "BigQuery", "points": 2},
            {"name": "Slack", "points": 1},
            {"name": "AWS", "points": 1},
            {"name": "Azure", "points": 1},
            {"name": "Google Cloud", "points": 1},
        ],
        "required": [],
        "enough_points": 8,
    },
    "industry": {
        "industries": {
            "tiers": [
                {
                    "points": 10,
                    "industries": ["software", "SaaS", "information technology", "IT services", "internet"],
                    "sic_prefixes": ["62", "63", "582"],
                },
                {
                    "points": 7,
                    "industries": [
                        "financial services",
                        "banking",
                        "insurance",
                        "consulting",
                        "professional services",
                        "telecommunications",
                        "marketing",
                    ],
                    "sic_prefixes": ["61", "64", "65", "66", "69", "70", "73"],
                },
            ],
            "other_points": 2,
            "excluded": [],
            "excluded_sic_prefixes": [],
        },
        "employees": [
            {"at_least": 1, "points": 1},
            {"at_least": 10, "points": 3},
            {"at_least": 50, "points": 5},
            {"at_least": 1000, "points": 4},
            {"at_least": 5000, "points": 3},
        ],
        "countries": {
            "tiers": [
                {"points": 5, "countries": ["GB", "IE"]},
                {"points": 4, "countries": ["US", "CA", "AU", "NZ", "DE", "FR", "NL", "BE", "SE", "DK", "NO", "FI"]},
            ],
            "other_points": 1,
        },
    },
    "growth": {
        "growth_rate": [
            {"above": 0, "points": 3},
            {"above": 10, "points": 5},
            {"above": 20, "points": 7},
            {"above": 50, "points": 10},
        ],
        "funding_stage": {
            "bootstrapped": 1,
            "pre_seed": 1,
            "seed": 2,
            "series_a": 3,
            "series_b": 4,
            "series_c_plus": 5,
            "public": 5,
        },
    },
    "engagement": {
        "kinds": {
            "page_view": {"points": 2, "half_life_days": 7, "repeat_share": 0.8},
            "pricing_view": {"points": 8, "half_life_days": 14, "repeat_share": 0.5},
            "job_page_view": {"points": 0, "half_life_days": 7, "repeat_share": 0},
            "email_open": {"points": 1, "half_life_days": 7, "repeat_share": 0.7},
            "email_click": {"points": 5, "half_life_days": 30, "repeat_share": 0.6},
            "content_download": {"points": 12, "half_life_days": 60, "repeat_share": 0.5},
            "webinar_attended": {"points": 15, "half_life_days": 60, "repeat_share": 0.5},
            "form_submitted": {"points": 10, "half_life_days": 30, "repeat_share": 0.5},
            "demo_request": {"points": 40, "half_life_days": 90, "repeat_share": 0.2},
            "contact_request": {"points": 35, "half_life_days": 90, "repeat_share": 0.2},
            "trial_started": {"points": 35, "half_life_days": 30, "repeat_share": 0.2},
            "meeting_booked": {"points": 25, "half_life_days": 30, "repeat_share": 0.3},
            "meeting_held": {"points": 40, "half_life_days": 60, "repeat_share": 0.4},
            "reply_received": {"points": 15, "half_life_days": 30, "repeat_share": 0.5},
            "call_connected": {"points": 15, "half_life_days": 30, "repeat_share": 0.4},
        },
        "group_caps": {"web": 25, "email": 15, "content": 30, "sales": 70},
        "setbacks": {
            "meeting_cancelled": {"points": 5, "half_life_days": 30},
            "unsubscribe": {"points": 20, "half_life_days": None},
            "hard_bounce": {"points": 50, "half_life_days": None},
            "job_page_only": {"points": 30, "half_life_days": 90},
        },
    },
    "negatives": {
        "competitor": {"points": 50, "domains": []},
        "student": {"points": 30, "titles": ["student", "intern", "trainee", "undergraduate"]},
        "free_mail": {"points": 10},
        "excluded_industry": {"points": 50},
    },
    "bands": {"hot": 85, "good": 70, "medium": 50},
    "grades": {"fit_a": 70, "fit_b": 45, "engagement_1": 50, "engagement_2": 20},
}

DEFAULT_MODEL: Final = parse_model(_DOCUMENT)


def default_document() -> dict[str, Any]:
    """Return a fresh copy of the default document, to edit."""
    return deepcopy(_DOCUMENT)
