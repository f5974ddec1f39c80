"""Asks an OpenAI model what a document says. The document is data, the answer is checked word by word."""

from typing import Final

import openai

from oppspot.texts.prompting import SCHEMA, fenced, instructions, new_fence, read_answer
from oppspot.texts.types import Context, ExtractorFailed, Proposals

# Said here, so that no variable of the library's own sends documents elsewhere.
_BASE_URL: Final = "https://api.openai.com/v1"
_MOST_TOKENS: Final = 16_000
_RETRIES: Final = 1  # the library's own, for what passes: 408, 409, 429, 5xx, lost connections


class OpenAIExtractor:
    """The Responses API with a strict schema; nothing is kept there (`store` is off)."""

    name = "openai"
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
            async with openai.AsyncOpenAI(**self._options) as client:  # type: ignore[arg-type]
                response = await client.responses.create(
                    model=self._model,
                    instructions=instructions(context, fence),
                    input=fenced(text, fence),
                    text={"format": {"type": "json_schema", "name": "proposals", "schema": SCHEMA, "strict": True}},
                    max_output_tokens=_MOST_TOKENS,
                    store=False,
                )
        except openai.OpenAIError as error:
            raise ExtractorFailed(reason_of(error)) from error
        if response.status != "completed":
            raise ExtractorFailed(
                "OpenAI broke off its answer. Nothing was proposed; try again, or add the text in parts."
            )
        return read_answer(text, response.output_text)


def reason_of(error: openai.OpenAIError) -> str:
    """Return why OpenAI did not answer, as a sentence; never what it said, which may repeat the document."""
    match error:
        case openai.APITimeoutError():
            return "OpenAI did not answer in time. Nothing was proposed; try again."
        case openai.RateLimitError():
            return "OpenAI takes no more requests of this key just now. Nothing was proposed; try again later."
        case openai.AuthenticationError() | openai.PermissionDeniedError():
            return "OpenAI refuses the key (OPPSPOT_OPENAI_API_KEY). Nothing was proposed."
        case openai.NotFoundError():
            return "OpenAI does not know the model (OPPSPOT_OPENAI_MODEL). Nothing was proposed."
        case openai.APIStatusError():
            return f"OpenAI answered with an error ({error.status_code}). Nothing was proposed; try again."
        case _:
            return "OpenAI cannot be reached. Nothing was proposed; try again."
