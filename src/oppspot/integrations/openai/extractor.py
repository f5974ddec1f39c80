"""Asks an OpenAI model what a document says. The document is data, the answer is checked word by word."""

import openai

from oppspot.texts.prompting import MOST_TOKENS, SCHEMA, fenced, instructions, new_fence, read_answer
from oppspot.texts.types import Context, Proposals
from oppspot.texts.vendors import OPENAI, Access


class OpenAIExtractor:
    """The Responses API with a strict schema; nothing is kept there (`store` is off)."""

    name = "openai"
    is_local = False

    def __init__(self, access: Access) -> None:
        self._access = access

    async def propose(self, text: str, context: Context) -> Proposals:
        """Return checked proposals; raises ExtractorFailed with a sentence for people."""
        fence = new_fence()
        try:
            async with openai.AsyncOpenAI(**OPENAI.options(self._access)) as client:
                response = await client.responses.create(
                    model=self._access.model,
                    instructions=instructions(context, fence),
                    input=fenced(text, fence),
                    text={"format": {"type": "json_schema", "name": "proposals", "schema": SCHEMA, "strict": True}},
                    max_output_tokens=MOST_TOKENS,
                    store=False,
                )
        except openai.APITimeoutError as error:
            raise OPENAI.too_slow() from error
        except openai.APIStatusError as error:
            raise OPENAI.refused(error.status_code) from error
        except openai.OpenAIError as error:
            raise OPENAI.unreachable() from error
        if response.status != "completed":
            raise OPENAI.broke_off()
        return read_answer(text, response.output_text)
