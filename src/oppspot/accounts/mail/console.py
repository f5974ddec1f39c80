"""The sender that needs no mail server: writes each message to the log."""

from collections.abc import Sequence

import structlog

from oppspot.accounts.mail.port import DeliveryFailed, Email

log = structlog.get_logger(__name__)


class ConsoleSender:
    """Used when no mail server is configured, so that invitations and resets can be followed in a demo."""

    async def send(self, emails: Sequence[Email]) -> list[DeliveryFailed | None]:
        """Log every message."""
        for email in emails:
            log.info("email.printed", to=email.to, subject=email.subject, text=email.text)
        return [None] * len(emails)
