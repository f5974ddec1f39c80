"""Reads calendars."""

from oppspot.calendars.organisation import OrgCalendars
from oppspot.calendars.queries.loading import load_calendars

__all__ = ["OrgCalendars", "load_calendars"]
