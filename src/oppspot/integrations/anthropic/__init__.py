"""Anthropic, by its own library."""
