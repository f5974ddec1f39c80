"""How scores are made: weights and bands in a form, the whole model as a document, how scores are spread now."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from oppspot.accounts.access import needs
from oppspot.core import json
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.core.db import Transaction
from oppspot.core.errors import Conflict, Invalid
from oppspot.core.runtime import runtime_of
from oppspot.leads.queries.counts import count_by_score
from oppspot.scoring.parse import dump_model, parse_model
from oppspot.scoring.services import get_model, publish_model
from oppspot.scoring.types import FACTOR_LABELS
from oppspot.versions import undo_to
from oppspot.web import Flash, redirect, render

router = APIRouter(prefix="/scoring")
Reader = Annotated[Actor, Depends(needs("scoring.read"))]
Writer = Annotated[Actor, Depends(needs("scoring.write"))]
_BUCKETS: Final = 10
_MOST: Final = 100
_TENTH: Final = Decimal("0.1")


@router.get("", response_class=HTMLResponse)
async def show_model(request: Request, actor: Reader) -> HTMLResponse:
    """Show the live model and how scores are spread."""
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        context = await _context(tx, actor)
    return render(request, "scoring/model.html", context)


@router.post("")
async def save_form(request: Request, actor: Writer) -> Response:
    """Change weights, bands and penalties; the rest of the model stays."""
    posted = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        live = await get_model(tx, actor.org_id)
    document, errors = _with_form(live.document, posted)
    if errors:
        return await _refused(request, actor, posted, errors)
    # What the form leaves out is taken from what was read just now, so that too must still be live.
    return await _publish(
        request, actor, document, {"expected_version": str(live.version), **posted}, "Weights and bands"
    )


@router.post("/document")
async def save_document(request: Request, actor: Writer) -> Response:
    """Replace the whole model by a document."""
    posted = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    return await _publish(request, actor, posted.get("document", ""), posted, "The whole model")


async def _publish(
    request: Request, actor: Actor, document: Mapping[str, Any] | str, posted: Mapping[str, str], note: str
) -> Response:
    try:
        async with runtime_of(request).database.transaction(actor.org_id) as tx:
            before = await get_model(tx, actor.org_id)
            seen = posted.get("expected_version", "")
            expected = int(seen) if seen.isdecimal() else None
            live = await publish_model(tx, actor, document, utc_now(), note=note, expected_version=expected)
    except (Invalid, Conflict) as error:
        errors = {problem.path or "document": problem.sentence for problem in error.errors}
        return await _refused(
            request, actor, posted, errors or {"document" if "document" in posted else "weights": error.detail}
        )
    if live.version == before.version:
        return redirect(request, "/scoring", Flash("Nothing was changed.", "notice"))
    undo = undo_to("/scoring/versions", before.version, live.version, "/scoring")
    return redirect(request, "/scoring", Flash("Published. Every lead is being scored anew.", undo=undo))


async def _refused(
    request: Request, actor: Actor, posted: Mapping[str, str], errors: Mapping[str, str]
) -> HTMLResponse:
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        context = await _context(tx, actor)
    context |= {
        "errors": errors,
        "values": context["values"] | posted,
        "document": posted.get("document", context["document"]),
        # What came back keeps what its editor had seen: a second try must not write over somebody else's change.
        "seen": posted.get("expected_version", context["version"]),
    }
    return render(request, "scoring/model.html", context, status=422)


# The form's fields, and where each is in the document.
_FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    **{f"weights.{factor}": ("weights", factor) for factor in FACTOR_LABELS},
    **{f"bands.{name}": ("bands", name) for name in ("hot", "good", "medium")},
    **{f"negatives.{name}": ("negatives", name, "points") for name in ("competitor", "student", "free_mail")},
}


# How the form calls them, for its summary of errors.
_NAMES: Final[Mapping[str, str]] = {
    "weights": "Weights",
    **{f"weights.{factor}": label for factor, label in FACTOR_LABELS.items()},
    "bands": "Bands",
    "bands.hot": "Hot from",
    "bands.good": "Good from",
    "bands.medium": "Medium from",
    "negatives.competitor": "Points off a competitor",
    "negatives.student": "Points off a student",
    "negatives.free_mail": "Points off a free mail address",
    "document": "Document",
}


def _with_form(document: Mapping[str, Any], posted: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    changed: dict[str, Any] = json.loads(json.dumps(document))
    errors: dict[str, str] = {}
    for name, path in _FIELDS.items():
        if name not in posted:
            continue
        number = _number(posted[name])
        if number is None:
            errors[name] = "is not a number from 0 to 100"
            continue
        is_weight = name.startswith("weights.")
        if number % (_TENTH if is_weight else 1):
            errors[name] = "is finer than a tenth of a percent" if is_weight else "is not a whole number from 0 to 100"
            continue
        place = changed
        for part in path[:-1]:
            place = place[part]
        place[path[-1]] = float(number / 100) if is_weight else int(number)
    total = sum(Decimal(repr(weight)) for weight in changed["weights"].values())
    if not errors and total != 1:
        errors["weights"] = f"they sum to {float(100 * total):g}%; accepted: weights that sum to 100%"
    return changed, errors


def _number(typed: str) -> Decimal | None:
    """Return what was typed; None when it is not from 0 to 100."""
    try:
        number = Decimal(typed.strip().removesuffix("%").strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() and 0 <= number <= _MOST else None


def _values(document: Mapping[str, Any]) -> dict[str, str]:
    values = {}
    for name, path in _FIELDS.items():
        place: Any = document
        for part in path:
            place = place[part]
        values[name] = f"{place * 100:g}" if name.startswith("weights.") else f"{place:g}"
    return values


async def _context(tx: Transaction, actor: Actor) -> dict[str, Any]:
    live = await get_model(tx, actor.org_id)
    ordered = dump_model(parse_model(live.document))
    spread = await count_by_score(tx, actor.org_id)
    most = max((count for place, count in spread.items() if place is not None), default=0)
    return {
        "version": live.version,
        "seen": live.version,
        "values": _values(live.document),
        # Through the model, because the database keeps no order of fields.
        "document": json.dumps_readable(ordered),
        "kinds": ordered["engagement"]["kinds"],
        "labels": FACTOR_LABELS,
        "names": _NAMES,
        "errors": {},
        "spread": [(10 * bucket, spread.get(bucket, 0), most) for bucket in range(_BUCKETS)],
        "unknown": spread.get(None, 0),
    }
