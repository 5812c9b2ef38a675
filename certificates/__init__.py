"""Certificates of completion: issued by themselves, numbered, checked by anybody, revoked in the open."""
