"""Leads: who is interested, at which company, recognised when they come again."""
