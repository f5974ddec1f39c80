"""Decides whether a rep may be given one more lead."""


def has_room(open_count: int, max_open: int | None) -> bool:
    """Return whether one more open lead stays within `max_open`; None means no limit."""
    return max_open is None or open_count < max_open
