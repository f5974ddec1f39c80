"""Takes a rule in either shape and gives it in ours; what is wrong with it is named as it was sent."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from oppspot.conditions.types import Catalogue
from oppspot.core.actor import Actor
from oppspot.core.db import Transaction
from oppspot.core.errors import Invalid
from oppspot.corridor.configuration import catalogue_with, list_attributes
from oppspot.routing.documents import TargetDocument
from oppspot.routing.plan_shapes import FlatConditions, is_flat, problem_as_sent, settings_of, tree_of
from oppspot.routing.schemas import FlatRuleBody, RuleBody
from oppspot.web.validation import checked


async def rule_of(tx: Transaction, actor: Actor, body: RuleBody | FlatRuleBody) -> dict[str, Any]:
    """Return what was sent as a rule of ours, to be checked."""
    catalogue = catalogue_with(await list_attributes(tx, actor.org_id))
    return _ours(body).model_dump(mode="json") | {"conditions": _tree(body.conditions, catalogue)}


def _ours(body: RuleBody | FlatRuleBody) -> RuleBody:
    if isinstance(body, RuleBody):
        return body
    return RuleBody(
        name=body.name,
        description=body.description,
        priority=body.priority,
        is_active=body.is_active,
        routing_algorithm=body.routing_algorithm,
        assignment_target=TargetDocument(type=body.actions.assign_to, id=body.actions.assignment_target),
        sla_hours=body.actions.sla_hours,
        settings=settings_of(body.actions, body.advanced),
    )


def _tree(conditions: dict[str, Any], catalogue: Catalogue) -> dict[str, Any]:
    if not is_flat(conditions):
        return conditions or {"all": []}
    try:
        return tree_of(checked(FlatConditions, conditions), catalogue)
    except Invalid as error:
        problems = [replace(problem, path=f"conditions.{problem.path}") for problem in error.errors]
        raise Invalid(error.detail, errors=problems) from error


@contextmanager
def named_as_sent(body: RuleBody | FlatRuleBody) -> Iterator[None]:
    """Name what is wrong in the fields of the shape that was sent."""
    try:
        yield
    except Invalid as error:
        if isinstance(body, RuleBody):
            raise
        raise Invalid(error.detail, errors=[problem_as_sent(problem) for problem in error.errors]) from error
