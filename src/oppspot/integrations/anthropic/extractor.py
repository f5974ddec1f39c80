"""Asks an Anthropic model what a document says. The document is data, the answer is checked word by word."""

import anthropic

from oppspot.texts.prompting import MOST_TOKENS, SCHEMA, fenced, instructions, new_fence, read_answer
from oppspot.texts.types import Context, Proposals
from oppspot.texts.vendors import ANTHROPIC, Access


class AnthropicExtractor:
    """The Messages API with an output schema."""

    name = "anthropic"
    is_local = False

    def __init__(self, access: Access) -> None:
        self._access = access

    async def propose(self, text: str, context: Context) -> Proposals:
        """Return checked proposals; raises ExtractorFailed with a sentence for people."""
        fence = new_fence()
        try:
            async with anthropic.AsyncAnthropic(**ANTHROPIC.options(self._access)) as client:
                message = await client.messages.create(
                    model=self._access.model,
                    system=instructions(context, fence),
                    messages=[{"role": "user", "content": fenced(text, fence)}],
                    output_config={"format": {"type": "json_schema", "schema": SCHEMA}},
                    max_tokens=MOST_TOKENS,
                )
        except anthropic.APITimeoutError as error:
            raise ANTHROPIC.too_slow() from error
        except anthropic.APIStatusError as error:
            raise ANTHROPIC.refused(error.status_code) from error
        except anthropic.AnthropicError as error:
            raise ANTHROPIC.unreachable() from error
        if message.stop_reason != "end_turn":
            raise ANTHROPIC.broke_off()
        return read_answer(text, "".join(block.text for block in message.content if block.type == "text"))
