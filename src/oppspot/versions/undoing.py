"""The way back from a publication, as toasts offer it."""

from urllib.parse import urlencode

from oppspot.web.flashes import Undo


def undo_to(versions: str, before: int, live: int, back: str) -> Undo:
    """Return what makes the version `before` a publication live again and comes back to the page it is offered on.

    `versions` is the address of the kind's versions, `back` a path on this site. Only the publication of `live` is
    undone: not once another has followed it.
    """
    return Undo(f"{versions}/{before}/publish?{urlencode({'undoes': live, 'back_to': back})}")
