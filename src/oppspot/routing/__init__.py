"""Routing: which rep or queue a lead goes to, by when it must be touched, and why."""
