"""Makes the extractor that the settings choose; a vendor's library is loaded only when it is asked for."""

from pydantic import HttpUrl, SecretStr

from oppspot.settings import Settings
from oppspot.texts.extracting import LocalExtractor
from oppspot.texts.types import Extractor, ExtractorFailed
from oppspot.texts.vendors import ANTHROPIC, OPENAI, Access, Vendor


def build_extractor(settings: Settings, name: str | None = None) -> Extractor:
    """Return an extractor by its name, the chosen one by default; raises ExtractorFailed when it is not set up."""
    seconds = settings.model_timeout_seconds
    try:
        match name or settings.text_extractor:
            case "openai":
                from oppspot.integrations.openai.extractor import OpenAIExtractor  # noqa: PLC0415

                key, model, url = settings.openai_api_key, settings.openai_model, settings.openai_base_url
                return OpenAIExtractor(_access(OPENAI, key, model, url, seconds))
            case "anthropic":
                from oppspot.integrations.anthropic.extractor import AnthropicExtractor  # noqa: PLC0415

                key, model, url = settings.anthropic_api_key, settings.anthropic_model, settings.anthropic_base_url
                return AnthropicExtractor(_access(ANTHROPIC, key, model, url, seconds))
            case _:
                return LocalExtractor()
    except ImportError as error:
        raise ExtractorFailed(f"The library {error.name} is not installed here: pip install 'oppspot[llm]'.") from error


def _access(vendor: Vendor, key: SecretStr | None, model: str, url: HttpUrl | None, seconds: float) -> Access:
    if key is None:
        raise vendor.without_key()
    return Access(key.get_secret_value(), model, str(url) if url else None, seconds)
