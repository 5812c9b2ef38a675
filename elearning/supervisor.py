"""Keeps a few processes running together: restarts what dies, and leaves nothing behind when it ends."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import FrameType

PR_SET_PDEATHSIG = 1
FIRST_DELAY = 1.0
LONGEST_DELAY = 30.0
# A child that lived this long was healthy: its next death starts the back-off anew.
HEALTHY_SECONDS = 60.0
STOP_SECONDS = 12.0


def _die_with(parent: int, niceness: int) -> Callable[[], None]:
    """Return what a child runs before exec: the kernel ends it when the supervisor dies, even by kill -9."""
    prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else None

    def prepare() -> None:
        os.nice(niceness)
        if prctl is None:
            return
        prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGTERM)

    return prepare


@dataclass
class Child:
    """One process to keep running; `once` is for work that ends by itself and gives way to the others."""

    name: str
    command: Sequence[str]
    once: bool = False
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    delay: float = FIRST_DELAY
    next_start: float = field(default=0.0)

    def start(self) -> None:
        """Start it as the leader of a process group of its own, out of reach of the terminal's Ctrl-C."""
        prepare = _die_with(os.getpid(), 10 if self.once else 0)
        self.process = subprocess.Popen(  # noqa: S603
            self.command, stdin=subprocess.DEVNULL, start_new_session=True, preexec_fn=prepare
        )
        self.started = time.monotonic()

    def signal_group(self, number: signal.Signals) -> None:
        """Send a signal to the process and everything that it started."""
        if self.process is None:
            return
        try:
            os.killpg(self.process.pid, number)
        except ProcessLookupError:
            return

    def is_running(self) -> bool:
        """True while the process itself lives."""
        return self.process is not None and self.process.poll() is None

    def plan_restart(self, now: float) -> None:
        """After a death: wait twice as long as last time, unless it had been healthy."""
        self.signal_group(signal.SIGKILL)
        self.delay = FIRST_DELAY if now - self.started > HEALTHY_SECONDS else min(self.delay * 2, LONGEST_DELAY)
        self.next_start = now + self.delay
        self.process = None


class Supervisor:
    """Runs children until a signal says stop."""

    def __init__(self, children: Sequence[Child], report: Callable[[str], None]) -> None:
        self.children = list(children)
        self.report = report
        self.stopping = False

    def run(self, when_started: Callable[[], None]) -> None:
        """Start everything, call `when_started` once, and watch until SIGINT, SIGTERM or SIGHUP."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)
        try:
            for child in self.children:
                child.start()
            when_started()
            while not self.stopping:
                self._look_after_children(time.monotonic())
                time.sleep(0.2)
        finally:
            self._stop_all()

    def _ask_to_stop(self, number: int, frame: FrameType | None) -> None:
        if self.stopping:
            for child in self.children:
                child.signal_group(signal.SIGKILL)
        self.stopping = True

    def _look_after_children(self, now: float) -> None:
        for child in self.children:
            if child.is_running():
                continue
            if child.process is not None:
                code = child.process.returncode
                if child.once:
                    self.children.remove(child)
                    return
                child.plan_restart(now)
                self.report(f"{child.name} ended with status {code}; starting it again in {child.delay:.0f} s")
            elif now >= child.next_start:
                child.start()

    def _stop_all(self) -> None:
        for child in self.children:
            child.signal_group(signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        while any(child.is_running() for child in self.children) and time.monotonic() < deadline:
            time.sleep(0.05)
        for child in self.children:
            child.signal_group(signal.SIGKILL)
            if child.process is not None:
                child.process.wait()
