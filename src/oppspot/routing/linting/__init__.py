"""Finds what is wrong with a set of routing rules before a lead finds it; pure, see docs/linting.md."""

from oppspot.routing.linting.linter import lint
from oppspot.routing.linting.types import Finding, Kind, Member, PeriodLimit, Population, Report, Seats, Severity

__all__ = ["Finding", "Kind", "Member", "PeriodLimit", "Population", "Report", "Seats", "Severity", "lint"]
