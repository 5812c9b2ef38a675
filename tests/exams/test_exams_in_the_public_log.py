"""Papers with their keys, and scores, are committed to in the public log: nothing changes later unnoticed."""

import base64
import hashlib
import json
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cms import registry
from exams import actions
from exams.models import ItemKey, ItemVersion, PaperAnchor, Score, ScoringRun
from exams.queries import anchors
from foundation.audit.models import Entry
from foundation.jobs.worker import run_pending
from foundation.ledger.models import LogEntry
from foundation.writeonce import lifted
from tests.exams.conftest import right_answers
from tests.factories import exams as make
from tests.factories.accounts import UserFactory
from tests.factories.programmes import EnrolmentFactory, ProgrammeFactory
from tlog import leaf
from tlog.merkle import leaf_hash, node_hash

pytestmark = pytest.mark.django_db


def anchor(**payload):
    """What the job does."""
    cause = payload.pop("cause", "items")
    return actions.anchor_papers(facts=anchors.facts_of_papers(**payload), cause=cause)


def anchor_scores():
    """The same for scores, a minute later."""
    return actions.anchor_scores(facts=anchors.facts_of_scores(at=timezone.now() + timedelta(minutes=1)))


def sat(paper, right=1):
    """An attempt of somebody new that was handed in."""
    seat = make.seat(the_paper=paper, enrolment=EnrolmentFactory(programme=ProgrammeFactory()))
    attempt = actions.start_attempt(entry=seat)
    batch = right_answers(attempt)[:right]
    actions.save_responses(by=seat.enrolment.user, attempt_id=attempt.public_id, epoch=1, answers=batch)
    return actions.submit_attempt(by=seat.enrolment.user, attempt_id=attempt.public_id)


@pytest.fixture
def paper():
    return make.paper(fixed=[make.item("single").item, make.item("multiple").item])


@pytest.fixture
def manager(client):
    user = UserFactory(is_staff=True)
    user.groups.add(Group.objects.get(name=registry.EXAM_MANAGER))
    user.user_permissions.add(Permission.objects.get(codename="access_admin"))
    client.force_login(user)
    return client


def test_publishing_a_paper_commits_to_items_keys_and_rules(paper):
    run_pending()
    row = PaperAnchor.objects.get()
    body = json.loads(row.record)
    assert (row.number, row.cause, row.entry.kind, row.entry.op) == (1, "published", "paper", "add")
    assert (body["paper"], body["items"], body["corrections"]) == (paper.slug, 2, [])
    assert row.entry.commitment == leaf.commitment(body, bytes(row.salt))
    assert anchors.check_paper(row) == []


def test_an_entry_is_made_once_while_nothing_changes(paper):
    assert [anchor(paper=paper.pk), anchor(paper=paper.pk), anchor(paper=paper.pk)] == [1, 0, 0]


def test_new_items_and_changed_rules_are_entries_that_act_on_the_first(paper):
    bank = make.filled_bank(3)
    drawn = make.paper(sections=[{"bank": bank, "type": "single", "count": 2, "points": 1}])
    anchor(paper=drawn.pk)
    make.item("single")
    assert anchor(paper=drawn.pk) == 1
    actions.set_rules(by=None, paper=drawn, wait_hours=2)
    assert anchor(paper=drawn.pk, cause="rules") == 1
    first, second, third = PaperAnchor.objects.filter(paper=drawn).select_related("entry", "paper").order_by("number")
    assert [a.cause for a in (first, second, third)] == ["published", "items", "rules"]
    assert [len(a.versions) for a in (first, second, third)] == [4, 5, 5]
    assert (second.entry.op, second.entry.acts_on, third.entry.acts_on) == ("amend", first.entry, first.entry)
    assert [anchors.check_paper(a) for a in (first, second, third)] == [[], [], []]


def test_a_corrected_key_is_a_new_entry_and_the_old_one_still_holds(paper):
    anchor(paper=paper.pk)
    version = ItemVersion.objects.get(pk=anchors.numbers_of(PaperAnchor.objects.get().versions)[0])
    other = next(o["id"] for o in version.content["options"] if o["id"] not in version.key.answer["right"])
    by = UserFactory()
    regrade = actions.plan_regrade(by=by, version=version, effect="key", answer={"right": [other]}, reason="录入错误")
    actions.plan_slice(regrade_id=regrade.pk)
    actions.commit_regrade(by=by, regrade=regrade)
    assert anchor(version=version.pk, cause="key") == 1
    old, new = PaperAnchor.objects.select_related("entry", "paper").order_by("number")
    assert (new.cause, len(json.loads(new.record)["corrections"])) == ("key", 1)
    assert json.loads(old.record)["root"] != json.loads(new.record)["root"]
    assert (anchors.check_paper(old), anchors.check_paper(new)) == ([], [])


@pytest.mark.parametrize(
    "change",
    [
        lambda v: ItemKey.objects.filter(version=v).update(answer={"right": ["x"]}),
        lambda v: ItemVersion.objects.filter(pk=v).update(stem="别的题目"),
    ],
    ids=["key", "wording"],
)
def test_a_key_or_a_wording_that_was_changed_in_the_database_is_noticed(paper, change):
    anchor(paper=paper.pk)
    row = PaperAnchor.objects.select_related("entry", "paper").get()
    with lifted():
        change(anchors.numbers_of(row.versions)[0])
    assert anchors.check_paper(row) == [("items", paper.slug)]


def test_scores_are_committed_to_in_batches_and_once(paper):
    sat(paper), sat(paper, right=2)
    run = anchor_scores()
    assert anchor_scores() is None
    body = json.loads(run.record)
    assert (run.number, body["scores"], run.entry.kind) == (1, 2, "scoring")
    assert run.entry.commitment == leaf.commitment(body, bytes(run.salt))
    assert anchors.check_run(run) == []
    sat(paper)
    assert anchors.unanchored(before=timezone.now()) == 1
    assert (anchor_scores().number, anchors.unanchored(before=timezone.now())) == (2, 0)


def test_a_score_that_was_committed_late_is_found(paper):
    sat(paper), sat(paper)
    first, second = Score.objects.order_by("pk").values_list("pk", flat=True)
    facts = anchors.ScoreFacts([second], [leaf_hash(anchors.hashes_of([second])[second][1])])
    actions.anchor_scores(facts=facts)
    assert anchors.numbers_of(anchor_scores().scores) == [first]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE exams_score SET points = 0",
        "UPDATE exams_score SET passed = NOT passed",
        "UPDATE exams_response SET value = 'null'",
        "UPDATE exams_response SET late = NOT late",
    ],
)
def test_an_answer_or_a_score_that_was_changed_in_the_database_is_found(paper, statement):
    attempt = sat(paper, right=2)
    run = anchor_scores()
    with lifted(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert anchors.check_run(run) == [("score", attempt.public_id)]


def test_somebody_outside_can_follow_one_score_to_the_log(paper):
    attempts = [sat(paper) for _ in range(5)]
    run = anchor_scores()
    for attempt in attempts:
        (opened,) = anchors.opening(attempt=attempt.public_id)
        text = json.dumps(opened["leaf"], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        found = hashlib.sha256(b"\0" + text.encode()).digest()
        index, last = opened["index"], 4
        for step in (base64.urlsafe_b64decode(part + "=") for part in opened["path"]):
            if index & 1 or index == last:
                found = node_hash(step, found)
                while not index & 1 and index:
                    index, last = index >> 1, last >> 1
            else:
                found = node_hash(found, step)
            index, last = index >> 1, last >> 1
        assert leaf.b64url(found) == opened["record"]["root"]
        salt = leaf.unb64url(opened["salt"])
        assert leaf.commitment(opened["record"], salt) == run.entry.commitment == opened["commitment"]
        assert opened["leaf"]["attempt"] == attempt.public_id


def test_the_log_says_nothing_about_people_or_keys(paper):
    sat(paper)
    anchor(paper=paper.pk)
    anchor_scores()
    assert sorted(LogEntry.objects.values_list("kind", "op")) == [("paper", "add"), ("scoring", "add")]
    assert {len(c) for c in LogEntry.objects.values_list("commitment", flat=True)} == {43}


def test_handing_in_does_not_wait_for_the_log(paper):
    seat = make.seat(the_paper=paper, enrolment=EnrolmentFactory(programme=ProgrammeFactory()))
    attempt = actions.start_attempt(entry=seat)
    with CaptureQueriesContext(connection) as captured:
        actions.submit_attempt(by=seat.enrolment.user, attempt_id=attempt.public_id)
    assert [q["sql"] for q in captured if "ledger" in q["sql"] or "jobs_job" in q["sql"]] == []


def test_the_command_tells_what_holds_and_fails_when_something_does_not(paper, capsys):
    attempt = sat(paper)
    anchor(paper=paper.pk)
    anchor_scores()
    call_command("audit_exams")
    assert capsys.readouterr().out.splitlines() == [
        f"{paper.slug}/1 (published): holds",
        "run 1, scores: 1: holds",
        "scores older than ten minutes that no run has: 0",
    ]
    call_command("audit_exams", attempt=attempt.public_id)
    assert [row["leaf"]["attempt"] for row in json.loads(capsys.readouterr().out)] == [attempt.public_id]
    with lifted():
        Score.objects.update(points=0)
    with pytest.raises(CommandError):
        call_command("audit_exams", json=True)
    found = json.loads(capsys.readouterr().out)
    assert [row["problems"] for row in found["runs"]] == [[["score", attempt.public_id]]]
    checks = Entry.objects.filter(action="exams.note_check").order_by("pk")
    assert [(e.succeeded, e.details) for e in checks] == [(True, {"problems": 0}), (False, {"problems": 1})]


@pytest.mark.parametrize("options", [{"paper": "none"}, {"attempt": "none"}])
def test_the_command_says_when_there_is_nothing(db, options):
    with pytest.raises(CommandError):
        call_command("audit_exams", **options)


def test_an_exam_manager_checks_papers_and_scores_in_the_admin(manager, paper):
    sat(paper)
    anchor(paper=paper.pk)
    anchor_scores()
    page = manager.get(reverse("exams_admin:public-log"))
    assert [len(page.context["papers"]), len(page.context["runs"])] == [1, 1]
    for name, row in (("check-paper", PaperAnchor), ("check-run", ScoringRun)):
        done = manager.post(reverse(f"exams_admin:{name}", args=[row.objects.get().pk]), follow=True)
        assert [m.level_tag for m in done.context["messages"]] == ["success"]
    with lifted():
        Score.objects.update(points=0)
    done = manager.post(reverse("exams_admin:check-run", args=[ScoringRun.objects.get().pk]), follow=True)
    assert [m.level_tag for m in done.context["messages"]] == ["error"]


def test_the_page_costs_the_same_for_one_and_for_three_papers(manager, django_assert_num_queries):
    def statements():
        with CaptureQueriesContext(connection) as captured:
            manager.get(reverse("exams_admin:public-log"))
        return len(captured)

    anchor(paper=make.paper().pk)
    statements()
    one = statements()
    for _ in range(2):
        anchor(paper=make.paper().pk)
    assert statements() == one


def test_others_do_not_see_it(client, paper):
    anchor(paper=paper.pk)
    row = PaperAnchor.objects.get()
    client.force_login(UserFactory())
    assert client.get(reverse("exams_admin:public-log")).status_code in (302, 403)
    assert client.post(reverse("exams_admin:check-paper", args=[row.pk])).status_code in (302, 403)


@pytest.mark.parametrize("table", ["exams_paperanchor", "exams_scoringrun"])
@pytest.mark.parametrize("verb", ["UPDATE {} SET record = ''", "DELETE FROM {}"])
def test_the_database_refuses_to_change_what_the_log_was_told(paper, table, verb):
    sat(paper)
    anchor(paper=paper.pk)
    anchor_scores()
    with pytest.raises(DatabaseError, match="write-once"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(verb.format(table))
