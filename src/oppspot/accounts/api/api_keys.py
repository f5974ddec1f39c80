"""API keys: listed, made, revoked."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request

from oppspot.accounts.access import needs
from oppspot.accounts.queries.keys import get_api_key, list_api_keys
from oppspot.accounts.schemas.machines import ApiKeyAnswer, ApiKeyBody, ApiKeyPage, NewApiKeyAnswer
from oppspot.accounts.services import api_keys
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.web.parameters import REFUSALS, REFUSALS_OF_ONE, Cursor, Limit, transaction_of

router = APIRouter(prefix="/api-keys", tags=["accounts"])
KeyWriter = Annotated[Actor, Depends(needs("keys.write"))]


@router.get("", summary="List API keys", responses=REFUSALS)
async def list_keys(request: Request, actor: KeyWriter, limit: Limit = 50, cursor: Cursor = None) -> ApiKeyPage:
    """Return the keys, newest first, revoked ones included; never their secrets."""
    async with transaction_of(request, actor) as tx:
        page = await list_api_keys(tx, limit=limit, cursor=cursor)
    return ApiKeyPage(items=[ApiKeyAnswer.of(key) for key in page.items], next_cursor=page.next_cursor)


@router.post("", status_code=201, summary="Make an API key", responses=REFUSALS)
async def create_key(request: Request, actor: KeyWriter, body: ApiKeyBody) -> NewApiKeyAnswer:
    """Make a key. Its token is in this answer and nowhere else, so a lost one is replaced, not looked up."""
    async with transaction_of(request, actor) as tx:
        made = await api_keys.create_api_key(tx, actor, body.name, body.scopes, utc_now(), expires_at=body.expires_at)
        key = ApiKeyAnswer.of(await get_api_key(tx, made.id))
    return NewApiKeyAnswer(**key.model_dump(), token=made.token)


@router.delete("/{key_id}", status_code=204, summary="Revoke an API key", responses=REFUSALS_OF_ONE)
async def revoke_key(request: Request, actor: KeyWriter, key_id: UUID) -> None:
    """Stop a key for good. It stops within moments everywhere, within 30 seconds at worst."""
    async with transaction_of(request, actor) as tx:
        await api_keys.revoke_api_key(tx, actor, key_id, utc_now())
