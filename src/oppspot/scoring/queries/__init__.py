"""Reads of scores."""
