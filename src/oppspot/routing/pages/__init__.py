"""Routing for people."""

from fastapi import APIRouter

from oppspot.routing.pages import (
    assignment_history,
    calibrations,
    clocks,
    dashboard,
    decision_list,
    decisions,
    delays,
    departures,
    desk,
    exclusion_form,
    exclusions,
    handing_over,
    ledgers,
    linting,
    optimising,
    own_standing,
    policies,
    redistributing,
    rule_form,
    rules,
    simulator,
    territories,
    versions,
)

router = APIRouter(include_in_schema=False)
PARTS = (
    dashboard,
    linting,
    rules,
    rule_form,
    exclusions,
    exclusion_form,
    territories,
    policies,
    optimising,
    decision_list,  # its addresses are no decision's id
    simulator,
    decisions,
    delays,
    desk,
    own_standing,
    assignment_history,
    ledgers,
    calibrations,
    departures,
    clocks,
    redistributing,
    handing_over,
    versions,
)
for part in PARTS:
    router.include_router(part.router)
