"""`manage.py serve`: the site and the background worker together, for the embedded profile."""

import os
import socket
import sys
import time
from typing import Any

from django.conf import settings
from django.core.management import get_commands
from django.core.management.base import BaseCommand, CommandParser

from elearning.supervisor import Child, Supervisor

START_SECONDS = 60.0


def _gunicorn(host: str, port: int, workers: int, threads: int) -> list[str]:
    """The command line of the web server."""
    address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    return [
        *(sys.executable, "-m", "gunicorn", "elearning.wsgi:application"),
        *("--bind", address, "--worker-class", "gthread"),
        *("--workers", str(workers), "--threads", str(threads)),
        *("--timeout", "60", "--graceful-timeout", "8", "--keep-alive", "15"),
        *("--log-level", "warning", "--no-control-socket"),
    ]


def _answers(host: str, port: int) -> bool:
    """True if something listens there."""
    try:
        with socket.create_connection((host, port), timeout=0.5):
            return True
    except OSError:
        return False


class Command(BaseCommand):
    """Start gunicorn and the background worker, restart what dies, stop everything on Ctrl-C."""

    help = "Run the site and the background worker until Ctrl-C."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to listen and with how many processes."""
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--workers", type=int, default=2, help="server processes")
        parser.add_argument("--threads", type=int, default=4, help="threads in each of them")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until a signal comes."""
        host, port = options["host"], options["port"]
        # Links in mails and on letters must lead to the address that was really opened.
        os.environ.setdefault("XINXING_SITE_URL", f"http://localhost:{port}")
        children = [Child("web server", _gunicorn(host, port, options["workers"], options["threads"]))]
        commands = get_commands()
        if "jobs" in commands:
            children.append(Child("background worker", [sys.executable, "manage.py", "jobs"]))
        if "prepare_fonts" in commands:
            children.append(Child("fonts", [sys.executable, "manage.py", "prepare_fonts"], once=True))
        supervisor = Supervisor(children, self.stderr.write)
        supervisor.run(lambda: self._welcome(supervisor, host, port))
        self.stdout.write("Stopped.")

    def _welcome(self, supervisor: Supervisor, host: str, port: int) -> None:
        """Wait for the server to answer, then print the address and who can sign in."""
        reachable = "127.0.0.1" if host in {"0.0.0.0", ""} else host  # noqa: S104
        deadline = time.monotonic() + START_SECONDS
        while not _answers(reachable, port) and not supervisor.stopping:
            if time.monotonic() > deadline or not supervisor.children[0].is_running():
                self.stderr.write("The web server has not started yet; its messages stand above.")
                return
            time.sleep(0.1)
        accounts = settings.VAR_DIR / "demo-accounts.txt"
        self.stdout.write(f"\nXinxing is running: http://localhost:{port}/   (Ctrl-C stops it)")
        if accounts.exists():
            self.stdout.write(accounts.read_text(encoding="utf-8"))
        self.stdout.flush()
