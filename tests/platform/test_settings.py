import stat
from pathlib import Path

import pytest
from pydantic import ValidationError

from oppspot.core.startup_errors import CannotStart
from oppspot.settings import Settings


@pytest.fixture(autouse=True)
def no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"OPPSPOT_{name.upper()}", raising=False)


def test_the_data_folder_does_not_move_with_the_working_folder() -> None:
    assert Settings().data_dir.is_absolute()


def test_an_empty_variable_counts_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPPSPOT_DATABASE_URL", "")
    assert Settings().database_url is None


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_usual_way_to_write_a_postgres_address_is_accepted(scheme: str) -> None:
    assert Settings(database_url=f"{scheme}://a:b@c/d").database_url == "postgresql://a:b@c/d"


@pytest.mark.parametrize("address", ["mysql://a/b", "postgresql", "a.example/d"])
def test_another_kind_of_database_is_refused(address: str) -> None:
    with pytest.raises(ValidationError, match="must look like postgresql://"):
        Settings(database_url=address)


def test_the_password_of_the_database_is_not_shown() -> None:
    assert "hunter2" not in repr(Settings(database_url="postgresql://a:hunter2@c/d"))


def test_the_secret_is_made_once_and_is_private(tmp_path: Path) -> None:
    first, second = Settings(data_dir=tmp_path), Settings(data_dir=tmp_path)
    assert first.load_secret_key() == second.load_secret_key()
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]


def test_a_given_secret_is_used_and_not_written(tmp_path: Path) -> None:
    secret = "s" * 32
    assert Settings(data_dir=tmp_path, secret_key=secret).load_secret_key() == secret
    assert list(tmp_path.iterdir()) == []


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(ValidationError, match="at least 32 characters"):
        Settings(secret_key="short")


@pytest.mark.parametrize("address", ["smtp://mail.example", "smtps://jo:p%40ss@mail.example:465?from=a@b.example"])
def test_addresses_of_mail_servers_are_accepted(address: str) -> None:
    assert Settings(smtp_url=address).smtp_url == address


@pytest.mark.parametrize("address", ["mail.example:25", "smtp://", "http://mail.example", "smtp://mail.example:port"])
def test_other_addresses_of_mail_servers_are_refused(address: str) -> None:
    with pytest.raises(ValidationError, match="must look like smtp://"):
        Settings(smtp_url=address)


@pytest.mark.parametrize("address", ["redis://localhost", "rediss://:p@redis.example:6380/1", "unix:///run/redis.sock"])
def test_addresses_of_redis_are_accepted(address: str) -> None:
    assert Settings(redis_url=address).redis_url == address


@pytest.mark.parametrize("address", ["localhost:6379", "redis://", "redis://localhost:99999"])
def test_other_addresses_of_redis_are_refused(address: str) -> None:
    with pytest.raises(ValidationError, match="must look like redis://"):
        Settings(redis_url=address)


def test_production_names_what_it_lacks() -> None:
    with pytest.raises(ValidationError, match="needs OPPSPOT_SECRET_KEY too"):
        Settings(environment="production", public_url="https://opp.example")
    assert Settings(environment="production", public_url="https://opp.example", secret_key="s" * 32)


def test_a_secret_that_cannot_be_kept_is_said_with_what_to_do() -> None:
    with pytest.raises(CannotStart, match="Set OPPSPOT_SECRET_KEY"):
        Settings(data_dir=Path("/proc/x")).load_secret_key()


def test_the_address_of_an_ipv6_host_is_in_brackets() -> None:
    assert Settings(host="::1", port=80).base_url == "http://[::1]:80"


def test_the_public_address_wins_and_has_no_trailing_slash() -> None:
    assert Settings(public_url="https://opp.example/").base_url == "https://opp.example"
