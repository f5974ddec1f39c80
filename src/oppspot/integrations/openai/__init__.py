"""OpenAI, by its own library."""
