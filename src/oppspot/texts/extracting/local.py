"""Runs every finder over a document and hands over what can be kept. No network, no state, no clock."""

from collections.abc import Iterator
from typing import Final

from anyio import to_thread

from oppspot.texts.checking import checked
from oppspot.texts.extracting.agreeing import with_agreements
from oppspot.texts.extracting.clauses import clauses_of
from oppspot.texts.extracting.competitors import find_competitors
from oppspot.texts.extracting.criteria import find_criteria
from oppspot.texts.extracting.figures import find_figures
from oppspot.texts.extracting.guards import is_no_speech
from oppspot.texts.extracting.money import find_money
from oppspot.texts.extracting.next_steps import find_next_step
from oppspot.texts.extracting.pains import find_pains
from oppspot.texts.extracting.people import find_people
from oppspot.texts.extracting.processes import find_processes
from oppspot.texts.extracting.settling import settled
from oppspot.texts.extracting.signatures import find_signatures
from oppspot.texts.extracting.targets import find_targets
from oppspot.texts.extracting.timelines import find_timelines
from oppspot.texts.extracting.urgency import find_urgency
from oppspot.texts.types import Context, Proposal, Proposals

NAME: Final = "rules"
_FINDERS: Final = (
    find_money,
    find_figures,
    find_timelines,
    find_people,
    find_pains,
    find_urgency,
    find_targets,
    find_criteria,
    find_processes,
)


class LocalExtractor:
    """The port's shipped twin: works everywhere, without keys."""

    name = NAME
    is_local = True

    async def propose(self, text: str, context: Context) -> Proposals:
        """Return what the rules find."""
        return await to_thread.run_sync(extract, text, context)  # long texts must not hold up others


def extract(text: str, context: Context) -> Proposals:
    """Return what a text supports, in its order."""
    offered = checked(text, [_quoted(text, item) for item in _found(text, context)])
    kept, contradicted = settled(text, offered.items)
    return Proposals(tuple(sorted(kept, key=lambda item: (item.start, item.key))), (*offered.dropped, *contradicted))


def _found(text: str, context: Context) -> Iterator[Proposal]:
    spoken = [clause for clause in clauses_of(text, context) if not is_no_speech(clause.sentence)]
    clauses = list(with_agreements(spoken))
    for clause in clauses:
        for find in _FINDERS:
            yield from find(clause)
        yield from find_competitors(clause, context)
    yield from find_next_step(clauses)
    yield from find_signatures(text, context)


def _quoted(text: str, item: Proposal) -> Proposal:
    return Proposal(item.key, item.value, text[item.start : item.end], item.start, item.end, item.confidence)
