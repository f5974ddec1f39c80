from contextlib import suppress

import pytest
from email_validator import validate_email
from hypothesis import given
from hypothesis import strategies as st

from oppspot.leads.normalise import Unreadable, normalise_email
from oppspot.leads.normalise.emails import _PLAIN, _PLAIN_LENGTH, _SPECIAL_USE


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("Jane@ACME.com ", "jane@acme.com"),
        ("jane+demo@acme.co.uk", "jane+demo@acme.co.uk"),
        ("Jane Doe <jane@acme.com>", "jane@acme.com"),
        ("mailto:jane@acme.com", "jane@acme.com"),
        ("x@xn--mnchen-3ya.de", "x@münchen.de"),
        ("x@MÜNCHEN.de", "x@münchen.de"),
        ("jane@acme.test", "jane@acme.test"),
        ("jane@acme.example", "jane@acme.example"),
    ],
)
def test_one_address_has_one_form(text: str, address: str) -> None:
    assert normalise_email(text) == address


@pytest.mark.parametrize(
    "text",
    [
        "jane",
        "jane@acme",
        "@acme.com",
        "jane@1.2.3.4",
        "j..d@acme.com",
        "j@acme-.com",
        "j@x.local",
        "a b@acme.com",
        "jane@acme.com\x00",
        f"{'j' * 65}@acme.com",
        f"j@{'a' * 64}.com",
        "fcb67ef339b691956cc85fa12be6490c",
        "j@acme..com",
        "j@-acme.com",
        "<jane@acme.com",
        f"{'x' * 2_000_000}@acme.com",
    ],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(Unreadable) as refused:
        normalise_email(text)
    assert refused.value.accepted


_LOCAL = st.text("abz09_+'%&-.", min_size=1, max_size=12)
_HOST = st.text("abz09-.", min_size=1, max_size=20)


@given(_LOCAL, _HOST, st.sampled_from(["com", "de", "c", "c0m", "local", "museum"]))
def test_what_the_quick_test_accepts_the_full_validator_accepts_unchanged(local: str, host: str, top: str) -> None:
    address = f"{local}@{host}.{top}"
    if not _PLAIN.fullmatch(address) or address.endswith(_SPECIAL_USE):
        return
    assert len(address) <= _PLAIN_LENGTH
    assert validate_email(address, strict=True, check_deliverability=False).normalized == address


@given(_LOCAL, _HOST)
def test_a_normal_form_stays_itself(local: str, host: str) -> None:
    try:
        address = normalise_email(f"{local}@{host}.com")
    except Unreadable:
        return
    assert normalise_email(address) == normalise_email(address.upper()) == address


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(Unreadable):
        assert "@" in normalise_email(text)
