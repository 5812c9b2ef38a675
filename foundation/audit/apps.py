"""App configuration."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Who did what when, append-only and sealed into a hash chain."""

    name = "foundation.audit"
    label = "audit"
