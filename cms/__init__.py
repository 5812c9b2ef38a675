"""Pages of the public site, cases and search."""
