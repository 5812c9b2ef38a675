"""The documentation names what exists, and nothing else."""

import re

import pytest
from django.core.management import get_commands

from programmes.models import StepKind
from tests.architecture.sources import ROOT, app_layers, python_sources, texts

READ = re.compile(r"environment\.(?:text|flag|integer|words?|hours)\(\s*\"(\w+)\"")
LINK = re.compile(r"\[[^\]]*\]\((?!https?:|mailto:|#)([^)#\s]+)[^)]*\)")
PACKAGES = {app.strip(" ()") for layer in app_layers() for app in layer.split("|")}


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


def first_column(text):
    """What stands in backticks in the first column of the tables."""
    return re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE)


def test_every_setting_from_the_environment_is_documented():
    in_code = {found for _name, text, _tree in python_sources(tests=False) for found in READ.findall(text)}
    documented = first_column(read("docs/settings.md"))
    assert sorted(documented) == sorted(in_code)


def test_every_command_is_documented():
    in_code = {command for command, app in get_commands().items() if app in PACKAGES or app.startswith("foundation")}
    section = read("docs/architecture.md").split("## Commands")[1].split("\n## ")[0]
    assert sorted(first_column(section)) == sorted(in_code)


def test_every_kind_of_step_is_documented():
    section = read("docs/architecture.md").split("## The five steps")[1].split("\n## ")[0]
    assert sorted(first_column(section)) == sorted(StepKind.values)


def test_every_make_target_is_documented():
    targets = re.findall(r"^([a-z]+):.*## ", read("Makefile"), re.MULTILINE)
    documented = set(re.findall(r"(?:`|^)make ([a-z]+)", read("README.md"), re.MULTILINE))
    assert documented == set(targets)


@pytest.mark.parametrize("name", [name for name, _text in texts() if name.endswith(".md")])
def test_links_between_documents_lead_somewhere(name):
    folder = (ROOT / name).parent
    assert [link for link in LINK.findall(read(name)) if not (folder / link).exists()] == []
