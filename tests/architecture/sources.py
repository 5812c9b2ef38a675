"""The files under version control, as the checks see them."""

import ast
import subprocess
import tomllib
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
BINARY = {".png", ".jpg", ".jpeg", ".webp", ".gif", ".mp4", ".mp3", ".m4a", ".pdf", ".ico", ".woff2", ".ttf", ".otf"}


@cache
def project() -> dict:
    """pyproject.toml."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@cache
def app_layers() -> list[str]:
    """The layers of the contract "apps", from the top down."""
    contracts = project()["tool"]["importlinter"]["contracts"]
    return next(contract["layers"] for contract in contracts if contract["id"] == "apps")


@cache
def tracked() -> list[Path]:
    """Every file that is or would be committed."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    return [path for name in sorted(set(listed)) if (path := ROOT / name.strip('"')).is_file()]


@cache
def texts() -> list[tuple[str, str]]:
    """Name and content of every text file."""
    return [(name(path), path.read_text(encoding="utf-8")) for path in tracked() if path.suffix not in BINARY]


def name(path: Path) -> str:
    """The path as people write it."""
    return path.relative_to(ROOT).as_posix()


@cache
def python_sources(*, tests: bool) -> list[tuple[str, str, ast.Module]]:
    """Name, text and syntax tree of the Python files, migrations left out."""
    found = []
    for path in tracked():
        shown = name(path)
        if path.suffix != ".py" or "/migrations/" in shown or (not tests and shown.startswith(("tests/", "bench/"))):
            continue
        text = path.read_text(encoding="utf-8")
        found.append((shown, text, ast.parse(text)))
    return found


@cache
def functions(tree: ast.AST) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    """All functions and methods of a module."""
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
