"""What the set-up needs of the machine: Python's venv, system libraries, a browser. Standard library only."""

from __future__ import annotations

import ctypes.util
import os
import shutil
import sys
from collections.abc import Sequence

from stages import ROOT, VENV, VENV_PYTHON, SetupError, Stage, fingerprint, run, say

PDF_LIBRARIES = {
    "pango-1.0": "libpango-1.0-0",
    "pangoft2-1.0": "libpangoft2-1.0-0",
    "harfbuzz-subset": "libharfbuzz-subset0",
}
HEADLESS = "chromium-headless-shell"
PDF_READERS = {
    "pdfsig": "poppler-utils",
    "pdftoppm": "poppler-utils",
    "certutil": "libnss3-tools",
    "qpdf": "qpdf",
    "openssl": "openssl",
}
OFFLINE = (
    "The packages could not be installed. If this machine has no network, connect it and run the same command again: "
    "what is finished is kept."
)


def require_python() -> None:
    """Raise SetupError on a Python that is too old."""
    if sys.version_info < (3, 11):  # noqa: UP036  (this file is what an older Python gets to run)
        found = ".".join(str(number) for number in sys.version_info[:3])
        raise SetupError(f"Python 3.11 or newer is needed, this is {found}. Try: make PYTHON=python3.11 …")


def apt_command(packages: Sequence[str]) -> str:
    """The one command that a person who is not root has to type."""
    return f"sudo apt-get install -y {' '.join(packages)}"


def apt_install(packages: Sequence[str]) -> bool:
    """Install Debian packages when we may; False when we may not or it did not work."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    install = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    for before in ((), ("apt-get", "update")):
        try:
            if before:
                run("apt", before)
            run("apt", install, DEBIAN_FRONTEND="noninteractive")
        except SetupError:
            continue
        return True
    return False


def ensure_pdf_libraries() -> None:
    """Install what WeasyPrint needs, or say the one command that does. The site runs without; PDFs wait."""
    missing = [package for library, package in PDF_LIBRARIES.items() if not ctypes.util.find_library(library)]
    if not missing:
        return
    say(f"  system libraries for PDFs: {' '.join(missing)}")
    if not apt_install(missing):
        say(
            f"  They could not be installed here. The site runs without them, but PDFs wait until you have run:\n"
            f"      {apt_command(missing)}"
        )


def ensure_pdf_readers() -> None:
    """Install what reads our PDFs as other people's programs do, for the tests; they say so where it is missing. Raises
    SetupError in CI, where no test may be left out."""
    missing = sorted({package for program, package in PDF_READERS.items() if not shutil.which(program)})
    if missing and not apt_install(missing):
        if os.environ.get("CI"):
            raise SetupError(f"The tests of PDFs need more programs. Install them with:\n    {apt_command(missing)}")
        say(f"  Some tests of PDFs are left out until you have run:\n      {apt_command(missing)}")


def ensure_browser() -> None:
    """Install Chromium for the browser tests. Raises SetupError with the command when we may not."""
    if not shutil.which("chromium"):
        say("  Chromium for the browser tests")
        if not apt_install(["chromium"]):
            raise SetupError(f"The browser tests need Chromium. Install it with:\n    {apt_command(['chromium'])}")
    if not shutil.which(HEADLESS):
        apt_install([HEADLESS])  # not every system has it; without it the tests take a little longer


def _make_venv() -> None:
    """Make .venv anew. Raises SetupError when Debian's python3-venv is not there."""
    if VENV.exists():
        shutil.rmtree(VENV)
    try:
        import ensurepip  # noqa: F401, PLC0415  (Debian ships it separately; only trying tells)
    except ImportError:
        package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        if not apt_install([package]):
            raise SetupError(f"Python's venv module is not installed. Run:\n    {apt_command([package])}") from None
    run("venv", [sys.executable, "-m", "venv", str(VENV)])


def _venv_works() -> bool:
    """True if .venv has a Python with pip and no installation in it was cut short."""
    if not VENV_PYTHON.exists() or (VENV / "unfinished").exists():
        return False
    try:
        run("venv", [str(VENV_PYTHON), "-c", "import pip"])
    except (SetupError, OSError):
        return False
    return True


def _install(lock: str) -> None:
    """Install exactly what the lock file names, by hash. A killed installation is started from nothing next time."""
    unfinished = VENV / "unfinished"
    unfinished.touch()
    options = ["--require-hashes", "--only-binary", ":all:", "--disable-pip-version-check", "--retries", "2"]
    try:
        run(
            f"packages-{lock}",
            [str(VENV_PYTHON), "-m", "pip", "install", *options, "-r", f"requirements/{lock}.lock"],
            hint=OFFLINE,
        )
    except SetupError:
        unfinished.unlink()
        raise
    unfinished.unlink()


def ensure_packages(lock: str) -> None:
    """Bring .venv up to requirements/LOCK.lock; "dev" contains "base"."""
    if VENV.is_symlink():
        return  # An environment that somebody else looks after.
    python = sys.version.split(" ")[0]
    venv = Stage("made", "virtual environment", _make_venv, lambda: f"{python}:{VENV}", _venv_works, VENV)
    venv.ensure()

    def key(name: str) -> str:
        return fingerprint([ROOT / "requirements" / f"{name}.lock"])

    dev = Stage("packages-dev", "packages and test tools", lambda: _install("dev"), lambda: key("dev"), folder=VENV)
    base = Stage("packages-base", "packages", lambda: _install("base"), lambda: key("base"), folder=VENV)
    if lock == "dev":
        dev.ensure()
    elif dev.token().split(" ")[0] != key("dev"):
        base.ensure()
