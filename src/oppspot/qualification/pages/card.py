"""A scorecard by any framework, as the page of a lead and its own page show it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.core.db import Transaction
from oppspot.corridor.configuration import Configuration, load_configuration
from oppspot.leads.queries.details import LeadWhole
from oppspot.qualification.counterfactuals import list_counterfactuals
from oppspot.qualification.explain import explain_elements, explain_verdict
from oppspot.qualification.forms import sections_of
from oppspot.qualification.framework import Framework
from oppspot.qualification.known import all_current_values
from oppspot.qualification.next_questions import NextQuestion, list_next_questions
from oppspot.qualification.pages.drawing import Axis, radar
from oppspot.qualification.pages.sureness import confidence_terms, coverage_terms
from oppspot.qualification.pages.words import shown_status, titles_of, verdict_tone
from oppspot.qualification.queries.scorecards import Scorecard, find_framework, list_evidence
from oppspot.qualification.rules import assess
from oppspot.qualification.standings import Override, read_overrides, read_standings
from oppspot.qualification.types import Claim, ClaimValue, CurrentValue
from oppspot.web.waterfalls import Reason

_MOST_QUESTIONS: Final = 4
_FEWEST_AXES: Final = 3


@dataclass(frozen=True, slots=True)
class Card:
    """A lead's scorecard by one framework as of `now`, and what of it is asked and shown."""

    whole: LeadWhole
    configuration: Configuration
    scorecard: Scorecard
    values: Mapping[str, CurrentValue]
    questions: Sequence[NextQuestion]  # the most useful a minute first
    now: datetime

    @property
    def framework(self) -> Framework:
        return self.scorecard.framework

    @property
    def known(self) -> dict[str, ClaimValue]:
        """The value that counts for each claim key."""
        return {key: value.statement.value for key, value in self.values.items()}

    @property
    def home(self) -> str:
        """The address of the scorecard."""
        return f"/leads/{self.whole.lead.id}/qualification/{self.framework.name}"

    @property
    def override(self) -> Override | None:
        """What a person decided beside the machine, while it is in force."""
        kept = read_overrides(self.whole.lead.overrides).get(self.framework.name)
        return kept if kept and kept.is_in_force(self.now) else None

    @property
    def verdict(self) -> str:
        """The verdict that counts: a person's while it is in force, else the machine's."""
        return (self.override and self.override.status) or self.scorecard.assessment.status


@dataclass(frozen=True, slots=True)
class Tab:
    """A framework the lead holds: what it says, and the way there."""

    label: str
    href: str
    current: bool
    verdict: str
    tone: str


async def get_card(
    tx: Transaction, actor: Actor, whole: LeadWhole, framework: str | None = None, extra: Sequence[Claim] = ()
) -> Card:
    """Return a lead's card by a framework (its own, when none is named); raises NotFound for no such framework."""
    now = utc_now()
    configuration = await load_configuration(tx, actor.org_id)
    definition = find_framework(configuration, framework or whole.lead.framework)
    claims = [*await list_evidence(tx, actor.org_id, whole.lead.id), *extra]
    scorecard = Scorecard(definition, claims, assess(definition, claims, now))
    questions = list_next_questions(definition, claims, now)
    return Card(whole, configuration, scorecard, all_current_values(definition, claims, now), questions, now)


def shown_card(card: Card, *, is_preview: bool = False, errors: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return what the templates of a scorecard show."""
    framework, assessment = card.framework, card.scorecard.assessment
    titles = titles_of([framework])
    return {
        "card": card,
        "lead_id": card.whole.lead.id,
        "framework": framework,
        "assessment": assessment,
        "override": card.override,
        "verdict_tone": lambda status: verdict_tone(framework, status),
        "shown_status": shown_status,
        "elements": explain_elements(framework, assessment),
        "terms": _terms(card.scorecard),
        "coverage_terms": coverage_terms(framework, assessment),
        "confidence_terms": confidence_terms(framework, assessment, card.scorecard.claims, card.values, card.now),
        "why_verdict": explain_verdict(framework, assessment),
        "questions": card.questions[:_MOST_QUESTIONS],
        "disputes": [(dispute.key, titles[dispute.key]) for dispute in assessment.contradictions],
        "would_change": list_counterfactuals(framework, card.scorecard.claims, card.now)[:2],
        "sections": sections_of(framework, card.known),
        "radar": _radar(card),
        "tabs": _tabs(card),
        "why_framework": why_framework(card),
        "errors": errors or {},
        "is_preview": is_preview,
        "on_lead": False,
        "posted": {},
    }


def why_framework(card: Card) -> str | None:
    """Return why the lead is qualified by this framework; None when it is not."""
    held = read_standings(card.whole.lead.standings)
    return next((item.reason for item in held if item.framework == card.framework.name), None)


def _tabs(card: Card) -> list[Tab]:
    lead, frameworks = card.whole.lead, card.configuration.frameworks
    return [
        Tab(
            label=frameworks[item.framework].title,
            href=f"/leads/{lead.id}/qualification/{item.framework}",
            current=item.framework == card.framework.name,
            verdict="not known"
            if item.overall_score is None and not item.is_overridden
            else shown_status(item.verdict),
            tone=verdict_tone(frameworks[item.framework], item.verdict),
        )
        for item in read_standings(lead.standings)
        if item.framework in frameworks
    ]


def _radar(card: Card) -> Any:
    elements = card.framework.elements
    if len(elements) < _FEWEST_AXES:
        return None
    scores = [result.score for result in card.scorecard.assessment.elements]
    return radar([Axis(element.title, score) for element, score in zip(elements, scores, strict=True)])


def _terms(scorecard: Scorecard) -> list[Reason]:
    """Return the terms of the overall score, one a criterion that earned something, then the rounding."""
    titles = {
        (element.id, criterion.id): f"{element.title}: {criterion.title}"
        for element in scorecard.framework.elements
        for criterion in element.criteria
    }
    return [
        Reason(titles.get((str(term.element), str(term.criterion)), "Rounding"), float(term.points))
        for term in scorecard.assessment.contributions
        if term.hundredths
    ]
