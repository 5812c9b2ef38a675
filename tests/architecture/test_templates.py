"""Templates stay in their app and keep the strict content security policy."""

import re

import pytest

from tests.architecture.sources import ROOT, name, tracked

TEMPLATES = [path for path in tracked() if path.suffix == ".html" and "templates" in path.parts]
# A file to keep carries its script and style inside, under a policy of its own that names their hashes.
PAGES = [
    path for path in TEMPLATES if not {"pdf", "email", "print", "offline"} & set(path.parts) and "pdf" not in path.stem
]
REFERENCE = re.compile(r"{%-?\s*(extends|include)\s+[\"']([^\"']+)[\"']")
INLINE = re.compile(
    r"<script(?![^>]*\bsrc=)[^>]*>\s*[^<\s]|<style\b|\sstyle\s*=\s*[\"']|\son[a-z]+\s*=\s*[\"']|javascript:",
    re.IGNORECASE,
)
SHELL = [path.relative_to(ROOT / "templates").as_posix() for path in TEMPLATES if ROOT / "templates" in path.parents]


def owner(path):
    """The app that a template belongs to; "" for the shell."""
    first = path.relative_to(ROOT).parts[0]
    return "" if first == "templates" else first


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_a_template_uses_only_the_shell_and_its_own_app(path):
    foreign = [
        reference
        for _tag, reference in REFERENCE.findall(path.read_text(encoding="utf-8"))
        if reference not in SHELL
        and not (ROOT / owner(path) / "templates" / reference).exists()
        # A framework's own template may be extended in its place (admin, account).
        and not (owner(path) == "" or reference.startswith(("wagtailadmin/", "wagtailusers/", "wagtailimages/")))
    ]
    assert foreign == []


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_a_page_has_no_inline_script_or_style(path):
    assert [match.group() for match in INLINE.finditer(path.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_a_template_lives_in_a_folder_named_like_its_app(path):
    folder = path.relative_to(ROOT).as_posix().split("templates/", 1)[1].split("/")[0]
    shared = {"wagtailadmin", "wagtailusers", "wagtailimages", "wagtailmedia"}
    assert owner(path) == "" or folder in {owner(path), *shared, *path.relative_to(ROOT).parts[:2]}
