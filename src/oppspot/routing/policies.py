"""Owns the settings of routing: what a rule may say beside its conditions, and what holds for all rules.

They are values that decide and documents that are published, in one: frozen, checked, with the defaults that ship.
"""

from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from oppspot.core.text_shapes import NOT_BLANK, SOME_LINE

Name = Annotated[str, Field(min_length=1, max_length=200, pattern=SOME_LINE)]
Reason = Annotated[str, Field(min_length=1, max_length=500, pattern=NOT_BLANK)]
SlaHours = Annotated[float, Field(gt=0, le=8760)]
HIGHEST_SKILL: Final = 5
MOST_EMPLOYEES: Final = 1_000_000_000


class Setting(BaseModel):
    """A part of the configuration; what it does not know is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class SkillNeed(Setting):
    """A skill and the lowest level of it, 1 to 5, that will do."""

    skill: Name
    level: Annotated[int, Field(ge=1, le=HIGHEST_SKILL)] = 1


class SkillMatching(Setting):
    """What `skill_based` asks of reps: without the required nobody is given the lead; the preferred go first."""

    required: Annotated[tuple[SkillNeed, ...], Field(max_length=20)] = ()
    preferred: Annotated[tuple[SkillNeed, ...], Field(max_length=20)] = ()


class NotificationSettings(Setting):
    """Who hears of a lead that a rule gave away: its new owner, and the managers."""

    owner: bool = True
    managers: bool = False


class OwnerUnavailable(Setting):
    """What `account_based` does while the account's owner cannot take a lead.

    `wait` gives it to them if they open within `wait_hours`, else to the pool; `cover` to whoever covers for them,
    else to the pool; `pool` to the pool at once.
    """

    policy: Literal["wait", "cover", "pool"] = "cover"
    wait_hours: Annotated[float, Field(ge=0, le=720)] = 4


class RuleSettings(Setting):
    """The advanced settings of one rule."""

    # Over which leads turns are counted: all that reach the team, or those of this rule.
    fairness_scope: Literal["team", "rule"] = "team"
    # Whether only reps who are at work now are given its leads.
    working_hours_only: bool = False
    # With working hours: whether those at work go first, or whoever's turn it is, even if they start later.
    mode: Literal["availability_first", "strict"] = "availability_first"
    # What happens when everybody is off: hold until somebody opens, give to who opens first, or send to the seat.
    holiday_handling: Literal["queue", "next_available", "escalate"] = "queue"
    # Whether the clock also stands still while the lead's own country is closed.
    timezone_aware: bool = False
    # Whether limits hold for its leads.
    capacity_planning: bool = True
    skill_matching: SkillMatching = SkillMatching()
    # How many leads anybody may be ahead of or behind their turn so that preferences can be met.
    band: Annotated[int, Field(ge=0, le=1000)] = 2
    owner_unavailable: OwnerUnavailable = OwnerUnavailable()
    notification_settings: NotificationSettings = NotificationSettings()
    # Whether the new owner gets a task to follow up.
    auto_followup: bool = False

    @property
    def heeds_hours(self) -> bool:
        """Whether who is off work is passed over."""
        return self.working_hours_only and self.mode == "availability_first"

    # After how many hours without a first touch a lead of this rule goes to the managers; None: by the ladder.
    escalation_after_hours: SlaHours | None = None


NO_SETTINGS: Final = RuleSettings()


class FairnessPolicy(Setting):
    """By what shares turns are counted, and for how long they are remembered.

    `equal` is one share each (times weight and ramp where the algorithm heeds them); `performance_weighted` is by
    conversion, `seniority_based` by seniority; `value_balanced` is equal in number, within the band, and then as
    even in value as can be. `window` `month` starts every ledger anew with each month of the organisation's.
    """

    algorithm: Literal["equal", "performance_weighted", "seniority_based", "value_balanced"] = "equal"
    window: Literal["forever", "month"] = "forever"


class CapacityPolicy(Setting):
    """What an open lead counts towards its owner's limit, by priority, and whether urgent ones pass over limits."""

    urgent: Annotated[int, Field(ge=0, le=100)] = 1
    high: Annotated[int, Field(ge=0, le=100)] = 1
    medium: Annotated[int, Field(ge=0, le=100)] = 1
    low: Annotated[int, Field(ge=0, le=100)] = 1
    urgent_leads_pass: bool = False


LadderActionName = Literal["remind", "reassign", "escalate_to_manager", "escalate_to_seat"]
Touch = Literal["accepted", "call", "email", "meeting", "message"]


class LadderRung(Setting):
    """What happens when so many percent of the time to a first touch have passed without one.

    `repeat_minutes` repeats it until somebody acknowledges; None does it once.
    """

    at_percent: Annotated[int, Field(ge=1, le=10_000)]
    action: LadderActionName
    repeat_minutes: Annotated[int | None, Field(ge=5, le=10_080)] = None


class SlaPolicy(Setting):
    """The clocks of a lead and what happens as they run.

    The first touch is due after the rule's hours; giving the lead to somebody, and qualifying or rejecting it, after
    these. None keeps no such clock. With `business_hours` they run while whoever is asked works.
    """

    assign_minutes: Annotated[float | None, Field(gt=0, le=10_080)] = 5
    qualify_hours: SlaHours | None = None
    business_hours: bool = False
    touches: Annotated[tuple[Touch, ...], Field(min_length=1)] = ("accepted", "call", "email", "meeting", "message")
    ladder: Annotated[tuple[LadderRung, ...], Field(max_length=10)] = (
        LadderRung(at_percent=50, action="remind"),
        LadderRung(at_percent=100, action="reassign"),
        LadderRung(at_percent=200, action="escalate_to_manager"),
        LadderRung(at_percent=400, action="escalate_to_seat"),
    )
    # The person every ladder ends at; None: the organisation's owner who has been there longest.
    seat_id: Name | None = None


class OptimisationPolicy(Setting):
    """How far `ai_optimized` may go: switched off, or short of outcomes, it is `weighted`.

    `floor` is how many outcomes of the pool it must have seen; `exploration` the share of leads given by chance.
    """

    enabled: bool = True
    floor: Annotated[int, Field(ge=20, le=100_000)] = 200
    exploration: Annotated[float, Field(ge=0.01, le=0.5)] = 0.1


class BalancingPolicy(Setting):
    """When loads are evened out: by `rebalance_threshold` percent between the fullest and the emptiest of a team."""

    rebalance_threshold: Annotated[int, Field(ge=5, le=1000)] = 50
    auto_redistribute: bool = False


class Policies(Setting):
    """What holds for all rules."""

    fairness: FairnessPolicy = FairnessPolicy()
    capacity: CapacityPolicy = CapacityPolicy()
    sla: SlaPolicy = SlaPolicy()
    optimisation: OptimisationPolicy = OptimisationPolicy()
    balancing: BalancingPolicy = BalancingPolicy()


DEFAULT_POLICIES: Final = Policies()


class Territory(Setting):
    """Leads from somewhere; whoever has it in their profile, by this name, covers it.

    Within one list one entry is enough, and every list that is not empty must be met. `postcodes` are beginnings
    ("SW1") or ranges ("10000-10999"); `accounts` are companies' domains or names. Of several territories a lead lies
    in, the one with the lowest `priority` number counts, then the narrowest (see `algorithms/territory.py`).
    """

    name: Name
    countries: Annotated[tuple[Name, ...], Field(max_length=300)] = ()
    regions: Annotated[tuple[Name, ...], Field(max_length=300)] = ()
    postcodes: Annotated[tuple[Name, ...], Field(max_length=2000)] = ()
    industries: Annotated[tuple[Name, ...], Field(max_length=300)] = ()
    min_employees: Annotated[int | None, Field(ge=0, le=MOST_EMPLOYEES)] = None
    max_employees: Annotated[int | None, Field(ge=0, le=MOST_EMPLOYEES)] = None
    accounts: Annotated[tuple[Name, ...], Field(max_length=5000)] = ()
    priority: Annotated[int, Field(ge=0, le=1_000_000)] = 100
