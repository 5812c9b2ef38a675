"""Bring a fresh machine to a working Xinxing, and a half-finished set-up to its end. Standard library only.

python3 bin/setup.py site             packages, libraries, catalogues, style sheets, database
python3 bin/setup.py demo --learners N  the same, then demo content
python3 bin/setup.py tests | tools | bench   what the tests, the linters, the benchmark need
"""

from __future__ import annotations

import argparse
import fcntl
import os
import sys
from collections.abc import Callable

from machine import (
    ensure_browser,
    ensure_packages,
    ensure_pdf_libraries,
    ensure_pdf_readers,
    require_python,
)
from stages import ROOT, STAMPS, VAR, VENV_PYTHON, SetupError, Stage, fingerprint, manage, matching, say

TARGETS = ("site", "demo", "tests", "tools", "bench")
LEARNERS = 200
PACKAGES = "requirements/base.lock"


def _database() -> str:
    return os.environ.get("DATABASE_URL", "")


def _migrate() -> None:
    manage("database", "migrate", "--no-input")
    manage("database", "createcachetable")


def _catalogues_compiled() -> bool:
    return all(path.with_suffix(".mo").exists() for path in matching(["**/locale/**/*.po"]))


CATALOGUES = Stage(
    "catalogues",
    "translations",
    lambda: manage("catalogues", "catalogues", "compile"),
    lambda: fingerprint(matching(["**/locale/**/*.po"])),
    _catalogues_compiled,
)
STYLES = Stage(
    "styles",
    "style sheet for older browsers",
    lambda: manage("styles", "flatten_css"),
    lambda: fingerprint(matching(["static/css/*.css"], without=["static/css/legacy.css"])),
    lambda: (ROOT / "static/css/legacy.css").exists(),
)
FONTS = Stage(
    "fonts",
    "fonts for PDFs (a minute the first time)",
    lambda: manage("fonts", "prepare_fonts"),
    lambda: fingerprint(matching([PACKAGES, "foundation/fonts.py"])),
    lambda: len(list((VAR / "fonts").glob("*.ttf"))) >= 2,
)
STATIC = Stage(
    "static",
    "static files",
    lambda: manage("static", "collectstatic", "--no-input"),
    lambda: fingerprint(matching(["static/**/*", "*/static/**/*", PACKAGES])),
    lambda: (VAR / "static/staticfiles.json").exists(),
)
DATABASE = Stage(
    "database",
    "database",
    _migrate,
    lambda: fingerprint(matching(["**/migrations/*.py", "**/models.py", "**/models/*.py", PACKAGES]), _database()),
    # A server database may have been dropped behind our back; only the embedded one can be seen from here.
    lambda: not _database() and (VAR / "xinxing.sqlite3").exists(),
)


def _demo(learners: int) -> Stage:
    return Stage(
        "demo",
        f"demo content with {learners} learners (some minutes the first time)",
        lambda: manage("demo", "load_demo", "--learners", str(learners)),
        lambda: fingerprint(matching(["elearning/demo/**/*"]), _database() or DATABASE.token()),
    )


def prepare(target: str, learners: int = LEARNERS, again: bool = False) -> None:
    """Do everything that `target` needs and that is not done yet. Raises SetupError."""
    require_python()
    ensure_packages("dev" if target in {"tests", "tools"} else "base")
    if target == "tools":
        return
    ensure_pdf_libraries()
    if target == "tests":
        ensure_browser()
        ensure_pdf_readers()
    stages = [CATALOGUES, STYLES]
    # A site converts its fonts while it is already running.
    stages += [FONTS] if target == "tests" else [STATIC]
    if target in {"site", "demo"}:
        stages += [DATABASE]
    for stage in stages:
        stage.ensure()
    if target == "demo":
        demo = _demo(learners)
        if again and demo.stamp.exists():
            demo.stamp.unlink()
        demo.ensure()


def alone() -> object:
    """Wait until no other set-up works in this folder; the lock falls when the process ends, however it ends."""
    STAMPS.mkdir(parents=True, exist_ok=True)
    handle = (STAMPS / "lock").open("w")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        say("Another set-up is at work in this folder; waiting for it.")
        fcntl.flock(handle, fcntl.LOCK_EX)
    return handle


def guarded(work: Callable[[], None]) -> int:
    """Run `work()`, turning its errors into a message and an exit status."""
    try:
        held = alone()
        work()
        del held
    except SetupError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. The next run goes on from here.", file=sys.stderr)
        return 130
    except OSError as error:
        print(f"\nThe set-up could not go on: {error}", file=sys.stderr)
        return 1
    return 0


def main() -> int:
    """Read the command line and prepare; returns the exit status."""
    parser = argparse.ArgumentParser(description="Set Xinxing up.")
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("--learners", type=int, default=LEARNERS)
    options = parser.parse_args()
    say(f"Setting up ({options.target})")
    code = guarded(lambda: prepare(options.target, options.learners, again=True))
    if code == 0:
        say(f"Ready. {VENV_PYTHON.parent.relative_to(ROOT)} has the commands.")
    return code


if __name__ == "__main__":
    sys.exit(main())
