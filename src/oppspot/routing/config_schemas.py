"""What the parts of routing's configuration beside the rules look like on the wire."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from oppspot.conditions.documents import ConditionDocument
from oppspot.core.text_shapes import STORABLE
from oppspot.routing.documents import MAX_TERRITORIES, RoutingDocument, TargetDocument
from oppspot.routing.policies import Name, Policies, SlaHours, Territory
from oppspot.routing.schemas import RULE_EXAMPLE
from oppspot.routing.sla import DEFAULT_SLA_HOURS


class DefaultBody(BaseModel):
    """Where leads go that no rule matches, and how soon to respond there; without a target they wait."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"default_target": None}]})

    default_target: TargetDocument | None = None
    default_sla_hours: SlaHours = DEFAULT_SLA_HOURS


_EXCLUSION_EXAMPLE: dict[str, Any] = {
    "name": "Competitors",
    "conditions": {"field": "lead.email_domain", "op": "in", "value": ["rival.example", "other.example"]},
    "action": "block",
}


class ExclusionBody(BaseModel):
    """Leads that no rule is asked about: they go nowhere, or to their account's owner."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_EXCLUSION_EXAMPLE]})

    name: Name
    conditions: ConditionDocument
    action: Literal["block", "account_owner"] = "block"
    is_active: bool = True


class ExclusionAnswer(ExclusionBody):
    """An exclusion with its id."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={"examples": [{"id": "0199c1a2-9d04-7aa1-b6f3-1c2d3e4f5a6b", **_EXCLUSION_EXAMPLE}]},
    )

    id: str


class ExclusionList(BaseModel):
    """The live exclusions and the version they are of."""

    version: int
    items: list[ExclusionAnswer]


_TERRITORY_EXAMPLE: dict[str, Any] = {
    "name": "Bavaria",
    "countries": ["DE"],
    "postcodes": ["80000-87999", "90000-97999"],
    "priority": 10,
}


class TerritoryBody(Territory):
    """Leads from somewhere; reps cover it by naming it in their profile."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [_TERRITORY_EXAMPLE]})


class TerritoryAnswer(Territory):
    """A territory, and the ids of the active reps who cover it."""

    covered_by: list[UUID]


class TerritoryList(BaseModel):
    """The live territories, the version they are of, and names in profiles that are no territory."""

    version: int
    items: list[TerritoryAnswer]
    unknown_in_profiles: list[str]


class TerritoriesBody(BaseModel):
    """All territories there are to be."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"territories": [_TERRITORY_EXAMPLE]}]})

    territories: Annotated[list[Territory], Field(max_length=MAX_TERRITORIES)]


class PoliciesAnswer(BaseModel):
    """What holds for all rules, and the version it is of."""

    version: int
    policies: Policies


class PoliciesBody(Policies):
    """What holds for all rules; what is left out is as shipped."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "fairness": {"algorithm": "value_balanced", "window": "month"},
                    "capacity": {"urgent": 2, "urgent_leads_pass": True},
                    "sla": {"business_hours": True, "qualify_hours": 72},
                    "balancing": {"rebalance_threshold": 40, "auto_redistribute": True},
                }
            ]
        },
    )


class DocumentBody(BaseModel):
    """The whole configuration, as a file would keep it; `expected_version` is the one it was made from."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "expected_version": 12,
                    "note": "Quarterly territories",
                    "document": {
                        "rules": [{"id": "large-software", **RULE_EXAMPLE}],
                        "exclusions": [{"id": "competitors", **_EXCLUSION_EXAMPLE}],
                        "territories": [_TERRITORY_EXAMPLE],
                    },
                }
            ]
        },
    )

    document: RoutingDocument
    expected_version: Annotated[int | None, Field(ge=0, le=2**31 - 1)] = None
    note: Annotated[str, Field(max_length=500, pattern=STORABLE)] = ""


class DocumentAnswer(BaseModel):
    """The whole live configuration and its version; 0 when none was ever published."""

    version: int
    document: RoutingDocument
