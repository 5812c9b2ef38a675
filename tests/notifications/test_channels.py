"""Copies really leave the site: each channel speaks to a server that answers as its provider documents."""

import base64
import datetime as dt
import hashlib
import hmac
import json
from urllib.parse import parse_qs, quote

import pytest
from django.contrib.auth.models import Group
from django.core import mail
from django.core.cache import cache
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from foundation.jobs import worker
from foundation.jobs.models import Job
from notifications import actions, queries, registry
from notifications.models import Delivery, Message, Mute
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db
TOKEN = (200, {"errcode": 0, "errmsg": "ok", "access_token": "tok-1", "expires_in": 7200})
TOKEN_2 = (200, {"errcode": 0, "errmsg": "ok", "access_token": "tok-2", "expires_in": 7200})
TAKEN = (200, {"errcode": 0, "errmsg": "ok", "msgid": "m1"})


@pytest.fixture(autouse=True)
def _kinds():
    before = dict(registry.KINDS)
    registry.register("tests.urgent", label="紧急", is_urgent=True)
    registry.register("tests.digest", label="小结", is_required=False)
    registry.register("tests.calm", label="不急", is_calm=True)
    cache.clear()
    yield
    registry.KINDS.clear()
    registry.KINDS.update(before)


@pytest.fixture
def wecom(settings, provider):
    settings.WECOM_URL, settings.WECOM_CORP_ID = provider.url, "corp"
    settings.WECOM_SECRET, settings.WECOM_AGENT_ID = "secret", 1000002
    return provider


@pytest.fixture
def sms(settings, provider):
    settings.SMS_URL, settings.SMS_KEY_ID, settings.SMS_KEY_SECRET = f"{provider.url}/", "key-id", "key-secret"
    settings.SMS_SIGN_NAME, settings.SMS_TEMPLATE = "信行", "SMS_1"
    return provider


@pytest.fixture
def webhook(settings, provider):
    settings.WEBHOOK_URL, settings.WEBHOOK_SECRET = f"{provider.url}/hook", "shared"
    return provider


def notify(user, kind="tests.urgent", **kwargs):
    return actions.notify(user=user, kind=kind, subject="考试明天截止", **kwargs)


def work(times=1):
    for _ in range(times):
        Job.objects.filter(state="ready").update(run_at=timezone.now())
        worker.run_pending(limit=20)


def log():
    return list(Delivery.objects.order_by("pk").values_list("channel", "address", "state", "error"))


def test_wecom_gets_a_card_with_the_link_and_the_token_is_kept(wecom):
    wecom.answers = [TOKEN, TAKEN, TAKEN]
    user = UserFactory(employee_number="E1")
    notify(user, body="还差一步", url="/my/")
    work()
    notify(user)
    work()
    (get, *_), (path, query, _headers, body), (_path, _query, _h, second) = wecom.asked
    assert (get, path, query) == ("/cgi-bin/gettoken", "/cgi-bin/message/send", {"access_token": "tok-1"})
    card = json.loads(body)
    assert (card["touser"], card["agentid"], card["msgtype"], card["textcard"]) == (
        "E1",
        1000002,
        "textcard",
        {"title": "考试明天截止", "description": "还差一步", "url": "http://localhost:8000/my/"},
    )
    assert json.loads(second)["text"] == {"content": "考试明天截止"}
    assert log() == [("wecom", "E1", "sent", "")] * 2


def test_wecom_fetches_a_token_that_ran_out_once_and_sends_in_the_same_attempt(wecom):
    wecom.answers = [TOKEN, (200, {"errcode": 42001, "errmsg": "access_token expired"}), TOKEN_2, TAKEN]
    notify(UserFactory(employee_number="E1"))
    work()
    assert [query.get("access_token") for _path, query, *_ in wecom.asked] == [None, "tok-1", None, "tok-2"]
    assert log() == [("wecom", "E1", "sent", "")]


def test_wecom_that_has_had_too_many_calls_is_tried_again_later_and_the_failure_is_logged(wecom):
    wecom.answers = [TOKEN, (200, {"errcode": 45009, "errmsg": "api freq out of limit"}), TAKEN]
    notify(UserFactory(employee_number="E1"))
    work()
    job = Job.objects.get(kind="notifications.wecom")
    assert (job.state, job.run_at > timezone.now()) == ("ready", True)
    work()
    assert [(row[2], "45009" in row[3]) for row in log()] == [("failed", True), ("sent", False)]


@pytest.mark.parametrize(
    "answer",
    [
        (200, {"errcode": 60111, "errmsg": "userid not found"}),
        (200, {"errcode": 0, "errmsg": "ok", "invaliduser": "e1|e9"}),
    ],
)
def test_wecom_that_does_not_know_the_person_is_not_asked_again(wecom, answer):
    wecom.answers = [TOKEN, answer]
    notify(UserFactory(employee_number="E1"))
    work(3)
    assert [(row[2], row[3] != "") for row in log()] == [("failed", True)]
    assert Job.objects.get(kind="notifications.wecom").state == "done"


@pytest.mark.parametrize("answer", [(200, b"<html>"), (502, b""), (302, {})])
def test_an_answer_that_is_no_answer_is_logged_and_tried_again(wecom, answer):
    wecom.answers = [answer]
    notify(UserFactory(employee_number="E1"))
    work()
    assert ([row[2] for row in log()], Job.objects.get(kind="notifications.wecom").state) == (["failed"], "ready")
    assert len(wecom.asked) == 1


def test_a_text_message_is_signed_as_the_gateway_computes_it_and_only_urgent_kinds_cost_one(sms):
    sms.answers = [(200, {"Code": "OK", "Message": "OK", "BizId": "1", "RequestId": "r"})]
    user = UserFactory(phone="13800000000")
    notify(user)
    notify(user, kind="tests.calm")
    work()
    ((_path, _query, _headers, body),) = sms.asked
    fields = {name: values[0] for name, values in parse_qs(body.decode()).items()}
    signed = fields.pop("Signature")
    canonical = "&".join(f"{quote(k, safe='-_.~')}={quote(fields[k], safe='-_.~')}" for k in sorted(fields))
    text = f"POST&%2F&{quote(canonical, safe='-_.~')}"
    expected = hmac.new(b"key-secret&", text.encode(), hashlib.sha1).digest()
    assert base64.b64decode(signed) == expected
    assert (fields["PhoneNumbers"], json.loads(fields["TemplateParam"])) == ("13800000000", {"title": "考试明天截止"})
    assert log() == [("sms", "13800000000", "sent", "")]


@pytest.mark.parametrize(
    ("code", "state"), [("isv.BUSINESS_LIMIT_CONTROL", "ready"), ("isv.MOBILE_NUMBER_ILLEGAL", "done")]
)
def test_a_limit_of_the_gateway_passes_and_a_wrong_number_does_not(sms, code, state):
    sms.answers = [(200, {"Code": code, "Message": "no"})]
    notify(UserFactory(phone="13800000000"))
    work()
    assert (Job.objects.get(kind="notifications.sms").state, code in log()[0][3]) == (state, True)


def test_the_webhook_is_signed_with_its_moment(webhook):
    webhook.answers = [(204, b"")]
    user = UserFactory()
    message = notify(user, url="/my/")
    work()
    ((path, _query, headers, body),) = webhook.asked
    moment = headers["X-Xinxing-Timestamp"]
    expected = hmac.new(b"shared", moment.encode() + b"." + body, hashlib.sha256).hexdigest()
    assert (path, headers["X-Xinxing-Signature"]) == ("/hook", f"sha256={expected}")
    told = json.loads(body)
    assert (told["id"], told["user"], told["url"]) == (
        message.public_id,
        user.public_id,
        "http://localhost:8000/my/",
    )


@pytest.mark.parametrize(("status", "state"), [(500, "ready"), (429, "ready"), (410, "done"), (301, "ready")])
def test_the_webhook_is_tried_again_unless_its_answer_will_stay_the_same(webhook, status, state):
    webhook.answers = [(status, b"")]
    notify(UserFactory())
    work()
    assert (Job.objects.get(kind="notifications.webhook").state, len(webhook.asked)) == (state, 1)


def test_a_server_that_is_away_is_logged(settings):
    settings.WEBHOOK_URL, settings.WEBHOOK_SECRET = "http://127.0.0.1:9/", "shared"
    notify(UserFactory())
    work()
    assert [row[2] for row in log()] == ["failed"]


def test_a_channel_is_silent_until_it_is_set_up():
    notify(UserFactory(employee_number="E1", phone="13800000000"))
    assert Job.objects.filter(kind__startswith="notifications.").count() == 0


def test_what_is_not_required_can_be_unsubscribed_from_the_mail_without_signing_in(client):
    user = UserFactory(email="lin@example.org")
    notify(user, kind="tests.digest")
    work()
    (copy,) = mail.outbox
    address = copy.extra_headers["List-Unsubscribe"].strip("<>")
    path = address.removeprefix("http://localhost:8000")
    assert (address in copy.body, "小结" in client.get(path).content.decode(), Mute.objects.count()) == (True, True, 0)
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert strict.post(path).status_code == 200
    assert Mute.objects.values_list("user_id", "kind").get() == (user.pk, "tests.digest")
    notify(user, kind="tests.digest")
    notify(user)
    work()
    assert [m.subject for m in mail.outbox] == ["考试明天截止"] * 2
    assert Message.objects.filter(user=user).count() == 3
    assert client.get(path[:-2] + "x/").status_code == 404


def test_what_is_required_cannot_be_unsubscribed(client):
    user = UserFactory()
    token = queries.unsubscribe_token(user.pk, "tests.urgent")
    assert client.post(f"/inbox/unsubscribe/{token}/").status_code == 200
    assert Mute.objects.count() == 0


def test_kinds_are_chosen_on_a_page_of_ones_own(client):
    user, other = UserFactory(), UserFactory()
    Mute.objects.create(user=other, kind="tests.digest", since=timezone.now())
    client.force_login(user)
    page = client.get("/inbox/settings/").content.decode()
    assert ("小结" in page, "紧急" in page) == (True, False)
    client.post("/inbox/settings/", {"kind": ["nonsense"]})
    assert set(Mute.objects.filter(kind="tests.digest").values_list("user_id", flat=True)) == {user.pk, other.pk}
    wanted = [kind.name for kind in registry.optional()]
    client.post("/inbox/settings/", {"kind": wanted})
    assert list(Mute.objects.values_list("user_id", flat=True)) == [other.pk]
    client.logout()
    assert client.get("/inbox/settings/").status_code == 302


CHINA = dt.timezone(dt.timedelta(hours=8))


@pytest.mark.parametrize(
    ("now", "opening"),
    [
        ((2026, 11, 24, 10, 0), (2026, 11, 24, 10, 0)),
        ((2026, 11, 24, 7, 0), (2026, 11, 24, 8, 30)),
        ((2026, 11, 24, 21, 0), (2026, 11, 25, 8, 30)),
        ((2026, 11, 27, 20, 0), (2026, 11, 30, 8, 30)),
        ((2026, 9, 30, 22, 0), (2026, 10, 8, 8, 30)),
        ((2026, 10, 10, 9, 0), (2026, 10, 10, 9, 0)),
        ((2026, 2, 17, 3, 0), (2026, 2, 24, 8, 30)),
    ],
)
def test_copies_of_a_calm_kind_wait_for_a_working_day_outside_the_quiet_hours(now, opening):
    moment, expected = dt.datetime(*now, tzinfo=CHINA), dt.datetime(*opening, tzinfo=CHINA)
    assert queries.next_opening(moment) == expected
    notify(UserFactory(email="lin@example.org"), kind="tests.calm", at=moment)
    job = Job.objects.get(kind=actions.EMAIL_JOB)
    assert job.run_at == expected


def test_many_messages_cost_as_many_statements_as_one(wecom):
    counts = []
    for number in (1, 3):
        people = [UserFactory(email=f"p{number}{n}@example.org", employee_number=f"{number}{n}") for n in range(number)]
        drafts = [actions.Draft(user.pk, "tests.digest", "小结") for user in people]
        with CaptureQueriesContext(connection) as captured:
            actions.notify_all(drafts=drafts)
        counts.append(len(captured))
    assert (counts[0], Job.objects.filter(kind__startswith="notifications.").count()) == (counts[1], 8)


def test_the_log_is_for_those_who_may_see_it(client):
    boss = UserFactory(is_superuser=True)
    (message,) = [notify(boss)]
    actions.log_delivery(message_id=message.pk, channel="sms", address="13800000000", error="isv.LIMIT")
    client.force_login(boss)
    assert "isv.LIMIT" in client.get("/admin/deliveries/").content.decode()
    office = UserFactory()
    office.groups.add(Group.objects.get(name="credit office"))
    client.force_login(office)
    assert "13800000000" in client.get("/admin/deliveries/").content.decode()
    client.force_login(UserFactory())
    assert client.get("/admin/deliveries/").status_code in (302, 403)


def test_who_leads_a_person_reads_of_copies_of_reminders_and_no_address():
    user, other = UserFactory(), UserFactory()
    for person, kind in ((user, "programmes.due"), (user, "privacy.ready"), (other, "programmes.due")):
        message = actions.notify(user=person, kind=kind, subject="一件事")
        actions.log_delivery(message_id=message.pk, channel="sms", address="13800000000", error="isv.LIMIT")
        actions.log_delivery(message_id=message.pk, channel="email", address="a@example.org")
    found = queries.copies_to(user.pk, kinds="programmes.", limit=10)
    assert [(way, word) for way, word, _at in found] == [("电子邮件", "已发送"), ("短信", "没有送达")]
    assert len(queries.copies_to(user.pk, kinds="programmes.", limit=1)) == 1


def test_the_database_refuses_to_mute_twice():
    user = UserFactory()
    Mute.objects.create(user=user, kind="tests.digest", since=timezone.now())
    with pytest.raises(DatabaseError), transaction.atomic():
        Mute.objects.create(user=user, kind="tests.digest", since=timezone.now())
