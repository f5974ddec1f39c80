"""Tries routing rules on what has happened, in memory: nothing is written."""
