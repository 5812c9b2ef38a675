"""Copies of one's data, erasure, retention."""
