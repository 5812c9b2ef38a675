"""Measures five pages; asserts nothing."""
