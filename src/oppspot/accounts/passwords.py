"""Password hashing off the event loop, a few at a time: each takes 64 MiB and tens of milliseconds on purpose."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from oppspot.core import crypto

_AT_ONCE: Final = 4
_POOL: Final = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="argon2")


async def hash_password(password: str) -> str:
    """Return the hash a password is kept as."""
    return await asyncio.get_running_loop().run_in_executor(_POOL, crypto.hash_password, password)


async def password_matches(password: str, stored: str | None) -> bool:
    """Check a password; takes as long when there is nothing to check against."""
    return await asyncio.get_running_loop().run_in_executor(_POOL, crypto.password_matches, password, stored)
