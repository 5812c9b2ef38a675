"""No key, no reason and no difficulty reaches a learner's browser while an attempt is open."""

import json

import pytest
from django.urls import reverse

from exams import actions, queries
from exams.models import ItemKey
from tests.factories import exams as make

pytestmark = pytest.mark.django_db
TYPES = ["single", "multiple", "true_false", "blank", "ordering", "matching", "short", "scenario"]
CANARY = "金丝雀"


def seated(client, mode):
    items = [make.item(t, explanation=f"{CANARY}{t}", difficulty=5) for t in TYPES]
    items.append(make.item("blank", answer=[[f"{CANARY}填空"]]))
    items.append(make.item("short", answer=[[f"{CANARY}关键词"]]))
    entry = make.seat(mode, the_paper=make.paper(mode, fixed=[v.item for v in items]))
    client.force_login(entry.enrolment.user)
    return entry, actions.start_attempt(entry=entry)


def pages(client, entry, attempt):
    """Everything that a learner can fetch while the attempt is open, followed to where it leads."""
    address = {n: reverse(f"exams:{n}", args=[attempt.public_id]) for n in ("attempt", "submit", "result")}
    yield client.get(reverse("exams:index"))
    yield client.get(reverse("exams:step", args=[entry.step.public_id]))
    yield client.get(reverse("programmes:my-learning"))
    for url in address.values():
        yield client.get(url, follow=True)
        yield client.get(url + "?answered=1", follow=True)
    body = {
        "epoch": 1,
        "token": queries.pen_token(attempt.public_id, 1),
        "answers": [{"seq": 1, "position": 1, "value": "x"}],
    }
    if attempt.drawn:
        yield client.post(address["attempt"] + "answers/", json.dumps(body), content_type="application/json")
    yield client.post(address["attempt"], {"number": "2", "check": "0"}, follow=True)
    yield client.post(address["attempt"] + "pen/", "{}", content_type="application/json")


@pytest.mark.parametrize("mode", ["exam", "drill"])
def test_no_page_and_no_reply_carries_a_key_or_a_reason(client, mode):
    entry, attempt = seated(client, mode)
    bodies = [page.content.decode() for page in pages(client, entry, attempt)]
    assert len(bodies) >= 11
    assert [body for body in bodies if CANARY in body] == []


def test_the_paper_shows_nothing_by_order_form_or_attribute(client):
    _entry, attempt = seated(client, "exam")
    html = client.get(reverse("exams:attempt", args=[attempt.public_id])).content.decode()
    main = html[html.index("<main") : html.index("</main>")]
    for word in ("correct", "is-right", "explanation", "difficulty", "data-key", "难度"):
        assert word not in main
    keys = ItemKey.objects.get(version__item__type="multiple").answer["right"]
    for option in keys:
        before = main[: main.index(f'value="{option}"')]
        assert before.endswith('<input type="checkbox" name="a2" ')


def test_the_reason_comes_right_after_a_drill_answer_and_only_for_that_question(client):
    entry, attempt = seated(client, "drill")
    view = queries.drill_view(attempt)
    actions.answer_drill(by=entry.enrolment.user, attempt_id=attempt.public_id, number=1, value="x")
    page = reverse("exams:attempt", args=[attempt.public_id])
    feedback = client.get(page + "?answered=1").content.decode()
    assert view.question.stem in feedback
    assert CANARY not in client.get(page).content.decode()
    assert client.get(page + "?answered=2")["Location"] == page


def test_two_learners_see_different_orders(client):
    _entry, first = seated(client, "exam")
    second = actions.start_attempt(entry=make.seat("exam", the_paper=first.paper))
    orders = [[[o.id for o in q.options] for q in queries.questions_of(a)] for a in (first, second)]
    assert orders[0] != orders[1]
    assert [sorted(q) for q in orders[0]] == [sorted(q) for q in orders[1]]
