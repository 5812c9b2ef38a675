"""Everybody may take a copy of everything held about them; nobody else may."""

import datetime as dt
import io
import json
import zipfile

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from foundation.audit.models import Entry
from foundation.jobs.worker import run_pending
from notifications.actions import notify
from notifications.models import Message
from privacy import actions, registry
from privacy.models import DataRequest
from tests.factories.accounts import UserFactory
from tests.factories.practice import Workplace

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40


@pytest.fixture
def enrolment():
    place = Workplace()
    learner = place.learner()
    place.deed(learner, "答应三天回复，第二天就回了", promise_key="", evidence=SimpleUploadedFile("证明.png", PNG))
    notify(user=learner.user, kind="programmes.due", subject="快到期了")
    return learner


def archive_of(user, client):
    client.force_login(user)
    assert client.post("/my/data/ask/", {"kind": "export"}).status_code == 302
    run_pending()
    asked = DataRequest.objects.get(user=user)
    return asked, client.get(f"/my/data/{asked.public_id}/fetch/")


def test_the_archive_holds_every_table_for_people_and_for_machines_and_the_files(enrolment, client):
    user = enrolment.user
    asked, response = archive_of(user, client)
    assert (asked.state, response.status_code, response["Content-Type"]) == ("ready", 200, "application/zip")
    zipped = zipfile.ZipFile(io.BytesIO(response.content))
    told = {table["key"]: table for table in json.loads(zipped.read("data.json"))["tables"]}
    assert sorted(name.split("/")[0] for name in zipped.namelist()) == ["data.json", "files", "index.html"]
    assert user.name in told["account"]["rows"][0].values()
    assert [list(row.values())[1] for row in told["messages"]["rows"]] == ["快到期了"]
    assert [list(row.values())[2] for row in told["deeds"]["rows"]] == ["答应三天回复，第二天就回了"]
    page = zipped.read("index.html").decode()
    assert (page.count(user.name) > 0, "答应三天回复" in page, "<script" in page) == (True, True, False)


def test_every_app_that_knows_people_answers(enrolment):
    apps = {
        "accounts",
        "certificates",
        "courses",
        "dashboards",
        "exams",
        "notifications",
        "organisations",
        "pledges",
        "practice",
        "programmes",
    }
    assert set(registry.providers) == apps
    for provider in registry.providers.values():
        keys = [section.key for section in provider.sections(enrolment.user)]
        assert keys
        assert len(keys) == len(set(keys))


def test_the_person_is_told_and_the_log_knows_of_the_handing_out(enrolment, client):
    user = enrolment.user
    archive_of(user, client)
    assert Message.objects.filter(user=user, kind="privacy.export_ready").count() == 1
    entries = Entry.objects.filter(action__startswith="privacy.", target=f"accounts.User:{user.pk}").order_by("pk")
    assert [entry.action for entry in entries] == [
        "privacy.request_export",
        "privacy.keep_export",
        "privacy.note_fetched",
    ]


def test_nobody_else_fetches_or_takes_back(enrolment, client):
    asked, _response = archive_of(enrolment.user, client)
    client.force_login(UserFactory())
    assert client.get(f"/my/data/{asked.public_id}/fetch/").status_code == 404
    assert client.post(f"/my/data/{asked.public_id}/cancel/").status_code == 404
    client.logout()
    assert client.get(f"/my/data/{asked.public_id}/fetch/").status_code == 302


def test_one_request_at_a_time(enrolment, client):
    actions.request_export(user=enrolment.user)
    with pytest.raises(actions.AlreadyAsked):
        actions.request_export(user=enrolment.user)
    asked = DataRequest.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO privacy_datarequest (public_id, user_id, kind, state, asked_at, reason, file, size, outcome) "
            "VALUES ('x', %s, 'export', 'waiting', %s, '', '', 0, '{}')",
            [asked.user_id, timezone.now()],
        )


def test_an_archive_is_deleted_when_its_days_are_over(enrolment, client, django_capture_on_commit_callbacks):
    asked, _response = archive_of(enrolment.user, client)
    with django_capture_on_commit_callbacks(execute=True):
        done = actions.prune(at=timezone.now() + dt.timedelta(days=8))
    assert done["exports"] == 1
    assert (DataRequest.objects.get().state, storages["private"].exists(asked.file)) == ("done", False)
    client.force_login(enrolment.user)  # the session ran out meanwhile
    assert client.get(f"/my/data/{asked.public_id}/fetch/").status_code == 404


def test_a_request_taken_back_makes_no_archive(enrolment, client):
    client.force_login(enrolment.user)
    client.post("/my/data/ask/", {"kind": "export"})
    asked = DataRequest.objects.get()
    client.post(f"/my/data/{asked.public_id}/cancel/")
    run_pending()
    asked.refresh_from_db()
    assert (asked.state, asked.file) == ("cancelled", "")
    assert not storages["private"].exists("exports") or storages["private"].listdir("exports")[1] == []


def test_the_page_costs_the_same_with_one_and_with_three_requests(enrolment, client):
    client.force_login(enrolment.user)
    client.get("/my/data/")

    def cost():
        with CaptureQueriesContext(connection) as captured:
            client.get("/my/data/")
        return len(captured)

    def finished():
        asked = actions.request_export(user=enrolment.user)
        actions.cancel_request(by=enrolment.user, asked=asked)

    finished()
    one = cost()
    finished()
    finished()
    assert cost() == one
