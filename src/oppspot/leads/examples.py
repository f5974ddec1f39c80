"""What the API's document shows: a lead as it is sent, and the answer that it got."""

from typing import Final

from pydantic.config import JsonDict

LEAD: Final[JsonDict] = {
    "email": "ada.keller@nordwind-logistik.example",
    "first_name": "Ada",
    "last_name": "Keller",
    "title": "Head of Operations",
    "source": "webinar",
    "product_interest": "routing",
    "company": {"name": "Nordwind Logistik GmbH", "country": "DE", "industry": "Logistics", "employees": 240},
    "claims": [{"key": "budget.range", "value": "50k_100k", "source": "form"}],
}
_REASON: Final = (
    "Rule “All to North” sends it to team North; Rita Rep is next in turn, owed 0.50 of a lead (2 of 2 eligible)."
)
ANSWER: Final[JsonDict] = {
    "id": "01a21551-3e10-778b-be1b-b211d55b1750",
    "status": "new",
    "outcome": "assigned",
    "reason": _REASON,
    "score": {"overall": 36.7, "fit": 55.0, "engagement": 0.0, "coverage": 0.222, "band": "low", "grade": "B3"},
    "qualification": {
        "framework": "bant",
        "reason": "The default: no rule says otherwise.",
        "status": "nurture",
        "verdict": "nurture",
        "overall_score": 6,
        "coverage": 0.09,
        "confidence": 0.054,
        "next_review_date": "2026-12-26",
        "next_actions": ["Find out who decides", "Confirm the budget with a stakeholder"],
        "also": [],
    },
    "assignment": {
        "id": "01a21551-3e21-71c8-b5b5-18954f1e96ec",
        "owner": {"id": "01a21551-3c4a-75f9-aa73-a97354577753", "name": "Rita Rep"},
        "reason": _REASON,
        "priority": "low",
        "sla_due_at": "2026-11-26T04:46:15Z",
    },
    "warnings": [],
}
BATCH_ANSWER: Final[JsonDict] = {
    "created": 1,
    "updated": 0,
    "rejected": 1,
    "results": [
        {"index": 0, "result": "created", "lead": ANSWER, "errors": []},
        {
            "index": 1,
            "result": "rejected",
            "lead": None,
            "errors": [
                {"path": "company.employees", "message": "is -5", "accepted": "a whole number from 0 to 20,000,000"}
            ],
        },
    ],
}
