"""The fields that a file gives an item beside its wording: knowledge point, audience, language, difficulty, source."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from exams.importers.blocks import Block
from exams.models import Audience, KnowledgePoint, Language

CHUNK = 500


def points_named(names: Iterable[str]) -> dict[str, list[KnowledgePoint]]:
    """Knowledge points by the last name of their path, as the file writes it."""
    found: dict[str, list[KnowledgePoint]] = defaultdict(list)
    wanted = sorted({name.strip() for name in names if name.strip()})
    for start in range(0, len(wanted), CHUNK):
        for point in KnowledgePoint.objects.filter(name__in=wanted[start : start + CHUNK]):
            found[point.name].append(point)
    return found


def audience_value(text: str) -> str:
    """The audience that a file names by its word or its value; "" if it is none that we know."""
    wanted = text.strip().casefold()
    words = {str(label).casefold(): value for value, label in Audience.choices}
    words |= {value: value for value in Audience.values} | CHINESE_AUDIENCES
    return words.get(wanted, "")


def language_value(text: str) -> str:
    """The language that a file names by its word or a tag (RFC 5646); "" if it is none that we know."""
    tag = text.strip().replace("_", "-").casefold()
    known = {value.casefold(): value for value in Language.values} | LANGUAGES
    return known.get(tag, known.get(tag.partition("-")[0], ""))


LANGUAGES = {
    "zh": "zh-Hans",
    "zh-cn": "zh-Hans",
    "zh-tw": "zh-Hant",
    "zh-hk": "zh-Hant",
    "中文": "zh-Hans",
    "汉语": "zh-Hans",
    "简体": "zh-Hans",
    "简体中文": "zh-Hans",
    "繁体": "zh-Hant",
    "繁體": "zh-Hant",
    "繁体中文": "zh-Hant",
    "英文": "en",
    "英语": "en",
}
CHINESE_AUDIENCES = {
    "公务员": "civil_servant",
    "教师": "teacher",
    "小学": "primary",
    "小学生": "primary",
    "初中": "junior",
    "初中生": "junior",
    "高中": "senior",
    "高中生": "senior",
    "大学": "university",
    "大学生": "university",
    "企业": "enterprise",
}


def described(block: Block, points: Mapping[str, list[KnowledgePoint]]) -> dict[str, Any]:
    """The fields of an item that the block gives; what it does not give is left out."""
    fields: dict[str, Any] = {}
    if block.difficulty is not None and 1 <= block.difficulty <= 5:
        fields["difficulty"] = block.difficulty
    if block.source:
        fields["source"] = block.source
    if value := audience_value(block.audience):
        fields["audience"] = value
    if value := language_value(block.language):
        fields["language"] = value
    named = points.get(block.points[0].strip(), []) if block.points else []
    if len(named) == 1:
        fields["point"] = named[0]
    return fields
