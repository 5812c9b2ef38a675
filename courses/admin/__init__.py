"""Courses and training sessions in Wagtail's admin."""
