"""Frameworks and how leads come by them: read, drafted, checked, tried, published, gone back to."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from oppspot.accounts.access import needs
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.core.config_versions import LiveConfig
from oppspot.core.db import Transaction
from oppspot.core.errors import NotFound
from oppspot.qualification.framework import Name, Title
from oppspot.qualification.lint import Finding
from oppspot.qualification.selection import SelectionDocument
from oppspot.qualification.services.frameworks import (
    FrameworkState,
    duplicate_framework,
    findings_of,
    get_framework,
    list_frameworks,
    publish_framework,
    publish_framework_draft,
    save_framework_draft,
    simulate_framework,
    versioned_framework,
)
from oppspot.qualification.services.selection import get_selection, publish_selection
from oppspot.qualification.simulating import Moved, Simulation
from oppspot.versions.comparing import differences, in_words
from oppspot.versions.queries import get_version, list_versions
from oppspot.web.parameters import REFUSALS, REFUSALS_OF_CHANGE, REFUSALS_OF_ONE, Limit, transaction_of

router = APIRouter()
Reader = Annotated[Actor, Depends(needs("qualification.read"))]
Writer = Annotated[Actor, Depends(needs("qualification.write"))]
VersionNumber = Annotated[int, Field(ge=0, le=2**31 - 1)]
_DOCUMENT: JsonValue = {"name": "ours", "title": "Ours", "elements": ["…"], "verdicts": ["…"]}


class FrameworkItem(BaseModel):
    """A framework as a list shows it. Version 0 is as shipped, or, while `is_live` is false, nothing yet."""

    name: str
    title: str
    is_live: bool
    version: int
    hash: str | None
    has_draft: bool
    is_retired: bool
    leads: int
    verdicts: dict[str, int]


class FrameworkList(BaseModel):
    items: list[FrameworkItem]


class FrameworkDetail(FrameworkItem):
    document: dict[str, Any] | None
    draft: dict[str, Any] | None


class FindingAnswer(BaseModel):
    """One thing to mend (error) or to think about (warning)."""

    level: Literal["error", "warning"]
    path: str
    message: str
    accepted: str | None


class Findings(BaseModel):
    """What there is to mend; without errors the document can be published."""

    findings: list[FindingAnswer]


class DraftBody(BaseModel):
    """A framework as a document; or where to begin one: `duplicate_of` a framework or template."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"duplicate_of": "meddpicc", "title": "Ours"}]}
    )

    document: dict[str, Any] | None = None
    duplicate_of: Name | None = None
    title: Title | None = None


class DocumentBody(BaseModel):
    """A document to look at; left out: the draft, else what is live."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"document": _DOCUMENT}, {}]})

    document: dict[str, Any] | None = None


class PublishBody(BaseModel):
    """What to publish; left out: the draft."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"note": "Budget counts more"}]})

    document: dict[str, Any] | None = None
    note: Annotated[str, Field(max_length=500)] = ""
    expected_version: VersionNumber | None = None


class RollbackBody(BaseModel):
    """Which version to make live again; 0 is as shipped."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"version": 0}]})

    version: VersionNumber
    expected_version: VersionNumber | None = None


class Published(BaseModel):
    """The version that is live now; every lead is being assessed anew."""

    version: int
    hash: str


class VersionItem(BaseModel):
    version: int
    note: str
    published_at: datetime | None
    published_by: str | None
    changes: list[str]


class VersionList(BaseModel):
    items: list[VersionItem]


class VersionDifference(BaseModel):
    """What differs between two versions, value by value."""

    changes: list[str]


class VerdictCount(BaseModel):
    before: str | None
    after: str
    leads: int


class MovedAnswer(BaseModel):
    lead_id: UUID
    name: str
    status_before: str | None
    status: str
    score_before: int | None
    score: int | None


class SimulationAnswer(BaseModel):
    """What a document would do to the newest leads; nothing was written."""

    leads: int
    total: int
    is_sample: bool
    changed: int
    verdicts: list[VerdictCount]
    scores_before: list[int]  # leads by score, in tens from 0
    scores_after: list[int]
    unknown_before: int
    unknown_after: int
    most_moved: list[MovedAnswer]


class SelectionAnswer(BaseModel):
    version: int
    document: SelectionDocument


class SelectionBody(BaseModel):
    """How leads come by their frameworks."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "document": {
                        "rules": [
                            {
                                "name": "Fairs",
                                "framework": "meddic",
                                "conditions": {"field": "lead.source", "op": "eq", "value": "fair"},
                            },
                        ],
                    },
                },
            ],
        },
    )

    document: SelectionDocument
    note: Annotated[str, Field(max_length=500)] = ""
    expected_version: VersionNumber | None = None


@router.get("/frameworks", summary="List frameworks", responses=REFUSALS)
async def read_frameworks(request: Request, actor: Reader) -> FrameworkList:
    """Return every framework that is live or drafted, and how the leads stand by it."""
    async with transaction_of(request, actor) as tx:
        return FrameworkList(items=[FrameworkItem(**_item(each)) for each in await list_frameworks(tx, actor.org_id)])


@router.get("/frameworks/{name}", summary="Read a framework", responses=REFUSALS_OF_ONE)
async def read_framework(request: Request, actor: Reader, name: Name) -> FrameworkDetail:
    """Return a framework's live document and its draft."""
    async with transaction_of(request, actor) as tx:
        state = await get_framework(tx, actor.org_id, name)
    return FrameworkDetail(
        **_item(state),
        document=state.live.document if state.live else None,
        draft=state.draft.document if state.draft else None,
    )


@router.put("/frameworks/{name}", summary="Draft a framework", responses=REFUSALS_OF_CHANGE)
async def write_draft(request: Request, actor: Writer, name: Name, body: DraftBody) -> Findings:
    """Save a document, right or wrong, as the draft of a framework, or begin one from another; says what to mend."""
    async with transaction_of(request, actor) as tx:
        if body.duplicate_of is not None:
            await duplicate_framework(tx, actor, body.duplicate_of, name, body.title or name, utc_now())
        elif body.document is not None:
            await save_framework_draft(tx, actor, name, body.document, utc_now())
        document = await _document(tx, actor, name, None)
    return _findings(findings_of(name, document))


@router.post("/frameworks/{name}/lint", summary="Check a framework", responses=REFUSALS_OF_ONE)
async def lint(request: Request, actor: Writer, name: Name, body: DocumentBody) -> Findings:
    """Return what keeps a document from being published, and what to think about; changes nothing."""
    async with transaction_of(request, actor) as tx:
        document = await _document(tx, actor, name, body.document)
    return _findings(findings_of(name, document))


@router.post("/frameworks/{name}/simulate", summary="Try a framework on the leads", responses=REFUSALS_OF_ONE)
async def simulate(request: Request, actor: Writer, name: Name, body: DocumentBody) -> SimulationAnswer:
    """Return what a document would say of the newest 5,000 leads beside what is live; writes nothing."""
    async with transaction_of(request, actor) as tx:
        document = await _document(tx, actor, name, body.document)
        return _simulation(await simulate_framework(tx, actor.org_id, name, document, utc_now()))


@router.post("/frameworks/{name}/publish", summary="Publish a framework", responses=REFUSALS_OF_CHANGE)
async def publish(request: Request, actor: Writer, name: Name, body: PublishBody) -> Published:
    """Make the draft, or a document, live as the next version; every lead is assessed anew, soon after."""
    async with transaction_of(request, actor) as tx:
        if body.document is None:
            live = await publish_framework_draft(
                tx, actor, name, utc_now(), note=body.note, expected_version=body.expected_version
            )
            return _published(live)
        live = await publish_framework(
            tx, actor, name, body.document, utc_now(), note=body.note, expected_version=body.expected_version
        )
    return _published(live)


@router.get("/frameworks/{name}/versions", summary="List a framework's versions", responses=REFUSALS_OF_ONE)
async def read_versions(request: Request, actor: Reader, name: Name, limit: Limit = 50) -> VersionList:
    """Return the versions, the newest first, each with what it changed."""
    async with transaction_of(request, actor) as tx:
        await get_framework(tx, actor.org_id, name)
        versions, _ = await list_versions(tx, actor.org_id, versioned_framework(name), limit=limit)
    return VersionList(
        items=[
            VersionItem(
                version=each.number,
                note=each.note,
                published_at=each.published_at,
                published_by=each.published_by,
                changes=list(each.changes),
            )
            for each in versions
        ]
    )


@router.get("/frameworks/{name}/diff", summary="Compare two versions of a framework", responses=REFUSALS_OF_ONE)
async def read_version_diff(
    request: Request,
    actor: Reader,
    name: Name,
    since: Annotated[VersionNumber, Query(alias="from")],
    until: Annotated[VersionNumber, Query(alias="to")],
) -> VersionDifference:
    """Return what differs between two versions, value by value."""
    kind = versioned_framework(name)
    async with transaction_of(request, actor) as tx:
        before = await get_version(tx, actor.org_id, kind, since)
        after = await get_version(tx, actor.org_id, kind, until)
    return VersionDifference(changes=[in_words(each) for each in differences(before.document, after.document)])


@router.post("/frameworks/{name}/rollback", summary="Go back to a version", responses=REFUSALS_OF_CHANGE)
async def roll_back(request: Request, actor: Writer, name: Name, body: RollbackBody) -> Published:
    """Make a former version live again, as the next version."""
    async with transaction_of(request, actor) as tx:
        former = await get_version(tx, actor.org_id, versioned_framework(name), body.version)
        note = f"Back to version {body.version}"
        live = await publish_framework(
            tx, actor, name, former.document, utc_now(), note=note, expected_version=body.expected_version
        )
    return _published(live)


@router.get("/framework-selection", summary="Read how leads come by their frameworks", responses=REFUSALS)
async def read_selection(request: Request, actor: Reader) -> SelectionAnswer:
    """Return the rules, the limits of a large deal, the default, and what is retired."""
    async with transaction_of(request, actor) as tx:
        live = await get_selection(tx, actor.org_id)
    return SelectionAnswer(version=live.version, document=live.document)


@router.put("/framework-selection", summary="Change how leads come by frameworks", responses=REFUSALS_OF_CHANGE)
async def write_selection(request: Request, actor: Writer, body: SelectionBody) -> Published:
    """Publish the rules; every lead is assessed anew, soon after."""
    async with transaction_of(request, actor) as tx:
        live = await publish_selection(
            tx, actor, body.document, utc_now(), note=body.note, expected_version=body.expected_version
        )
    return _published(live)


async def _document(tx: Transaction, actor: Actor, name: str, given: dict[str, Any] | None) -> dict[str, Any]:
    """Return the document that is given, else the draft, else what is live; raises NotFound."""
    if given is not None:
        return given
    state = await get_framework(tx, actor.org_id, name)
    if state.draft:
        return state.draft.document
    if state.live is None:
        raise NotFound("There is nothing drafted and nothing live.")
    return state.live.document


def _item(state: FrameworkState) -> dict[str, Any]:
    return {
        "name": state.name,
        "title": state.title,
        "is_live": state.live is not None,
        "version": state.version,
        "hash": state.live.version_hash if state.live else None,
        "has_draft": state.draft is not None,
        "is_retired": state.is_retired,
        "leads": state.leads,
        "verdicts": dict(state.verdicts),
    }


def _findings(findings: tuple[Finding, ...]) -> Findings:
    return Findings(
        findings=[
            FindingAnswer(
                level=each.level, path=each.problem.path, message=each.problem.message, accepted=each.problem.accepted
            )
            for each in findings
        ]
    )


def _published(live: LiveConfig) -> Published:
    return Published(version=live.version, hash=live.hash)


def _simulation(found: Simulation) -> SimulationAnswer:
    return SimulationAnswer(
        leads=found.leads,
        total=found.total,
        is_sample=found.is_sample,
        changed=found.changed,
        verdicts=[
            VerdictCount(before=before, after=after, leads=count) for (before, after), count in found.verdicts.items()
        ],
        scores_before=list(found.before),
        scores_after=list(found.after),
        unknown_before=found.unknown[0],
        unknown_after=found.unknown[1],
        most_moved=[_moved(each) for each in found.most_moved],
    )


def _moved(moved: Moved) -> MovedAnswer:
    return MovedAnswer(
        lead_id=moved.lead_id,
        name=moved.name,
        status_before=moved.before.status if moved.before else None,
        status=moved.after.status,
        score_before=moved.before.overall_score if moved.before else None,
        score=moved.after.overall_score,
    )
