"""Measures pages and exams; asserts nothing."""
