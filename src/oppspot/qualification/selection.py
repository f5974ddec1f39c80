"""Decides by which frameworks a lead is qualified: by hand, by rule, by the size of the deal, else by default."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Final, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from oppspot.conditions.country_checks import condition_problems
from oppspot.conditions.documents import ConditionDocument, leaves_at
from oppspot.conditions.parse import InvalidCondition, parse
from oppspot.conditions.predicates import Predicate, compile_predicate
from oppspot.conditions.types import Catalogue, Condition, leaves_of
from oppspot.core.errors import FieldProblem, Invalid
from oppspot.core.text_shapes import SOME_LINE
from oppspot.qualification.framework import Name

# Every lead is assessed by it, whatever else it is qualified by: lists compare all leads by one measure.
ALWAYS: Final = "bant"
# What is only known once the framework is chosen cannot choose it.
_TOO_LATE: Final = ("qualification.", "meddic.")
_NOT_ACCEPTED: Final = "The selection of frameworks is not accepted."

By = Literal["hand", "rule", "size", "default"]
Row: TypeAlias = Mapping[str, object]
Title: TypeAlias = Annotated[str, Field(min_length=1, max_length=200, pattern=SOME_LINE)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SelectionRule(_Part):
    """Leads for which the conditions hold are qualified by `framework`, and by the others named in `also`."""

    name: Title
    conditions: ConditionDocument = {"all": []}
    framework: Name
    also: tuple[Name, ...] = Field(default=(), max_length=10)


class LargeDeals(_Part):
    """A deal is large or complex from any one of these on; None is not looked at."""

    framework: Name = "meddic"
    estimated_budget: float | None = Field(default=100_000, gt=0)
    employees: int | None = Field(default=1_000, gt=0)
    committee_size: int | None = Field(default=5, gt=0)


class SelectionDocument(_Part):
    """How leads come by their frameworks: the first rule that holds, else the size of the deal, else the default."""

    rules: tuple[SelectionRule, ...] = Field(default=(), max_length=200)
    large_deals: LargeDeals | None = LargeDeals()
    default: Name = ALWAYS
    retired: tuple[Name, ...] = Field(default=(), max_length=200)


@dataclass(frozen=True, slots=True)
class Selected:
    """The frameworks of a lead, the first counting as its own, and why."""

    frameworks: tuple[str, ...]
    by: By
    reason: str
    rule: int | None = None  # the place of the rule that chose, from 0

    @property
    def primary(self) -> str:
        return self.frameworks[0]


@dataclass(frozen=True, slots=True)
class Choice:
    """What somebody chose by hand for one lead: its frameworks (none: left to the rules), and others held beside."""

    frameworks: tuple[str, ...]
    author: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DealSize:
    """What is known of the size of a deal."""

    estimated_budget: float | None = None
    employees: int | None = None
    committee_size: int | None = None


@dataclass(frozen=True, slots=True)
class Selection:
    """A selection document ready to choose; `available` are the frameworks in use."""

    document: SelectionDocument
    rules: tuple[tuple[SelectionRule, Predicate], ...]
    available: frozenset[str]
    # Whether a rule asks what a lead's company is as an account: it is looked up only then.
    asks_for_accounts: bool = False


def compile_selection(document: SelectionDocument, catalogue: Catalogue, available: frozenset[str]) -> Selection:
    """Return a document ready to choose; raises Invalid naming each part that is not accepted."""
    problems = [*_unknown_frameworks(document, available)]
    rules, asked = [], set[str]()
    for index, rule in enumerate(document.rules):
        condition = _read(f"rules[{index}].conditions", rule, catalogue, problems)
        if condition is not None:
            rules.append((rule, compile_predicate(condition)))
            asked |= {leaf.field.name for leaf in leaves_of(condition)}
    if problems:
        raise Invalid(_NOT_ACCEPTED, errors=problems)
    asks_for_accounts = any(name.startswith("account.") for name in asked)
    return Selection(document, tuple(rules), available - set(document.retired), asks_for_accounts)


def check_countries(document: SelectionDocument, before: SelectionDocument) -> None:
    """Raise Invalid naming the countries that no lead's can be; conditions that stood `before` may stand."""
    former = [rule.conditions for rule in before.rules]
    problems = [
        problem
        for place, rule in enumerate(document.rules)
        if rule.conditions not in former
        for problem in condition_problems(rule.conditions, f"rules[{place}].conditions")
    ]
    if problems:
        raise Invalid(_NOT_ACCEPTED, errors=problems)


def _read(path: str, rule: SelectionRule, catalogue: Catalogue, problems: list[FieldProblem]) -> Condition | None:
    try:
        condition = parse(rule.conditions, catalogue)
    except InvalidCondition as error:
        problems.extend(problem.inside(path) for problem in error.problems)
        return None
    late = [(place, leaf["field"]) for place, leaf in leaves_at(rule.conditions, path) if _is_too_late(leaf["field"])]
    said = "is known only after the framework is chosen"
    problems.extend(
        FieldProblem(f"{place}.field", f"{name} {said}", "a fact, a score or a BANT field") for place, name in late
    )
    return None if late else condition


def _is_too_late(field: str) -> bool:
    return field.startswith(_TOO_LATE)


def _unknown_frameworks(document: SelectionDocument, available: frozenset[str]) -> list[FieldProblem]:
    named = [("default", document.default)]
    if document.large_deals:
        named.append(("large_deals.framework", document.large_deals.framework))
    for index, rule in enumerate(document.rules):
        named.extend((f"rules[{index}].framework", name) for name in (rule.framework, *rule.also))
    in_use = available - set(document.retired)
    problems = [
        FieldProblem(path, f"{name!r} is not a framework in use", ", ".join(sorted(in_use)))
        for path, name in named
        if name not in in_use
    ]
    if ALWAYS in document.retired:
        problems.append(FieldProblem("retired", f"{ALWAYS!r} cannot be retired", "every lead is compared by it"))
    return problems


def select_frameworks(
    selection: Selection, row: Callable[[], Row], size: DealSize, choice: Choice | None, now: datetime
) -> Selected:
    """Return a lead's frameworks; `row` is asked for its flat row only when a rule looks at it."""
    selected = _select(selection, row, size, choice, now)
    if choice is None or not choice.also:
        return selected
    beside = [name for name in choice.also if name in selection.available]
    own = [name for name in selected.frameworks if name != ALWAYS]
    return replace(selected, frameworks=tuple(dict.fromkeys([selected.primary, *own, *beside, ALWAYS])))


def _select(
    selection: Selection, row: Callable[[], Row], size: DealSize, choice: Choice | None, now: datetime
) -> Selected:
    if choice and (chosen := [name for name in choice.frameworks if name in selection.available]):
        return _selected(selection, chosen, "hand", f"Chosen by {choice.author}.")
    if selection.rules:
        facts = row()
        for place, (rule, holds) in enumerate(selection.rules):
            if holds(facts, now):
                found = _selected(selection, [rule.framework, *rule.also], "rule", f"Rule “{rule.name}”.")
                return replace(found, rule=place)
    large = selection.document.large_deals
    if large and (why := _why_large(large, size)):
        return _selected(selection, [large.framework], "size", why)
    return _selected(selection, [selection.document.default], "default", "The default: no rule says otherwise.")


def _selected(selection: Selection, names: Sequence[str], by: By, reason: str) -> Selected:
    in_use = [name for name in names if name in selection.available] or [ALWAYS]
    return Selected(tuple(dict.fromkeys([*in_use, ALWAYS])), by, reason)


def _why_large(large: LargeDeals, size: DealSize) -> str | None:
    for label, known, limit in (
        ("Estimated budget", size.estimated_budget, large.estimated_budget),
        ("Employees", size.employees, large.employees),
        ("Buying committee", size.committee_size, large.committee_size),
    ):
        if known is not None and limit is not None and known >= limit:
            return f"A large or complex deal: {label.lower()} {known:,.0f}, from {limit:,.0f} on."
    return None
