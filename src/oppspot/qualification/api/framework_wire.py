"""What frameworks, their versions and their trials look like on the wire."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from oppspot.core.config_versions import LiveConfig
from oppspot.core.text_shapes import STORABLE
from oppspot.qualification.framework import Name, Title
from oppspot.qualification.lint import Finding
from oppspot.qualification.services.frameworks import FrameworkState
from oppspot.qualification.simulating import Moved, Simulation
from oppspot.versions.queries import Version

VersionNumber = Annotated[int, Field(ge=0, le=2**31 - 1)]
Note = Annotated[str, Field(max_length=500, pattern=STORABLE)]
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
    title: Title | None = None  # of the duplicate


class DocumentBody(BaseModel):
    """A document to look at; left out: the draft, else what is live."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"document": _DOCUMENT}, {}]})

    document: dict[str, Any] | None = None


class PublishBody(BaseModel):
    """What to publish; left out: the draft."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"note": "Budget counts more"}]})

    document: dict[str, Any] | None = None
    note: Note = ""
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


def framework_item(state: FrameworkState) -> FrameworkItem:
    return FrameworkItem(
        name=state.name,
        title=state.title,
        is_live=state.live is not None,
        version=state.version,
        hash=state.live.version_hash if state.live else None,
        has_draft=state.draft is not None,
        is_retired=state.is_retired,
        leads=state.leads,
        verdicts=dict(state.verdicts),
    )


def framework_detail(state: FrameworkState) -> FrameworkDetail:
    return FrameworkDetail(
        **framework_item(state).model_dump(),
        document=state.live.document if state.live else None,
        draft=state.draft.document if state.draft else None,
    )


def findings_answer(findings: tuple[Finding, ...]) -> Findings:
    return Findings(
        findings=[
            FindingAnswer(
                level=each.level, path=each.problem.path, message=each.problem.message, accepted=each.problem.accepted
            )
            for each in findings
        ]
    )


def version_item(version: Version) -> VersionItem:
    return VersionItem(
        version=version.number,
        note=version.note,
        published_at=version.published_at,
        published_by=version.published_by,
        changes=list(version.changes),
    )


def published(live: LiveConfig) -> Published:
    return Published(version=live.version, hash=live.hash)


def simulation_answer(found: Simulation) -> SimulationAnswer:
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
