"""Reads documents and proposals."""
