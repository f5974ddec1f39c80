"""A course of events that did not happen: the leads and deeds of the time under one configuration throughout."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from oppspot.routing.simulating.limits import NO_LIMITS, TriedLimits
from oppspot.routing.simulating.people import People
from oppspot.routing.simulating.types import Before, Event, Gift
from oppspot.routing.simulating.world import World
from oppspot.routing.types import Office, RoutableLead, RoutingConfig

Aside = Mapping[UUID, tuple[UUID, int]]


class Supposed(World):
    """What would have become of leads under `config`, with other limits of people if there are any.

    From where it first decides otherwise than was decided (`diverged`), leads that wait in it are tried again by
    themselves. Whom it gave a lead keeps it although somebody took it from a queue in truth.
    """

    def __init__(self, before: Before, config: RoutingConfig, limits: Mapping[UUID, TriedLimits] = NO_LIMITS) -> None:
        super().__init__(before, limits)
        self.config = config
        self.diverged = False
        self._first_previous: dict[UUID, frozenset[UUID]] = {}

    def happen(self, event: Event) -> None:
        """Let something happen that routing does not decide."""
        if isinstance(event, Gift) and event.from_queue and self.has(event.lead_id):
            return
        super().happen(event)

    def follow(
        self,
        then: World,
        leads: Sequence[RoutableLead],
        asked_for: AbstractSet[UUID],
        people: People,
        at: datetime,
        office: Office,
    ) -> None:
        """Decide on a batch as this course has it; `then` has decided on it already, in truth.

        `asked_for` are the leads that somebody had while it was asked who else could.
        """
        aside = set_aside(self, asked_for)
        coming = [self._as_here(lead, aside) for lead in leads if not self.has(lead.id)]
        ids = {lead.id for lead in coming}
        again = [lead for lead in self.takes_up(at) if lead.id not in ids] if self.diverged else []
        self.decide([*again, *coming], self.config, people, at, office)
        settle(self, aside)
        self.diverged = self.diverged or any(self._differs(then, lead.id) for lead in leads)

    def _as_here(self, lead: RoutableLead, aside: Aside) -> RoutableLead:
        """Return a lead as it comes in this world: who had it here does not get it again."""
        first = self._first_previous.setdefault(lead.id, lead.previous_rep_ids)
        holder = {aside[lead.id][0]} if lead.id in aside else set[UUID]()
        return replace(lead, previous_rep_ids=first | self.lost_by(lead.id) | holder)

    def _differs(self, then: World, lead_id: UUID) -> bool:
        was, here = (world.lasts.get(lead_id) for world in (then, self))
        return (was and was.place) != (here and here.place)


def set_aside(world: World, lead_ids: Iterable[UUID]) -> dict[UUID, tuple[UUID, int]]:
    """Take leads from whoever has them while it is asked who else could; returns who had which."""
    return {lead_id: held for lead_id in lead_ids if (held := world.set_aside(lead_id)) is not None}


def settle(world: World, aside: Aside) -> None:
    """Give leads back for which nobody was found; who has lost one does not get it again."""
    for lead_id, held in aside.items():
        if world.has(lead_id):
            world.lose(lead_id, held[0])
        else:
            world.put_back(lead_id, held)
