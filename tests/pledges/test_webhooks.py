"""Departments' systems are told of changes: signed, in order, again if need be, and never into a network of ours."""

import hmac
import json
import socket
from base64 import b64decode, b64encode
from contextlib import contextmanager
from datetime import timedelta
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import StringIO
from threading import Thread

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import override_settings
from django.utils import timezone

from foundation.jobs.models import Job
from foundation.jobs.worker import run_pending
from foundation.outbound import Forbidden, Unreachable, check_address, post
from pledges import actions
from pledges.models import Delivery, Webhook
from tests.factories import pledges as make
from tests.pledges.test_letters_of_departments_systems import call, row

pytestmark = pytest.mark.django_db
LOCAL = {"LETTER_HOOK_HOSTS": ["127.0.0.1"], "LETTER_HOOK_PRIVATE": True}


@contextmanager
def receiver(*answers):
    """A real server that answers so, one after the other, the last one for ever; yields its address and what came."""
    came, left = [], list(answers) or [200]

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            came.append((dict(self.headers), body))
            status = left.pop(0) if len(left) > 1 else left[0]
            self.send_response(status)
            if status == 302:
                self.send_header("Location", f"http://127.0.0.1:{server.server_port}/elsewhere")
            self.end_headers()

        def log_message(self, *_args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/hook", came
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def unit():
    return make.accepting_unit(name="市财政局")


@pytest.fixture
def key(unit):
    return actions.create_api_key(by=None, organisation=unit, name="系统")


def send(key, *codes):
    return actions.submit_letters(
        sender=actions.Sender(key[0].organisation, key=key[0]), rows=[row(source_code=code) for code in codes]
    )


def work():
    Job.objects.filter(state="ready").update(run_at=timezone.now())
    drain()


def drain():
    """All that is due, and what follows from it at once."""
    while run_pending():
        pass


@override_settings(**LOCAL)
def test_changes_arrive_signed_in_order_and_once(unit, key):
    send(key, "before")
    with receiver() as (url, came):
        _hook, secret = actions.create_webhook(organisation=unit, url=url)
        send(key, "a", "b")
        send(key, "c")
        work()
        work()
    bodies = [json.loads(body) for _headers, body in came]
    assert [one["source_code"] for body in bodies for one in body["changes"]] == ["a", "b", "c"]
    headers, body = came[0]
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = hmac.new(b64decode(secret.removeprefix("whsec_")), signed, sha256).digest()
    assert headers["webhook-signature"] == "v1," + b64encode(expected).decode()
    assert set(Delivery.objects.values_list("state", flat=True)) == {"sent"}
    assert Webhook.objects.get().reached == 4


@override_settings(**LOCAL)
@pytest.mark.parametrize("status", [500, 302, 404])
def test_a_refused_delivery_is_tried_again_later_and_a_redirect_is_not_followed(unit, key, status):
    with receiver(status, 200) as (url, came):
        actions.create_webhook(organisation=unit, url=url)
        send(key, "a")
        drain()
        waiting = Delivery.objects.get()
        assert (len(came), waiting.state, waiting.tries, waiting.status) == (1, "waiting", 1, status)
        assert run_pending() == 0
        work()
    assert (len(came), Delivery.objects.get().state, Delivery.objects.get().tries) == (2, "sent", 2)


@override_settings(**LOCAL)
def test_after_eight_tries_it_is_given_up_and_the_next_changes_follow(unit, key):
    with receiver() as (url, came):
        hook, _secret = actions.create_webhook(organisation=unit, url=url)
        send(key, "a")
        actions.plan_deliveries(organisation_id=unit.pk)
        first = Delivery.objects.get()
        for _n in range(8):
            actions.note_delivery(delivery_id=first.pk, status=503)
        first.refresh_from_db()
        assert (first.state, first.tries) == ("failed", 8)
        send(key, "b")
        work()
        work()
        assert [one["source_code"] for one in json.loads(came[0][1])["changes"]] == ["b"]
        assert actions.resend_delivery(delivery=first)
        work()
    assert [one["source_code"] for one in json.loads(came[1][1])["changes"]] == ["a"]
    hook.refresh_from_db()
    assert (hook.reached, Delivery.objects.filter(state="sent").count()) == (2, 2)


@override_settings(**LOCAL)
def test_a_system_manages_its_addresses_and_sees_the_log(client, unit, key):
    other = actions.create_api_key(by=None, organisation=make.accepting_unit(), name="另一系统")
    with receiver() as (url, _came):
        made = call(client, key, "POST", "webhooks", {"url": url}).json()
        assert made["secret"].startswith("whsec_")
        assert call(client, key, "POST", "webhooks", {"url": url}).status_code == 409
        assert call(client, key, "POST", "webhooks", {"url": "http://10.0.0.1/"}).status_code == 422
        send(key, "a")
        work()
        path = f"webhooks/{made['id']}"
        (told,) = call(client, key, "GET", f"{path}/deliveries").json()["deliveries"]
        assert (told["state"], told["answer"], told["tries"]) == ("sent", 200, 1)
        assert call(client, key, "POST", f"{path}/deliveries/{told['id']}/resend").status_code == 202
        assert call(client, key, "POST", f"{path}/deliveries/{told['id']}/resend").status_code == 409
        for method, where in (("DELETE", path), ("GET", f"{path}/deliveries")):
            assert call(client, other, method, where).status_code == 404
        assert [one["url"] for one in call(client, key, "GET", "webhooks").json()["webhooks"]] == [url]
        assert call(client, key, "DELETE", path).status_code == 200
        assert call(client, key, "GET", "webhooks").json() == {"webhooks": []}
        send(key, "b")
        work()
    assert Delivery.objects.count() == 1


@pytest.mark.parametrize(
    ("url", "hosts", "why"),
    [
        ("http://example.gov.cn/", ["example.gov.cn"], "https"),
        ("https://other.cn/", ["example.gov.cn"], "list"),
        ("https://example.gov.cn.evil.cn/", ["example.gov.cn", "*.example.gov.cn"], "list"),
        ("https://user@example.gov.cn/", ["example.gov.cn"], "not an address"),
        ("https://example.gov.cn:x/", ["example.gov.cn"], "not an address"),
        ("https://例子.cn/", ["例子.cn"], "not an address"),
        ("file:///etc/passwd", ["*"], "https"),
        ("https:///x", [""], "not an address"),
    ],
)
def test_addresses_that_nothing_is_sent_to(url, hosts, why):
    with pytest.raises(Forbidden, match=why):
        check_address(url, hosts=hosts, private=False)


INSIDE = ["localhost", "127.0.0.1", "169.254.169.254", "10.0.0.1", "[::1]", "[::ffff:10.0.0.1]"]


@pytest.mark.parametrize("host", INSIDE)
def test_nothing_is_sent_into_a_private_network_whatever_the_name(host):
    with pytest.raises(Forbidden, match="private"):
        post(f"https://{host}/", b"x", {}, hosts=[host.strip("[]")], private=False)


def test_nobody_there_is_said_and_not_raised_further():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(Unreachable):
        post(f"http://127.0.0.1:{port}/", b"x", {}, hosts=["127.0.0.1"], private=True)


def test_without_a_list_there_are_no_webhooks(unit):
    with pytest.raises(Forbidden):
        actions.create_webhook(organisation=unit, url="https://example.gov.cn/")


@override_settings(**LOCAL)
def test_webhooks_are_made_listed_and_ended_by_command(unit, key):
    out = StringIO()
    call_command("letter_webhook", create=["市财政局", "http://127.0.0.1:9/x"], stdout=out)
    number = out.getvalue().split()[0]
    send(key, "a")
    actions.plan_deliveries(organisation_id=unit.pk)
    row = Delivery.objects.get()
    with pytest.raises(CommandError):
        call_command("letter_webhook", resend=[number, row.public_id])
    for _n in range(8):
        actions.note_delivery(delivery_id=row.pk, status=None, error="ConnectionRefusedError")
    call_command("letter_webhook", resend=[number, row.public_id])
    out = StringIO()
    call_command("letter_webhook", log=number, stdout=out)
    call_command("letter_webhook", list=True, stdout=out)
    assert "waiting" in out.getvalue()
    call_command("letter_webhook", end=number, stdout=StringIO())
    with pytest.raises(CommandError):
        call_command("letter_webhook", end=number)
    with pytest.raises(CommandError):
        call_command("letter_webhook", create=["没有的单位", "http://127.0.0.1/"])


@override_settings(**LOCAL)
def test_old_deliveries_are_forgotten_and_changes_are_not(unit, key):
    actions.create_webhook(organisation=unit, url="http://127.0.0.1:9/x")
    send(key, "a")
    actions.plan_deliveries(organisation_id=unit.pk)
    actions.note_delivery(delivery_id=Delivery.objects.get().pk, status=200)
    assert actions.prune_deliveries() == 0
    assert actions.prune_deliveries(at=timezone.now() + timedelta(days=91)) == 1


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("UPDATE pledges_letterchange SET what = 'x'", "write-once"),
        ("DELETE FROM pledges_letterchange", "write-once"),
        ("UPDATE pledges_webhook SET url = 'http://elsewhere/'", "write-once"),
        ("UPDATE pledges_delivery SET state = 'x'", "hook_delivery_state_known|delivery_finished"),
    ],
)
def test_raw_sql_cannot_change_what_happened_or_who_is_told(unit, key, sql, why):
    with override_settings(**LOCAL):
        actions.create_webhook(organisation=unit, url="http://127.0.0.1:9/x")
    send(key, "a")
    actions.plan_deliveries(organisation_id=unit.pk)
    with pytest.raises(DatabaseError, match=why), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
