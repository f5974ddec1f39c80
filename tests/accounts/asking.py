"""What several tests of accounts ask."""

import asyncio
from collections.abc import Awaitable, Callable


async def eventually(holds: Callable[[], Awaitable[bool]], *, within_seconds: float = 5) -> bool:
    """Answer whether something becomes true in time."""
    for _ in range(int(within_seconds / 0.05)):
        if await holds():
            return True
        await asyncio.sleep(0.05)
    return False
