"""App configuration."""

from django.apps import AppConfig

from foundation.jobs.registry import register


class JobsConfig(AppConfig):
    """The transactional outbox: background work that survives."""

    name = "foundation.jobs"
    label = "jobs"

    def ready(self) -> None:
        """Register our own kinds. Imported here: models are not loaded before."""
        from foundation.audit.actions import seal
        from foundation.jobs import actions, backends

        register(backends.KIND, compute=backends.run_task)
        # The audit log lies below the outbox and cannot register itself.
        register("audit.seal", apply=lambda payload, result: seal())
        register("jobs.prune", apply=lambda payload, result: actions.prune_jobs())
