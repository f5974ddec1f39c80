"""Business time: when people work, and how much of a stretch of time that is."""
