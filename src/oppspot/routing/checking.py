"""Decides whether a configuration can be carried out by the people, teams and skills there are; names what cannot."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from oppspot.conditions.country_checks import condition_problems
from oppspot.core.errors import FieldProblem
from oppspot.routing.documents import ExclusionDocument, RoutingDocument, RuleDocument, TargetDocument
from oppspot.routing.policies import SkillMatching
from oppspot.routing.territory_checks import territory_problems

_SHOWN: Final = 20
_NOT_IN_ADDRESSES: Final = re.compile(r"[/?#%\\]")
# What stands where ids stand in the addresses of pages and of the API.
_WORDS_OF_ADDRESSES: Final = ("customers", "new", "order", "otherwise", "quick")


# Ids with names.
Names = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Directory:
    """Whom and what a configuration can name: teams, reps and people by id as text, each with a name.

    `reps` are active people who take leads, `people` everybody who can work any, `viewers` those who only look on,
    `names` whoever and whatever there is, closed accounts too. `skills` are those of the reps.
    """

    teams: Mapping[str, str]
    reps: Mapping[str, str]
    people: Mapping[str, str]
    names: Mapping[str, str]
    viewers: frozenset[str] = frozenset()
    skills: frozenset[str] = frozenset()


def problems_of(
    document: RoutingDocument,
    directory: Directory,
    before: RoutingDocument | None = None,
    sent: str | None = None,
    *,
    alone: bool = False,
) -> list[FieldProblem]:
    """Return what is wrong.

    What a rule named in `before` already is not held against a change of something else: whoever left since should
    not stop every other change. The rule `sent` is looked at whole. Whoever sent one thing `alone` knows the others by
    no place.
    """
    return [
        *_doubles("rules", [rule.id for rule in document.rules], "id"),
        *_doubles("exclusions", [item.id for item in document.exclusions], "id"),
        *_name_problems("rules", _names(document.rules), _names(before.rules if before else ()), sent, alone),
        *_name_problems(
            "exclusions", _names(document.exclusions), _names(before.exclusions if before else ()), sent, alone
        ),
        *_rule_problems(document, directory, before, sent),
        *_queue_problems(document),
        *_exclusion_problems(document, before),
        *territory_problems(document.territories),
        *_policy_problems(document, directory, before),
    ]


def _doubles(path: str, keys: Sequence[str], name: str) -> Iterator[FieldProblem]:
    first: dict[str, int] = {}
    for place, key in enumerate(keys):
        if _NOT_IN_ADDRESSES.search(key) or key in _WORDS_OF_ADDRESSES:
            accepted = f"an id without / ? # %, other than {', '.join(_WORDS_OF_ADDRESSES)}"
            yield FieldProblem(f"{path}[{place}].{name}", f'"{key}" cannot be an id', accepted)
        if first.setdefault(key, place) != place:
            message = f'"{key}" is the {name} of {path}[{first[key]}] too'
            yield FieldProblem(f"{path}[{place}].{name}", message, "each once")


def _name_problems(path: str, named: Names, before: Names, sent: str | None, alone: bool) -> Iterator[FieldProblem]:
    """Yield new names that another of the same kind has: reasons and advice call them by nothing else."""
    former = {key: name for key, name in before if key != sent}
    kept = {_plain(name): place for place, (key, name) in enumerate(named) if former.get(key) == name}
    first: dict[str, int] = {}
    for place, (key, name) in enumerate(named):
        plain = _plain(name)
        twin = kept.get(plain, first.setdefault(plain, place))
        if twin != place and former.get(key) != name:
            message = f"is the name of another one of the {path}"
            accepted = "a name of its own" if alone else f"a name other than that of {path}[{twin}]"
            yield FieldProblem(f"{path}[{place}].name", message, accepted)


def _names(items: Iterable[RuleDocument | ExclusionDocument]) -> Names:
    return [(item.id, item.name) for item in items]


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()


def _rule_problems(
    document: RoutingDocument, directory: Directory, before: RoutingDocument | None, sent: str | None
) -> Iterator[FieldProblem]:
    former = {rule.id: rule for rule in before.rules} if before else {}
    for place, rule in enumerate(document.rules):
        old = None if rule.id == sent else former.get(rule.id)
        path = f"rules[{place}]"
        if old is None or old.assignment_target != rule.assignment_target:
            yield from target_problems(rule.assignment_target, f"{path}.assignment_target", directory)
        if old is None or old.conditions != rule.conditions:
            yield from condition_problems(rule.conditions, f"{path}.conditions")
        if old is None or old.settings.skill_matching != rule.settings.skill_matching:
            yield from _skill_problems(rule.settings.skill_matching, f"{path}.settings.skill_matching", directory)
    default = document.default_target
    if default is not None and (before is None or before.default_target != default):
        yield from target_problems(default, "default_target", directory)


def target_problems(target: TargetDocument, path: str, directory: Directory) -> Iterator[FieldProblem]:
    """Yield why leads cannot be sent there."""
    named = directory.names.get(target.id)
    if target.type == "queue":
        if target.id != target.id.strip():
            yield FieldProblem(f"{path}.id", "begins or ends with a blank", "the queue's name without blanks around it")
    elif target.type == "team" and target.id not in directory.teams:
        yield FieldProblem(f"{path}.id", f"there is no team {target.id}", "the id of a team")
    elif target.type == "individual" and target.id not in directory.reps:
        message = f"there is no individual {target.id}"
        if target.id in directory.people or target.id in directory.viewers:
            message = f"{named} takes no leads"
        elif named and target.id not in directory.teams:
            message = f"the account of {named} is closed"
        yield FieldProblem(f"{path}.id", message, "the id of an active person who takes leads (has a rep profile)")


def _skill_problems(asked: SkillMatching, path: str, directory: Directory) -> Iterator[FieldProblem]:
    known = {skill.casefold() for skill in directory.skills}
    there_are = ", ".join(sorted(directory.skills)[:_SHOWN]) or "a skill in somebody's profile; there is none yet"
    for part, needs in (("required", asked.required), ("preferred", asked.preferred)):
        seen: set[str] = set()
        for place, need in enumerate(needs):
            at, name = f"{path}.{part}[{place}].skill", need.skill.strip().casefold()
            if name not in known:
                yield FieldProblem(at, f'nobody has the skill "{need.skill}"', there_are)
            elif name in seen:
                yield FieldProblem(at, f'"{need.skill}" is named twice', "each skill once, with the level it takes")
            seen.add(name)


def _queue_problems(document: RoutingDocument) -> Iterator[FieldProblem]:
    """Yield second spellings of a queue, which is known by its name: they would be two that look like one."""
    spelt: dict[str, str] = {}
    named = [(f"rules[{place}].assignment_target", rule.assignment_target) for place, rule in enumerate(document.rules)]
    if document.default_target is not None:
        named.append(("default_target", document.default_target))
    for path, target in named:
        if target.type != "queue":
            continue
        first = spelt.setdefault(target.id.casefold(), target.id)
        if first != target.id:
            yield FieldProblem(f"{path}.id", f'the queue "{first}" is spelt "{target.id}" here', f'"{first}"')


def _exclusion_problems(document: RoutingDocument, before: RoutingDocument | None) -> Iterator[FieldProblem]:
    former = [item.conditions for item in before.exclusions] if before else []
    for place, item in enumerate(document.exclusions):
        if item.conditions not in former:
            yield from condition_problems(item.conditions, f"exclusions[{place}].conditions")
        if item.conditions.get("all") == []:
            message = "is empty, which would exclude every lead"
            yield FieldProblem(f"exclusions[{place}].conditions.all", message, "at least one condition")


def _policy_problems(
    document: RoutingDocument, directory: Directory, before: RoutingDocument | None
) -> Iterator[FieldProblem]:
    sla = document.policies.sla
    is_new = before is None or before.policies.sla.seat_id != sla.seat_id
    if sla.seat_id is not None and sla.seat_id not in directory.people and is_new:
        message = _no_seat(sla.seat_id, directory)
        yield FieldProblem("policies.sla.seat_id", message, "the id of a person who can work leads")
    seen: set[tuple[int, str]] = set()
    for place, rung in enumerate(sla.ladder):
        if (rung.at_percent, rung.action) in seen:
            message = f"{rung.action} at {rung.at_percent} % is there already"
            yield FieldProblem(
                f"policies.sla.ladder[{place}].at_percent", message, "each action once at one percentage"
            )
        seen.add((rung.at_percent, rung.action))


def _no_seat(person: str, directory: Directory) -> str:
    """Return why somebody cannot have the seat."""
    named = directory.names.get(person)
    if named is None:
        return f"there is no person {person}"
    return f"{named} only looks on" if person in directory.viewers else f"the account of {named} is closed"
