"""What a routing configuration looks like as a document, and how it becomes the rules that decide."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from oppspot.conditions.parse import InvalidCondition, Problem, parse
from oppspot.conditions.types import Catalogue
from oppspot.core.errors import FieldProblem, Invalid
from oppspot.routing.algorithms import ALGORITHMS
from oppspot.routing.sla import DEFAULT_SLA_HOURS
from oppspot.routing.types import RoutingConfig, RoutingRule, Target, TargetKind

Name = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f]+$")]
SlaHours = Annotated[float, Field(gt=0, le=8760)]
MAX_RULES = 2_000


class TargetDocument(BaseModel):
    """Where leads go: a team's or a user's id, or the name of a queue."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    type: Literal["team", "individual", "queue"]
    id: Name


class RuleSettings(BaseModel):
    """Over which leads fairness is kept: all of the team's, or those of this rule."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    fairness_scope: Literal["team", "rule"] = "team"


class RuleDocument(BaseModel):
    """One rule; a lower priority number is asked first."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Name
    name: Name
    description: Annotated[str, Field(max_length=2000)] = ""
    priority: Annotated[int, Field(ge=0, le=1_000_000)] = 100
    is_active: bool = True
    conditions: dict[str, Any] = {"all": []}
    routing_algorithm: str = "round_robin"
    assignment_target: TargetDocument
    sla_hours: SlaHours = DEFAULT_SLA_HOURS
    settings: RuleSettings = RuleSettings()


class RoutingDocument(BaseModel):
    """All rules of an organisation, as one version."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rules: Annotated[tuple[RuleDocument, ...], Field(max_length=MAX_RULES)] = ()
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
    return RoutingConfig(
        rules=tuple(_rule(index, rule, catalogue, names) for index, rule in enumerate(document.rules)),
        version_hash=version_hash,
        default_target=_target(document.default_target, names) if document.default_target else None,
        default_sla_hours=document.default_sla_hours,
    )


def _rule(index: int, rule: RuleDocument, catalogue: Catalogue, names: Mapping[str, str]) -> RoutingRule:
    path = f"rules[{index}]"
    if rule.routing_algorithm not in ALGORITHMS:
        accepted = ", ".join(sorted(ALGORITHMS))
        problem = FieldProblem(f"{path}.routing_algorithm", f'"{rule.routing_algorithm}" is not known', accepted)
        raise Invalid("The rule names an algorithm that does not exist.", errors=[problem])
    try:
        condition = parse(rule.conditions, catalogue)
    except InvalidCondition as error:
        raise Invalid(
            f'The conditions of "{rule.name}" are not accepted.',
            errors=[_condition_problem(path, problem) for problem in error.problems],
        ) from error
    return RoutingRule(
        id=rule.id,
        name=rule.name,
        priority=rule.priority,
        condition=condition,
        target=_target(rule.assignment_target, names, f"{path}.assignment_target"),
        algorithm=rule.routing_algorithm,
        sla_hours=rule.sla_hours,
        enabled=rule.is_active,
        settings=rule.settings.model_dump(),
    )


def _condition_problem(path: str, problem: Problem) -> FieldProblem:
    parts = [part for part in problem.path.split("/") if part]
    inside = "".join(f"[{part}]" if part.isdigit() else f".{part}" for part in parts)
    return FieldProblem(f"{path}.conditions{inside}", problem.message, problem.accepted)


def _target(target: TargetDocument, names: Mapping[str, str], path: str = "default_target") -> Target:
    kind = TargetKind(target.type)
    if kind is TargetKind.QUEUE:
        return Target(kind, target.id, target.id)
    try:
        return Target(kind, UUID(target.id), names.get(target.id, ""))
    except ValueError as error:
        problem = FieldProblem(f"{path}.id", f'"{target.id}" is not an identifier', f"the id of a {target.type}")
        raise Invalid("The rule's target is not accepted.", errors=[problem]) from error
