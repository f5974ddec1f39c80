"""What people do with accounts; each function is one use case inside the caller's transaction."""
