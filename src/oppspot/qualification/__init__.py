"""Claims, and the frameworks that turn them into a verdict with reasons."""
