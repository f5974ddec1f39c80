"""The exclusions everybody needs, written as a list of domains or with one switch, without a condition builder."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from oppspot.conditions.operands import MAX_LISTED
from oppspot.core.errors import FieldProblem
from oppspot.routing.documents import ExclusionDocument

_SEPARATORS: Final = re.compile(r"[\s,;]+")
_DOMAIN: Final = re.compile(r"^(?=.{4,253}$)([\w-]+\.)+[\w-]{2,}$")
_AROUND: Final = re.compile(r"^(https?://)?(www\.)?(.*@)?|[/?#].*$|\.$")
MOST_DOMAINS: Final = 50_000


@dataclass(frozen=True, slots=True)
class QuickList:
    """An exclusion made of a list of domains; it has an id of its own, so that the list is found again."""

    id: str
    name: str
    says: str
    fields: tuple[str, ...]
    action: Literal["block", "account_owner"] = "block"


DO_NOT_ROUTE: Final = QuickList(
    "do-not-route",
    "Do-not-route list",
    "Leads whose e-mail address is at one of these domains go to nobody.",
    ("lead.email_domain",),
)
COMPETITORS: Final = QuickList(
    "competitors",
    "Competitors",
    "Leads from these companies go to nobody, whichever address they write from.",
    ("lead.email_domain", "company.domain"),
)
QUICK_LISTS: Final = (DO_NOT_ROUTE, COMPETITORS)

CUSTOMER_FIELD: Final = "account.is_customer"
CUSTOMERS_ID: Final = "existing-customers"
CUSTOMERS: Final[Mapping[str, Any]] = {
    "name": "Existing customers to their owner",
    "conditions": {"field": CUSTOMER_FIELD, "op": "eq", "value": True},
    "action": "account_owner",
}


def domains_of(text: str) -> tuple[list[str], list[FieldProblem]]:
    """Return the domains in a text, each once in its order, and what in it is none; addresses count as their domain."""
    found: dict[str, None] = {}
    problems = []
    for word in filter(None, _SEPARATORS.split(text)):
        domain = _AROUND.sub("", word.lower()).lower()
        if _DOMAIN.match(domain):
            found[domain] = None
        else:
            problems.append(FieldProblem("domains", f'"{word[:60]}" is no domain', "domains such as rival.example"))
    if len(found) > MOST_DOMAINS:
        problems.append(FieldProblem("domains", "are too many", f"at most {MOST_DOMAINS:,} domains"))
    return list(found), problems


def exclusion_of(quick: QuickList, domains: Sequence[str]) -> dict[str, Any]:
    """Return a list of domains as an exclusion; a long list becomes several conditions, one of which is enough."""
    parts = [
        {"field": field, "op": "in", "value": list(domains[start : start + MAX_LISTED])}
        for field in quick.fields
        for start in range(0, len(domains), MAX_LISTED)
    ]
    return {"name": quick.name, "conditions": {"any": parts}, "action": quick.action, "is_active": True}


def list_among(quick: QuickList, exclusions: Sequence[ExclusionDocument]) -> ExclusionDocument | None:
    """Return a common list where there is one already, made by its form or by hand under its name."""
    by_id = (item for item in exclusions if item.id == quick.id)
    by_name = (item for item in exclusions if _key(item.name) == _key(quick.name))
    return next(by_id, None) or next(by_name, None)


def _key(name: str) -> str:
    return re.sub(r"[\W_]", "", name.casefold()).removesuffix("list")


def domains_in(quick: QuickList, conditions: Mapping[str, Any]) -> list[str] | None:
    """Return the domains of an exclusion; None when it asks something else than `exclusion_of` would."""
    parts = _alternatives(conditions)
    if not all(part.get("op") == "in" for part in parts):
        return None
    domains = [domain for part in parts if part.get("field") == quick.fields[0] for domain in part["value"]]
    return domains if exclusion_of(quick, domains)["conditions"]["any"] == parts else None


def _alternatives(conditions: Mapping[str, Any]) -> list[Any]:
    """Return the conditions of which one is enough: a single one is its own alternative."""
    if "any" in conditions:
        return list(conditions["any"])
    if "all" in conditions and len(conditions["all"]) == 1:
        return list(conditions["all"])
    return [conditions]


def is_of_customers(exclusion: ExclusionDocument) -> bool:
    """Answer whether an exclusion sends all leads of existing customers to their owner, by whichever id and name."""
    asked = CUSTOMERS["conditions"]
    alone = (asked, {"all": [asked]}, {"any": [asked]})
    return exclusion.id == CUSTOMERS_ID or (
        exclusion.is_active and exclusion.action == CUSTOMERS["action"] and exclusion.conditions in alone
    )
