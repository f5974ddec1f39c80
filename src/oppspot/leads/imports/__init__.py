"""Imports: a file is uploaded, mapped, rehearsed, run in chunks that survive a crash, and undone as a whole."""
