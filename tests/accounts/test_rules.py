"""How long things last, what keys look like, who may give what."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from oppspot.accounts import rules
from oppspot.accounts.permissions import PERMISSIONS, ROLE_PERMISSIONS, Role

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)


@given(st.lists(st.integers(0, 20), max_size=30))
def test_no_use_keeps_a_session_alive_beyond_thirty_days(gaps_in_days: list[int]) -> None:
    seen, ends = NOW, rules.session_ends_at(NOW, NOW)
    for gap in gaps_in_days:
        if seen + timedelta(days=gap) >= ends:
            break
        seen += timedelta(days=gap)
        ends = rules.session_ends_at(NOW, seen)
        assert seen < ends <= NOW + timedelta(days=30)
        assert ends - seen <= timedelta(days=14)


def test_every_role_may_do_what_the_role_below_may() -> None:
    viewer, rep, manager, owner = (ROLE_PERMISSIONS[role] for role in (Role.VIEWER, Role.REP, Role.MANAGER, Role.OWNER))
    assert viewer < rep < manager < owner == frozenset(PERMISSIONS)


def test_nobody_gives_what_they_do_not_hold() -> None:
    assert rules.may_grant(ROLE_PERMISSIONS[Role.MANAGER], ROLE_PERMISSIONS[Role.MANAGER])
    assert not rules.may_grant(ROLE_PERMISSIONS[Role.MANAGER], ROLE_PERMISSIONS[Role.OWNER])


def test_a_key_has_a_public_prefix_and_a_secret_that_may_hold_underscores() -> None:
    assert rules.key_parts("opp_abcde12345_" + "_-" * 21 + "x") == ("abcde12345", "_-" * 21 + "x")


@given(st.text(max_size=80))
def test_no_other_text_is_taken_for_a_key(text: str) -> None:
    assert rules.key_parts(text) is None


def test_a_slug_stands_in_an_address() -> None:
    assert rules.slug_of("  Krähe & Söhne, Inc. ") == "kraehe-soehne-inc"
    assert rules.slug_of("Ní Bhraonáin Ørsted") == "ni-bhraonain-orsted"
    assert rules.slug_of("東京") == ""


@given(st.text(max_size=80))
def test_a_made_slug_is_taken_as_a_given_one(name: str) -> None:
    made = rules.slug_of(name)
    assert rules.is_slug(made) == bool(made)


def test_what_is_no_slug_is_not_bent_into_one() -> None:
    assert [
        text for text in ("../../x", "Northwind", "a--b", "-a", "", "x" * 61, "north-wind") if rules.is_slug(text)
    ] == ["north-wind"]
