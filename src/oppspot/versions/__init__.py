"""Versions of every kind of configuration: what was published, what each changed, and the way back."""

from oppspot.versions.kinds import VersionedKind
from oppspot.versions.pages import version_pages
from oppspot.versions.undoing import undo_to

__all__ = ["VersionedKind", "undo_to", "version_pages"]
