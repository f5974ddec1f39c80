"""Asks an Anthropic model what a document says. The document is data, the answer is checked word by word."""

from typing import Final

import anthropic

from oppspot.texts.prompting import SCHEMA, fenced, instructions, new_fence, read_answer
from oppspot.texts.types import Context, ExtractorFailed, Proposals

# Said here, so that no variable of the library's own sends documents elsewhere.
_BASE_URL: Final = "https://api.anthropic.com"
_MOST_TOKENS: Final = 16_000
_RETRIES: Final = 1  # the library's own, for what passes: 408, 409, 429, 5xx, lost connections


class AnthropicExtractor:
    """The Messages API with an output schema."""

    name = "anthropic"
    is_local = False

    def __init__(
        self,
        api_key: str,
        model: str,
        *,
        base_url: str | None = None,
        timeout_seconds: float = 60,
        retries: int = _RETRIES,
    ) -> None:
        self._options = {
            "api_key": api_key,
            "base_url": base_url or _BASE_URL,
            "timeout": timeout_seconds,
            "max_retries": retries,
        }
        self._model = model

    async def propose(self, text: str, context: Context) -> Proposals:
        """Return checked proposals; raises ExtractorFailed with a sentence for people."""
        fence = new_fence()
        try:
            async with anthropic.AsyncAnthropic(**self._options) as client:  # type: ignore[arg-type]
                message = await client.messages.create(
                    model=self._model,
                    system=instructions(context, fence),
                    messages=[{"role": "user", "content": fenced(text, fence)}],
                    output_config={"format": {"type": "json_schema", "schema": SCHEMA}},
                    max_tokens=_MOST_TOKENS,
                )
        except anthropic.AnthropicError as error:
            raise ExtractorFailed(reason_of(error)) from error
        if message.stop_reason != "end_turn":
            raise ExtractorFailed(
                "Anthropic broke off its answer. Nothing was proposed; try again, or add the text in parts."
            )
        return read_answer(text, "".join(block.text for block in message.content if block.type == "text"))


def reason_of(error: anthropic.AnthropicError) -> str:
    """Return why Anthropic did not answer, as a sentence; never what it said, which may repeat the document."""
    match error:
        case anthropic.APITimeoutError():
            return "Anthropic did not answer in time. Nothing was proposed; try again."
        case anthropic.RateLimitError():
            return "Anthropic takes no more requests of this key just now. Nothing was proposed; try again later."
        case anthropic.AuthenticationError() | anthropic.PermissionDeniedError():
            return "Anthropic refuses the key (OPPSPOT_ANTHROPIC_API_KEY). Nothing was proposed."
        case anthropic.NotFoundError():
            return "Anthropic does not know the model (OPPSPOT_ANTHROPIC_MODEL). Nothing was proposed."
        case anthropic.APIStatusError():
            return f"Anthropic answered with an error ({error.status_code}). Nothing was proposed; try again."
        case _:
            return "Anthropic cannot be reached. Nothing was proposed; try again."
