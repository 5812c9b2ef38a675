"""`manage.py jobs`: the embedded background worker."""

import signal
import threading
from argparse import ArgumentParser
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand

from foundation.jobs import worker


class Command(BaseCommand):
    """Drain the outbox until told to stop (SIGINT, SIGTERM): the job under way is finished first."""

    help = "Run the background worker of the embedded default (no Redis, no Celery)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Run for ever, or once."""
        parser.add_argument("--once", action="store_true", help="do what is due now, then stop")

    def handle(self, *args: Any, **options: Any) -> None:
        """Returns after a signal, or at once with --once."""
        if options["once"]:
            worker.ensure_periodic()
            self.stdout.write(f"{worker.run_pending()} jobs tried")
            return
        stop = threading.Event()

        def end(signum: int, frame: FrameType | None) -> None:
            stop.set()

        signal.signal(signal.SIGINT, end)
        signal.signal(signal.SIGTERM, end)
        worker.loop(stop)
