"""The tabs above a list: each is an address of the same list, narrowed otherwise."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tab:
    """A view of a list, as `ui.tabs` shows it; `count` stands beside the label if there is one."""

    label: str
    href: str
    current: bool
    count: int | None = None
