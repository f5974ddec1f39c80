"""What a value that cannot be normalised says about itself."""


class Unreadable(ValueError):
    """The value cannot be read: `message` completes "this …" and `accepted` says what would do."""

    def __init__(self, message: str, accepted: str) -> None:
        self.message = message
        self.accepted = accepted
        super().__init__(f"{message}; accepted: {accepted}")


class Meaningless(Unreadable):
    """The value can be read but says nothing about this lead; it is left unknown, with a warning."""
