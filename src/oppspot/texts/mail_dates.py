"""Reads the date line of an e-mail."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def read_mail_date(text: str) -> datetime | None:
    """Return when a mail says it was sent, in UTC if it names no zone; None where the line says no moment there is."""
    try:
        sent = parsedate_to_datetime(text)
    except (ValueError, IndexError, OverflowError):
        return None
    return sent if sent.tzinfo else sent.replace(tzinfo=UTC)
