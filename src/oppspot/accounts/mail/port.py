"""What every e-mail sender does: takes a batch, says of each message whether it went."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Email:
    """One message to one person, as text and as HTML."""

    to: str
    subject: str
    text: str
    html: str


class DeliveryFailed(Exception):
    """A message could not be delivered; `permanent` says whether trying again is pointless."""

    def __init__(self, reason: str, *, permanent: bool = False) -> None:
        self.reason = reason
        self.permanent = permanent
        super().__init__(reason)


class EmailSender(Protocol):
    """A way to send e-mail."""

    async def send(self, emails: Sequence[Email]) -> list[DeliveryFailed | None]:
        """Send a batch; the answer has, for each message, None or why it failed. Raises nothing else."""
        ...
