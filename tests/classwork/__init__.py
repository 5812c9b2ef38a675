"""Class work without network."""
