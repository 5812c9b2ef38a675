"""The Word text that an office prescribes becomes a draft, and whatever is not sure is said."""

from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from docx import Document

from pledges.files import NotWord, read_letter
from pledges.models import LetterVersion
from tests.factories import pledges as make
from tests.factories.accounts import UserFactory

LINES = (
    "公职人员信用承诺书", "承诺事由：自愿作出承诺", "本人在____________工作，郑重承诺：",
    "一、依法履职，不徇私情。", "二、说过的时限，按时办结。", "（三）报数据，有一说一。",
    "违诺责任：", "未履行的，依规处理。", "承诺人：", "    年  月  日",
)  # fmt: skip


def word(lines, numbered=()):
    document = Document()
    for line in lines:
        document.add_paragraph(line)
    for line in numbered:
        document.add_paragraph(line, style="List Number")
    target = BytesIO()
    document.save(target)
    return target.getvalue()


def test_the_parts_of_a_letter_are_recognised():
    draft = read_letter(word(LINES))
    assert (draft.title, draft.reason, draft.blanks) == ("公职人员信用承诺书", "自愿作出承诺", 1)
    assert draft.preamble == ["本人在[[空1]]工作，郑重承诺："]
    assert draft.clauses == ["依法履职，不徇私情。", "说过的时限，按时办结。", "报数据，有一说一。"]
    assert draft.liability == ["未履行的，依规处理。"]
    assert [row.why for row in draft.unsure] == ["sign-off", "sign-off"]


def test_a_gap_in_the_numbers_and_a_line_that_belongs_nowhere_are_said_and_not_guessed():
    draft = read_letter(word(("承诺书", "1. 第一条。", "3. 第三条。", "并且还有一句。", "联系电话：", "附：说明")))
    assert draft.clauses == ["第一条。", "第三条。"]
    assert [(row.number, row.why) for row in draft.unsure] == [
        (3, "number"), (4, "after-clauses"), (5, "sign-off"), (6, "after-end"),
    ]  # fmt: skip


def test_numbers_that_word_makes_itself_count():
    draft = read_letter(word(("承诺书",), numbered=("第一件事。", "第二件事。")))
    assert (draft.clauses, draft.unsure) == (["第一件事。", "第二件事。"], [])


def bomb():
    target = BytesIO()
    with ZipFile(target, "w", ZIP_DEFLATED) as packed:
        packed.writestr("word/document.xml", b"0" * 41_000_000)
    return target.getvalue()


@pytest.mark.parametrize(
    ("data", "why"),
    [(b"%PDF-1.7", "other"), (b"PK\x03\x04rubbish", "other"), (word(()), "empty"), (word(("字",) * 401), "long"),
     (word(("承诺书",))[:-300], "other"), (bomb(), "large")],
)  # fmt: skip
def test_what_is_no_letter_in_word_is_refused_with_the_reason(data, why):
    with pytest.raises(NotWord, match=why):
        read_letter(data)


@pytest.mark.django_db
def test_an_editor_sees_what_was_recognised_before_anything_is_stored(client):
    template = make.template(ready=False)
    client.force_login(UserFactory(is_superuser=True))
    upload = SimpleUploadedFile("承诺书.docx", word(LINES))
    page = client.post(reverse("letter-word"), {"template": template.pk, "file": upload}).content.decode()
    assert "依法履职，不徇私情。" in page
    assert "像是落款" in page
    assert not LetterVersion.objects.exists()
    given = {
        "template": template.pk, "reason": "自愿作出承诺", "preamble": "本人在[[岗位]]工作", "decision": "send",
        "clause_lines": "*依法履职。\n按时办结。", "breach_liability": "依规处理。", "source_file": "承诺书.docx",
    }  # fmt: skip
    assert client.post(reverse("letter-versions:add"), given).status_code == 302
    version = LetterVersion.objects.get()
    assert (version.state, version.source_file, version.wording().blanks) == ("in_review", "承诺书.docx", ["岗位"])


@pytest.mark.django_db
def test_a_stranger_brings_no_letters_in(client):
    client.force_login(UserFactory())
    assert client.get(reverse("letter-word")).status_code in (302, 403)
