"""Changes what holds for all rules. Each change is the next version of the one document."""

from datetime import datetime

from oppspot.core.actor import Actor
from oppspot.core.db import Transaction
from oppspot.routing.policies import Policies
from oppspot.routing.services.publishing import Sent, change_rules


async def put_policies(
    tx: Transaction, actor: Actor, policies: Policies, now: datetime, *, expected_version: int | None = None
) -> None:
    """Make these the policies."""
    await change_rules(
        tx,
        actor,
        lambda document: document.model_copy(update={"policies": policies}),
        "Changed the policies",
        now,
        expected_version,
        sent=Sent("policies"),
    )
