# ruff: noqa: E501, ARG001 - a seed makes the corpus the same each time; a document a line; plants look alike
"""Sets of rules as organisations write them, generated from a seed: in order, or with one fault planted."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random
from typing import Any as Anything
from uuid import UUID

from tests.routing.world import NOW, rep_id, team_id

from oppspot.conditions.catalogue import default_catalogue
from oppspot.conditions.parse import parse
from oppspot.conditions.types import ALWAYS, All, Condition
from oppspot.routing.linting import Kind, Member, PeriodLimit, Population, Report, Seats, lint
from oppspot.routing.policies import (
    DEFAULT_POLICIES,
    Policies,
    RuleSettings,
    SkillMatching,
    SkillNeed,
    SlaPolicy,
    Territory,
)
from oppspot.routing.types import Exclusion, RoutingConfig, RoutingRule, Target, TargetKind

CATALOGUE = default_catalogue()
TEAMS = tuple(Target(TargetKind.TEAM, team_id(number), f"Team {number}") for number in range(1, 5))
QUEUE = Target(TargetKind.QUEUE, "Review")
GHOSTS = Target(TargetKind.TEAM, team_id(99), "Ghosts")
SEATED = Seats(frozenset({"seat"}))


def when(name: str, op: str, value: Anything = None) -> Condition:
    return parse({"field": name, "op": op} | ({} if value is None else {"value": value}), CATALOGUE)


@dataclass(frozen=True)
class World:
    """Everything the linter looks at."""

    rules: tuple[RoutingRule, ...]
    people: tuple[Member, ...]
    rows: tuple[Mapping[str, object], ...] = ()
    per_week: float = 0
    seats: Seats = SEATED
    exclusions: tuple[Exclusion, ...] = ()
    territories: tuple[Territory, ...] = ()
    policies: Policies = DEFAULT_POLICIES
    default: Target | None = None

    def config(self) -> RoutingConfig:
        return RoutingConfig(
            self.rules,
            "hash",
            self.default,
            exclusions=self.exclusions,
            territories=self.territories,
            policies=self.policies,
        )

    def lint(self) -> Report:
        return lint(self.config(), self.people, Population(self.rows, self.per_week), self.seats, NOW)

    def first(self, condition: Condition, target: Target = TEAMS[0], **more: Anything) -> "World":
        """Return the world with one more rule that is asked before all others."""
        rule = a_rule("planted", condition, target, more.pop("priority", 0), **more)
        return replace(self, rules=(rule, *self.rules))

    def with_policies(self, **changes: Anything) -> "World":
        return replace(self, policies=self.policies.model_copy(update=changes))


def a_rule(rule_id: str, condition: Condition, target: Target, priority: int, **more: Anything) -> RoutingRule:
    return RoutingRule(rule_id, f"Rule {rule_id}", priority, condition, target, **more)


def a_member(number: int, *teams: Target, **facts: Anything) -> Member:
    return Member(rep_id(number), f"Rep {number}", frozenset(t.id for t in teams if isinstance(t.id, UUID)), **facts)


# How a field is split into parts that do not meet, said as people say it, each part in a few ways.
Split = Sequence[Sequence[Condition]]
_COUNTRIES = [["DE", "AT", "CH"], ["FR", "BE"], ["US", "CA"], ["GB", "IE"]]
_SPLITS: Mapping[str, Split] = {
    "country": [
        [
            when("company.country", "in", names),
            parse({"any": [{"field": "company.country", "op": "eq", "value": n} for n in names]}, CATALOGUE),
        ]
        for names in _COUNTRIES
    ],
    "size": [
        [when("company.employees", "lte", 50), when("company.employees", "lt", 51)],
        [when("company.employees", "between", [51, 500])],
        [when("company.employees", "between", [501, 5000])],
        [when("company.employees", "gt", 5000), when("company.employees", "gte", 5001)],
    ],
    "score": [
        [when("score.overall", "gte", 85)],
        [
            parse(
                {
                    "all": [
                        {"field": "score.overall", "op": "gte", "value": 50},
                        {"field": "score.overall", "op": "lt", "value": 85},
                    ]
                },
                CATALOGUE,
            )
        ],
        [
            when("score.overall", "lt", 50),
            parse({"not": {"field": "score.overall", "op": "gte", "value": 50}}, CATALOGUE),
        ],
    ],
    "source": [
        [when("lead.source", "eq", "webinar")],
        [when("lead.source", "starts_with", "partner")],
        [when("lead.source", "in", ["fair", "referral"])],
    ],
    "age": [
        [when("lead.created_at", "within_last", {"days": 7})],
        [when("lead.created_at", "older_than", {"days": 7})],
    ],
}
_NARROWING = (
    when("company.industry", "eq", "Software"),
    when("lead.title", "contains", "chief"),
    when("company.technologies", "has_any", ["SAP", "Oracle"]),
    when("bant.status", "eq", "qualified"),
    when("lead.is_free_mail", "eq", value=False),
    when("lead.product_interest", "ne", "Support"),
    when("engagement.last_event_at", "within_last", {"days": 2}),
)


def a_row(random: Random) -> dict[str, object]:
    """Return a lead as they come; anything may be unknown."""
    row: dict[str, object] = {
        "company.country": random.choice(["DE", "AT", "FR", "US", "GB", "JP"]),
        "company.employees": random.choice([3, 50, 51, 220, 501, 900, 5000, 5001, 80_000]),
        "score.overall": random.choice([12.0, 49.5, 50, 84.9, 85, 97]),
        "lead.source": random.choice(["webinar", "Partner: Acme", "fair", "other", "referral"]),
        "company.industry": random.choice(["Software", "Retail"]),
        "lead.title": random.choice(["Chief Buyer", "Clerk"]),
        "company.technologies": random.choice([["SAP"], [], ["Excel"]]),
        "bant.status": random.choice(["qualified", "nurture"]),
        "lead.is_free_mail": random.choice([True, False]),
        "lead.product_interest": random.choice(["Support", "Pumps"]),
    }
    kept: dict[str, object] = {name: value for name, value in row.items() if random.random() > 0.15}
    return {**kept, "lead.created_at": NOW, "lead.status": "new", "lead.stage": "lead"}


def a_clean_world(random: Random) -> World:
    """Return rules in order: one field split into parts, refinements before what they refine, everything covered."""
    split = [random.choice(ways) for ways in _SPLITS[random.choice(list(_SPLITS))]]
    rules: list[RoutingRule] = []
    for number, part in enumerate(split):
        team = TEAMS[number % len(TEAMS)]
        if random.random() < 0.6:
            narrow = All((part, random.choice(_NARROWING)))
            if random.random() < 0.3:
                rules.append(a_rule(f"n{number}", All((narrow, random.choice(_NARROWING[:3]))), TEAMS[0], 0))
                if rules[-1].condition == All((narrow, narrow.parts[1])):  # says the same twice: it would shadow
                    rules.pop()
            rules.append(a_rule(f"r{number}", narrow, random.choice([*TEAMS, QUEUE]), 0))
        rules.append(a_rule(f"p{number}", part, team, 0))
    default = None
    if random.random() < 0.5:
        rules.append(a_rule("rest", ALWAYS, random.choice([TEAMS[0], QUEUE]), 0))
    else:
        default = random.choice([TEAMS[1], QUEUE])
    rules = [replace(rule, priority=10 * place) for place, rule in enumerate(rules, 1)]
    if random.random() < 0.4:  # what is off for long is no fault, whatever it asks for
        rules.append(a_rule("off", when("company.employees", "lt", 0), GHOSTS, 5, enabled=False))
    world = World(
        rules=tuple(rules),
        people=tuple(_healthy(random)),
        rows=tuple(a_row(random) for _ in range(random.choice([0, 40]))),
        per_week=random.choice([0, 20, 300]),
        exclusions=(Exclusion("e", "Rivals", when("company.domain", "in", ["rival.example", "foe.example"])),)
        if random.random() < 0.5
        else (),
        default=default,
    ).with_policies(sla=random.choice([SlaPolicy(), SlaPolicy(seat_id="seat"), SlaPolicy(ladder=())]))
    return with_territories(world, random.choice(_APART)) if random.random() < 0.2 else world


def _healthy(random: Random) -> list[Member]:
    """Return people for every team: somebody can always take a lead, and limits leave room; others have left."""
    people = []
    for number, team in enumerate(TEAMS, 1):
        people += [
            a_member(number, team, limits=random.choice([(), (PeriodLimit(200, "day"), PeriodLimit(1000, "week"))])),
            a_member(10 + number, team, available=random.random() < 0.5, max_open=random.choice([None, 5])),
            a_member(20 + number, team, active=False),
            a_member(30 + number, team, joined=False),
            a_member(40 + number, team, away_until=NOW + timedelta(days=3)),
        ]
    return people


@dataclass(frozen=True)
class Planted:
    """A world with one fault: what must be found."""

    world: World
    kind: Kind
    rule_ids: tuple[str, ...]
    severity: str = "warning"


IMPOSSIBLE: tuple[Condition, ...] = tuple(
    parse(document, CATALOGUE)
    for document in (
        {"all": [{"field": "company.employees", "op": "gt", "value": 500}, {"field": "company.employees", "op": "lt", "value": 100}]},
        {"all": [{"field": "company.employees", "op": "gt", "value": 50}, {"field": "company.employees", "op": "lt", "value": 51}]},
        {"all": [{"field": "company.country", "op": "eq", "value": "DE"}, {"field": "company.country", "op": "eq", "value": "FR"}]},
        {"all": [{"field": "company.country", "op": "in", "value": ["DE", "AT"]}, {"field": "company.country", "op": "not_in", "value": ["de", "at"]}]},
        {"field": "score.overall", "op": "gt", "value": 100},
        {"all": [{"field": "lead.source", "op": "is_unknown"}, {"field": "lead.source", "op": "eq", "value": "web"}]},
        {"all": [{"field": "lead.source", "op": "starts_with", "value": "partner"}, {"field": "lead.source", "op": "starts_with", "value": "web"}]},
        {"all": [{"field": "lead.title", "op": "contains", "value": "chief buyer"}, {"not": {"field": "lead.title", "op": "contains", "value": "buyer"}}]},
        {"all": [{"field": "company.technologies", "op": "has_all", "value": ["SAP", "Oracle"]}, {"field": "company.technologies", "op": "has_none", "value": ["oracle"]}]},
        {"all": [{"field": "lead.created_at", "op": "within_last", "value": {"days": 1}}, {"field": "lead.created_at", "op": "older_than", "value": {"days": 30}}]},
        {"not": {"any": [{"field": "bant.status", "op": "in", "value": ["qualified", "nurture", "disqualified"]}]}},
        {"field": "lead.status", "op": "eq", "value": "converted"},
        {"all": [{"field": "lead.is_free_mail", "op": "eq", "value": True}, {"field": "lead.is_free_mail", "op": "ne", "value": True}]},
    )
)  # fmt: skip


def _unreachable(random: Random, world: World) -> Planted:
    impossible = random.choice(IMPOSSIBLE)
    wrapped = random.choice([impossible, All((impossible, random.choice(_NARROWING)))])
    return Planted(world.first(wrapped), Kind.UNREACHABLE, ("planted",))


def _unreachable_exclusion(random: Random, world: World) -> Planted:
    exclusion = Exclusion("planted", "Planted", random.choice(IMPOSSIBLE))
    return Planted(replace(world, exclusions=(exclusion,)), Kind.UNREACHABLE, ("planted",))


def _shadowed(random: Random, world: World) -> Planted:
    """A rule is refined after it instead of before it."""
    parts = [rule for rule in world.rules if rule.enabled and rule.id.startswith("p")]
    wide = random.choice(parts)
    narrow = All((wide.condition, when("company.name", "contains", random.choice(["gmbh", "ltd"]))))
    planted = a_rule("planted", narrow, QUEUE, wide.priority + 1)
    return Planted(replace(world, rules=(*world.rules, planted)), Kind.SHADOWED, ("planted", wide.id))


def _shadowed_by_all(_random: Random, world: World) -> Planted:
    """Everything is taken before the others are asked: one fault, whichever they are."""
    late = sorted((rule for rule in world.rules if rule.enabled), key=lambda rule: (rule.priority, rule.id))
    return Planted(world.first(ALWAYS), Kind.SHADOWED, (*(rule.id for rule in late), "planted"))


def _shadowed_together(random: Random, world: World) -> Planted:
    """Two rules take all of a third, neither alone."""
    cut = random.choice([100, 250])
    industry = when("company.sic_code", "eq", random.choice(["7372", "0111"]))
    low = a_rule("low", All((industry, when("company.employees", "lt", cut))), TEAMS[0], 1)
    high = a_rule("high", All((industry, when("company.employees", "gte", cut))), TEAMS[1], 2)
    third = All((industry, when("company.employees", "between", [cut - 50, cut + 50])))
    rules = (low, high, a_rule("planted", third, QUEUE, 3), *world.rules)
    return Planted(replace(world, rules=rules), Kind.SHADOWED, ("planted", "low", "high"))


def _shadowed_by_exclusion(random: Random, world: World) -> Planted:
    rivals = ["rival.example", "foe.example", "enemy.example"]
    exclusion = Exclusion("e", "Rivals", when("company.domain", "in", rivals))
    planted = replace(world, exclusions=(exclusion,)).first(when("company.domain", "eq", random.choice(rivals)))
    return Planted(planted, Kind.SHADOWED, ("planted", "e"))


def _same_priority(random: Random, world: World) -> Planted:
    """Two rules about different things, neither before the other."""
    fields = ["company.name", "lead.email_domain", "company.sic_code"]
    one, other = random.sample(fields, 2)
    first = a_rule("a", when(one, "starts_with", "ac"), TEAMS[0], 1)
    second = a_rule("b", when(other, "contains", "me"), TEAMS[1], 1)
    return Planted(replace(world, rules=(first, second, *world.rules)), Kind.OVERLAP, ("a", "b"))


def _silent_order(random: Random, world: World) -> Planted:
    planted = _same_priority(random, world)
    rules = tuple(replace(rule, priority=2) if rule.id == "b" else rule for rule in planted.world.rules)
    return replace(planted, world=replace(planted.world, rules=rules), severity="info")


def _uncovered(random: Random, world: World) -> Planted:
    """Nothing takes what no rule asks for, and such leads came."""
    rules = tuple(rule for rule in world.rules if rule.id != "rest")
    rows = (*world.rows, {"lead.created_at": NOW, "lead.status": "new", "lead.stage": "lead"}) if rules else world.rows
    bare = replace(world, rules=rules, default=None, rows=rows)
    return Planted(_without_age(bare) if _is_about_age(bare) else bare, Kind.UNCOVERED, ())


def _is_about_age(world: World) -> bool:
    return any("lead.created_at" in str(rule.condition) for rule in world.rules if rule.id.startswith("p"))


def _without_age(world: World) -> World:
    """When a lead came is always known, so a split by age leaves nothing: take one part away."""
    return replace(world, rules=tuple(rule for rule in world.rules if rule.id not in {"p0", "r0", "n0"}))


def _uncovered_unseen(random: Random, world: World) -> Planted:
    planted = _uncovered(random, world)
    return replace(planted, world=replace(planted.world, rows=()), severity="info")


_OUT: Mapping[str, Mapping[str, Anything]] = {
    "left": {"active": False},
    "invited": {"joined": False},
    "weightless": {"weight": 0},
    "shut": {"max_open": 0},
}


def _starving(random: Random, world: World) -> Planted:
    """A team of nobody, or of people who can never be given anything."""
    hindrance = random.choice([None, *_OUT.values()])
    ghosts = () if hindrance is None else (a_member(50, GHOSTS, **hindrance), a_member(51, GHOSTS, active=False))
    planted = replace(world, people=(*world.people, *ghosts)).first(when("company.name", "eq", "Acme"), GHOSTS)
    return Planted(planted, Kind.STARVING_POOL, ("planted",), "error")


def _paused(random: Random, world: World) -> Planted:
    people = (*world.people, a_member(50, GHOSTS, available=False), a_member(51, GHOSTS, active=random.random() < 0.5, available=False))  # fmt: skip
    planted = replace(world, people=people).first(when("company.name", "eq", "Acme"), GHOSTS)
    return Planted(planted, Kind.STARVING_POOL, ("planted",))


def _away(random: Random, world: World) -> Planted:
    """Everybody who could is away at once, or paused meanwhile."""
    back = NOW + timedelta(days=random.randrange(1, 30))
    other = a_member(51, GHOSTS, **random.choice([{"away_until": back}, {"available": False}, *_OUT.values()]))
    person = a_member(50, GHOSTS, away_until=back)
    planted = replace(world, people=(*world.people, person, *random.choice([(), (other,)])))
    target = Target(TargetKind.INDIVIDUAL, person.id, "Gus") if random.random() < 0.3 else GHOSTS
    return Planted(planted.first(when("company.name", "eq", "Acme"), target), Kind.STARVING_POOL, ("planted",))


def _away_skilled(random: Random, world: World) -> Planted:
    """Only somebody who is away has the skill."""
    need = SkillNeed(skill="German")
    person = a_member(50, TEAMS[0], skills={"German": 3}, away_until=NOW + timedelta(days=2))
    rule = {"algorithm": "skill_based", "settings": RuleSettings(skill_matching=SkillMatching(required=(need,)))}
    planted = replace(world, people=(*world.people, person))
    return Planted(planted.first(when("company.name", "eq", "Acme"), **rule), Kind.STARVING_POOL, ("planted",))


def _gone_person(random: Random, world: World) -> Planted:
    gone = a_member(50, **random.choice(list(_OUT.values())))
    people = (*world.people, gone) if random.random() < 0.5 else world.people
    planted = replace(world, people=people)
    return Planted(
        planted.first(when("company.name", "eq", "Acme"), Target(TargetKind.INDIVIDUAL, gone.id, "Gus")),
        Kind.STARVING_POOL,
        ("planted",),
        "error",
    )


def _unskilled(random: Random, world: World) -> Planted:
    need = SkillNeed(skill="German", level=random.choice([1, 3]))
    some = {"german": need.level - 1} if need.level > 1 else {"french": 5}
    people = tuple(replace(person, skills=some if person.can_ever else {"German": 5}) for person in world.people)
    rule = {"algorithm": "skill_based", "settings": RuleSettings(skill_matching=SkillMatching(required=(need,)))}
    planted = replace(world, people=people).first(when("company.name", "eq", "Acme"), **rule)
    return Planted(planted, Kind.STARVING_POOL, ("planted",), "error")


def _uncovered_territory(random: Random, world: World) -> Planted:
    people = tuple(replace(p, territories=frozenset({"Mars"} if random.random() < 0.5 else ())) for p in world.people)
    rules = tuple(rule for rule in world.rules if rule.id != "abroad")
    north = (Territory(name="North", countries=("DE",)),)
    planted = replace(world, rules=rules, people=people, territories=north)
    return Planted(
        planted.first(when("company.name", "eq", "Acme"), algorithm="territory"),
        Kind.STARVING_POOL,
        ("planted",),
        "error",
    )


def _no_territories(_random: Random, world: World) -> Planted:
    rules = tuple(rule for rule in world.rules if rule.id != "abroad")
    bare = replace(world, rules=rules, territories=())
    planted = bare.first(when("company.name", "eq", "Acme"), algorithm="territory")
    return Planted(planted, Kind.NO_TERRITORIES, ("planted",), "error")


def _below_inflow(random: Random, world: World) -> Planted:
    """The team of a rule that takes everything has limits that let less through."""
    limit = random.choice([PeriodLimit(2, "day"), PeriodLimit(10, "week"), PeriodLimit(30, "month")])
    people = (a_member(50, GHOSTS, limits=(limit, PeriodLimit(50, "day"))), a_member(51, GHOSTS, active=False))
    rows = tuple(a_row(random) for _ in range(40))
    rule = a_rule("planted", ALWAYS, GHOSTS, 1)
    planted = replace(world, rules=(rule,), people=(*world.people, *people), rows=rows, per_week=15, exclusions=())
    return Planted(planted, Kind.CAP_BELOW_INFLOW, ("planted",))


def _no_seat(random: Random, world: World) -> Planted:
    if random.random() < 0.3:
        return Planted(replace(world, seats=Seats()), Kind.LADDER_WITHOUT_SEAT, (), "error")
    if random.random() < 0.5:
        nameless = world.with_policies(sla=SlaPolicy())
        return Planted(replace(nameless, seats=Seats(SEATED.joined_ids, has_owner=False)), Kind.LADDER_WITHOUT_SEAT, ())
    if random.random() < 0.5:
        invited = replace(world, seats=Seats(SEATED.joined_ids, invited_ids=frozenset({"invited"})))
        return Planted(invited.with_policies(sla=SlaPolicy(seat_id="invited")), Kind.LADDER_WITHOUT_SEAT, ())
    return Planted(world.with_policies(sla=SlaPolicy(seat_id="gone")), Kind.LADDER_WITHOUT_SEAT, ())


_MEETING: Sequence[tuple[Mapping[str, Anything], Mapping[str, Anything]]] = (
    ({"countries": ("DE", "AT")}, {"countries": ("at",)}),
    ({"countries": ("DE",), "industries": ("Retail",)}, {"countries": ("DE",), "max_employees": 50}),
    ({"postcodes": ("SW1",)}, {"postcodes": ("SW1A-SW1Y",)}),
    ({"postcodes": ("10",)}, {"postcodes": ("1", "99")}),
    ({"postcodes": ("10000-10999",)}, {"postcodes": ("10500-11999",)}),
    ({"min_employees": 100}, {"max_employees": 100}),
    ({"accounts": ("acme.example", "Foo")}, {"accounts": ("foo",)}),
    ({}, {}),
)
_APART: Sequence[tuple[Mapping[str, Anything], Mapping[str, Anything]]] = (
    ({"countries": ("DE", "AT")}, {"countries": ("FR",)}),
    ({"countries": ("DE", "AT")}, {"countries": ("DE",), "priority": 10}),
    ({"countries": ("DE",)}, {"countries": ("DE",), "postcodes": ("10",)}),
    ({"countries": ("DE",), "max_employees": 49}, {"countries": ("DE",), "min_employees": 50}),
    ({"postcodes": ("10000-10999",)}, {"postcodes": ("11", "12000-12999")}),
    ({"accounts": ("acme.example",)}, {"countries": ("DE",)}),
)


def with_territories(world: World, pair: tuple[Mapping[str, Anything], Mapping[str, Anything]]) -> World:
    """Return the world with two territories that somebody in every team covers, and a rule that goes by them."""
    both = (Territory(name="A", **pair[0]), Territory(name="B", **pair[1]))
    people = tuple(replace(person, territories=frozenset({"A", "b"})) for person in world.people)
    rule = a_rule("abroad", when("company.sic_code", "eq", "9999"), TEAMS[0], 3, algorithm="territory")
    return replace(world, rules=(rule, *world.rules), people=people, territories=both)


def _territories_meet(random: Random, world: World) -> Planted:
    rules = tuple(rule for rule in world.rules if rule.id != "abroad")
    world = replace(world, rules=rules)
    return Planted(with_territories(world, random.choice(_MEETING)), Kind.TERRITORIES_OVERLAP, ("abroad",))


PLANTS: Mapping[str, Callable[[Random, World], Planted]] = {
    plant.__name__.strip("_"): plant
    for plant in (
        _unreachable, _unreachable_exclusion, _shadowed, _shadowed_by_all, _shadowed_together, _shadowed_by_exclusion,
        _same_priority, _silent_order, _uncovered, _uncovered_unseen, _starving, _paused, _away, _away_skilled, _gone_person, _unskilled,
        _uncovered_territory, _no_territories, _territories_meet, _below_inflow, _no_seat,
    )
}  # fmt: skip
