"""Limits of people as a simulation tries them: as values, as they are stored, and in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import Enum, auto
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from oppspot.accounts.period_limits import Period, PeriodLimit, Window, write_limits
from oppspot.routing.people import Rep


class AsWas(Enum):
    """What is not tried stays as it was at the time."""

    AS_WAS = auto()


AS_WAS: Final = AsWas.AS_WAS


@dataclass(frozen=True, slots=True)
class TriedLimits:
    """A rep's limits, where they are to be others: None is any number of open leads, () any number in any period."""

    max_open: int | AsWas | None = AS_WAS
    limits: tuple[PeriodLimit, ...] | AsWas = AS_WAS

    def of(self, rep: Rep) -> Rep:
        """Return a rep with these limits; what the limits have seen is counted anew."""
        return replace(
            rep,
            max_open=rep.max_open if self.max_open is AS_WAS else self.max_open,
            limits=rep.limits if self.limits is AS_WAS else self.limits,
            used=(),
        )

    @property
    def in_words(self) -> str:
        """As people say it: "3 open, 5 a day"."""
        said = []
        if self.max_open is not AS_WAS:
            said.append(f"{'any number' if self.max_open is None else self.max_open} open")
        if self.limits is not AS_WAS:
            said.append(write_limits(self.limits) or "no limit in any period")
        return ", ".join(said)


NO_LIMITS: Final[Mapping[UUID, TriedLimits]] = MappingProxyType({})


def document_of(rep_id: UUID, tried: TriedLimits) -> dict[str, Any]:
    """Return tried limits as they are stored; what is kept is left out."""
    document: dict[str, Any] = {"rep_id": str(rep_id)}
    if tried.max_open is not AS_WAS:
        document["max_open"] = tried.max_open
    if tried.limits is not AS_WAS:
        document["limits"] = [
            {"leads": limit.leads, "per": limit.per.value, "window": limit.window.value} for limit in tried.limits
        ]
    return document


def read_tried(documents: Iterable[Mapping[str, Any]]) -> dict[UUID, TriedLimits]:
    """Return tried limits as they were stored, by rep."""
    return {
        UUID(document["rep_id"]): TriedLimits(
            document.get("max_open", AS_WAS),
            tuple(map(_limit, document["limits"])) if "limits" in document else AS_WAS,
        )
        for document in documents
    }


def _limit(document: Mapping[str, Any]) -> PeriodLimit:
    return PeriodLimit(document["leads"], Period(document["per"]), Window(document["window"]))
