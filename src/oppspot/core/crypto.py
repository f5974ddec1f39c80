"""Secrets: random tokens are shown once and kept as hashes; passwords are kept as argon2id."""

import hashlib
import hmac
import secrets

from pwdlib import PasswordHash

_PASSWORDS = PasswordHash.recommended()


def new_token() -> str:
    """Return a random token of 256 bits, safe in an address."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> bytes:
    """Return the form in which a token is kept. Tokens are random, so one SHA-256 is enough."""
    return hashlib.sha256(token.encode()).digest()


def same(left: bytes, right: bytes) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(left, right)


def hash_password(password: str) -> str:
    """Return the argon2id hash of a password."""
    return _PASSWORDS.hash(password)


def password_matches(password: str, stored: str | None) -> bool:
    """Check a password; spends the same time when there is no stored hash."""
    if stored is None:
        _PASSWORDS.verify(password, _DUMMY)
        return False
    return _PASSWORDS.verify(password, stored)


_DUMMY = _PASSWORDS.hash("no such user")
