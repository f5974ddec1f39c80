"""The policies as their form shows them: every setting as a field, the rungs of the ladder as rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from starlette.datastructures import FormData

from oppspot.core.errors import FieldProblem
from oppspot.routing.pages.fields import (
    Entry,
    labels_of,
    posted_text,
    posted_texts,
    posted_values,
    put_values,
    said_of,
    values_of,
)
from oppspot.routing.pages.words import PRIORITIES, TOUCHES
from oppspot.routing.policies import DEFAULT_POLICIES, Policies

MOST_RUNGS: Final = 10
ENTRIES: Final = (
    Entry("fairness", "fairness.algorithm", "Shares"),
    Entry("window", "fairness.window", "How long turns are remembered"),
    *(Entry(f"units_{each}", f"capacity.{each}", f"Units of a lead of {each} priority") for each in PRIORITIES),
    Entry("urgent_leads_pass", "capacity.urgent_leads_pass", "Urgent leads pass limits", "switch"),
    Entry("assign_minutes", "sla.assign_minutes", "Given to somebody within", "optional"),
    Entry("qualify_hours", "sla.qualify_hours", "Qualified or rejected within", "optional"),
    Entry("business_hours", "sla.business_hours", "Clocks run in working hours", "switch"),
    Entry("seat", "sla.seat_id", "The seat", "optional"),
    Entry("optimise", "optimisation.enabled", "Optimisation on", "switch"),
    Entry("floor", "optimisation.floor", "Outcomes before it begins"),
    Entry("exploration", "optimisation.exploration", "Share given by chance"),
    Entry("rebalance_threshold", "balancing.rebalance_threshold", "Uneven from"),
    Entry("auto_redistribute", "balancing.auto_redistribute", "Even out without asking", "switch"),
)
_TOUCH_FIELD: Final = Entry("touches", "sla.touches", "What counts as a touch")
_DEFAULT_VALUES: Final = values_of(ENTRIES, DEFAULT_POLICIES.model_dump(mode="json"))
LABELS: Final = {
    **labels_of((*ENTRIES, _TOUCH_FIELD)),
    **{f"rung-{number}": f"Rung {number}" for number in range(1, MOST_RUNGS + 2)},
}


@dataclass(frozen=True, slots=True)
class Rung:
    """A rung of the ladder as typed."""

    at_percent: str = ""
    action: str = "remind"
    repeat_minutes: str = ""


@dataclass(frozen=True, slots=True)
class PolicyForm:
    """The policies as the form shows them."""

    values: Mapping[str, str] = field(default_factory=lambda: _DEFAULT_VALUES)
    touches: tuple[str, ...] = tuple(TOUCHES)
    rungs: tuple[Rung, ...] = ()


def form_of(policies: Policies) -> PolicyForm:
    """Return policies as their form shows them."""
    document = policies.model_dump(mode="json")
    rungs = sorted(policies.sla.ladder, key=lambda rung: rung.at_percent)
    return PolicyForm(
        values=values_of(ENTRIES, document),
        touches=policies.sla.touches,
        rungs=tuple(
            Rung(str(rung.at_percent), rung.action, "" if rung.repeat_minutes is None else str(rung.repeat_minutes))
            for rung in rungs
        ),
    )


def posted_form(posted: FormData) -> PolicyForm:
    """Read what was posted; `do` takes a rung out or adds a blank one."""
    columns = [posted_texts(posted, name) for name in ("at_percent", "action", "repeat_minutes")]
    rungs = [Rung(*cells) for cells in zip(*columns, strict=False)]
    taken = posted_text(posted, "do").removeprefix("remove-")
    rungs = [rung for place, rung in enumerate(rungs, 1) if str(place) != taken]
    return PolicyForm(
        values=posted_values(ENTRIES, posted, _DEFAULT_VALUES),
        touches=tuple(touch for touch in posted_texts(posted, "touches") if touch),
        rungs=tuple(rung for rung in rungs if rung.at_percent or rung.repeat_minutes),
    )


def document_of(form: PolicyForm, before: Policies) -> dict[str, Any]:
    """Return what was typed as policies to check; what the form does not show stays as it was."""
    document = put_values(ENTRIES, form.values, before.model_dump(mode="json"))
    document["sla"]["touches"] = list(form.touches)
    document["sla"]["ladder"] = [
        {"at_percent": rung.at_percent, "action": rung.action, "repeat_minutes": rung.repeat_minutes or None}
        for rung in form.rungs
    ]
    return document


def errors_of(problems: Sequence[FieldProblem], form: PolicyForm) -> dict[str, str]:
    """Return what is wrong, by field; of a rung, by the rung."""
    named = [
        FieldProblem(f"rung-{int(rest.partition(']')[0]) + 1}", problem.message, problem.accepted)
        if (rest := problem.path.removeprefix("sla.ladder[")) != problem.path
        else problem
        for problem in problems
    ]
    return said_of(named, (*ENTRIES, _TOUCH_FIELD), form.values)
