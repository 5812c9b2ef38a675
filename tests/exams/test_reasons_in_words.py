"""Every reason that a reader can give is said in words."""

import re

from exams.forms.reasons import REASONS, UNREADABLE, say
from tests.architecture.sources import python_sources

DOUBT = re.compile(r"(?:doubt|reject)\(\s*f?\"([a-z]+(?:-[a-z0-9]+)*)[:\"]")
REFUSAL = re.compile(r"Unreadable\(\s*\"([a-z-]+)\"")


def found(pattern):
    sources = [text for name, text, _tree in python_sources(tests=False) if name.startswith("exams/importers/")]
    return {code for text in sources for code in pattern.findall(text)}


def test_every_doubt_of_a_reader_is_said_in_words():
    assert sorted(found(DOUBT) - set(REASONS)) == []


def test_every_unreadable_file_is_explained():
    assert sorted(found(REFUSAL) - set(UNREADABLE)) == []


def test_a_detail_follows_its_reason():
    assert say("key-outside-options: E") == "答案里有不存在的选项: E"
    assert say("never-heard-of: 3") == "never-heard-of: 3"
