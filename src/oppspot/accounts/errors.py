"""What can go wrong with accounts, in the words people read."""

from oppspot.core.errors import Conflict, Forbidden, NotFound, Unauthenticated


class WrongCredentials(Unauthenticated):
    """The e-mail address or the password is not right."""


class InvalidApiKey(Unauthenticated):
    """The API key is not known, has been revoked or has expired."""


class LinkSpent(NotFound):
    """The link has been used, has expired or was never valid. Ask for a new one."""


class LastOwner(Conflict):
    """An organisation needs at least one active owner. Make somebody else owner first."""


class AddressTaken(Conflict):
    """The e-mail address already has an account, so it cannot get another."""


class NameTaken(Conflict):
    """There is already one with this name."""


class BeyondOwnPermissions(Forbidden):
    """You cannot give, or take from others, what you may not do yourself."""


class WrongPassword(Conflict):
    """The current password is not right."""
