"""Measures the extractor against labelled passages, by the rules of labelled/README.md, set before any result.

A proposal is right when a label of its key has its value and their quotes overlap; lists are counted entry by entry.
Entries agree by name (people, competitors, metrics) or, where they are told in words, by overlapping quotes alone.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final

import yaml

from oppspot.qualification.claims import CLAIM_KEYS
from oppspot.qualification.values import ItemsKind, NumberKind, TextKind, TextsKind
from oppspot.texts.extracting import extract
from oppspot.texts.types import Context, DocumentKind, Proposal

JUDGED: Final = frozenset(
    {
        "budget.estimated_budget",
        "budget.confirmed",
        "budget.range",
        "timeline.decision_date",
        "timeline.implementation_date",
        "timeline.buying_stage",
        "authority.stakeholder_map",
        "authority.committee_size",
        "need.pain_points",
        "need.urgency",
        "need.problem_acknowledged",
        "metrics.kpis",
        "decision_criteria.technical_requirements",
        "decision_criteria.business_requirements",
        "decision_process.stages",
        "competition.competitors",
        "identify_pain.cost_of_inaction",
        "next_step.description",
        "next_step.due",
    }
)
_NAMED: Final = frozenset({"authority.stakeholder_map", "competition.competitors", "metrics.kpis"})
_KINDS: Final = {"note": "notes", "chat": "transcript"}


@dataclass(frozen=True, slots=True)
class Passage:
    id: str
    text: str
    context: Context
    expected: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Said:
    """One statement, proposed or labelled: a value, or one entry of a list."""

    key: str
    value: Any
    start: int
    end: int

    @property
    def element(self) -> str:
        return self.key.partition(".")[0]


@dataclass(slots=True)
class Count:
    """Of one element: statements proposed, right and labelled, and passages that say nothing of it."""

    proposed: int = 0
    right: int = 0
    labelled: int = 0
    found: int = 0
    silent: int = 0  # passages without a label of the element
    kept_silent: int = 0  # of these, where nothing was proposed

    def add(self, other: "Count") -> None:
        for name in ("proposed", "right", "labelled", "found", "silent", "kept_silent"):
            setattr(self, name, getattr(self, name) + getattr(other, name))

    @property
    def precision(self) -> float | None:
        return self.right / self.proposed if self.proposed else None


@dataclass(slots=True)
class Measured:
    by_element: dict[str, Count] = field(default_factory=lambda: defaultdict(Count))
    wrong: list[tuple[str, Said]] = field(default_factory=list)
    missed: list[tuple[str, Said]] = field(default_factory=list)

    @property
    def overall(self) -> Count:
        total = Count()
        for count in self.by_element.values():
            total.add(count)
        return total


def load(path: Path) -> list[Passage]:
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    now = document["now"]
    said_on = now if isinstance(now, date) else date.fromisoformat(str(now)[:10])
    return [_passage(each, date(said_on.year, said_on.month, said_on.day)) for each in document["passages"]]


def _passage(each: Mapping[str, Any], said_on: date) -> Passage:
    kind = DocumentKind(_KINDS.get(each["kind"], each["kind"]))
    context = Context(said_on=said_on, kind=kind, our_names=frozenset(each.get("us") or ()))
    return Passage(each["id"], each["text"], context, each.get("expected") or ())


def proposals_of(passage: Passage) -> Sequence[Proposal]:
    return extract(passage.text, passage.context).items


def held(content: str, proposals: Sequence[Proposal]) -> bool:
    """Answer whether every quote stands in the content where its offsets say."""
    return all(content[item.start : item.end] == item.quote for item in proposals)


def measure(passages: Sequence[Passage], keys: Collection[str] = JUDGED) -> Measured:
    """Measure what is proposed for some claim keys; others are neither right nor wrong."""
    measured = Measured()
    for passage in passages:
        _measure_one(measured, passage, keys)
    return measured


def _measure_one(measured: Measured, passage: Passage, keys: Collection[str]) -> None:
    labels = [said for each in passage.expected if each["key"] in keys for said in _labelled(passage.text, each)]
    offered = [said for item in proposals_of(passage) if item.key in keys for said in _proposed(item)]
    open_labels = list(labels)
    for said in offered:
        count = measured.by_element[said.element]
        count.proposed += 1
        label = next((each for each in open_labels if agree(said, each)), None)
        if label is not None:
            open_labels.remove(label)
        # The same thing said twice is right twice, but found once.
        if label is not None or any(agree(said, each) for each in labels):
            count.right += 1
        else:
            measured.wrong.append((passage.id, said))
    for label in labels:
        measured.by_element[label.element].labelled += 1
        measured.by_element[label.element].found += label not in open_labels
    measured.missed += [(passage.id, label) for label in open_labels]
    for element in {key.partition(".")[0] for key in keys} - {label.element for label in labels}:
        measured.by_element[element].silent += 1
        measured.by_element[element].kept_silent += element not in {said.element for said in offered}


def _labelled(text: str, label: Mapping[str, Any]) -> Iterator[Said]:
    start = text.index(label["quote"])
    yield from _entries(label["key"], label["value"], start, start + len(label["quote"]))


def _proposed(item: Proposal) -> Iterator[Said]:
    yield from _entries(item.key, item.value, item.start, item.end)


def _entries(key: str, value: Any, start: int, end: int) -> Iterator[Said]:
    for entry in value if isinstance(value, list) else [value]:
        yield Said(key, entry, start, end)


def agree(said: Said, label: Said) -> bool:
    """Answer whether a proposal says what a label says, in the same place."""
    if said.key != label.key or not (said.start < label.end and label.start < said.end):
        return False
    kind = CLAIM_KEYS[said.key].kind
    if isinstance(kind, ItemsKind):
        return said.key not in _NAMED or _same_name(_name(said.value, kind), _name(label.value, kind))
    if isinstance(kind, NumberKind):
        return bool(abs(said.value - label.value) <= 0.01 * abs(label.value))
    return isinstance(kind, (TextKind, TextsKind)) or str(said.value) == str(label.value)


def _name(value: Any, kind: ItemsKind) -> str:
    return str(value[kind.identity] if isinstance(value, Mapping) else value)


def _same_name(left: str, right: str) -> bool:
    """Answer whether all words of the shorter name are words of the longer one."""
    mine, theirs = (set(re.findall(r"\w+", name.casefold())) for name in (left, right))
    return bool(mine and theirs) and (mine <= theirs or theirs <= mine)


def report(measured: Measured) -> list[str]:
    """Return the table, as lines of Markdown."""
    rows = [(name, count) for name, count in sorted(measured.by_element.items()) if count.proposed or count.labelled]
    head = [
        "| element | proposed | right | precision | labelled | found | kept silent |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    return head + [_row(name, count) for name, count in [*rows, ("**all**", measured.overall)]]


def _row(name: str, count: Count) -> str:
    shares = (_share(count.right, count.proposed), _share(count.found, count.labelled))
    return (
        f"| {name} | {count.proposed} | {count.right} | {shares[0]} | {count.labelled} | {shares[1]} "
        f"| {_share(count.kept_silent, count.silent)} |"
    )


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %" if whole else "-"
