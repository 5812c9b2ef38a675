"""Readers that turn what people write into items. Pure Python."""
