"""The rules every request and answer keeps, as plain ASGI middleware: one function call each, no task, no copy."""
