"""What stops a process before it serves, and what the person at the terminal can do about it."""


class CannotStart(Exception):
    """The installation is not in order; the message says what to do, so no trace is shown."""
