"""Flatten the site's CSS for engines without layers, nesting and container queries. Pure Python."""
