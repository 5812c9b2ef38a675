"""Formats that others have written down. Pure Python."""
