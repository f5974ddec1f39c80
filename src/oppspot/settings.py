"""What can be set from the environment (OPPSPOT_*); it opens no connection and starts nothing."""

import os
import secrets
from contextlib import suppress
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, Field, HttpUrl, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from oppspot.core.startup_errors import CannotStart

ENV_PREFIX = "OPPSPOT_"
POSTGRES_SCHEMES = ("postgresql", "postgres", "postgresql+psycopg")
MIN_SECRET_LENGTH = 32


def _plain_postgres_url(url: str) -> str:
    """Drop the driver, so that libpq and SQLAlchemy can both be given the same address."""
    scheme, separator, rest = url.partition("://")
    if not separator or scheme not in POSTGRES_SCHEMES:
        raise ValueError("must look like postgresql://user:password@host:5432/database")
    return f"postgresql://{rest}"


def _smtp_url(url: str) -> str:
    """Refuse what the sender of letters would only stumble over when the first one is due."""
    parts = _split(url)
    if parts is None or parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ValueError("must look like smtp://user:password@host:587?from=oppspot@example.com")
    return url


def _redis_url(url: str) -> str:
    parts = _split(url)
    if parts is None or not (parts.hostname if parts.scheme in ("redis", "rediss") else parts.scheme == "unix"):
        raise ValueError("must look like redis://user:password@host:6379/0, rediss://… or unix:///path")
    return url


def _split(url: str) -> SplitResult | None:
    """Return the parts of an address; None when it, or its port, is none."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts


def _absolute(path: Path) -> Path:
    return path.expanduser().resolve()


class Settings(BaseSettings):
    """One value per OPPSPOT_ variable; an empty variable counts as unset."""

    model_config = SettingsConfigDict(env_prefix=ENV_PREFIX, env_ignore_empty=True, extra="forbid", frozen=True)

    environment: Literal["demo", "production", "test"] = "demo"
    data_dir: Annotated[Path, AfterValidator(_absolute)] = Field(default=Path("data"), validate_default=True)
    # Unset means the private PostgreSQL in the data folder. Hidden from repr: it usually carries a password.
    database_url: Annotated[str, AfterValidator(_plain_postgres_url)] | None = Field(default=None, repr=False)
    redis_url: Annotated[str, AfterValidator(_redis_url)] | None = Field(default=None, repr=False)
    host: str = "127.0.0.1"
    port: int = Field(default=8700, ge=1, le=65535)
    public_url: HttpUrl | None = None
    smtp_url: Annotated[str, AfterValidator(_smtp_url)] | None = Field(default=None, repr=False)
    secret_key: SecretStr | None = None
    # Of one API key or session; 0 is no limit.
    requests_per_minute: int = Field(default=6_000, ge=0)
    log_format: Literal["console", "json"] = "console"
    # Who reads documents for evidence. A model is asked only when it is chosen here and its key is set.
    text_extractor: Literal["rules", "openai", "anthropic"] = "rules"
    openai_api_key: SecretStr | None = None
    openai_base_url: HttpUrl | None = None
    openai_model: str = "gpt-5.4-mini"
    anthropic_api_key: SecretStr | None = None
    anthropic_base_url: HttpUrl | None = None
    anthropic_model: str = "claude-sonnet-4-6"
    model_timeout_seconds: float = Field(default=60, gt=0, le=600)

    @model_validator(mode="after")
    def _secret_is_long_enough(self) -> Self:
        if self.secret_key is not None and len(self.secret_key.get_secret_value()) < MIN_SECRET_LENGTH:
            raise ValueError(f"{ENV_PREFIX}SECRET_KEY needs at least {MIN_SECRET_LENGTH} characters")
        return self

    @model_validator(mode="after")
    def _chosen_model_can_be_asked(self) -> Self:
        keys = {"openai": self.openai_api_key, "anthropic": self.anthropic_api_key}
        if self.text_extractor in keys and keys[self.text_extractor] is None:
            chosen = self.text_extractor.upper()
            raise ValueError(f"{ENV_PREFIX}TEXT_EXTRACTOR={self.text_extractor} needs {ENV_PREFIX}{chosen}_API_KEY")
        if self.text_extractor in keys and find_spec(self.text_extractor) is None:
            raise ValueError(
                f"{ENV_PREFIX}TEXT_EXTRACTOR={self.text_extractor} needs its library: pip install 'oppspot[llm]'"
            )
        return self

    @model_validator(mode="after")
    def _production_says_who_it_is(self) -> Self:
        """Links in letters and sessions of several machines depend on these; a demo may make them up, nobody else."""
        if self.environment == "production":
            needed = {"PUBLIC_URL": self.public_url, "SECRET_KEY": self.secret_key}
            missing = [f"{ENV_PREFIX}{name}" for name, value in needed.items() if value is None]
            if missing:
                raise ValueError(f"{ENV_PREFIX}ENVIRONMENT=production needs {' and '.join(missing)} too")
        return self

    @property
    def base_url(self) -> str:
        """The address people reach this installation at, without a trailing slash."""
        if self.public_url is not None:
            return str(self.public_url).rstrip("/")
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    def load_secret_key(self) -> str:
        """Return the configured secret, else the one kept in the data folder, made on first use (mode 0600)."""
        if self.secret_key is not None:
            return self.secret_key.get_secret_value()
        kept = self.data_dir / "secret_key"
        try:
            if not kept.exists():
                _write_once(kept, secrets.token_urlsafe(48))
            return kept.read_text(encoding="ascii").strip()
        except OSError as error:
            raise CannotStart(
                f"{kept} cannot be written or read: {error.strerror}. "
                f"Set {ENV_PREFIX}SECRET_KEY, or {ENV_PREFIX}DATA_DIR to a folder of this account."
            ) from None


def _write_once(target: Path, text: str) -> None:
    """Write a private file unless another process wrote it first; readers never see half of it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as stream:
            stream.write(text + "\n")
        with suppress(FileExistsError):
            target.hardlink_to(draft)
    finally:
        draft.unlink()


@lru_cache
def get_settings() -> Settings:
    """Read the environment once; tests build their own `Settings(...)` instead."""
    return Settings()
