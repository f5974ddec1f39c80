"""Reads simulations; the leads one would have moved, of which there may be very many, only where they are asked for."""

from typing import Any, Final
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import defer

from oppspot.core.db import Transaction
from oppspot.core.errors import NotFound
from oppspot.routing.simulating.models import Simulation


async def get_simulation(tx: Transaction, org_id: UUID, simulation_id: UUID) -> Simulation:
    """Return a simulation; raises NotFound."""
    found = await tx.get(Simulation, (org_id, simulation_id))
    if found is None:
        raise NotFound("There is no such simulation; only the newest are kept.")
    return found


async def list_simulations(tx: Transaction, org_id: UUID) -> list[Simulation]:
    """Return the simulations that are kept, the newest first, without what was tried in each."""
    newest = Simulation.begun_at.desc(), Simulation.id.desc()
    told = select(Simulation).options(defer(Simulation.document, raiseload=True))
    return list(await tx.scalars(told.where(Simulation.org_id == org_id).order_by(*newest)))


_MOVED: Final = text(
    """
    SELECT CASE WHEN CAST(:number AS integer) IS NULL THEN moved ELSE
           jsonb_path_query_array(moved, '$[$first to $last]', jsonb_build_object(
               'first', CAST(:skipped AS integer), 'last', CAST(:skipped AS integer) + :number - 1)) END
    FROM simulations WHERE org_id = :org_id AND id = :id
    """,
)


async def list_moved(
    tx: Transaction, org_id: UUID, simulation_id: UUID, *, skipped: int = 0, number: int | None = None
) -> list[dict[str, Any]]:
    """Return leads that would have fared otherwise: all, or so many from a place; none while it is under way."""
    asked = {"org_id": org_id, "id": simulation_id, "skipped": skipped, "number": number}
    return (await tx.execute(_MOVED, asked)).scalar_one_or_none() or []
