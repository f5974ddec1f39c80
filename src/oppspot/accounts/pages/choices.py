"""The choices that forms offer: time zones, roles, seniorities."""

from functools import cache
from zoneinfo import available_timezones

from oppspot.accounts.currencies import CURRENCIES
from oppspot.accounts.permissions import ROLE_PERMISSIONS, Role
from oppspot.accounts.rep_settings import Seniority
from oppspot.core.actor import Actor

ROLE_WORDS = {
    Role.OWNER: ("Owner", "Everything, including keys and settings."),
    Role.MANAGER: ("Manager", "People, rules, assignments, imports and the audit log."),
    Role.REP: ("Rep", "Works leads."),
    Role.VIEWER: ("Viewer", "Looks, changes nothing."),
}
SENIORITIES = [(item.value, item.value.capitalize()) for item in Seniority]

CURRENCY_CHOICES = [(code, f"{name} ({code})") for code, name in CURRENCIES.items()]


@cache
def time_zones() -> list[tuple[str, str]]:
    """Return the names of places and UTC, without the aliases of old."""
    areas = ("Africa/", "America/", "Antarctica/", "Arctic/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/")
    names = sorted(name for name in available_timezones() if name.startswith((*areas, "Pacific/")))
    return [(name, name.replace("_", " ")) for name in ("UTC", *names)]


def zones_with(current: str) -> list[tuple[str, str]]:
    """Return the time zones with the current one among them, even if it is an alias."""
    zones = time_zones()
    return zones if any(name == current for name, _ in zones) else [(current, current), *zones]


def roles_for(actor: Actor) -> list[tuple[str, str, str]]:
    """Return the roles somebody may give, with what each means."""
    given = [role for role in Role if ROLE_PERMISSIONS[role] <= actor.permissions]
    return [(role.value, *ROLE_WORDS[role]) for role in given]
