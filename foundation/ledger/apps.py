"""App configuration."""

from typing import Any

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """The public log that anybody can verify."""

    name = "foundation.ledger"
    label = "ledger"

    def ready(self) -> None:
        """Sequence what waits, as a background job."""
        from foundation.jobs.registry import register
        from foundation.ledger.sequencer import sequence

        def run(payload: dict[str, Any]) -> int:
            return sequence()

        register("ledger.sequence", compute=run, max_attempts=100_000)
