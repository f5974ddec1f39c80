"""An organisation with one of everything that has an address, all of it marked, made through the product itself."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx2
from sqlalchemy import select, text
from tests.casting import Cast, Clients
from tests.contracts.routes import Route

from oppspot.accounts.notifying import Notice, notify_users
from oppspot.core.clock import utc_now
from oppspot.core.db import Base, Database
from oppspot.core.ids import new_id
from oppspot.corridor.rescoring import split_rescoring, start_rescoring
from oppspot.leads.imports.running import run_import
from oppspot.qualification.frameworks import shipped_framework

MARK = "Quaggamarsh"  # in every text of the first organisation, and nowhere else
RULES = "/api/qualification/routing/rules"
EXCLUSIONS = "/api/qualification/routing/exclusions"
TERRITORIES = "/api/qualification/routing/territories"


@dataclass(frozen=True, slots=True)
class World:
    """The organisation's identifiers by the names that paths use for them."""

    cast: Cast
    ids: dict[str, str]

    def address(self, route: Route) -> str:
        return route.path.format(**{name: self.ids[name] for name in route.parameters})


async def a_marked_world(cast: Cast, clients: Clients, database: Database) -> World:
    """Fill the organisation; returns where everything is."""
    await _mark_people(cast, database)
    browser = await clients.of(cast.owner)
    rule = {"name": f"{MARK} rule", "assignment_target": {"type": "individual", "id": str(cast.rep.id)}}
    rule_id = (await _made(browser, RULES, rule))["id"]
    condition = {"field": "company.name", "op": "eq", "value": f"{MARK} rivals"}
    exclusion = await _made(browser, EXCLUSIONS, {"name": f"{MARK} rivals", "conditions": condition})
    territory = await _made(browser, TERRITORIES, {"name": "Northland", "regions": [MARK], "postcodes": ["10-19"]})
    lead = await _made(browser, "/api/leads", _LEAD)
    note = await _made(browser, f"/api/leads/{lead['id']}/notes", {"body": f"{MARK} note"})
    task = await _made(browser, f"/api/leads/{lead['id']}/tasks", {"title": f"{MARK} task"})
    key = await _made(browser, "/api/api-keys", {"name": f"{MARK} key", "scopes": ["leads.read"]})
    field = {"key": "herd_size", "label": f"{MARK} herd", "type": "number"}
    await _made(browser, "/api/attributes", field)
    assert (await browser.post("/scoring", data={"bands.hot": "84"})).status_code == 303  # a version 1 of each kind
    chosen = {"rules": [{"name": f"{MARK} choice", "framework": "meddic"}]}
    answer = await browser.put("/api/qualification/framework-selection", json={"document": chosen})
    assert answer.status_code == 200
    text_about = {"lead_id": lead["id"], "name": f"{MARK} call", "content": f"{MARK}: our budget is 80k."}
    document = await _made(browser, "/api/qualification/texts", text_about)
    await _framework(browser)
    tomorrow = (utc_now() + timedelta(days=1)).date().isoformat()
    away = {"user_id": str(cast.rep.id), "first": tomorrow, "reason": f"{MARK} leave"}
    absence = await _made(browser, "/api/calendars/absences", away | {"cover_id": str(cast.manager.id)})
    closing = await _made(browser, "/api/calendars/closing-days", {"day": tomorrow, "name": f"{MARK} closed"})
    page = (await browser.get(f"/leads/{lead['id']}")).text
    pool = f"/api/routing/ledger/{cast.team_id}"
    moved = {"rep_id": str(cast.rep.id), "kind": "catch_up", "leads": 1, "reason": f"{MARK} fair"}
    seen = (await browser.get(pool)).json()["seen"]
    calibration = await browser.post(f"{pool}/calibrations", json=moved | {"seen": seen})
    assert calibration.status_code == 200, calibration.text
    handed = {"kind": "away", "rep_id": str(cast.rep.id), "cover_id": str(cast.other_rep.id)}
    plan = (await browser.post("/api/qualification/routing/redistribute", json={"scope": handed})).json()
    assert plan["id"], plan
    tried = await browser.post("/api/qualification/routing/simulate", json={"title": f"{MARK} try", "weeks": 1})
    assert tried.status_code == 202, tried.text
    decision = re.search(r"/routing/decisions/([0-9a-f-]{36})", page)
    assert decision
    ids = {
        "lead_id": lead["id"],
        "company_id": (await browser.get(f"/api/leads/{lead['id']}")).json()["company"]["id"],
        "note_id": note["id"],
        "task_id": task["id"],
        "document_id": document["id"],
        "proposal_id": document["proposals"][0]["id"],
        "user_id": str(cast.rep.id),
        "team_id": str(cast.team_id),
        "key_id": key["id"],
        "rule_id": rule_id,
        "exclusion_id": exclusion["id"],
        "territory": territory["name"],
        "decision_id": decision[1],
        "import_id": await _imported(browser, cast, database),
        "absence_id": absence["id"],
        "pool": str(cast.team_id),
        "calibration_id": calibration.json()["id"],
        "closing_day_id": closing["id"],
        "view_id": await _view(browser),
        "session_id": await _owners(database, cast, "SELECT id FROM sessions WHERE user_id = :owner LIMIT 1"),
        "notification_id": await _notification(cast, database),
        "rescoring_id": await _rescoring(cast, database),
        "redistribution_id": plan["id"],
        "simulation_id": tried.json()["id"],
        "key": "herd_size",
        "name": "bant",
        "framework": "bant",
        "claim_key": "budget.confirmed",
        "override_id": str(new_id()),
        "version": "1",
        "place": "1",
        "form": "csv",
    }
    return World(cast, ids)


def a_bare_world(cast: Cast) -> World:
    """Return addresses at which there is nothing: enough to see who is let in."""
    nothing = {name: str(new_id()) for name in IDENTIFIERS}
    return World(
        cast,
        nothing
        | {"version": "999", "place": "99", "form": "csv", "key": "nothing", "name": "nothing"}
        | {"framework": "nothing", "claim_key": "nothing"},
    )


IDENTIFIERS = (
    "absence_id",
    "calibration_id",
    "closing_day_id",
    "company_id",
    "decision_id",
    "document_id",
    "exclusion_id",
    "import_id",
    "key_id",
    "lead_id",
    "note_id",
    "notification_id",
    "override_id",
    "pool",
    "proposal_id",
    "redistribution_id",
    "simulation_id",
    "rule_id",
    "session_id",
    "task_id",
    "team_id",
    "territory",
    "user_id",
    "view_id",
)
_LEAD: dict[str, Any] = {
    "email": f"ada@{MARK.lower()}.example",
    "first_name": "Ada",
    "last_name": MARK,
    "title": f"{MARK} officer",
    "source": MARK,
    "external_id": f"{MARK}-1",
    "company": {"name": f"{MARK} Pumps", "domain": f"{MARK.lower()}.example", "industry": MARK, "employees": 240},
    "claims": [{"key": "budget.confirmed", "value": True, "evidence": {"kind": "quote", "text": f"{MARK} budget"}}],
}


async def a_lively_world(cast: Cast, clients: Clients, database: Database) -> World:
    """Fill the organisation, and add leads as they come: complete, thin, free mail, taken, unrouted."""
    world = await a_marked_world(cast, clients, database)
    browser = await clients.of(cast.manager)
    everybody = {"name": "Everybody else to North", "assignment_target": {"type": "team", "id": str(cast.team_id)}}
    await _made(browser, RULES, everybody | {"sla_hours": 4})
    await _made(browser, "/api/leads/batch", {"leads": _LEADS})
    return world


_LEADS: list[dict[str, Any]] = [
    {
        "email": f"person{number}@{domain}",
        "first_name": first,
        "last_name": last,
        "title": title,
        "source": source,
        "company": company,
    }
    for number, (first, last, title, source, domain, company) in enumerate(
        [
            ("Marta", "Lindqvist", "Head of Operations", "webinar", "norrsken.example", {
                "name": "Norrsken Pumps", "industry": "Manufacturing", "employees": 240, "annual_revenue": 48_000_000,
                "country": "SE",
            }),
            ("Tomás", "Arrieta", "CFO", "fair", "cordillera.example", {"name": "Cordillera Freight"}),
            ("美玲", "陳", None, "referral", "jade.example", {"name": "Jade Harbour Optics", "country": "HK"}),
            ("Owusu", "Mensah-Addo", "Chief Cold Chain and Logistics Transformation Officer", "web form",
             "volta.example", {"name": "Volta Cold Chain and Refrigerated Distribution Holdings"}),
            ("Aoife", "Ní Bhraonáin", "Engineer", "webinar", "gmail.com", {}),
            ("Dieter", "Krähenbühl", "Inhaber", None, "kraehenbuehl.example", {"name": "Krähenbühl & Söhne"}),
        ],
    )
]  # fmt: skip


async def _made(browser: httpx2.AsyncClient, path: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = await browser.post(path, json=body)
    assert answer.status_code in (200, 201), answer.text
    made: dict[str, Any] = answer.json()
    return made


async def _mark_people(cast: Cast, database: Database) -> None:
    async with database.transaction(cast.org_id) as tx:
        await tx.execute(text("UPDATE users SET name = name || :mark"), {"mark": f" {MARK}"})
        await tx.execute(text("UPDATE teams SET name = name || :mark"), {"mark": f" {MARK}"})


async def _imported(browser: httpx2.AsyncClient, cast: Cast, database: Database) -> str:
    content = f"email,first name,company\nbo@{MARK.lower()}.example,{MARK},{MARK}\nnobody {MARK},,\n"
    answer = await browser.post("/imports/new", files={"file": (f"{MARK}.csv", content)})
    import_id = answer.headers["location"].split("/")[2]
    await browser.post(f"/imports/{import_id}/run")
    await run_import(database, cast.org_id, UUID(import_id), utc_now)
    return import_id


async def _view(browser: httpx2.AsyncClient) -> str:
    saved = await browser.post("/leads/views/new?band=hot", data={"name": f"{MARK} view", "shared": "true"})
    view = re.search(r"/leads/views/([0-9a-f-]{36})/delete", (await browser.get(saved.headers["location"])).text)
    assert view
    return view[1]


async def _notification(cast: Cast, database: Database) -> str:
    notice = Notice(cast.owner.id, "test", f"{MARK} news", MARK, f"/leads?q={MARK}")
    async with database.transaction(cast.org_id) as tx:
        await notify_users(tx, cast.org_id, [notice], utc_now())
    return await _owners(database, cast, "SELECT id FROM notifications WHERE user_id = :owner AND kind = 'test'")


async def _framework(browser: httpx2.AsyncClient) -> None:
    """Publish BANT under a marked title, and leave a draft of it."""
    document = shipped_framework("bant").document | {"title": f"BANT {MARK}"}
    await _made(browser, "/api/qualification/frameworks/bant/publish", {"document": document})
    draft = {"document": document | {"title": f"BANT of {MARK}"}}
    answer = await browser.put("/api/qualification/frameworks/bant", json=draft)
    assert answer.status_code == 200, answer.text


async def _rescoring(cast: Cast, database: Database) -> str:
    async with database.transaction(cast.org_id) as tx:
        rescoring_id = await start_rescoring(tx, cast.org_id, "config", utc_now())
    await split_rescoring(database, cast.org_id, rescoring_id)
    return str(rescoring_id)


async def _owners(database: Database, cast: Cast, statement: str) -> str:
    async with database.transaction(cast.org_id) as tx:
        return str((await tx.execute(text(statement), {"owner": cast.owner.id})).scalar_one())


async def every_row(database: Database, org_id: UUID) -> dict[str, list[str]]:
    """Return all rows of an organisation, by table."""
    async with database.transaction(org_id) as tx:
        return {
            table.name: sorted(str(row) for row in await tx.execute(select(table).where(table.c.org_id == org_id)))
            for table in Base.metadata.sorted_tables
            if "org_id" in table.c
        }
