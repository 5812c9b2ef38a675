"""Screens of courses."""
