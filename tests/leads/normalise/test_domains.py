import pytest
from hypothesis import given
from hypothesis import strategies as st

from oppspot.leads.normalise import company_domain_of_email, is_free_mail, registrable_domain
from oppspot.leads.normalise.listings import entries


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("https://www.shop.acme.co.uk:443/x?y#z", "acme.co.uk"),
        ("ACME.com.", "acme.com"),
        ("jane@mail.acme.de", "acme.de"),
        ("//acme.com", "acme.com"),
        ("https://user:pw@acme.com/", "acme.com"),
        ("a.b.kobe.jp", "a.b.kobe.jp"),
        ("http://münchen.de", "xn--mnchen-3ya.de"),
        ("xn--mnchen-3ya.de", "xn--mnchen-3ya.de"),
        ("mail.acme.example", "acme.example"),
    ],
)
def test_the_registrable_domain_of_hosts_urls_and_addresses(text: str, domain: str) -> None:
    assert registrable_domain(text) == domain


@pytest.mark.parametrize(
    "text", ["", "co.uk", "com", "localhost", "1.2.3.4", "[::1]", "Acme Ltd", "n/a", "-a.com", "a" * 3000]
)
def test_what_names_no_domain_gives_none(text: str) -> None:
    assert registrable_domain(text) is None


def test_two_customers_of_one_shop_system_are_two_companies() -> None:
    assert registrable_domain("one.myshopify.com") != registrable_domain("two.myshopify.com")
    assert registrable_domain("myshopify.com") == "myshopify.com"


def test_a_page_on_a_social_network_is_not_the_network() -> None:
    assert registrable_domain("https://www.linkedin.com/company/acme") is None
    assert registrable_domain("https://www.linkedin.com/") == "linkedin.com"
    assert registrable_domain("ana@linkedin.com") == "linkedin.com"


@pytest.mark.parametrize("domain", ["gmail.com", "gmx.de", "yahoo.co.uk", "qq.com", "orange.fr", "mailinator.com"])
def test_free_mail_stands_for_no_company(domain: str) -> None:
    assert is_free_mail(domain)
    assert company_domain_of_email(f"jane@{domain}") is None


def test_the_list_of_free_mail_holds_registrable_domains_only() -> None:
    assert [domain for domain in entries("free_mail_domains.txt") if registrable_domain(domain) != domain] == []


@given(st.text(max_size=60))
def test_a_domain_found_is_its_own_registrable_domain(text: str) -> None:
    domain = registrable_domain(text)
    assert domain is None or registrable_domain(domain) == domain
