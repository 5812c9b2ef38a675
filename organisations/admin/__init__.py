"""Units, people and identities in Wagtail's admin."""
