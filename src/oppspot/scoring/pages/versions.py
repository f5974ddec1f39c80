"""The versions of the score model: what each changed, and how a former one is published again."""

from dataclasses import replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from oppspot.core.actor import Actor
from oppspot.core.config_versions import LiveConfig
from oppspot.core.db import Transaction
from oppspot.scoring.defaults import DEFAULT_MODEL
from oppspot.scoring.parse import dump_model
from oppspot.scoring.services import KIND, publish_model
from oppspot.scoring.types import FACTOR_LABELS
from oppspot.versions import version_pages
from oppspot.versions.comparing import Difference, differences, in_words
from oppspot.versions.kinds import Document, Pairs, VersionedKind
from oppspot.web.formats import percent

_WEIGHT: Final = 2  # steps of the path of a weight


async def _publish(
    tx: Transaction, actor: Actor, document: Document, now: datetime, *, note: str, expected_version: int | None
) -> LiveConfig:
    return await publish_model(tx, actor, document, now, note=note, expected_version=expected_version)


async def _describe(_tx: Transaction, _org_id: UUID, pairs: Pairs) -> list[list[str]]:
    return [[_sentence(difference) for difference in differences(*pair)] for pair in pairs]


def _sentence(difference: Difference) -> str:
    path = difference.path
    if path[0] == "weights" and len(path) == _WEIGHT:
        label = FACTOR_LABELS.get(path[1], path[1])  # type: ignore[call-overload]
        return f"Weight of {label.lower()}: {_share(difference.before)} → {_share(difference.after)}"
    if path[0] == "negatives":
        difference = replace(difference, path=("points off", *(step for step in path[1:] if step != "points")))
    sentence = in_words(difference)
    return sentence[0].upper() + sentence[1:]


def _share(value: Any) -> str:
    return percent(value, 1).replace(".0%", "%")


SCORE_MODEL: Final = VersionedKind(
    kind=KIND,
    title="Scoring",
    home="/scoring",
    publish=_publish,
    shipped=dump_model(DEFAULT_MODEL),
    describe=_describe,
)
router = version_pages(SCORE_MODEL.address, lambda _: SCORE_MODEL, read="scoring.read", write="scoring.write")
