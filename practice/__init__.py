"""Deeds recorded against the promises of a letter."""
