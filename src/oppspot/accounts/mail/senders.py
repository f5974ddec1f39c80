"""Chooses the sender: SMTP when OPPSPOT_SMTP_URL is set, else the console."""

from oppspot.accounts.mail.console import ConsoleSender
from oppspot.accounts.mail.port import EmailSender
from oppspot.accounts.mail.smtp import SmtpAddress, SmtpSender
from oppspot.settings import Settings


def sender_of(settings: Settings) -> EmailSender:
    """Return the configured sender; raises ValueError when the address of the mail server is malformed."""
    if settings.smtp_url is None:
        return ConsoleSender()
    return SmtpSender(SmtpAddress.parse(settings.smtp_url))
