"""Commitment letters, their registry and PDF."""
