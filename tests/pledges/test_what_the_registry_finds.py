"""What the public list finds: forty-five letters, made once, that no test here changes."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from pledges import queries
from pledges.queries import Choice
from tests.factories import pledges as make
from tests.once import made_once

pytestmark = pytest.mark.django_db
TRANSACTION = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


@pytest.fixture(autouse=True, scope="module")
def _letters(django_db_setup, django_db_blocker):
    with made_once(django_db_blocker):
        make.forty_five_letters(make.accepting_unit(name="市财政局"))
        yield


def found(**choice):
    return queries.find(Choice(**choice))


def numbers(page):
    return [row.letter.submission.source_code for row in page.rows]


@pytest.mark.parametrize(
    ("choice", "count"),
    [
        ({}, 45),
        ({"text": "示例"}, 30),
        ({"text": "南示"}, 30),
        ({"text": "17号有限"}, 1),
        ({"text": "江南 公司"}, 30),
        ({"text": "江南公司"}, 0),
        ({"text": "jnsl"}, 30),
        ({"text": "DXX"}, 15),
        ({"text": "sxx"}, 15),
        ({"text": make.USCC}, 30),
        ({"text": make.DISTRICT}, 45),
        ({"text": make.DISTRICT + "2025"}, 9),
        ({"audience": "teacher"}, 15),
        ({"audience": "teacher", "year": 2025}, 3),
        ({"year": 2025}, 9),
        ({"pledge_type": "industry"}, 23),
        ({"pledge_type": "industry", "text": "示例", "year": 2026}, 12),
        ({"subject": "person"}, 15),
        ({"state": "in_force"}, 45),
        ({"unit_kind": "enterprise"}, 30),
        ({"unit_kind": "school", "year": 2025}, 3),
        ({"unit_kind": "enterprise", "text": "17号有限"}, 1),
        ({"text": "'x\" OR 1"}, 0),
    ],
)
def test_words_sounds_codes_and_filters_find_exactly_what_fits(choice, count):
    page = found(**choice)
    assert (page.count, page.is_more, len(page.rows)) == (count, False, min(count, 20))


def test_pages_follow_one_another_without_gaps_newest_first_and_end():
    for choice in (Choice(), Choice(text="信用承诺书"), Choice(text=make.DISTRICT)):
        seen, cursor, pages = [], "", 0
        while True:
            page = queries.find(choice, cursor=cursor)
            seen, cursor, pages = seen + [row.public_id for row in page.rows], page.cursor, pages + 1
            if not cursor:
                break
        assert (pages, len(seen), len(set(seen))) == (3, 45, 45)
    assert numbers(found())[:3] == ["44", "43", "42"]


def test_a_cursor_that_was_not_written_here_is_the_first_page():
    for cursor in ("x", "20", queries.find(Choice()).cursor[:-1]):
        assert queries.find(Choice(), cursor=cursor).page == 1


@pytest.mark.parametrize("text", ["林", " a ", "%", "，"])
def test_one_character_alone_is_refused_with_the_reason(client, text):
    assert found(text=text).too_short
    html = client.get(reverse("pledges:registry"), {"q": text}).content.decode()
    assert "请至少输入两个字" in html


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"q": "示例"},
        {"q": "欧阳修竹"},
        {"kind": "teacher", "year": "2026"},
        {"q": "AAAAAAAAAAAA"},
        {"q": "AAAAAAAAAAA2"},
        {"q": make.DISTRICT},
        {"q": make.USCC},
        {"q": "jnsl", "type": "industry"},
        {"unit": "school"},
        {"unit": "enterprise", "q": "示例"},
    ],
)
def test_a_page_takes_at_most_six_statements_in_all(client, query):
    client.get(reverse("pledges:registry"), query)
    with CaptureQueriesContext(connection) as seen:
        client.get(reverse("pledges:registry"), query)
    every = [one["sql"] for one in seen if not one["sql"].startswith(TRANSACTION)]
    assert len(every) <= 6, every


@pytest.mark.parametrize("name", ["registry-atom", "registry-rss"])
def test_feeds_carry_the_newest_and_know_the_filters(client, name):
    every = client.get(reverse(f"pledges:{name}")).content.decode()
    some = client.get(reverse(f"pledges:{name}"), {"kind": "teacher"}).content.decode()
    mark = "<entry>" if name == "registry-atom" else "<item>"
    assert (every.count(mark), some.count(mark)) == (45, 15)
    assert "http://localhost:8000/l/" in every


def test_the_table_file_has_the_page_that_is_shown(client):
    cursor = queries.find(Choice()).cursor
    text = client.get(reverse("pledges:registry-csv"), {"cursor": cursor}).content.decode()
    assert text.count("\r\n") == 21
    assert "44号" not in text
