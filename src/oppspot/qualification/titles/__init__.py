"""Decides how senior a job title is and which department it is of: by whole words ("cto" is not in "director")."""

from functools import lru_cache
from typing import NamedTuple

from oppspot.qualification.titles.departments import department_of, is_department_alone
from oppspot.qualification.titles.ranks import ORDER, rank_of
from oppspot.qualification.titles.splitting import Parts, split_title


class TitleReading(NamedTuple):
    """What a job title says; None where it does not."""

    seniority: str | None  # executive, director, manager, other
    department: str | None  # one of claim_keys.shapes.DEPARTMENTS


_NOTHING = TitleReading(None, None)


@lru_cache(maxsize=10_000)
def read_title(title: str) -> TitleReading:
    """Return the seniority and the department of the highest role in a title, in nine European languages."""
    parts = split_title(title)
    if not parts.roles:
        return _NOTHING
    ranks = [rank_of(role) for role in parts.roles]
    if is_department_alone(parts.roles, ranks):
        return TitleReading(None, _department(parts, range(len(parts.roles))))
    highest = max(ranks, key=ORDER.index)
    holders = [place for place, rank in enumerate(ranks) if rank == highest]
    seniority = "other" if parts.is_former or parts.serves else highest
    if seniority == "none":
        return _NOTHING
    return TitleReading(seniority, _department(parts, holders))


def seniority_of_title(title: str) -> str | None:
    """Return executive, director, manager or other; None when there is no title in it."""
    return read_title(title).seniority


def _department(parts: Parts, holders: range | list[int]) -> str | None:
    """Return the department of the highest roles, else of the others, else of whoever is served.

    Of several a function comes before the executive office: a founder who is CTO is an engineer.
    """
    found = [department_of(parts.roles[place]) for place in holders]
    functions = [each for each in found if each and each != "executive_office"]
    if functions or any(found):
        return functions[0] if functions else "executive_office"
    others = [department_of(role) for place, role in enumerate(parts.roles) if place not in holders]
    served = [department_of(parts.serves)] if parts.serves else []
    return next((each for each in (*others, *served) if each), None)
