"""The bank, the papers and make-up attempts in Wagtail's admin."""
