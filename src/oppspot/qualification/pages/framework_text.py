"""A framework's draft as text, and as a file."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from oppspot.accounts.access import needs
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.core.errors import Conflict
from oppspot.core.runtime import runtime_of
from oppspot.qualification.ordering import in_order
from oppspot.qualification.pages.drafts import document_in_hand, draft_saved
from oppspot.qualification.parse import InvalidFramework, decode
from oppspot.qualification.services.frameworks import as_yaml, findings_of, get_framework, save_framework_draft
from oppspot.web import redirect, render

router = APIRouter(prefix="/qualification/frameworks/{name}")
Reader = Annotated[Actor, Depends(needs("qualification.read"))]
Writer = Annotated[Actor, Depends(needs("qualification.write"))]
_PAGE: Final = "qualification/framework_text.html"


@router.get("/text", response_class=HTMLResponse)
async def show(request: Request, actor: Writer, name: str) -> HTMLResponse:
    """Show the whole document as YAML."""
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        state = await get_framework(tx, actor.org_id, name)
    document = document_in_hand(state)
    context = {
        "state": state,
        "document": as_yaml(in_order(document)),
        "findings": findings_of(name, document),
        "seen": state.seen,
        "errors": {},
    }
    return render(request, _PAGE, context)


@router.post("/text")
async def save(request: Request, actor: Writer, name: str) -> Response:
    """Keep a text as the draft; one that cannot be read at all comes back with the line."""
    posted = {field: value for field, value in (await request.form()).items() if isinstance(value, str)}
    typed = posted.get("document", "").replace("\x00", "").replace("\r\n", "\n")
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        state = await get_framework(tx, actor.org_id, name)
    context: dict[str, Any] = {"state": state, "document": typed, "findings": (), "seen": posted.get("seen", "")}
    try:
        document = decode(typed)
    except InvalidFramework as error:
        return render(request, _PAGE, context | {"errors": {"document": error.detail}}, status=422)
    if not isinstance(document, dict):
        return render(request, _PAGE, context | {"errors": {"document": "is not an object"}}, status=422)
    try:
        async with runtime_of(request).database.transaction(actor.org_id) as tx:
            findings = await save_framework_draft(
                tx, actor, name, _as_json(document), utc_now(), seen=posted.get("seen", "")
            )
    except Conflict as error:
        return render(request, _PAGE, context | {"errors": {"document": error.detail}}, status=409)
    return redirect(request, f"/qualification/frameworks/{name}/text", draft_saved(findings))


@router.get("/download")
async def download(request: Request, actor: Reader, name: str) -> Response:
    """Give the draft, or what is live, as a YAML file."""
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        document = document_in_hand(await get_framework(tx, actor.org_id, name))
    headers = {"Content-Disposition": f'attachment; filename="{name}.yaml"'}
    return Response(as_yaml(in_order(document)), media_type="application/yaml", headers=headers)


def _as_json(value: Any) -> Any:
    """Return what YAML said as JSON can hold it: dates as text, names as text."""
    if isinstance(value, dict):
        return {str(name): _as_json(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_as_json(each) for each in value]
    return value if value is None or isinstance(value, (bool, int, float, str)) else str(value)
