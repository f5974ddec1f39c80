"""What is known of the company of a lead as an account; decides nothing."""

from dataclasses import dataclass
from typing import Any, Final, NamedTuple
from uuid import UUID


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """Who looks after a company, its parent, and an open opportunity there; and what it is to us.

    The opportunity's owner has, or completed, the newest assignment of a lead of the company that is one.
    """

    owner_id: UUID | None = None
    parent_owner_id: UUID | None = None
    opportunity_owner_id: UUID | None = None
    is_customer: bool = False
    has_open_opportunity: bool = False


class ToldLead(NamedTuple):
    """How far a lead of a company is, where that is not written down yet."""

    id: UUID
    company_id: UUID | None
    stage: str
    status: str


def answers_of(account: AccountFacts) -> dict[str, bool]:
    """Return what conditions read of an account."""
    return {
        "account.is_customer": account.is_customer,
        "account.has_open_opportunity": account.has_open_opportunity,
        "account.has_owner": account.owner_id is not None,
    }


_BANDS: Final = (
    (10, "1-10"),
    (50, "11-50"),
    (200, "51-200"),
    (500, "201-500"),
    (1_000, "501-1000"),
    (5_000, "1001-5000"),
)
_LARGEST: Final = "5001+"


def size_band(employees: Any) -> str | None:
    """Return the band that a company's number of employees lies in; None when the number is unknown."""
    if employees is None:
        return None
    return next((band for most, band in _BANDS if employees <= most), _LARGEST)
