"""Rules tried on what has happened."""

from datetime import datetime
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field

from oppspot.accounts.access import needs
from oppspot.accounts.period_limits import MOST_LIMITS, PeriodLimit
from oppspot.accounts.rep_settings import MOST_OPEN
from oppspot.accounts.schemas.people import Limit
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.core.text_shapes import LINE
from oppspot.routing.documents import RoutingDocument
from oppspot.routing.queries.simulations import get_simulation, list_moved
from oppspot.routing.services.publishing import get_rules
from oppspot.routing.services.simulating import MOST_WEEKS, begin_simulation
from oppspot.routing.simulating.limits import AS_WAS, TriedLimits
from oppspot.web.parameters import REFUSALS_OF_CHANGE, REFUSALS_OF_ONE, transaction_of

router = APIRouter(prefix="/api/qualification/routing")
Reader = Annotated[Actor, Depends(needs("routing.read"))]
Writer = Annotated[Actor, Depends(needs("routing.write"))]
MOST_REPS: Final = 1_000


class TriedLimitsBody(BaseModel):
    """A rep's limits to try; what is left out stays as it was at the time, null and an empty list are no limit."""

    model_config = ConfigDict(extra="forbid")

    rep_id: UUID
    max_open: int | None = Field(default=None, ge=0, le=MOST_OPEN, description="Open leads at most.")
    limits: list[Limit] = Field(
        default_factory=list, max_length=MOST_LIMITS, description="Leads given at most; all of them hold."
    )

    def tried(self) -> tuple[UUID, TriedLimits]:
        """Return whose limits these are, and what of them is tried."""
        said = self.model_fields_set
        limits = tuple(PeriodLimit(limit.leads, limit.per, limit.window) for limit in self.limits)
        return self.rep_id, TriedLimits(
            self.max_open if "max_open" in said else AS_WAS, limits if "limits" in said else AS_WAS
        )


_REP: Final = "0193f0c8-7a51-7c3e-9d0a-5b6f2f3c1a77"
_EXAMPLES: Final[Any] = [
    {"weeks": 4, "title": "As it is"},
    {"weeks": 1},
    {"weeks": 4, "limits": [{"rep_id": _REP, "max_open": 20, "limits": [{"leads": 5, "per": "day"}]}]},
]


class SimulateBody(BaseModel):
    """What to try on how many of the last weeks; left out, the live configuration, which moves nobody."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": _EXAMPLES})

    document: RoutingDocument | None = None
    limits: Annotated[list[TriedLimitsBody], Field(max_length=MOST_REPS)] = []
    weeks: Annotated[int, Field(ge=1, le=MOST_WEEKS)] = 4
    title: Annotated[str, Field(max_length=200, pattern=LINE)] = ""


class BegunAnswer(BaseModel):
    """A simulation that was begun; read it until its state is done or failed."""

    id: UUID


class SimulationAnswer(BaseModel):
    """How far a simulation has come, and what came of it; `docs/simulator.md` explains the result."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    title: str
    weeks: int
    base_version: int
    limits: list[dict[str, Any]] = Field(description="The limits of reps that were tried with it.")
    state: Literal["waiting", "running", "done", "failed"]
    done: int
    total: int | None
    problem: str | None
    begun_by: str
    begun_at: datetime
    finished_at: datetime | None
    result: dict[str, Any] | None


@router.post("/simulate", status_code=202, summary="Try rules on what has happened", responses=REFUSALS_OF_CHANGE)
async def simulate(request: Request, actor: Writer, body: SimulateBody) -> BegunAnswer:
    """Begin a simulation: the rules of the time first, which must come to what happened, then yours and the live ones.

    Nothing is written. What comes of rules that were published meanwhile is told apart, as `since` in the result.
    """
    async with transaction_of(request, actor) as tx:
        document = body.document or (await get_rules(tx, actor.org_id))[0]
        title = "Live configuration" if body.document is None else "A configuration"
        title = body.title or (f"{title}, with other limits" if body.limits else title)
        limits = [each.tried() for each in body.limits]
        return BegunAnswer(id=await begin_simulation(tx, actor, document, body.weeks, title, utc_now(), limits))


@router.get("/simulations/{simulation_id}", summary="Read a simulation", responses=REFUSALS_OF_ONE)
async def read_simulation(request: Request, actor: Reader, simulation_id: UUID) -> SimulationAnswer:
    """Return how far a simulation has come and, once it is done, what came of it."""
    async with transaction_of(request, actor) as tx:
        answer = SimulationAnswer.model_validate(await get_simulation(tx, actor.org_id, simulation_id))
        if answer.result is not None:
            answer.result["moved"] = await list_moved(tx, actor.org_id, simulation_id)
        return answer
