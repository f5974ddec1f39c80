"""Sends e-mail over SMTP: one connection a batch, TLS whenever the server offers it."""

from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from typing import Final, Self
from urllib.parse import parse_qs, unquote, urlsplit

from aiosmtplib import SMTP, SMTPException, SMTPRecipientsRefused, SMTPResponseException

from oppspot.accounts.mail.port import DeliveryFailed, Email
from oppspot.core.clock import utc_now

_TIMEOUT_SECONDS: Final = 20
_PERMANENT: Final = 500


@dataclass(frozen=True, slots=True)
class SmtpAddress:
    """`smtp://user:password@host:587?from=oppspot@example.com`; `smtps` speaks TLS from the first byte."""

    host: str
    port: int
    username: str | None
    password: str | None
    from_address: str
    tls: bool

    @classmethod
    def parse(cls, url: str) -> Self:
        """Read the address; raises ValueError when it is not one."""
        parts = urlsplit(url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise ValueError("must look like smtp://user:password@host:587?from=oppspot@example.com")
        tls = parts.scheme == "smtps"
        sender = parse_qs(parts.query).get("from", [f"oppspot@{parts.hostname}"])[0]
        username = unquote(parts.username) if parts.username else None
        password = unquote(parts.password) if parts.password else None
        return cls(parts.hostname, parts.port or (465 if tls else 587), username, password, sender, tls)


class SmtpSender:
    """Sends through one mail server."""

    def __init__(self, address: SmtpAddress) -> None:
        self._address = address

    async def send(self, emails: Sequence[Email]) -> list[DeliveryFailed | None]:
        """Send a batch over one connection; a connection that fails fails the messages not sent yet."""
        outcomes: list[DeliveryFailed | None] = []
        try:
            async with self._connection() as connection:
                for email in emails:
                    outcomes.append(await self._send_one(connection, email))  # noqa: PERF401 — kept if a later one fails
        except (SMTPException, OSError, ValueError) as error:
            failure = DeliveryFailed(f"The mail server cannot be used: {error}")
            outcomes += [failure] * (len(emails) - len(outcomes))
        return outcomes

    def _connection(self) -> SMTP:
        address = self._address
        # start_tls is left unset: the connection is encrypted whenever the server offers it.
        return SMTP(
            hostname=address.host,
            port=address.port,
            username=address.username,
            password=address.password,
            use_tls=address.tls,
            timeout=_TIMEOUT_SECONDS,
        )

    async def _send_one(self, connection: SMTP, email: Email) -> DeliveryFailed | None:
        try:
            await connection.send_message(self._message(email))
        except SMTPRecipientsRefused as error:
            refusal = error.recipients[0]
            return DeliveryFailed(f"{refusal.code} {refusal.message}", permanent=refusal.code >= _PERMANENT)
        except SMTPResponseException as error:
            return DeliveryFailed(f"{error.code} {error.message}", permanent=error.code >= _PERMANENT)
        return None

    def _message(self, email: Email) -> EmailMessage:
        message = EmailMessage()
        message["From"] = self._address.from_address
        message["To"] = email.to
        message["Subject"] = email.subject
        message["Date"] = format_datetime(utc_now())
        message["Message-ID"] = make_msgid(domain=self._address.from_address.rpartition("@")[2])
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(email.text)
        message.add_alternative(email.html, subtype="html")
        return message
