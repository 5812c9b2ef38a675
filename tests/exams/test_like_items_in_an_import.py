"""What the bank has that is nearly the same, told before an import stores anything."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from exams import queries
from exams.models import ItemVersion
from tests.exams.test_imports_in_the_admin import store, table, upload
from tests.exams.test_the_bank_at_work import LONG
from tests.factories import exams as make

pytestmark = pytest.mark.django_db
WORDS = "题库中有相似的试题"


def test_many_stems_at_once_find_what_each_finds_alone_in_two_statements(author):
    for stem in (LONG, LONG.replace("三个工作日", "五个工作日"), "完全不同的另一个问题，说的是窗口上的诚信。"):
        make.item("single", stem=stem)
    asked = [LONG, "？！", "", "完全不同的另一个问题，说的是窗口上的诚信", *(f"{LONG}第{n}次" for n in range(20)), LONG]
    with CaptureQueriesContext(connection) as captured:
        found = queries.similar_to_each(asked)
    assert len(captured) == 2
    assert found == {stem: queries.similar_items(stem) for stem in asked}
    assert [len(found[stem]) for stem in asked[:4]] == [2, 0, 0, 1]
    assert queries.similar_to_each([]) == {}


def preview(client, batch):
    return client.get(reverse("exams_import:batch", args=[batch.pk])).content.decode()


def question(number, stem):
    return f"{number},判断题,{stem},,,,对,,,"


def test_the_preview_names_what_the_bank_has_beside_what_would_be_new(client, author):
    near = make.item("single", stem=LONG.replace("三个工作日", "五个工作日"))
    batch = upload(client, table(question("Q1", LONG), question("Q2", "窗口收费要不要公示")), "a.csv")
    page = preview(client, batch)
    first, second = page.split('id="b')[1:3]
    address = reverse("exams_admin:item", args=[near.item_id])
    assert (WORDS in first, f'href="{address}"' in first, WORDS in second) == (True, True, False)
    assert ItemVersion.objects.count() == 1  # nothing is stored yet
    assert store(client, batch) == "stored"
    assert WORDS not in preview(client, batch)


def test_what_changes_an_item_or_is_there_already_is_not_compared(client, author):
    assert store(client, upload(client, table(question("Q1", LONG)), "a.csv")) == "stored"
    make.item("single", stem=LONG.replace("三个工作日", "五个工作日"))
    assert WORDS not in preview(client, upload(client, table(question("Q1", LONG)), "b.csv"))


def test_a_page_of_many_like_questions_takes_as_many_statements_as_one_without(client, author):
    make.item("single", stem=LONG)
    counts = []
    for rows in ([question("Q1", "窗口收费要不要公示")], [question(f"Q{n}", f"{LONG}第{n}次") for n in range(20)]):
        batch = upload(client, table(*rows), "a.csv")
        preview(client, batch)
        with CaptureQueriesContext(connection) as captured:
            page = preview(client, batch)
        counts.append((len(captured), page.count(WORDS)))
    assert [told for _n, told in counts] == [0, 20]
    assert counts[0][0] == counts[1][0]
