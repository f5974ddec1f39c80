"""What a routing configuration looks like as a document, and how it becomes the rules that decide."""

from collections.abc import Mapping, Sequence
from itertools import takewhile
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from oppspot.conditions.documents import ConditionDocument
from oppspot.conditions.parse import InvalidCondition, parse
from oppspot.conditions.types import Catalogue, Condition
from oppspot.core.errors import FieldProblem, Invalid
from oppspot.routing.algorithms import ALGORITHMS
from oppspot.routing.policies import Name, Policies, RuleSettings, SlaHours, Territory
from oppspot.routing.sla import DEFAULT_SLA_HOURS
from oppspot.routing.types import Exclusion, RoutingConfig, RoutingRule, Target, TargetKind

MAX_RULES = 2_000
LAST_PLACE = 1_000_000
MAX_EXCLUSIONS = 200
MAX_TERRITORIES = 1_000


class TargetDocument(BaseModel):
    """Where leads go: a team's or a user's id, or the name of a queue."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    type: Literal["team", "individual", "queue"]
    id: Name


class RuleDocument(BaseModel):
    """One rule; a lower priority number is asked first."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Name
    name: Name
    description: Annotated[str, Field(max_length=2000)] = ""
    priority: Annotated[int, Field(ge=0, le=LAST_PLACE)] = 100
    is_active: bool = True
    conditions: ConditionDocument = {"all": []}
    routing_algorithm: str = "round_robin"
    assignment_target: TargetDocument
    sla_hours: SlaHours = DEFAULT_SLA_HOURS
    settings: RuleSettings = RuleSettings()

    @property
    def takes_everything(self) -> bool:
        """Whether no rule after it is ever asked, as far as its conditions say so at once: it has none."""
        return self.is_active and self.conditions == {"all": []}


def place_of_new(rules: Sequence[RuleDocument]) -> int:
    """Return the priority by which a new rule is asked last, but before one that takes everything."""
    in_order = sorted(rules, key=lambda rule: rule.priority)
    ahead = list(takewhile(lambda rule: not rule.takes_everything, in_order))
    last = ahead[-1].priority if ahead else 0
    return min(last + 10, LAST_PLACE) if len(ahead) == len(in_order) else (last + in_order[len(ahead)].priority) // 2


class ExclusionDocument(BaseModel):
    """Leads that no rule is asked about: they go nowhere (`block`), or to their account's owner (`account_owner`)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Name
    name: Name
    conditions: ConditionDocument
    action: Literal["block", "account_owner"] = "block"
    is_active: bool = True


class RoutingDocument(BaseModel):
    """Everything that routing decides by, as one version."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rules: Annotated[tuple[RuleDocument, ...], Field(max_length=MAX_RULES)] = ()
    exclusions: Annotated[tuple[ExclusionDocument, ...], Field(max_length=MAX_EXCLUSIONS)] = ()
    territories: Annotated[tuple[Territory, ...], Field(max_length=MAX_TERRITORIES)] = ()
    policies: Policies = Policies()
    default_target: TargetDocument | None = None
    default_sla_hours: SlaHours = DEFAULT_SLA_HOURS


NO_RULES = RoutingDocument()


def compile_config(
    document: RoutingDocument,
    version_hash: str,
    catalogue: Catalogue,
    names: Mapping[str, str],
) -> RoutingConfig:
    """Return the rules ready to decide; `names` gives teams' and people's names by id for the reasons.

    Raises Invalid naming the rule and the part of its condition that is not accepted.
    """
    # Those that are off are read too: what could not be asked about may not be stored.
    lists = [(item, _exclusion(index, item, catalogue)) for index, item in enumerate(document.exclusions)]
    return RoutingConfig(
        rules=tuple(_rule(index, rule, catalogue, names) for index, rule in enumerate(document.rules)),
        version_hash=version_hash,
        default_target=_target(document.default_target, names) if document.default_target else None,
        default_sla_hours=document.default_sla_hours,
        exclusions=tuple(exclusion for item, exclusion in lists if item.is_active),
        territories=document.territories,
        policies=document.policies,
    )


def _rule(index: int, rule: RuleDocument, catalogue: Catalogue, names: Mapping[str, str]) -> RoutingRule:
    path = f"rules[{index}]"
    if rule.routing_algorithm not in ALGORITHMS:
        accepted = ", ".join(sorted(ALGORITHMS))
        problem = FieldProblem(f"{path}.routing_algorithm", f'"{rule.routing_algorithm}" is not known', accepted)
        raise Invalid("The rule names an algorithm that does not exist.", errors=[problem])
    condition = _condition(rule, path, catalogue)
    return RoutingRule(
        id=rule.id,
        name=rule.name,
        priority=rule.priority,
        condition=condition,
        target=_target(rule.assignment_target, names, f"{path}.assignment_target"),
        algorithm=rule.routing_algorithm,
        sla_hours=rule.sla_hours,
        enabled=rule.is_active,
        settings=rule.settings,
    )


def _exclusion(index: int, item: ExclusionDocument, catalogue: Catalogue) -> Exclusion:
    return Exclusion(item.id, item.name, _condition(item, f"exclusions[{index}]", catalogue), item.action)


def _condition(item: RuleDocument | ExclusionDocument, path: str, catalogue: Catalogue) -> Condition:
    try:
        return parse(item.conditions, catalogue)
    except InvalidCondition as error:
        raise Invalid(
            f'The conditions of "{item.name}" are not accepted.',
            errors=[problem.inside(f"{path}.conditions") for problem in error.problems],
        ) from error


def _target(target: TargetDocument, names: Mapping[str, str], path: str = "default_target") -> Target:
    kind = TargetKind(target.type)
    if kind is TargetKind.QUEUE:
        return Target(kind, target.id, target.id)
    try:
        return Target(kind, UUID(target.id), names.get(target.id, ""))
    except ValueError as error:
        problem = FieldProblem(f"{path}.id", f'"{target.id}" is not an identifier', f"the id of a {target.type}")
        raise Invalid("The rule's target is not accepted.", errors=[problem]) from error
