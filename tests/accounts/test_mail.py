"""E-mail over a real SMTP server on this machine; what is refused is told apart from what may work later."""

import asyncio
from collections.abc import AsyncIterator
from email import message_from_bytes, policy

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from oppspot.accounts.mail import Email, sender_of
from oppspot.accounts.mail.letters import Item, Letter, write
from oppspot.accounts.mail.smtp import SmtpAddress, SmtpSender
from oppspot.settings import Settings

pytestmark = pytest.mark.anyio
LETTER = Letter("Grüße\nBcc: everybody@example.com", "Hello <b>you</b>", [Item("A & B")], "Bye")
EMAIL = write("ines@example.com", LETTER)


class Postmaster:
    """Accepts what it is sent, except to addresses that say otherwise."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []

    async def handle_RCPT(  # noqa: N802 — aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address.startswith("gone"):
            return "550 no such user"
        if address.startswith("busy"):
            return "451 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.envelopes.append(envelope)
        return "250 OK"


@pytest.fixture
async def postmaster() -> AsyncIterator[tuple[Postmaster, int]]:
    handler = Postmaster()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(handler, hostname="localhost", loop=loop), "127.0.0.1", 0)
    yield handler, server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()


def _sender(port: int) -> SmtpSender:
    return SmtpSender(SmtpAddress.parse(f"smtp://127.0.0.1:{port}?from=oppspot@leads.example"))


async def test_a_letter_arrives_as_text_and_html(postmaster: tuple[Postmaster, int]) -> None:
    handler, port = postmaster
    assert await _sender(port).send([EMAIL, EMAIL]) == [None, None]
    message = message_from_bytes(handler.envelopes[0].content, policy=policy.default)  # type: ignore[arg-type]
    assert (message["From"], message["To"]) == ("oppspot@leads.example", "ines@example.com")
    assert message["Subject"] == "Grüße Bcc: everybody@example.com"
    assert message["Bcc"] is None
    assert message.get_body(("plain",)).get_content().startswith("Hello <b>you</b>")  # type: ignore[union-attr]
    assert "Hello &lt;b&gt;you&lt;/b&gt;" in message.get_body(("html",)).get_content()  # type: ignore[union-attr]


async def test_one_refused_letter_does_not_hold_up_the_others(postmaster: tuple[Postmaster, int]) -> None:
    handler, port = postmaster
    batch = [Email(f"{who}@example.com", "s", "t", "h") for who in ("gone", "busy", "ines")]
    gone, busy, fine = await _sender(port).send(batch)
    assert gone is not None
    assert gone.permanent
    assert "550" in gone.reason
    assert busy is not None
    assert not busy.permanent
    assert fine is None
    assert [envelope.rcpt_tos for envelope in handler.envelopes] == [["ines@example.com"]]


async def test_a_server_that_is_not_there_fails_for_now() -> None:
    (failure,) = await _sender(1).send([EMAIL])
    assert failure is not None
    assert not failure.permanent


async def test_without_a_mail_server_letters_are_printed() -> None:
    assert await sender_of(Settings(environment="test", smtp_url=None)).send([EMAIL]) == [None]


PLAIN = SmtpAddress("mail.example", 587, None, None, "oppspot@mail.example", tls=False)
FULL = SmtpAddress("mail.example", 465, "u@x", "p:q", "a@b.example", tls=True)


@pytest.mark.parametrize(
    ("url", "address"),
    [("smtp://mail.example", PLAIN), ("smtps://u%40x:p%3Aq@mail.example?from=a@b.example", FULL)],
)
def test_the_address_of_a_server_says_everything(url: str, address: SmtpAddress) -> None:
    assert SmtpAddress.parse(url) == address


@pytest.mark.parametrize("url", ["mail.example", "http://mail.example", "smtp://"])
def test_another_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="must look like"):
        SmtpAddress.parse(url)
