"""A lock between processes that the kernel frees when its holder dies."""

import fcntl
import os
from pathlib import Path


class Lock:
    """A file lock, exclusive or shared; released by `release` or by the end of the process."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def acquire(self, *, exclusive: bool) -> bool:
        """Try once, without waiting; return whether we now hold it."""
        # Not inheritable (the default), so that PostgreSQL does not keep the lock of a killed owner.
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, (fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        self._descriptor = descriptor
        return True

    def release(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
