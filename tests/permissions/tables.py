"""The tables of docs/permissions.md, read as they stand."""

import re

from tests.architecture.sources import ROOT

DOCUMENT = ROOT / "docs" / "permissions.md"
ROW = re.compile(r"^\| `([^`]+)` \|(.*)\|$")


def section(title: str) -> list[str]:
    """The lines of one section."""
    text = DOCUMENT.read_text(encoding="utf-8")
    return text.split(f"\n## {title}\n")[1].split("\n## ")[0].splitlines()


def matrix(title: str) -> dict[str, set[str]]:
    """{address: the roles that have a dot}."""
    lines = section(title)
    head = next(line for line in lines if line.startswith("| address"))
    roles = [cell.strip() for cell in head.strip("|").split("|")[1:]]
    found = {}
    for line in lines:
        if row := ROW.match(line):
            cells = [cell.strip() for cell in row.group(2).split("|")]
            route = row.group(1).replace("¦", "|")
            found[route] = {role for role, cell in zip(roles, cells, strict=True) if cell}
    return found


def elsewhere() -> dict[str, str]:
    """{address: the test file that tries it}."""
    rows = [ROW.match(line) for line in section("Tried elsewhere")]
    return {row.group(1).replace("¦", "|"): row.group(2).split("|")[-1].strip(" `") for row in rows if row}


def alone() -> list[str]:
    """The addresses that only superusers open."""
    return [line[3:-1] for line in section("Superusers alone") if line.startswith("- `")]
