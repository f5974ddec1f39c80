"""Moves open leads between people: planned first, shown with its reasons, then applied as it was shown."""
