"""First match of 200 routing rules over 10,000 leads: our index and closures beside three rule engines.

`python bench/conditions.py [--json PATH]`, or `run()`. Everything is measured in one process, in processor time, in
rounds that take turns, and the fastest round of each counts, so that a busy machine does not decide. Every engine must
find the very matches the index finds. To be fair to the engines each is compiled once and used in the fastest of the
ways that were tried, and they get leads converted beforehand: text folded, plain names, only the fields the rules ask
about. Unknown values cost them the guard their own language calls for. Slow engines get fewer leads; the table says how
many.
"""

import argparse
import json
import random
import resource
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import cel
import celpy
import zen
from rich.console import Console
from rich.table import Table

from oppspot.conditions.branches import Branch, Goal, unfold
from oppspot.conditions.catalogue import default_catalogue
from oppspot.conditions.index import RuleIndex
from oppspot.conditions.parse import parse
from oppspot.conditions.rules import compile_predicate
from oppspot.conditions.types import Condition, FieldType, Leaf, Op, leaves_of, numbers_of
from oppspot.conditions.values import READERS, folded_operand

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
SEED = 20261102
ROUNDS = 5
Row = dict[str, Any]
Document = dict[str, Any]
Matches = list[int | None]

SOURCES = ["Web form", "Webinar", "Trade show", "Referral", "Partner", "Outbound", "Content", "Chat", "Paid search"]
PRODUCTS = ["Platform", "Analytics", "Integrations", "Security", "Support plan"]
COUNTRIES = [
    "GB", "US", "DE", "FR", "NL", "SE", "NO", "DK", "FI", "ES", "IT", "PT", "IE", "BE", "CH", "AT", "PL", "CZ", "RO",
    "GR", "CA", "AU", "NZ", "JP", "SG", "IN", "BR", "MX", "ZA", "AE",
]  # fmt: skip
INDUSTRIES = [
    "Software", "Banking", "Insurance", "Retail", "Healthcare", "Pharma", "Automotive", "Energy", "Education", "Media",
    "Telecoms", "Logistics", "Construction", "Hospitality", "Public sector", "Legal", "Food", "Chemicals", "Travel",
]  # fmt: skip
LEVELS = ["Chief", "VP", "Head of", "Director of", "Senior", "Manager", "Associate", "Assistant"]
FUNCTIONS = ["Sales", "Marketing", "Finance", "Operations", "IT", "Engineering", "People", "Procurement", "Données"]
TECHNOLOGIES = ["Salesforce", "HubSpot", "SAP", "AWS", "Azure", "Snowflake", "Slack", "Zendesk", "Shopify", "Stripe"]
VERDICTS = ["qualified", "nurture", "disqualified"]
SIZES = [1, 10, 50, 200, 500, 1_000]


def leads(count: int, chance: random.Random) -> list[Row]:
    """Return generated leads; about one value in eight is unknown."""
    makers: dict[str, Callable[[], Any]] = {
        "lead.source": lambda: chance.choice(SOURCES),
        "lead.product_interest": lambda: chance.choice(PRODUCTS),
        "lead.title": lambda: f"{chance.choice(LEVELS)} {chance.choice(FUNCTIONS)} {chance.choice(['', 'EMEA', 'II'])}",
        "lead.is_free_mail": lambda: chance.random() < 0.2,
        "company.country": lambda: chance.choice(COUNTRIES),
        "company.industry": lambda: chance.choice(INDUSTRIES),
        "company.employees": lambda: int(chance.lognormvariate(4.5, 1.8)) + 1,
        "company.annual_revenue": lambda: round(chance.lognormvariate(15, 2)),
        "company.technologies": lambda: chance.sample(TECHNOLOGIES, chance.randrange(5)),
        "score.overall": lambda: round(chance.uniform(0, 100), 1),
        "score.engagement": lambda: round(chance.uniform(0, 100), 1),
        "bant.status": lambda: chance.choice(VERDICTS),
        "engagement.events_7d": lambda: min(40, int(chance.expovariate(0.3))),
    }
    return [{name: make() if chance.random() < 0.87 else None for name, make in makers.items()} for _ in range(count)]


def leaf(field: str, op: str, value: object) -> Document:
    return {"field": field, "op": op, "value": value}


def narrowings(chance: random.Random) -> dict[str, Callable[[], Document]]:
    """Return ways to narrow a territory, at most one for each field."""
    low = chance.choice(SIZES)
    return {
        "industry": lambda: leaf("company.industry", "in", chance.sample(INDUSTRIES, chance.randint(1, 3))),
        "no industry": lambda: leaf("company.industry", "not_in", chance.sample(INDUSTRIES, 2)),
        "band": lambda: leaf("company.employees", "between", [low, low * chance.choice([4, 10])]),
        "size": lambda: leaf("company.employees", "gte", low),
        "revenue": lambda: leaf("company.annual_revenue", "lt", chance.choice([1, 5, 20, 100]) * 1_000_000),
        "product": lambda: leaf("lead.product_interest", "eq", chance.choice(PRODUCTS)),
        "source": lambda: leaf("lead.source", "in", chance.sample(SOURCES, 2)),
        "no source": lambda: {"not": leaf("lead.source", "eq", chance.choice(SOURCES))},
        "score": lambda: leaf("score.overall", "gte", chance.choice([40, 50, 60, 70, 80])),
        "verdict": lambda: leaf("bant.status", "eq", chance.choice(VERDICTS)),
        "title": lambda: leaf("lead.title", "contains", chance.choice([*LEVELS, *FUNCTIONS])),
        "technology": lambda: leaf("company.technologies", "has_any", chance.sample(TECHNOLOGIES, 2)),
        "mail": lambda: leaf("lead.is_free_mail", "eq", value=False),
        "heat": lambda: {"any": [leaf("engagement.events_7d", "gte", 5), leaf("score.engagement", "gt", 60)]},
    }


EXCLUSIVE = ({"industry", "no industry"}, {"band", "size"}, {"source", "no source"})


def routing_rule(chance: random.Random) -> Document:
    """Return a territory, narrowed by one to four more questions."""
    territory = leaf("company.country", "in", chance.sample(COUNTRIES, chance.randint(1, 5)))
    ways = narrowings(chance)
    for group in EXCLUSIVE:
        ways.pop(chance.choice(sorted(group)))
    return {"all": [territory, *(ways[way]() for way in chance.sample(sorted(ways), chance.randint(1, 4)))]}


def plain(name: str) -> str:
    return name.replace(".", "_")


def folded_rows(rows: Sequence[Row], rules: Sequence[Condition]) -> list[Row]:
    """Return rows as the engines get them: plain names, folded text, numbers as floats, None for unknown."""
    fields = {asked.field.name: asked.field for condition in rules for asked in leaves_of(condition)}
    read = [(name, plain(name), READERS[field.type]) for name, field in fields.items()]
    return [{to: unfrozen(reader(row.get(name))) for name, to, reader in read} for row in rows]


def unfrozen(value: object) -> object:
    return sorted(value) if isinstance(value, frozenset) else value


def literal(values: Sequence[object]) -> str:
    return json.dumps(values, ensure_ascii=False)


def asked_of(leaf: Leaf) -> tuple[object, ...]:
    match leaf.field.type:
        case FieldType.NUMBER:
            return numbers_of(leaf)
        case FieldType.BOOLEAN:
            return (leaf.value,)
        case _:
            return folded_operand(leaf)


COMPARED = {Op.GT: ">", Op.GTE: ">=", Op.LT: "<", Op.LTE: "<="}


def as_cel(leaf: Leaf, name: str) -> str:
    """Return the test of a known value in CEL."""
    values = asked_of(leaf)
    match leaf.op:
        case Op.CONTAINS:
            return f"{name}.contains({literal(values[0])})"
        case Op.HAS_ANY:
            return f"{name}.exists(item, item in {literal(values)})"
        case Op.BETWEEN:
            return f"({name} >= {values[0]} && {name} <= {values[1]})"
        case Op.EQ | Op.IN:
            return f"{name} == {literal(values[0])}" if len(values) == 1 else f"{name} in {literal(values)}"
        case Op.NE | Op.NOT_IN:
            return f"!({name} in {literal(values)})"
        case op:
            return f"{name} {COMPARED[op]} {values[0]}"


def rule_in_cel(condition: Condition, name_of: Callable[[str], str], is_known: str) -> str:
    """Return the rule as a CEL expression that is true where the rule is, and false where it is false or unknown."""
    branches = [
        " && ".join(in_cel(*leaf_of(goal), name_of, is_known) for goal in branch) for branch in unfold(condition)
    ]
    return " || ".join(f"({branch})" for branch in branches)


def leaf_of(goal: Goal) -> tuple[Leaf, bool]:
    assert isinstance(goal.condition, Leaf)
    return goal.condition, goal.wanted


def in_cel(leaf: Leaf, wanted: bool, name_of: Callable[[str], str], is_known: str) -> str:
    name = name_of(leaf.field.name)
    test = as_cel(leaf, name)
    return f"{is_known.format(name)} && {test if wanted else f'!({test})'}"


class CommonExpressionLanguage:
    """One program a rule and one context a lead; a dict each time, or one list of all rules, is slower."""

    name = "common-expression-language"
    sample, rounds = 1_000, ROUNDS

    def __init__(self, rules: Sequence[Condition]) -> None:
        self._programs = [cel.compile(rule_in_cel(condition, plain, "{} != null")) for condition in rules]

    def match(self, rows: Sequence[Row]) -> Matches:
        return [self._first(cel.Context(row)) for row in rows]

    def _first(self, context: cel.Context) -> int | None:
        return next((number for number, program in enumerate(self._programs) if program.execute(context)), None)


class CelPython:
    """One program a rule. Its compiling runner stops at `has` and at null alike, so its interpreter is used."""

    name = "cel-python"
    sample, rounds = 5, 1

    def __init__(self, rules: Sequence[Condition]) -> None:
        environment = celpy.Environment()
        texts = [rule_in_cel(condition, lambda name: f"lead.{plain(name)}", "has({})") for condition in rules]
        self._programs = [environment.program(environment.compile(text)) for text in texts]

    def match(self, rows: Sequence[Row]) -> Matches:
        known = [{name: value for name, value in row.items() if value is not None} for row in rows]
        return [self._first({"lead": celpy.json_to_cel(row)}) for row in known]

    def _first(self, row: Any) -> int | None:
        return next((number for number, program in enumerate(self._programs) if program.evaluate(row)), None)


class Zen:
    """A decision table with first hit, by a loader that keeps it compiled; the engine indexes listed values."""

    name = "zen-engine"
    sample, rounds = 2_000, ROUNDS

    def __init__(self, rules: Sequence[Condition]) -> None:
        fields = sorted({plain(asked.field.name) for condition in rules for asked in leaves_of(condition)})
        lines = [
            {**dict.fromkeys(fields, ""), **cells(branch), "rule": str(number)}
            for number, condition in enumerate(rules)
            for branch in unfold(condition)
        ]
        self._engine = zen.ZenEngine(
            {"loader": {"type": "static", "content": {"rules": decision_table(fields, lines)}}}
        )

    def match(self, rows: Sequence[Row]) -> Matches:
        answers = [self._engine.evaluate("rules", row)["result"] for row in rows]
        return [(answer or {}).get("rule") for answer in answers]


def decision_table(fields: Sequence[str], lines: Sequence[Mapping[str, str]]) -> Document:
    content = {
        "hitPolicy": "first",
        "inputs": [{"id": name, "name": name, "field": name} for name in fields],
        "outputs": [{"id": "rule", "name": "rule", "field": "rule"}],
        "rules": lines,
    }
    kinds = {"input": "inputNode", "table": "decisionTableNode", "output": "outputNode"}
    nodes = [{"id": name, "name": name, "type": kind, "position": {"x": 0, "y": 0}} for name, kind in kinds.items()]
    nodes[1]["content"] = content
    edges = [
        {"id": f"{source}-{target}", "sourceId": source, "targetId": target, "type": "edge"}
        for source, target in (("input", "table"), ("table", "output"))
    ]
    return {"nodes": nodes, "edges": edges}


def cells(branch: Branch) -> dict[str, str]:
    """Return the cells of one line, for which no two goals are about one field."""
    return {plain(leaf.field.name): cell(leaf, wanted) for leaf, wanted in map(leaf_of, branch)}


def cell(leaf: Leaf, wanted: bool) -> str:
    """Return the cell that says it, in the form the engine can index where there is one; null fails every test."""
    values = asked_of(leaf)
    match leaf.op:
        case Op.EQ | Op.IN if wanted:
            return ", ".join(json.dumps(value, ensure_ascii=False) for value in values)
        case Op.EQ | Op.IN | Op.NE | Op.NOT_IN:
            return f"$ != null and not ($ in {literal(values)})"
        case Op.BETWEEN:
            return f"[{values[0]}..{values[1]}]"
        case Op.CONTAINS:
            return f"contains($, {literal(values[0])})"
        case Op.HAS_ANY:
            return f"some($, # in {literal(values)})"
        case op:
            return f"{COMPARED[op]} {values[0]}"


ENGINES: tuple[Callable[[Sequence[Condition]], Any], ...] = (Zen, CommonExpressionLanguage, CelPython)


def timed(work: Callable[[], Matches]) -> tuple[Matches, float]:
    began = time.process_time()
    answer = work()
    return answer, time.process_time() - began


def peak_rss_mib() -> float:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)


@dataclass
class Contestant:
    name: str
    leads: int
    match: Callable[[], tuple[Matches, float]]
    rounds: int = ROUNDS
    fastest: float = float("inf")

    def take_turn(self, expected: Matches) -> None:
        matches, seconds = self.match()
        assert matches == expected[: self.leads], f"{self.name} finds other matches"
        self.fastest = min(self.fastest, seconds)

    @property
    def leads_per_cpu_second(self) -> int:
        return round(self.leads / self.fastest)


def our_own(rules: Sequence[Condition], seen: Sequence[Row], fresh: Sequence[Row]) -> list[Contestant]:
    """Return the index as it starts, the index on fresh leads when it has seen as many others, and the closures."""
    predicates = [compile_predicate(condition) for condition in rules]
    sample = fresh[:2_000]

    def warmed() -> tuple[Matches, float]:
        index = RuleIndex(rules)
        index.first_match(seen, NOW)
        return timed(lambda: index.first_match(fresh, NOW))

    def one_by_one() -> Matches:
        return [next((rule for rule, holds in enumerate(predicates) if holds(row, NOW)), None) for row in sample]

    return [
        Contestant("RuleIndex, in use", len(fresh), warmed),
        Contestant(
            "RuleIndex, compiling too", len(fresh), lambda: timed(lambda: RuleIndex(rules).first_match(fresh, NOW))
        ),
        Contestant("closures one by one", len(sample), lambda: timed(one_by_one)),
    ]


def contestant(engine: Any, rules: Sequence[Condition], rows: Sequence[Row]) -> Contestant:
    compiled, sample = engine(rules), rows[: engine.sample]
    return Contestant(engine.name, len(sample), lambda: timed(lambda: compiled.match(sample)), engine.rounds)


def run(rows: int = 10_000, rules: int = 200) -> dict[str, Any]:
    """Measure, and return leads a second, ratios to the index and peak memory."""
    chance, catalogue = random.Random(SEED), default_catalogue()
    conditions = [parse(routing_rule(chance), catalogue) for _ in range(rules)]
    seen, fresh = leads(rows, chance), leads(rows, chance)
    expected = RuleIndex(conditions).first_match(fresh, NOW)
    ours = our_own(conditions, seen, fresh)
    engines = [contestant(engine, conditions, folded_rows(fresh, conditions)) for engine in ENGINES]
    for round_ in range(ROUNDS):
        for each in (*ours, *engines):
            if round_ < each.rounds:
                each.take_turn(expected)
    index = ours[0].leads_per_cpu_second
    return {
        "bench": "conditions",
        "rows": rows,
        "rules": rules,
        "matched_share": round(sum(match is not None for match in expected) / rows, 3),
        "results": [
            {
                "engine": each.name,
                "leads": each.leads,
                "leads_per_cpu_second": each.leads_per_cpu_second,
                "index_is_faster_by": round(index / each.leads_per_cpu_second, 1),
            }
            for each in (*ours, *engines)
        ],
        "ratio_to_best_engine": round(index / max(each.leads_per_cpu_second for each in engines), 1),
        "peak_rss_mib": peak_rss_mib(),
    }


def as_table(measured: Mapping[str, Any]) -> Table:
    title = f"First match of {measured['rules']} rules, {measured['matched_share']:.0%} of leads matched"
    table = Table(title=title, caption=f"peak memory of the whole run: {measured['peak_rss_mib']} MiB")
    for heading in ("engine", "leads tried", "leads a processor second", "the index is faster by"):
        table.add_column(heading, justify="left" if heading == "engine" else "right")
    for line in measured["results"]:
        table.add_row(
            line["engine"],
            f"{line['leads']:,}",
            f"{line['leads_per_cpu_second']:,}",
            f"{line['index_is_faster_by']:,} x",
        )
    return table


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--json", type=Path, help="also write the figures to this file")
    target = arguments.parse_args().json
    measured = run()
    Console().print(as_table(measured))
    if target:
        target.write_text(json.dumps(measured, indent=2) + "\n")


if __name__ == "__main__":
    main()
