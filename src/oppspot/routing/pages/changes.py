"""Decides what changed between two configurations, in sentences: rule by rule, exclusions, territories, policies."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from oppspot.conditions.types import Catalogue
from oppspot.routing.documents import ExclusionDocument, RoutingDocument, RuleDocument, TargetDocument
from oppspot.routing.pages import policy_forms, rule_forms, words
from oppspot.routing.pages.fields import Entry, values_of
from oppspot.routing.pages.rules import in_order, in_words
from oppspot.routing.policies import LadderRung, Policies, RuleSettings, SkillNeed, Territory
from oppspot.routing.quick_lists import QUICK_LISTS, domains_in
from oppspot.routing.territory_texts import LISTS
from oppspot.routing.territory_texts import in_words as place_in_words
from oppspot.web.times import duration

Names = Mapping[str, str]
_SHOWN: Final = 3
_NUMBERS: Final = {"min_employees": "employees from", "max_employees": "employees to", "priority": "priority"}
_SETTINGS: Final = tuple(
    Entry(entry.name, entry.path.removeprefix("settings."), entry.label, entry.kind)
    for entry in rule_forms.ENTRIES
    if entry.path.startswith("settings.")
)
# What the values of a choice are called.
_CALLED: Final[Mapping[str, Mapping[str, str]]] = {
    "fairness_scope": dict(words.FAIRNESS_SCOPES),
    "mode": dict(words.MODES),
    "holiday_handling": dict(words.HOLIDAYS),
    "owner_unavailable": dict(words.OWNER_UNAVAILABLE),
    "fairness": {value: label for value, label, _ in words.FAIRNESS},
    "window": {value: label for value, label, _ in words.WINDOWS},
}
_GO: Final = {"block": "nobody", "account_owner": "their account's owner"}


def changes(before: RoutingDocument, after: RoutingDocument, names: Names, catalogue: Catalogue) -> Iterator[str]:
    """Yield what changed."""
    yield from _of_rules(before, after, names, catalogue)
    if before.default_target != after.default_target:
        yield f"When no rule matches, to {_target(after.default_target, names)}"
    if before.default_sla_hours != after.default_sla_hours:
        change = f"{_hours(before.default_sla_hours)} → {_hours(after.default_sla_hours)}"
        yield f"Respond within, unless a rule says: {change}"
    yield from _of_exclusions(before.exclusions, after.exclusions, catalogue)
    yield from _of_territories(before.territories, after.territories)
    yield from _of_policies(before.policies, after.policies, names)


def _of_rules(before: RoutingDocument, after: RoutingDocument, names: Names, catalogue: Catalogue) -> Iterator[str]:
    old, new = ({rule.id: rule for rule in document.rules} for document in (before, after))
    for rule in after.rules:
        if rule.id not in old:
            target = _target(rule.assignment_target, names)
            yield f"Added “{rule.name}”: {in_words(rule, catalogue)}, to {target}"
        elif said := "; ".join(_of_rule(old[rule.id], rule, names, catalogue)):
            yield f"“{old[rule.id].name}”: {said}"
    for rule_id, rule in old.items():
        if rule_id not in new:
            yield f"Removed “{rule.name}”"
    kept = [
        [rule.id for rule in in_order(document) if rule.id in old and rule.id in new] for document in (before, after)
    ]
    if kept[0] != kept[1]:
        yield "Asked in another order: " + ", ".join(f"“{rule.name}”" for rule in in_order(after))


def _of_rule(old: RuleDocument, new: RuleDocument, names: Names, catalogue: Catalogue) -> Iterator[str]:
    if old.name != new.name:
        yield f"now called “{new.name}”"
    if old.is_active != new.is_active:
        yield "turned on" if new.is_active else "turned off"
    if old.conditions != new.conditions:
        yield f"when {in_words(new, catalogue)} (before: {in_words(old, catalogue)})"
    if old.assignment_target != new.assignment_target:
        yield f"to {_target(new.assignment_target, names)} (before: {_target(old.assignment_target, names)})"
    if old.sla_hours != new.sla_hours:
        yield f"respond within {_hours(new.sla_hours)} (before: {_hours(old.sla_hours)})"
    if old.routing_algorithm != new.routing_algorithm:
        labels = [words.algorithm_label(rule.routing_algorithm).lower() for rule in (new, old)]
        yield f"picked: {labels[0]} (before: {labels[1]})"
    yield from _of_settings(old.settings, new.settings)
    if old.description != new.description:
        yield "another description"


def _of_settings(old: RuleSettings, new: RuleSettings) -> Iterator[str]:
    said = list(_of_entries(_SETTINGS, old.model_dump(mode="json"), new.model_dump(mode="json"), {}))
    for part in rule_forms.SKILL_PARTS:
        needs: list[tuple[SkillNeed, ...]] = [getattr(each.skill_matching, part) for each in (old, new)]
        if needs[0] != needs[1]:
            said.append(f"skills {part}: {_skills(needs[1])} (before: {_skills(needs[0])})")
    yield from said or (["other settings"] if old != new else [])


def _of_entries(
    entries: Sequence[Entry], old: Mapping[str, Any], new: Mapping[str, Any], names: Names
) -> Iterator[str]:
    before, after = values_of(entries, old), values_of(entries, new)
    for entry in entries:
        if before[entry.name] != after[entry.name]:
            shown = [_value(entry, values[entry.name], names) for values in (after, before)]
            yield f"{entry.label[:1].lower()}{entry.label[1:]}: {shown[0]} (before: {shown[1]})"


def _value(entry: Entry, value: str, names: Names) -> str:
    if entry.kind == "switch":
        return "on" if value else "off"
    called = _CALLED.get(entry.name, names).get(value)
    return called[:1].lower() + called[1:] if called and entry.name in _CALLED else called or value or "none"


def _skills(needs: Sequence[SkillNeed]) -> str:
    return ", ".join(f"{need.skill} {need.level}" for need in needs) or "none"


def _of_exclusions(
    before: Sequence[ExclusionDocument], after: Sequence[ExclusionDocument], catalogue: Catalogue
) -> Iterator[str]:
    old, new = ({item.id: item for item in items} for items in (before, after))
    for item in after:
        if item.id not in old:
            yield f"Excluded “{item.name}”: {_excluded_when(item, catalogue)}, such leads go to {_GO[item.action]}"
        elif said := "; ".join(_of_exclusion(old[item.id], item, catalogue)):
            yield f"Exclusion “{old[item.id].name}”: {said}"
    yield from (f"Removed the exclusion “{item.name}”" for item in before if item.id not in new)


def _of_exclusion(old: ExclusionDocument, new: ExclusionDocument, catalogue: Catalogue) -> Iterator[str]:
    if old.name != new.name:
        yield f"now called “{new.name}”"
    if old.is_active != new.is_active:
        yield "turned on" if new.is_active else "turned off"
    if old.conditions != new.conditions:
        lists = [_domains(item) for item in (old, new)]
        if lists[0] is not None and lists[1] is not None:
            yield from _of_list("domains", lists[0], lists[1])
        else:
            yield f"when {_excluded_when(new, catalogue)} (before: {_excluded_when(old, catalogue)})"
    if old.action != new.action:
        yield f"such leads go to {_GO[new.action]} (before: {_GO[old.action]})"


def _domains(item: ExclusionDocument) -> list[str] | None:
    quick = next((each for each in QUICK_LISTS if each.id == item.id), None)
    return domains_in(quick, item.conditions) if quick else None


def _excluded_when(item: ExclusionDocument, catalogue: Catalogue) -> str:
    domains = _domains(item)
    return in_words(item, catalogue) if domains is None else f"domains {_some(domains)}"


def _of_territories(before: Sequence[Territory], after: Sequence[Territory]) -> Iterator[str]:
    old, new = ({item.name: item for item in items} for items in (before, after))
    gone = {_nameless(item): name for name, item in old.items() if name not in new}
    for item in after:
        if item.name in old:
            if said := "; ".join(_of_territory(old[item.name], item)):
                yield f"Territory “{item.name}”: {said}"
        elif renamed := gone.pop(_nameless(item), None):
            yield f"The territory “{renamed}” is now called “{item.name}”"
        else:
            yield f"Added the territory “{item.name}”: {place_in_words(item)}"
    yield from (f"Removed the territory “{name}”" for name in gone.values())


def _nameless(item: Territory) -> Territory:
    return item.model_copy(update={"name": "-"})


def _of_territory(old: Territory, new: Territory) -> Iterator[str]:
    for part in LISTS:
        yield from _of_list(part, getattr(old, part), getattr(new, part))
    for name, label in (
        ("min_employees", "employees from"),
        ("max_employees", "employees to"),
        ("priority", "priority"),
    ):
        ends = [getattr(item, name) for item in (new, old)]
        if ends[0] != ends[1]:
            shown = ["none" if end is None else f"{end:,}" for end in ends]
            yield f"{label} {shown[0]} (before: {shown[1]})"


def _of_list(label: str, old: Sequence[str], new: Sequence[str]) -> Iterator[str]:
    had, has = frozenset(old), frozenset(new)
    come, gone = [each for each in new if each not in had], [each for each in old if each not in has]
    for word, entries in (("added", come), ("removed", gone)):
        if entries:
            yield f"{label} {word}: {_some(entries)}"


def _some(entries: Sequence[str]) -> str:
    shown = ", ".join(entries[:_SHOWN])
    return shown if len(entries) <= _SHOWN else f"{shown} and {len(entries) - _SHOWN:,} more"


def _of_policies(old: Policies, new: Policies, names: Names) -> Iterator[str]:
    if old == new:
        return
    said = list(_of_entries(policy_forms.ENTRIES, old.model_dump(mode="json"), new.model_dump(mode="json"), names))
    if old.sla.touches != new.sla.touches:
        said += _of_list(
            "touches that count", [_touch(each) for each in old.sla.touches], [_touch(each) for each in new.sla.touches]
        )
    if old.sla.ladder != new.sla.ladder:
        said.append(f"ladder: {_ladder(new.sla.ladder)} (before: {_ladder(old.sla.ladder)})")
    yield from (f"Policies, {sentence}" for sentence in said or ["other settings"])


def _touch(name: str) -> str:
    label = words.TOUCHES[name]
    return label[:1].lower() + label[1:]


def _ladder(rungs: Sequence[LadderRung]) -> str:
    steps = [
        f"{rung.at_percent} % {words.RUNGS[rung.action].lower()}"
        + (f", again after {rung.repeat_minutes} min" if rung.repeat_minutes else "")
        for rung in sorted(rungs, key=lambda rung: rung.at_percent)
    ]
    return "; ".join(steps) or "no rungs"


def _target(target: TargetDocument | None, names: Names) -> str:
    if target is None:
        return "nobody"
    if target.type == "queue":
        return f"the queue {target.id}"
    return names.get(target.id, "somebody who is gone")


def _hours(hours: float) -> str:
    return duration(hours * 3600)
