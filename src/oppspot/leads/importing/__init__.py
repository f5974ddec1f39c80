"""Importing: a file of rows becomes validated leads, with every row accounted for."""
