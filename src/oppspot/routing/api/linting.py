"""What is wrong with the routing rules, live or drafted."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict

from oppspot.accounts.access import needs
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.routing.documents import RoutingDocument
from oppspot.routing.linting import Finding, Kind, Severity
from oppspot.routing.queries.linting import lint_routing
from oppspot.web.parameters import REFUSALS, transaction_of

router = APIRouter(prefix="/api/routing")
Reader = Annotated[Actor, Depends(needs("routing.read"))]

_DOCUMENT: dict[str, Any] = {
    "rules": [
        {
            "id": "software",
            "name": "Software",
            "priority": 10,
            "conditions": {"field": "company.industry", "op": "eq", "value": "Software"},
            "assignment_target": {"type": "queue", "id": "Software"},
        },
        {
            "id": "large",
            "name": "Large companies",
            "priority": 10,
            "conditions": {"field": "company.employees", "op": "gte", "value": 500},
            "assignment_target": {"type": "queue", "id": "Large"},
        },
    ],
}


class LintBody(BaseModel):
    """A whole configuration to check; left out, the live one."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"document": _DOCUMENT}, {}]})

    document: RoutingDocument | None = None


class FindingAnswer(BaseModel):
    """One fault: what is wrong, what to do, and a lead that shows it; `leads` of the newest leads show it too."""

    kind: Kind
    severity: Severity
    rule_ids: list[str]
    says: str
    do: str
    example: dict[str, Any] | None
    leads: int | None
    team_id: UUID | None

    @classmethod
    def of(cls, finding: Finding) -> "FindingAnswer":
        """Return a finding as it is answered."""
        return cls(
            kind=finding.kind,
            severity=finding.severity,
            rule_ids=list(finding.rule_ids),
            says=finding.says,
            do=finding.do,
            example=None if finding.example is None else dict(finding.example),
            leads=finding.leads,
            team_id=finding.team_id,
        )


class LintAnswer(BaseModel):
    """What was found, the worst first; how many of the newest leads were looked at; what could not be settled."""

    findings: list[FindingAnswer]
    leads: int
    unsettled: list[str]


@router.post("/lint", summary="Check routing rules", responses=REFUSALS)
async def lint_rules(request: Request, actor: Reader, body: LintBody | None = None) -> LintAnswer:
    """Return the faults of a configuration without publishing it; nothing is written.

    What could not decide at all (an unknown field, algorithm or operator) is refused, as it is on publishing.
    """
    async with transaction_of(request, actor) as tx:
        report = await lint_routing(tx, actor.org_id, body.document if body else None, utc_now())
    return LintAnswer(
        findings=[FindingAnswer.of(finding) for finding in report.findings],
        leads=report.leads,
        unsettled=list(report.unsettled),
    )
