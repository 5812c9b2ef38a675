"""Background work survives: queued with the change that needs it, done once, retried, buried where people see it."""

import datetime as dt

import pytest
from django.contrib.auth.models import Permission
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from foundation.audit.models import Entry
from foundation.jobs import actions, registry, worker
from foundation.jobs.models import Job, State
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def done(monkeypatch):
    """A handler "tests.note" that remembers what it was given; "fail" in the payload makes it raise."""
    seen = []

    def compute(payload):
        if payload.get("fail"):
            raise ValueError("as asked")
        return payload["n"] * 2

    def apply(payload, result):
        seen.append((payload["n"], result))

    monkeypatch.setitem(registry.HANDLERS, "tests.note", registry.Handler("tests.note", compute, apply, 3))
    return seen


def queue(**payload):
    return actions.enqueue(kind="tests.note", payload={"n": 1, **payload})


def test_a_job_is_done_once_and_stays_done(done):
    job = queue()
    assert worker.run_pending() == 1
    assert worker.run_pending() == 0
    job.refresh_from_db()
    assert (job.state, job.attempts, done) == (State.DONE, 1, [(1, 2)])


@pytest.mark.django_db(transaction=True)
def test_a_change_that_is_rolled_back_leaves_no_job(done):
    with transaction.atomic():
        queue()
        transaction.set_rollback(True)
    assert Job.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_queueing_outside_a_transaction_is_refused(done):
    with pytest.raises(actions.NotInTransaction):
        queue()


def test_a_key_queues_once(done):
    first = actions.enqueue(kind="tests.note", payload={"n": 1}, key="letter:1")
    second = actions.enqueue(kind="tests.note", payload={"n": 2}, key="letter:1")
    assert first == second
    assert worker.run_pending() == 1
    assert done == [(1, 2)]


def test_a_failing_job_waits_longer_each_time_and_is_buried_after_its_last_attempt(done):
    job = queue(fail=True)
    waits = []
    for _attempt in range(3):
        before = timezone.now()
        Job.objects.update(run_at=before)
        assert worker.run_pending(limit=1) == 1
        job.refresh_from_db()
        waits.append((job.run_at - before).total_seconds())
    assert 1.4 < waits[0] < 2.6
    assert 2.9 < waits[1] < 5.1
    assert (job.state, job.attempts, done) == (State.DEAD, 3, [])
    assert "ValueError: as asked" in job.error


def test_work_of_a_dead_worker_is_taken_over_when_its_lease_has_run_out(done):
    job = queue()
    taken = worker.claim()
    assert taken == job
    assert worker.claim() is None
    Job.objects.update(lease_until=timezone.now() - dt.timedelta(seconds=1))
    again = worker.claim()
    assert (again.pk, again.attempts) == (job.pk, 2)


def test_a_slow_twin_whose_lease_was_lost_changes_nothing(done):
    queue()
    slow = worker.claim()
    Job.objects.update(lease_until=timezone.now() - dt.timedelta(seconds=1))
    quick = worker.claim()
    assert worker.run(quick) is True
    done.clear()
    assert worker.run(slow) is False
    job = Job.objects.get()
    assert (job.state, job.attempts) == (State.DONE, 2)


def test_a_job_that_kills_its_workers_is_buried_and_the_next_one_done(done):
    killer = queue()
    Job.objects.update(state=State.RUNNING, attempts=3, lease_until=timezone.now() - dt.timedelta(seconds=1))
    queue(n=5)
    assert worker.run_pending() == 1
    killer.refresh_from_db()
    assert (killer.state, done) == (State.DEAD, [(5, 10)])


def test_a_kind_that_nobody_handles_is_kept_for_the_next_release(done):
    job = actions.enqueue(kind="tests.unknown", payload={})
    worker.run_pending(limit=1)
    job.refresh_from_db()
    assert (job.state, job.attempts) == (State.READY, 1)


def test_a_periodic_job_has_one_row_and_becomes_due_again(done, settings):
    settings.PERIODIC_JOBS = {"tests.note": 60}
    worker.ensure_periodic()
    worker.ensure_periodic()
    job = Job.objects.get(key="periodic:tests.note")
    Job.objects.update(payload={"n": 3})
    before = timezone.now()
    worker.run_pending()
    job.refresh_from_db()
    assert (job.state, job.attempts, done) == (State.READY, 0, [(3, 6)])
    assert job.run_at - before >= dt.timedelta(seconds=60)


def test_old_finished_jobs_are_pruned_and_dead_ones_kept(done, settings):
    old = timezone.now() - dt.timedelta(days=settings.JOBS_KEEP_DAYS + 1)
    fields = {"kind": "tests.note", "run_at": old, "created_at": old}
    Job.objects.create(state=State.DONE, finished_at=old, **fields)
    dead = Job.objects.create(state=State.DEAD, **fields)
    assert actions.prune_jobs() == 1
    assert list(Job.objects.all()) == [dead]


@pytest.mark.parametrize(
    "values",
    [{"state": "lost"}, {"state": State.RUNNING}, {"state": State.DONE}, {"lease_until": timezone.now()}],
)
def test_the_database_refuses_a_job_whose_state_lies(done, values):
    queue()
    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.update(**values)


class TestInTheAdmin:
    """Dead letters are seen and retried by those who may."""

    @pytest.fixture
    def dead(self, done):
        now = timezone.now()
        return Job.objects.create(kind="tests.note", payload={"n": 1}, state=State.DEAD, run_at=now, created_at=now)

    @pytest.fixture
    def keeper(self):
        user = UserFactory()
        user.user_permissions.set(Permission.objects.filter(codename__in=["change_job", "access_admin"]))
        return user

    def test_a_keeper_sees_the_error_and_retries(self, client, keeper, dead, done):
        client.force_login(keeper)
        page = client.get(reverse("background-jobs:inspect", args=[dead.pk]))
        assert page.status_code == 200
        assert reverse("retry_job", args=[dead.pk]) in page.content.decode()
        client.post(reverse("retry_job", args=[dead.pk]))
        assert worker.run_pending() == 1
        assert done == [(1, 2)]
        assert Entry.objects.filter(action="jobs.retry_job", actor=keeper.username).count() == 1

    def test_staff_without_the_permission_see_and_retry_nothing(self, client, dead):
        user = UserFactory()
        user.user_permissions.set(Permission.objects.filter(codename="access_admin"))
        client.force_login(user)
        assert client.get(reverse("background-jobs:index")).status_code == 302
        client.post(reverse("retry_job", args=[dead.pk]))
        dead.refresh_from_db()
        assert dead.state == State.DEAD

    def test_nobody_adds_or_deletes_a_job_by_hand(self, client, keeper, dead):
        client.force_login(keeper)
        assert client.post(reverse("background-jobs:delete", args=[dead.pk])).status_code == 302
        assert list(Job.objects.all()) == [dead]

    @pytest.mark.parametrize("rows", [1, 3])
    def test_the_list_takes_the_same_statements_whatever_its_length(
        self, client, keeper, dead, rows, django_assert_max_num_queries
    ):
        for _row in range(rows - 1):
            Job.objects.create(kind="tests.note", run_at=timezone.now(), created_at=timezone.now())
        client.force_login(keeper)
        with django_assert_max_num_queries(20):
            assert client.get(reverse("background-jobs:index")).status_code == 200
