"""Changes how scores are made: publishes the next version of the model and has every lead scored anew."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from oppspot.core.actor import Actor
from oppspot.core.config_versions import LiveConfig, find_live_configs, publish_config
from oppspot.core.db import Transaction
from oppspot.core.errors import FieldProblem, Invalid
from oppspot.corridor.rescoring import start_rescoring
from oppspot.scoring.defaults import default_document
from oppspot.scoring.parse import InvalidScoreModel, dump_model, parse_model

KIND: Final = "scoring"


@dataclass(frozen=True, slots=True)
class LiveModel:
    """The live model's document; version 0 is the one that ships."""

    document: dict[str, Any]
    version: int


async def get_model(tx: Transaction, org_id: UUID) -> LiveModel:
    """Return the live score model."""
    live = (await find_live_configs(tx, org_id)).get(KIND)
    return LiveModel(live.document, live.version) if live else LiveModel(default_document(), 0)


async def publish_model(
    tx: Transaction,
    actor: Actor,
    document: Mapping[str, Any] | str,
    now: datetime,
    *,
    note: str = "",
    expected_version: int | None = None,
) -> LiveConfig:
    """Publish a model; every lead is scored anew by a job. Raises Invalid naming what is not accepted."""
    try:
        model = parse_model(document)
    except InvalidScoreModel as error:
        problems = [FieldProblem(problem.path, problem.message, problem.accepted) for problem in error.problems]
        raise Invalid("The score model is not accepted.", errors=problems) from error
    live = await publish_config(tx, actor, KIND, dump_model(model), now, note=note, expected_version=expected_version)
    await start_rescoring(tx, actor.org_id, "config", now)
    return live
