"""People read what was sent to them, and only that; a copy goes out by e-mail and leaves a trace."""

import pytest
from django.core import mail
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from foundation.jobs import worker
from foundation.jobs.models import Job
from notifications import actions, queries
from notifications.models import Delivery, Message
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    return UserFactory()


def send(person, n=1, **kwargs):
    return [actions.notify(user=person, kind="tests.news", subject=f"第{i}条", **kwargs) for i in range(n)]


def test_opening_marks_read_and_goes_where_the_message_points(person, client):
    (message,) = send(person, url="/my/")
    client.force_login(person)
    assert "第0条" in client.get("/inbox/").content.decode()
    response = client.post(f"/inbox/{message.public_id}/open/")
    assert (response.status_code, response["Location"]) == (302, "/my/")
    assert queries.unread_count(person) == 0
    first = Message.objects.get().read_at
    client.post(f"/inbox/{message.public_id}/open/")
    assert Message.objects.get().read_at == first


def test_a_message_leads_into_the_language_of_its_reader_whoever_wrote_it(person, client):
    (message,) = send(person, url="/en/my/")
    assert message.url == "/my/"
    client.force_login(person)
    opened = [client.post(f"{prefix}/inbox/{message.public_id}/open/")["Location"] for prefix in ("", "/en")]
    assert opened == ["/my/", "/en/my/"]


def test_nobody_reads_or_marks_the_messages_of_somebody_else(person, client):
    (message,) = send(person, body="只给你看")
    client.force_login(UserFactory())
    assert "只给你看" not in client.get("/inbox/").content.decode()
    assert client.post(f"/inbox/{message.public_id}/open/").status_code == 404
    client.post("/inbox/read-all/")
    assert queries.unread_count(person) == 1
    client.logout()
    assert client.get("/inbox/").status_code == 302


def test_all_are_marked_read_at_once_and_reading_needs_a_post(person, client):
    send(person, 3)
    client.force_login(person)
    assert client.get("/inbox/read-all/").status_code == 405
    client.post("/inbox/read-all/")
    assert queries.unread_count(person) == 0


def test_the_list_has_pages_and_costs_the_same_for_one_message_and_for_three(person, client):
    client.force_login(person)
    assert client.get("/inbox/").status_code == 200
    counts = []
    for _ in range(3):
        send(person)
        with CaptureQueriesContext(connection) as captured:
            client.get("/inbox/")
        counts.append(len(captured))
    assert (counts[0], counts[0] <= 9) == (counts[2], True)
    send(person, 20)
    assert "?page=2" in client.get("/inbox/").content.decode()
    assert client.get("/inbox/?page=2").status_code == 200


def test_a_copy_goes_by_email_to_who_has_an_address(person):
    reachable = UserFactory(email="lin@example.org")
    send(person)
    send(reachable, body="请看", url="/my/")
    while worker.run_pending(limit=10):
        pass
    (copy,) = mail.outbox
    assert (copy.to, copy.subject) == (["lin@example.org"], "第0条")
    assert "请看" in copy.body
    assert "/my/" in copy.body
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.address, delivery.error) == ("sent", "lin@example.org", "")


def test_a_mail_server_that_is_away_is_logged_and_tried_again(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    send(UserFactory(email="lin@example.org"))
    worker.run_pending(limit=1)
    delivery, job = Delivery.objects.get(), Job.objects.get(kind=actions.EMAIL_JOB)
    assert (delivery.state, delivery.error != "", job.state) == ("failed", True, "ready")


def test_the_database_refuses_a_failure_without_a_reason_and_an_unknown_channel(person):
    (message,) = send(person)
    actions.log_delivery(message_id=message.pk, channel="email", address="lin@example.org")
    for change in ("state = 'failed'", "channel = 'pigeon'", "error = 'x'"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE notifications_delivery SET " + change)
