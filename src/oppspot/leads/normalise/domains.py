"""Decides which domain stands for an organisation, and which domains stand for none."""

import re
from functools import lru_cache
from typing import Final

import idna
import tldextract

from oppspot.leads.normalise.listings import entries

# Only the list that ships with the library: no look-ups, nothing written.
_extract = tldextract.TLDExtract(cache_dir=None, suffix_list_urls=(), fallback_to_snapshot=True)

MAX_URL: Final = 2_048
_FREE_MAIL: Final = entries("free_mail_domains.txt")
_SHARED_HOSTS: Final = entries("shared_hosts.txt")
_SCHEME: Final = re.compile(r"(?:[a-z][a-z0-9+.-]*:)?//")
_PORT: Final = re.compile(r":\d{0,5}$")
_HOST: Final = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+")
_NUMERIC: Final = re.compile(r"[0-9.]+")


@lru_cache(maxsize=100_000)
def registrable_domain(text: str) -> str | None:
    """Return the domain that was registered, from a host, URL or e-mail address, in ASCII; None when there is none.

    `https://www.shop.acme.co.uk/x` gives `acme.co.uk`. Where a provider gives out names below its own
    (`acme.myshopify.com`), that name counts, so that two customers of one provider are never the same company.
    A page on a social network (`linkedin.com/company/acme`) stands for no domain of the company.
    """
    host, has_path = _host_of(text)
    if host is None:
        return None
    domain = _registered(host)
    if domain is not None and has_path and domain in _SHARED_HOSTS:
        return None
    return domain


def is_free_mail(domain: str) -> bool:
    """Say whether anybody can have an address there, so that it stands for no company."""
    return domain in _FREE_MAIL


def company_domain_of_email(email: str) -> str | None:
    """Return the registrable domain of a normalised address, or None for free mail."""
    domain = registrable_domain(email.rpartition("@")[2])
    return None if domain is None or is_free_mail(domain) else domain


def _host_of(text: str) -> tuple[str | None, bool]:
    text = text.strip().lower()
    if not text or len(text) > MAX_URL:
        return None, False
    text = _SCHEME.sub("", text, count=1) if _SCHEME.match(text) else text
    host, slash, path = re.sub(r"[?#].*", "", text, flags=re.DOTALL).partition("/")
    host = _PORT.sub("", host.rpartition("@")[2]).rstrip(".")
    if not host.isascii():
        try:
            host = idna.encode(host, uts46=True).decode()
        except idna.IDNAError:
            return None, False
    is_host = _HOST.fullmatch(host) is not None and _NUMERIC.fullmatch(host) is None
    return (host if is_host else None), bool(slash and path.strip("/"))


def _registered(host: str) -> str | None:
    found = _extract.extract_str(host, include_psl_private_domains=True)
    if found.suffix and not found.domain:
        # The provider's own name (github.io): below it are customers, itself is a company. `co.uk` is neither.
        found = _extract.extract_str(host, include_psl_private_domains=False)
    if found.suffix:
        return found.top_domain_under_public_suffix or None
    # A top level that is not on the list counts as a public suffix, as the list itself says.
    return ".".join(host.split(".")[-2:])
