"""The public registry of letters, departments' systems, tables of letters."""

from elearning.settings import environment

# On PostgreSQL a search of the public ends after so many seconds.
REGISTRY_SECONDS = environment.integer("XINXING_REGISTRY_SECONDS", 5)
# Searches, table files and feeds that one network address may ask for in a minute.
REGISTRY_SEARCHES = environment.integer("XINXING_REGISTRY_SEARCHES", 120)
# Calls of one department's key in a minute; one call may bring ten thousand letters.
API_CALLS = environment.integer("XINXING_API_CALLS", 600)
# Hosts that may be told of changes (`*.example.gov.cn` for all below a name); without any there are no webhooks.
LETTER_HOOK_HOSTS = environment.words("XINXING_LETTER_HOOK_HOSTS")
# Whether those may lie inside a private network, and be reached without TLS.
LETTER_HOOK_PRIVATE = environment.flag("XINXING_LETTER_HOOK_PRIVATE")
# So long the letters of a table wait, and can be undone, before they are published.
LETTER_IMPORT_MINUTES = environment.integer("XINXING_LETTER_IMPORT_MINUTES", 15)
# What the accepting unit keeps of a letter that has ended (sealed) goes so many years after its last day.
LETTER_ARCHIVE_YEARS = environment.integer("XINXING_LETTER_ARCHIVE_YEARS", 3)
# An objection is answered within so many working days.
OBJECTION_WORKING_DAYS = environment.integer("XINXING_OBJECTION_WORKING_DAYS", 5)
