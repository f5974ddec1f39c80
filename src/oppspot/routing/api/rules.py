"""Routing rules: listed, added, replaced, removed, put in order."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request

from oppspot.accounts.access import needs
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.core.text_shapes import PART_OF_PATH
from oppspot.routing.api.seen import Seen
from oppspot.routing.api.shapes import named_as_sent, rule_of
from oppspot.routing.schemas import AnyRuleBody, OrderBody, RuleAnswer, RuleList
from oppspot.routing.services.rules import create_rule, delete_rule, get_rules, order_rules, replace_rule
from oppspot.web.parameters import REFUSALS, REFUSALS_OF_CHANGE, transaction_of

router = APIRouter(prefix="/api/qualification/routing/rules")
Reader = Annotated[Actor, Depends(needs("routing.read"))]
Writer = Annotated[Actor, Depends(needs("routing.write"))]
RuleId = Annotated[str, Path(min_length=1, max_length=200, pattern=PART_OF_PATH)]


@router.get("", summary="List the routing rules", responses=REFUSALS)
async def read_rules(request: Request, actor: Reader) -> RuleList:
    """Return the live rules in the order they are asked."""
    async with transaction_of(request, actor) as tx:
        document, version = await get_rules(tx, actor.org_id)
    rules = sorted(document.rules, key=lambda rule: (rule.priority, rule.id))
    return RuleList(
        version=version,
        items=[RuleAnswer.model_validate(rule) for rule in rules],
        default_target=document.default_target,
        default_sla_hours=document.default_sla_hours,
    )


@router.post("", status_code=201, summary="Add a routing rule", responses=REFUSALS_OF_CHANGE)
async def add_rule(request: Request, actor: Writer, body: AnyRuleBody, expected_version: Seen = None) -> RuleAnswer:
    """Publish the rules with one more; leads that nobody has are tried again."""
    with named_as_sent(body):
        async with transaction_of(request, actor) as tx:
            sent = await rule_of(tx, actor, body)
            rule = await create_rule(tx, actor, sent, utc_now(), expected_version=expected_version)
    return RuleAnswer.model_validate(rule)


@router.put("/{rule_id}", summary="Replace a routing rule", responses=REFUSALS_OF_CHANGE)
async def change_rule(
    request: Request, actor: Writer, rule_id: RuleId, body: AnyRuleBody, expected_version: Seen = None
) -> RuleAnswer:
    """Publish the rules with this one replaced."""
    with named_as_sent(body):
        async with transaction_of(request, actor) as tx:
            sent = await rule_of(tx, actor, body)
            rule = await replace_rule(tx, actor, rule_id, sent, utc_now(), expected_version=expected_version)
    return RuleAnswer.model_validate(rule)


@router.delete("/{rule_id}", status_code=204, summary="Remove a routing rule", responses=REFUSALS_OF_CHANGE)
async def remove_rule(request: Request, actor: Writer, rule_id: RuleId, expected_version: Seen = None) -> None:
    """Publish the rules without this one; the versions before keep it."""
    async with transaction_of(request, actor) as tx:
        await delete_rule(tx, actor, rule_id, utc_now(), expected_version=expected_version)


@router.post("/order", status_code=204, summary="Put the rules in order", responses=REFUSALS_OF_CHANGE)
async def reorder_rules(request: Request, actor: Writer, body: OrderBody, expected_version: Seen = None) -> None:
    """Ask the rules in this order from now on; every rule is named once."""
    async with transaction_of(request, actor) as tx:
        await order_rules(tx, actor, body.rule_ids, utc_now(), expected_version=expected_version)
