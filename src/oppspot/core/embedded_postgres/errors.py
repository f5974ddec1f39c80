"""What can go wrong with the private PostgreSQL."""

from oppspot.core.startup_errors import CannotStart


class EmbeddedPostgresError(CannotStart):
    """The private PostgreSQL could not be created, started or reached; the message says what to do."""
