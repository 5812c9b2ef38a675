"""Template tags of letters."""
