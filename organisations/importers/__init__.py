"""Rosters from Excel and CSV, read row by row without guessing. Pure Python."""
