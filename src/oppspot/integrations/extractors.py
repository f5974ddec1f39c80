"""Makes the extractor that the settings choose; a vendor's library is loaded only when it is asked for."""

from oppspot.settings import Settings
from oppspot.texts.extracting import LocalExtractor
from oppspot.texts.types import Extractor, ExtractorFailed


def build_extractor(settings: Settings, name: str | None = None) -> Extractor:
    """Return an extractor by its name, the chosen one by default; raises ExtractorFailed when it is not set up."""
    match name or settings.text_extractor:
        case "openai":
            return _openai(settings)
        case "anthropic":
            return _anthropic(settings)
        case _:
            return LocalExtractor()


def _openai(settings: Settings) -> Extractor:
    if settings.openai_api_key is None:
        raise ExtractorFailed("No key for OpenAI is set any more (OPPSPOT_OPENAI_API_KEY).")
    try:
        from oppspot.integrations.openai.extractor import OpenAIExtractor  # noqa: PLC0415
    except ImportError as error:
        raise ExtractorFailed(_MISSING.format("openai")) from error
    return OpenAIExtractor(
        settings.openai_api_key.get_secret_value(),
        settings.openai_model,
        base_url=str(settings.openai_base_url) if settings.openai_base_url else None,
        timeout_seconds=settings.model_timeout_seconds,
    )


def _anthropic(settings: Settings) -> Extractor:
    if settings.anthropic_api_key is None:
        raise ExtractorFailed("No key for Anthropic is set any more (OPPSPOT_ANTHROPIC_API_KEY).")
    try:
        from oppspot.integrations.anthropic.extractor import AnthropicExtractor  # noqa: PLC0415
    except ImportError as error:
        raise ExtractorFailed(_MISSING.format("anthropic")) from error
    return AnthropicExtractor(
        settings.anthropic_api_key.get_secret_value(),
        settings.anthropic_model,
        base_url=str(settings.anthropic_base_url) if settings.anthropic_base_url else None,
        timeout_seconds=settings.model_timeout_seconds,
    )


_MISSING = "The library {} is not installed here: pip install 'oppspot[llm]'."
