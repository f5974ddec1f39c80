"""Who works in the example organisations: people, teams, limits and rules."""

from dataclasses import dataclass
from typing import Any, Final

PASSWORD: Final = "oppspot-demo-2026"  # noqa: S105 — printed at the start of the demo


@dataclass(frozen=True, slots=True)
class DemoPerson:
    name: str
    role: str
    teams: tuple[str, ...] = ()
    max_open: int | None = None
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class DemoOrganisation:
    """An organisation to found; rules name teams, which become ids when they exist."""

    name: str
    slug: str
    time_zone: str
    currency: str
    share: float  # of all leads
    people: tuple[DemoPerson, ...]
    rules: tuple[dict[str, Any], ...]

    def address(self, person: DemoPerson) -> str:
        """Return the address a person logs in with."""
        return f"{person.name.split()[0].lower()}@{self.slug}.example"


def _rule(name: str, team: str, sla_hours: float, *conditions: dict[str, Any], description: str = "") -> dict[str, Any]:
    return {
        "name": name,
        "description": description,
        "conditions": {"all": list(conditions)},
        "assignment_target": {"type": "team", "id": team},
        "sla_hours": sla_hours,
    }


def _is(field: str, op: str, value: Any) -> dict[str, Any]:
    return {"field": field, "op": op, "value": value}


ORGANISATIONS: Final = (
    DemoOrganisation(
        name="Quillmark Software",
        slug="quillmark",
        time_zone="Europe/London",
        currency="GBP",
        share=0.75,
        people=(
            DemoPerson("Orla Owner", "owner"),
            DemoPerson("Milan Manager", "manager"),
            DemoPerson("Ria Ramos", "rep", ("Enterprise",), 40),
            DemoPerson("Ben Bakker", "rep", ("Enterprise",), 40),
            DemoPerson("Ines Ivars", "rep", ("Europe",), 60),
            DemoPerson("Jonas Jung", "rep", ("Europe",), 60),
            DemoPerson("Kemi Kane", "rep", ("Europe", "Growth"), 60, 0.5),
            DemoPerson("Lena Lund", "rep", ("Growth",), 80),
            DemoPerson("Omar Odeh", "rep", ("Growth",), 80),
            DemoPerson("Vic Viewer", "viewer"),
        ),
        rules=(
            _rule("Asks for a demo", "Growth", 1, _is("engagement.events_7d", "gte", 3),
                  _is("score.overall", "gte", 60), description="Warm now: call within the hour."),
            _rule("Large companies", "Enterprise", 4, _is("company.employees", "gte", 200)),
            _rule("Europe", "Europe", 8, _is("company.country", "in", ["DE", "FR", "ES", "SE"])),
            _rule("Everybody else", "Growth", 24),
        ),
    ),
    DemoOrganisation(
        name="Tarnvale Equipment",
        slug="tarnvale",
        time_zone="Europe/Berlin",
        currency="EUR",
        share=0.25,
        people=(
            DemoPerson("Petra Principal", "owner"),
            DemoPerson("Marek Marsh", "manager"),
            DemoPerson("Sana Sato", "rep", ("Field",), 50),
            DemoPerson("Theo Tran", "rep", ("Field",), 50),
            DemoPerson("Uma Urban", "rep", ("Field",), 50, 0.5),
        ),
        rules=(
            _rule("Industry", "Field", 8, _is("company.industry", "in", ["Manufacturing", "Construction", "Energy"])),
            _rule("The rest", "Field", 48),
        ),
    ),
)  # fmt: skip
