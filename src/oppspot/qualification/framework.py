"""What a framework is: elements, criteria over claim keys, freshness and verdicts, as one immutable document."""

import hashlib
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from oppspot.core import json
from oppspot.core.text_shapes import KEY
from oppspot.qualification.values import Kind

Name: TypeAlias = Annotated[str, Field(pattern=KEY)]
KeyName: TypeAlias = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*){1,3}$", max_length=100)]
Title: TypeAlias = Annotated[str, Field(min_length=1, max_length=200)]
Points: TypeAlias = Annotated[Decimal, Field(ge=0, le=1000, decimal_places=2)]
Weight: TypeAlias = Annotated[Decimal, Field(gt=0, le=1, decimal_places=4)]
Limit: TypeAlias = Annotated[Decimal, Field(ge=-(10**15), le=10**15, decimal_places=2)]
Score: TypeAlias = Annotated[int, Field(ge=0, le=100)]
Share: TypeAlias = Annotated[float, Field(ge=0, le=1)]
Minutes: TypeAlias = Annotated[float, Field(gt=0, le=10_000)]
Odds: TypeAlias = Annotated[float, Field(ge=0, le=1_000_000)]
Days: TypeAlias = Annotated[int, Field(ge=1, le=3650)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ChoiceRule(_Part):
    """Points by the chosen value; a value not listed earns none."""

    kind: Literal["choice"]
    points: dict[str, Points] = Field(min_length=1)


class FlagRule(_Part):
    """Full points when the answer is `when`, none when it is the other."""

    kind: Literal["flag"]
    when: bool = True


class Band(_Part):
    """Points from a number on: above it, or already at it; one of the two is given."""

    above: Limit | None = None
    at_least: Limit | None = None
    points: Points

    @property
    def limit(self) -> Decimal:
        limit = self.above if self.at_least is None else self.at_least
        if limit is None:
            raise ValueError("A band has a limit.")  # parsing refuses such a band
        return limit


class BandsRule(_Part):
    """Points of the first band that holds, the highest limit first; below all bands none."""

    kind: Literal["bands"]
    bands: tuple[Band, ...] = Field(min_length=1)


class ScaleRule(_Part):
    """Points in proportion, none at `low` and full at `high`."""

    kind: Literal["scale"]
    low: Limit = Decimal(0)
    high: Limit = Decimal(100)


class FieldPoints(_Part):
    """Points of an item by the value of one of its fields."""

    field: Name
    points: dict[str, Points] = Field(min_length=1)


class AtLeast(_Part):
    """What a number in an item has to reach."""

    at_least: Limit


# What a field of an item has to be: this, one of these, or at least so much.
Wanted: TypeAlias = bool | str | tuple[str, ...] | AtLeast


class ItemsRule(_Part):
    """Points for each item of a list, up to the criterion's points.

    `where` counts only items with these values, `states` only items that say something in these fields.
    A field that no item states leaves the criterion unknown.
    """

    kind: Literal["items"]
    each: Points | FieldPoints
    where: dict[str, Wanted] = {}
    states: tuple[Name, ...] = ()


class ShareRule(_Part):
    """Points in proportion to the share of a list's items that have these values.

    An item that does not state a field asked about counts as one that has not; when none does, nobody has said.
    """

    kind: Literal["share"]
    where: dict[str, Wanted] = Field(min_length=1)


class Within(_Part):
    days: Annotated[int, Field(ge=0, le=3650)]
    points: Points


class DaysUntilRule(_Part):
    """Points by how soon a date is: of the first `within` that holds, else `later`; a date in the past earns none."""

    kind: Literal["days_until"]
    within: tuple[Within, ...] = ()
    later: Points = Decimal(0)


class PresentRule(_Part):
    """Full points when anything is stated."""

    kind: Literal["present"]


Rule: TypeAlias = Annotated[
    ChoiceRule | FlagRule | BandsRule | ScaleRule | ItemsRule | ShareRule | DaysUntilRule | PresentRule,
    Field(discriminator="kind"),
]


class Criterion(_Part):
    """One question to one claim key.

    `ask` is the imperative shown to whoever can find out; what is `improvable` is worth working on once it is known.
    `minutes` of a rep's time is what finding it out takes (else as the claim key says), `likely` how the answers are
    weighed against each other when the next question is chosen: by choice, or by yes and no.
    """

    id: Name
    title: Title
    key: KeyName
    points: Annotated[Points, Field(gt=0)]
    rule: Rule
    ask: Title
    improvable: bool = False
    minutes: Minutes | None = None
    likely: dict[str, Odds] = {}


class Element(_Part):
    """One letter. Its criteria's points are shares of its score, whatever they sum to."""

    id: Name
    title: Title
    weight: Weight
    criteria: tuple[Criterion, ...] = Field(min_length=1, max_length=50)


class Verdict(_Part):
    """What to say of a lead. Verdicts are tried in order; the first whose every condition holds is it.

    The last one has no conditions but perhaps `points_lost_over`: it needs more points than that to be lost to known,
    fresh evidence, and gives way to the verdict `otherwise` when what is missing is evidence.
    """

    status: Name
    score: Score | None = None
    confidence: Share | None = None
    coverage: Share | None = None
    minimums: dict[Name, Score] = {}
    points_lost_over: Score | None = None
    otherwise: Name | None = None
    review_days: Days


class GradeTrust(_Part):
    """How far a statement of each grade is relied on, 0 to 1."""

    asserted: Share = 0.6
    corroborated: Share = 0.8
    verified: Share = 1.0


class CustomKey(_Part):
    """A claim key of this framework's own."""

    title: Title
    kind: Kind
    freshness_days: Days | None = None


class Framework(_Part):
    """A qualification framework. Two frameworks are equal when their documents are."""

    name: Name
    title: Title
    mode: Literal["weighted", "weakest_link"] = "weighted"
    elements: tuple[Element, ...] = Field(min_length=1, max_length=20)
    verdicts: tuple[Verdict, ...] = Field(min_length=1, max_length=20)
    freshness_days: dict[KeyName, Days | None] = {}
    trust: GradeTrust = GradeTrust()
    claim_keys: dict[KeyName, CustomKey] = {}

    @cached_property
    def document(self) -> dict[str, Any]:
        """The framework as JSON values; reading it again gives the same framework."""
        document: dict[str, Any] = json.loads(json.canonical(self.model_dump()))
        return document

    @cached_property
    def version_hash(self) -> str:
        """SHA-256 of the document's canonical JSON, in hex: any edit changes it."""
        return hashlib.sha256(json.canonical(self.document)).hexdigest()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Framework) and self.version_hash == other.version_hash

    def __hash__(self) -> int:
        return hash(self.version_hash)
