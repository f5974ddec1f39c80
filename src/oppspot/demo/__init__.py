"""Example organisations with a year of made-up history, so that there is something true to find."""
