"""Reads of leads and companies."""
