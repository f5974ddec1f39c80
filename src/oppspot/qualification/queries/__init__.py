"""Reads of claims and assessments."""
