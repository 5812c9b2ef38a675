"""Read-only screens across all apps: how units stand, the whole city, and the reports that leaders get."""
