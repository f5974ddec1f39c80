"""What can go wrong with the private PostgreSQL."""


class EmbeddedPostgresError(Exception):
    """The private PostgreSQL could not be created, started or reached; the message says what to do."""
