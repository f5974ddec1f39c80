"""Become the right account, ask to be stopped with our parent, then turn into the given program.

Run as a script (`python -I -S launch.py UID GID CAPABILITY PARENT PROGRAM ARGUMENT...`), because this must happen
between fork and exec, where running Python in the parent's copied threads is not safe. Standard library only.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1
PR_SET_SECUREBITS = 28
SECBIT_NO_SETUID_FIXUP = 4
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
LINUX_CAPABILITY_VERSION_3 = 0x20080522
NO_CAPABILITY = -1


def _checked(result: int) -> None:
    if result != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


def change_account(uid: int, gid: int, capability: int) -> None:
    """Give up root for `uid`; keep at most one capability (a number below 32), inherited by what we exec."""
    libc = ctypes.CDLL(None, use_errno=True)
    if capability != NO_CAPABILITY:
        # Keeps capabilities through setresuid, and lets access(2) heed them: initdb asks that about its programs.
        _checked(libc.prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP, 0, 0, 0))
    os.setgroups([])
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)
    if capability != NO_CAPABILITY:
        bit = 1 << capability
        header = (ctypes.c_uint32 * 2)(LINUX_CAPABILITY_VERSION_3, 0)
        effective_permitted_inheritable = (ctypes.c_uint32 * 6)(bit, bit, bit, 0, 0, 0)
        _checked(libc.capset(header, effective_permitted_inheritable))
        _checked(libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0))


def die_with(parent: int) -> None:
    """Get SIGINT (a fast, clean shutdown for PostgreSQL) when the parent dies, even by kill -9."""
    # After the change of account: the kernel forgets the request when the credentials change.
    _checked(ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGINT, 0, 0, 0))
    if os.getppid() != parent:  # it died before we asked
        sys.exit(1)


def main(arguments: list[str]) -> None:
    uid, gid, capability, parent = map(int, arguments[:4])
    if uid != os.geteuid():
        change_account(uid, gid, capability)
    if sys.platform == "linux":
        die_with(parent)
    os.execv(arguments[4], arguments[4:])  # noqa: S606 - no shell is the point


if __name__ == "__main__":
    main(sys.argv[1:])
