"""`manage.py import_items`: the contract of its JSON, its errors, and that nothing is stored unseen."""

import json
import os
import re
import subprocess
import sys

import pytest
from django.contrib.auth.models import Permission
from django.core.management import CommandError, call_command

from exams.models import ImportBatch, ImportBlock, ImportState, Item, ItemVersion
from tests.architecture.sources import ROOT
from tests.factories import exams as make
from tests.factories.accounts import UserFactory

TEXT = """一、单选题
1. 承诺编码有几位？（ B ）
A. 18位
B. 20位
C. 22位
解析：6位区划、8位日期、6位顺序号。
2、下列说法正确的是
A.甲 B.乙 C.丙 D.丁
二、判断题
3. 信用承诺应当公开。（√）
"""
BLOCKS = [
    {
        "type": "single",
        "stem": "承诺编码有几位？（ ）",
        "options": [["A", "18位"], ["B", "20位"], ["C", "22位"]],
        "answer": ["B"],
        "explanation": "6位区划、8位日期、6位顺序号。",
        "status": "accept",
        "reasons": [],
        "line": 2,
    },
    {
        "type": "single",
        "stem": "下列说法正确的是",
        "options": [["A", "甲"], ["B", "乙"], ["C", "丙"], ["D", "丁"]],
        "answer": None,
        "explanation": None,
        "status": "review",
        "reasons": ["key-missing"],
        "line": 7,
    },
    {
        "type": "true_false",
        "stem": "信用承诺应当公开。",
        "options": [],
        "answer": True,
        "explanation": None,
        "status": "accept",
        "reasons": [],
        "line": 10,
    },
]


@pytest.fixture
def bank_file(tmp_path):
    path = tmp_path / "题库.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


@pytest.fixture
def author(db):
    user = UserFactory(username="author")
    user.user_permissions.add(*Permission.objects.filter(codename__in=["add_item", "change_item"]))
    return user


def run(*arguments, **environment):
    """The command in a process of its own, with a database that was never migrated."""
    return subprocess.run(
        [sys.executable, "manage.py", "import_items", *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "elearning.settings.test", **environment},
        timeout=120,
    )


def test_a_dry_run_prints_the_json_list_and_nothing_else_without_any_database(bank_file, tmp_path):
    done = run(bank_file, "--bank", "没有", "--dry-run", "--json", XINXING_VAR_DIR=str(tmp_path / "var"), LC_ALL="C")
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout) == BLOCKS
    assert "承诺编码有几位？".encode() in done.stdout


@pytest.mark.parametrize(
    ("name", "content"),
    [("不在.txt", None), ("空.txt", b""), ("坏.docx", b"PK\x03\x04broken"), ("老.doc", b"\xd0\xcf\x11\xe0")],
)
def test_what_cannot_be_read_ends_with_code_2_and_a_message(tmp_path, capsys, name, content):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CommandError, match=re.escape(name)) as error:
        call_command("import_items", path, "--bank", "题库", "--dry-run", "--json")
    assert (error.value.returncode, capsys.readouterr().out) == (2, "")


def test_a_refusal_is_the_exit_code_and_stands_on_stderr_alone(tmp_path):
    done = run(tmp_path / "不在.txt", "--bank", "题库", "--dry-run", "--json", XINXING_VAR_DIR=str(tmp_path / "var"))
    assert (done.returncode, done.stdout) == (2, b"")
    assert "不在.txt" in done.stderr.decode()


def test_the_summary_counts_and_says_why_with_the_lines(bank_file, capsys):
    call_command("import_items", bank_file, "--bank", "题库", "--dry-run")
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if line.startswith("7")] == ["7-8  review  '下列说法正确的是'  没有答案。"]


def test_without_confirmation_the_blocks_wait_for_a_person(bank_file, author, capsys):
    make.bank()
    call_command("import_items", bank_file, "--bank", "题库", "--by", "author")
    batch = ImportBatch.objects.get()
    assert (batch.state, batch.uploaded_by, batch.total, batch.accepted) == (ImportState.PREVIEW, author, 3, 2)
    assert not Item.objects.exists()
    assert f"/admin/exam-imports/{batch.pk}/" in capsys.readouterr().out


def test_whoever_has_seen_the_preview_stores_drafts(bank_file, author):
    make.bank()
    call_command("import_items", bank_file, "--bank", "题库", "--by", "author", "--confirm")
    versions = ItemVersion.objects.order_by("pk").values_list("stem", "state", "author__username")
    assert list(versions) == [("承诺编码有几位？（ ）", "draft", "author"), ("信用承诺应当公开。", "draft", "author")]
    assert sorted(ImportBlock.objects.values_list("order", "outcome")) == [(1, "new"), (2, ""), (3, "new")]


def test_a_large_file_is_stored_by_the_command_itself(tmp_path, author):
    make.bank()
    path = tmp_path / "大.csv"
    rows = "".join(f"判断题,第{n}条承诺应当公开。{'诚信' * 40},对\n" for n in range(700))
    path.write_text(f"题型,题干,答案\n{rows}", encoding="utf-8")
    call_command("import_items", path, "--bank", "题库", "--by", "author", "--confirm")
    assert (ImportBatch.objects.get().state, Item.objects.count()) == (ImportState.STORED, 700)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--bank", "别的"], "there is no bank “别的”; there are: 题库"),
        (["--bank", "题库", "--by", "nobody"], "nobody has the user name nobody"),
        (["--bank", "题库", "--by", "stranger"], "stranger may not write items"),
        (["--bank", "题库", "--confirm"], "--confirm needs --by: who has seen the preview?"),
        (["--bank", "题库", "--json"], "--json goes with --dry-run"),
    ],
)
def test_wrong_arguments_store_nothing_and_say_what_is_wrong(bank_file, author, arguments, message):
    make.bank()
    UserFactory(username="stranger")
    with pytest.raises(CommandError) as error:
        call_command("import_items", bank_file, *arguments)
    assert (str(error.value), error.value.returncode) == (message, 1)
    assert not ImportBatch.objects.exists()
