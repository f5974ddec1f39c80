"""The condition language: one definition, answered in Python, in SQL and in Polars alike."""
