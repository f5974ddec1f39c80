"""The life of frameworks: drafted, looked through, tried on the leads there are, published, gone back to, retired."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import yaml  # type: ignore[import-untyped]  # PyYAML has no types of its own
from sqlalchemy import text

from oppspot.core.actor import Actor
from oppspot.core.config_drafts import ConfigDraft, discard_draft, find_draft, list_drafts, lock_draft, save_draft
from oppspot.core.config_versions import LiveConfig, find_live_configs, publish_config
from oppspot.core.db import Transaction
from oppspot.core.errors import Conflict, FieldProblem, Invalid, NotFound
from oppspot.corridor.configuration import FRAMEWORK, load_configuration
from oppspot.corridor.rescoring import start_rescoring
from oppspot.qualification.framework import Framework
from oppspot.qualification.frameworks import SHIPPED, TEMPLATES, shipped_framework
from oppspot.qualification.lint import Finding
from oppspot.qualification.parse import lint_framework, parse_framework
from oppspot.qualification.queries.batches import list_newest, load_evidence
from oppspot.qualification.rules import assess_leads
from oppspot.qualification.services.drafts import keep_draft, seen_of
from oppspot.qualification.simulating import Moved, Simulation, simulate
from oppspot.versions.kinds import VersionedKind

# So many of the newest leads are looked at.
LOOKED_AT: Final = 5_000
_BATCH: Final = 500

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FrameworkState:
    """A framework in an organisation: what is live (None: never published), what is drafted, how it is used."""

    name: str
    live: Framework | None
    version: int  # 0: as shipped, or nothing
    draft: ConfigDraft | None
    is_retired: bool
    leads: int  # that are qualified by it
    verdicts: Mapping[str, int]

    @property
    def title(self) -> str:
        return (
            self.live.title if self.live else str((self.draft.document if self.draft else {}).get("title", self.name))
        )

    @property
    def is_outdated(self) -> bool:
        """Tell whether something was published since the draft was begun: it would take that back."""
        return self.draft is not None and self.draft.base_version != self.version

    @property
    def seen(self) -> str:
        """Name what an editor has before them."""
        return seen_of(self.draft, self.version)


_USES = text("SELECT framework, verdict, count(*) AS leads FROM leads WHERE org_id = :org_id GROUP BY 1, 2")


async def list_frameworks(tx: Transaction, org_id: UUID) -> list[FrameworkState]:
    """Return every framework that is live or drafted, those that ship first."""
    configuration = await load_configuration(tx, org_id)
    versions = await find_live_configs(tx, org_id)
    uses: dict[str, dict[str, int]] = {}
    for row in await tx.execute(_USES, {"org_id": org_id}):
        uses.setdefault(row.framework, {})[row.verdict or ""] = row.leads
    drafts = await list_drafts(tx, org_id, FRAMEWORK)
    states = []
    for name in dict.fromkeys([*configuration.frameworks, *sorted(drafts)]):
        kind = f"{FRAMEWORK}{name}"
        states.append(
            FrameworkState(
                name=name,
                live=configuration.frameworks.get(name),
                version=versions[kind].version if kind in versions else 0,
                draft=drafts.get(name),
                is_retired=name in configuration.selection.document.retired,
                leads=sum(uses.get(name, {}).values()),
                verdicts=uses.get(name, {}),
            )
        )
    return states


async def get_framework(tx: Transaction, org_id: UUID, name: str) -> FrameworkState:
    """Return one framework; raises NotFound."""
    found = next((state for state in await list_frameworks(tx, org_id) if state.name == name), None)
    if found is None:
        raise NotFound(f"There is no framework {name[:60]!r}.")
    return found


async def save_framework_draft(
    tx: Transaction, actor: Actor, name: str, document: Document, now: datetime, *, seen: str | None = None
) -> tuple[Finding, ...]:
    """Keep a document as the draft of a framework, right or wrong; returns what there is to mend.

    Raises Conflict when what the editor had `seen` is not what is there now; None overwrites whatever is.
    """
    kind = f"{FRAMEWORK}{name}"
    live = (await find_live_configs(tx, actor.org_id)).get(kind)
    version = live.version if live else 0
    if seen is None:
        await save_draft(tx, actor, kind, document, now, base_version=version)
    else:
        draft = await find_draft(tx, actor.org_id, kind)
        await keep_draft(tx, actor, kind, document, now, draft=draft, version=version, seen=seen)
    return findings_of(name, document)


def findings_of(name: str, document: Document | str) -> tuple[Finding, ...]:
    """Return what is wrong with a document as this framework, and what to think about."""
    findings = lint_framework(document)
    called = document.get("name") if isinstance(document, Mapping) else None
    if isinstance(document, Mapping) and called != name:
        problem = FieldProblem("name", f"is {str(called)[:60]!r}", f"{name!r}; duplicate the framework to rename it")
        return (Finding("error", problem), *findings)
    return findings


async def discard_framework_draft(tx: Transaction, actor: Actor, name: str) -> None:
    """Forget a draft; raises NotFound."""
    if not await discard_draft(tx, actor.org_id, f"{FRAMEWORK}{name}"):
        raise NotFound("There is no draft.")


async def duplicate_framework(
    tx: Transaction, actor: Actor, source: str, name: str, title: str, now: datetime
) -> tuple[Finding, ...]:
    """Begin a draft called `name` with what another framework or template says; returns what there is to mend.

    Raises Conflict when the name is taken, NotFound for no such source.
    """
    taken = [state.name for state in await list_frameworks(tx, actor.org_id)]
    if name in taken:
        problem = FieldProblem("name", f"{name!r} is taken", "lower-case letters, digits and _")
        raise Conflict("There is a framework of this name already.", errors=[problem])
    configuration = await load_configuration(tx, actor.org_id)
    if source in configuration.frameworks:
        document = configuration.frameworks[source].document
    elif source in TEMPLATES:
        document = shipped_framework(source).document
    else:
        raise NotFound(f"There is no framework {source[:60]!r}.")
    return await save_framework_draft(tx, actor, name, {**document, "name": name, "title": title}, now)


async def publish_framework(
    tx: Transaction,
    actor: Actor,
    name: str,
    document: Document,
    now: datetime,
    *,
    note: str = "",
    expected_version: int | None = None,
) -> LiveConfig:
    """Make a document live; every lead is assessed anew. A draft stays somebody's, begun from what was live before.

    Raises Invalid naming every fault, Conflict when somebody has published since `expected_version`.
    """
    faults = [finding.problem for finding in findings_of(name, document) if finding.level == "error"]
    if faults:
        raise Invalid("The framework cannot be published.", errors=faults)
    framework = parse_framework(document)
    kind = f"{FRAMEWORK}{name}"
    live = await publish_config(tx, actor, kind, framework.document, now, note=note, expected_version=expected_version)
    await start_rescoring(tx, actor.org_id, "config", now)
    return live


async def publish_framework_draft(
    tx: Transaction,
    actor: Actor,
    name: str,
    now: datetime,
    *,
    note: str = "",
    expected_version: int | None = None,
    seen: str | None = None,
) -> LiveConfig:
    """Make the draft live, unless somebody has published since it was begun; it is done with then.

    Raises NotFound, Invalid, and Conflict, also when it is not the draft that was `seen`.
    """
    draft = await lock_draft(tx, actor.org_id, f"{FRAMEWORK}{name}")
    if draft is None:
        raise NotFound("There is no draft.")
    if seen not in (None, seen_of(draft, 0)):
        raise Conflict(f"{draft.edited_by} changed this draft since you read it. Read it again first.")
    base = draft.base_version if expected_version is None else expected_version
    live = await publish_framework(tx, actor, name, draft.document, now, note=note, expected_version=base)
    await discard_draft(tx, actor.org_id, f"{FRAMEWORK}{name}")
    return live


async def simulate_framework(
    tx: Transaction, org_id: UUID, name: str, document: Document, now: datetime, *, looked_at: int = LOOKED_AT
) -> Simulation:
    """Try a document on the newest leads beside what is live; writes nothing. Raises Invalid."""
    draft = parse_framework(document)
    live = (await load_configuration(tx, org_id)).frameworks.get(name)
    lead_ids, total = await list_newest(tx, org_id, looked_at)
    moved: list[Moved] = []
    for start in range(0, len(lead_ids), _BATCH):
        moved += await _try(tx, org_id, lead_ids[start : start + _BATCH], live, draft, now)
    return simulate(moved, total)


async def _try(
    tx: Transaction, org_id: UUID, lead_ids: Sequence[UUID], live: Framework | None, draft: Framework, now: datetime
) -> list[Moved]:
    evidence = await load_evidence(tx, org_id, lead_ids)
    claims = [each.claims for each in evidence]
    before = assess_leads(live, claims, now) if live else [None] * len(claims)
    after = assess_leads(draft, claims, now)
    return [
        Moved(lead.lead_id, lead.name, was, would_be)
        for lead, was, would_be in zip(evidence, before, after, strict=True)
    ]


def versioned_framework(name: str) -> VersionedKind:
    """Return how the versions of a framework are listed, compared and made live again."""

    async def publish(
        tx: Transaction, actor: Actor, document: Document, now: datetime, *, note: str, expected_version: int | None
    ) -> LiveConfig:
        return await publish_framework(tx, actor, name, document, now, note=note, expected_version=expected_version)

    return VersionedKind(
        kind=f"{FRAMEWORK}{name}",
        title=name.upper() if name in SHIPPED else name.replace("_", " ").capitalize(),
        home=f"/qualification/frameworks/{name}",
        publish=publish,
        shipped=shipped_framework(name).document if name in SHIPPED else None,
        readable=as_yaml,
    )


def as_yaml(document: Document) -> str:
    """Return a document as people edit it."""
    return str(yaml.safe_dump(dict(document), allow_unicode=True, sort_keys=False, width=110))


async def try_on_lead(
    tx: Transaction, org_id: UUID, name: str, document: Document, lead_id: UUID, now: datetime
) -> Moved:
    """Try a document on one lead beside what is live; writes nothing. Raises Invalid."""
    draft = parse_framework(document)
    live = (await load_configuration(tx, org_id)).frameworks.get(name)
    return (await _try(tx, org_id, [lead_id], live, draft, now))[0]
