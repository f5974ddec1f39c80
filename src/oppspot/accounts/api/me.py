"""Tells whoever asks who they are here."""

from fastapi import APIRouter, Request
from sqlalchemy import select

from oppspot.accounts.access import CurrentActor
from oppspot.accounts.models import Organisation
from oppspot.accounts.schemas.machines import MeAnswer, OrganisationAnswer
from oppspot.web import problems
from oppspot.web.parameters import transaction_of

router = APIRouter(tags=["accounts"])


@router.get("/me", summary="Who the key or session stands for", responses=problems.responses(401))
async def show_me(request: Request, actor: CurrentActor) -> MeAnswer:
    """Return the user or API key, its organisation and what it may do. A good first call of an integration."""
    async with transaction_of(request, actor) as tx:
        organisation = (await tx.scalars(select(Organisation))).one()
    reader = getattr(request.state, "reader", None)
    return MeAnswer.model_validate(
        {
            "kind": actor.kind,
            "id": actor.id,
            "name": actor.name,
            "email": reader.email if reader else None,
            "role": actor.role,
            "permissions": sorted(actor.permissions),
            "organisation": OrganisationAnswer.model_validate(organisation, from_attributes=True),
        },
    )
