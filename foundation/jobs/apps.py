"""App configuration."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """The transactional outbox: background work that survives."""

    name = "foundation.jobs"
    label = "jobs"
