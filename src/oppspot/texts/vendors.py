"""How a vendor's model is reached, and why it gave no answer, in sentences for the person who waits."""

from dataclasses import dataclass
from typing import Any, Final

from oppspot.texts.types import ExtractorFailed

_RETRIES: Final = 1  # the libraries' own, for what passes: 408, 409, 429, 5xx, lost connections


@dataclass(frozen=True, slots=True)
class Access:
    """What an installation has set up with a vendor."""

    api_key: str
    model: str
    base_url: str | None
    timeout_seconds: float


@dataclass(frozen=True, slots=True)
class Vendor:
    """A vendor by its name for people, what its settings begin with, and its address.

    The address is said here, so that no variable of a library's own sends documents elsewhere. What the vendor said is
    never passed on: it may repeat the document.
    """

    name: str
    prefix: str
    base_url: str

    def options(self, access: Access) -> dict[str, Any]:
        """Return what to make a client with; both libraries call it the same."""
        return {
            "api_key": access.api_key,
            "base_url": access.base_url or self.base_url,
            "timeout": access.timeout_seconds,
            "max_retries": _RETRIES,
        }

    def without_key(self) -> ExtractorFailed:
        return ExtractorFailed(f"No key for {self.name} is set any more ({self.prefix}_API_KEY).")

    def too_slow(self) -> ExtractorFailed:
        return ExtractorFailed(f"{self.name} did not answer in time. Nothing was proposed; try again.")

    def refused(self, status: int) -> ExtractorFailed:
        """Return what an HTTP status other than success means."""
        match status:
            case 401 | 403:
                said = f"refuses the key ({self.prefix}_API_KEY). Nothing was proposed."
            case 404:
                said = f"does not know the model ({self.prefix}_MODEL). Nothing was proposed."
            case 429:
                said = "takes no more requests of this key just now. Nothing was proposed; try again later."
            case _:
                said = f"answered with an error ({status}). Nothing was proposed; try again."
        return ExtractorFailed(f"{self.name} {said}")

    def unreachable(self) -> ExtractorFailed:
        return ExtractorFailed(f"{self.name} cannot be reached. Nothing was proposed; try again.")

    def broke_off(self) -> ExtractorFailed:
        return ExtractorFailed(
            f"{self.name} broke off its answer. Nothing was proposed; try again, or add the text in parts."
        )


OPENAI: Final = Vendor("OpenAI", "OPPSPOT_OPENAI", "https://api.openai.com/v1")
ANTHROPIC: Final = Vendor("Anthropic", "OPPSPOT_ANTHROPIC", "https://api.anthropic.com")
