"""Changes calendars."""
