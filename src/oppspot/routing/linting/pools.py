"""Finds pools that nobody in them can take a lead from, or that take less than comes in."""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final
from uuid import UUID

from oppspot.routing.linting.asked import Case
from oppspot.routing.linting.types import Finding, Kind, Member, Population, Severity
from oppspot.routing.linting.wording import joined, quoted
from oppspot.routing.policies import SkillNeed
from oppspot.routing.priority import Priority, priority_of
from oppspot.routing.types import RoutingConfig, RoutingRule, Target, TargetKind

# Below so many leads in the sample, the share of a rule is no more than chance.
FEWEST_LEADS: Final = 30


@dataclass(slots=True)
class _Pool:
    """The people a target stands for, and the rules that lead there."""

    target: Target
    members: Sequence[Member]
    rules: list[RoutingRule] = field(default_factory=list)

    @property
    def label(self) -> str:
        return f"Team {quoted(self.target.label)}" if self.target.kind is TargetKind.TEAM else self.target.label

    @property
    def rule_ids(self) -> tuple[str, ...]:
        return tuple(rule.id for rule in self.rules)


def _pools(config: RoutingConfig, people: Sequence[Member]) -> list[_Pool]:
    pools: dict[tuple[TargetKind, UUID | str], _Pool] = {}
    ends: list[tuple[Target, RoutingRule | None]] = [(rule.target, rule) for rule in config.live_rules]
    if config.default_target:
        ends.append((config.default_target, None))
    for target, rule in ends:
        if target.kind is TargetKind.QUEUE:
            continue
        members = [person for person in people if person.id == target.id or target.id in person.team_ids]
        pool = pools.setdefault((target.kind, target.id), _Pool(target, members))
        pool.rules += [rule] if rule else []
    return list(pools.values())


def starving(config: RoutingConfig, people: Sequence[Member]) -> Iterator[Finding]:
    """Yield the pools and rules whose leads nobody can be given."""
    for pool in _pools(config, people):
        finding = _nobody(pool)
        if finding:
            yield finding
            continue
        for rule in pool.rules:
            if rule.algorithm == "skill_based":
                yield from _unskilled(rule, pool)
            elif rule.algorithm == "territory" and config.territories:
                yield from _outside(rule, pool, config)


def _starving(severity: Severity, rule_ids: Iterable[str], says: str, do: str) -> Finding:
    return Finding(Kind.STARVING_POOL, severity, tuple(rule_ids), says, do)


def _nobody(pool: _Pool) -> Finding | None:
    """Return the finding that nobody of a pool can be given anything, now or ever.

    Working hours are no trouble: a night passes by itself, and rules say what is done meanwhile.
    """
    if any(person.can_now for person in pool.members):
        return None
    is_team = pool.target.kind is TargetKind.TEAM
    able = [person for person in pool.members if person.can_ever]
    if able:
        who = f"Everybody in {_lower(pool)}" if is_team else pool.label
        says = f"{who} is {_detained(able)}: until somebody is back, its leads wait."
        paused = any(not person.available for person in able)
        do = f"{'End a pause, or send' if paused else 'Send'} its leads elsewhere meanwhile."
        return _starving(Severity.WARNING, pool.rule_ids, says, do)
    if not pool.members:
        says = f"{pool.label} has nobody who takes leads." if is_team else f"{pool.label} takes no leads."
    else:
        says = f"Nobody in {_lower(pool)} can be given leads: {joined(_hindrances(pool.members))}."
    do = "Add somebody who takes leads, or send them elsewhere."
    found = _starving(Severity.ERROR, pool.rule_ids, says, do)
    return replace(found, team_id=pool.target.id) if is_team and isinstance(pool.target.id, UUID) else found


def _lower(pool: _Pool) -> str:
    return pool.label[0].lower() + pool.label[1:] if pool.target.kind is TargetKind.TEAM else pool.label


def _detained(able: Sequence[Member]) -> str:
    """Return what keeps people from taking leads now who otherwise could, and until when."""
    backs = [person.away_until for person in able if person.away_until and person.available]
    if not backs:
        return "paused"
    paused = "paused or " if any(not person.available for person in able) else ""
    return f"{paused}away until {min(backs):%a %d %b %H:%M}"


def _hindrances(members: Iterable[Member]) -> Iterator[str]:
    for person in members:
        why = (
            "no longer works leads"
            if not person.active
            else "has not joined yet"
            if not person.joined
            else "has no share"
            if not person.weight
            else "may have no open leads"
        )
        yield f"{person.name} {why}"


def _unskilled(rule: RoutingRule, pool: _Pool) -> Iterator[Finding]:
    """Yield that nobody has what a rule by skill asks for."""
    matching = rule.settings.skill_matching
    if not matching.required and not matching.preferred:
        yield Finding(
            Kind.IDLE_SETTING,
            Severity.INFO,
            (rule.id,),
            f"Rule {quoted(rule.name)} goes by skill but names none, so its leads go in turn.",
            "Name the skills it needs, or let it go in turn.",
        )
    able = [person for person in pool.members if person.can_ever]
    skilled = [person for person in able if all(_has(person, need) for need in matching.required)]
    if matching.required and not any(person.can_now for person in skilled):
        needs = joined(_need(need) for need in matching.required)
        who = (
            f"{joined(person.name for person in skilled)}, who can, is {_detained(skilled)}"
            if skilled
            else "nobody can"
        )
        yield _starving(
            Severity.WARNING if skilled else Severity.ERROR,
            (rule.id,),
            f"Rule {quoted(rule.name)} needs {needs}; in {_lower(pool)} {who}.",
            "Lower what it asks for, note the skill where somebody has it, or add somebody who does.",
        )
    missing = [need for need in matching.preferred if not any(_has(person, need) for person in able)]
    if missing:
        yield Finding(
            Kind.IDLE_SETTING,
            Severity.INFO,
            (rule.id,),
            f"Rule {quoted(rule.name)} prefers {joined(map(_need, missing))}, which nobody in {_lower(pool)} has.",
            "Note the skill where somebody has it, or leave it out.",
        )


def _has(person: Member, need: SkillNeed) -> bool:
    wanted = need.skill.casefold()
    return any(name.casefold() == wanted and level >= need.level for name, level in person.skills.items())


def _need(need: SkillNeed) -> str:
    return f"{need.skill} from level {need.level}" if need.level > 1 else need.skill


def _outside(rule: RoutingRule, pool: _Pool, config: RoutingConfig) -> Iterator[Finding]:
    """Yield that nobody in a pool covers any territory there is."""
    names = {territory.name.casefold() for territory in config.territories}
    able = [person for person in pool.members if person.can_ever]
    if not any(name.casefold() in names for person in able for name in person.territories):
        yield _starving(
            Severity.ERROR,
            (rule.id,),
            f"Rule {quoted(rule.name)} goes by territory, and nobody in {_lower(pool)} covers one.",
            "Put the territories into the profiles of those who cover them.",
        )


def below_inflow(case: Case, people: Sequence[Member], population: Population) -> Iterator[Finding]:
    """Yield the teams whose members' limits let through less in a week than comes in.

    What comes in is estimated from the sample: the leads of each rule's share of it, times all leads of a week.
    Leads that limits do not hold for are left out; limits are taken as generously as they can be meant.
    """
    if len(case.rows) < FEWEST_LEADS or not population.per_week:
        return
    inflow = _inflow(case, population)
    for pool in _pools(case.config, people):
        able = [person for person in pool.members if person.can_ever]
        fed = [rule for rule in pool.rules if inflow[rule.id]]
        comes = sum(inflow[rule.id] for rule in fed) + (
            inflow[None] if pool.target == case.config.default_target else 0
        )
        most = sum(person.most_a_week for person in able)
        if able and comes > most:
            yield Finding(
                Kind.CAP_BELOW_INFLOW,
                Severity.WARNING,
                tuple(rule.id for rule in fed),
                f"About {comes:,.0f} leads a week come to {_lower(pool)}; the limits of its members let "
                f"{math.floor(most):,} through. The rest waits.",
                "Raise a limit, add somebody, or send part of them elsewhere.",
            )


def _inflow(case: Case, population: Population) -> Mapping[str | None, float]:
    """Return how many leads a week each rule is expected to give, by its id; by None, the default target."""
    passing = case.config.policies.capacity.urgent_leads_pass
    each = population.per_week / len(case.rows)
    comes: dict[str | None, float] = defaultdict(float)
    for row, places in case.matches:
        rule = case.config.live_rules[places[0]] if places else None
        if (passing and _is_urgent(row)) or (rule and not rule.settings.capacity_planning):
            continue
        comes[rule.id if rule else None] += each
    return comes


def _is_urgent(row: Mapping[str, object]) -> bool:
    score = row.get("score.overall")
    return priority_of(None if score is None else float(str(score))) is Priority.URGENT
