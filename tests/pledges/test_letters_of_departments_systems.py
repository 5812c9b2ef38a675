"""A department's own system publishes through the same door: one letter or many, once each, only in its own name."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from foundation.jobs.worker import run_pending
from foundation.ledger.models import LogEntry
from pledges import actions, queries, steps
from pledges.importers import KNOWN
from pledges.models import ApiKey, Letter, RegistryRow, Submission, SubmissionScan
from pledges.urls import api_patterns
from tests.factories import pledges as make
from tests.factories.accounts import UserFactory
from tests.factories.organisations import OrganisationFactory

pytestmark = pytest.mark.django_db
ADULT, CHILD = "320583199003073015", "320583201503073013"


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


@pytest.fixture
def unit():
    return make.accepting_unit(name="市财政局")


@pytest.fixture
def key(unit):
    return actions.create_api_key(by=UserFactory(), organisation=unit, name="专项资金系统")


def row(**fields):
    return {
        "source_code": "CZ-2026-1",
        "subject_name": "江南示例制造有限公司",
        "subject_category": "legal",
        "subject_id_code": make.USCC,
        "pledge_type": "approval",
        "reason": "申报专项资金",
        "content": "材料真实。\n专款专用。",
        "breach_liability": "依规处理。",
        "publication_type": "public",
        "made_on": "2026-11-01",
    } | fields


def post(client, key, body, kind="application/json"):
    data = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    headers = {"Authorization": f"Bearer {key[1]}"} if key else {}
    response = client.post("/api/v1/letters", data, content_type=kind, headers=headers)
    if response.streaming:
        return response.status_code, [json.loads(line) for line in b"".join(response.streaming_content).splitlines()]
    return response.status_code, response.json()


def test_a_letter_that_is_sent_is_published_logged_and_proved_like_any_other(client, key):
    status, answer = post(client, key, row())
    make.sequence()
    actions.queue_missing_pdfs()
    assert (status, answer["source_code"], answer["pledge_code"][:14]) == (201, "CZ-2026-1", make.DISTRICT + "20261101")
    make.work_off()
    page = client.get(answer["url"].removeprefix("http://localhost:8000")).content.decode()
    for part in ("江南示例制造有限公司", make.USCC, "专款专用。", "市财政局", "向受理单位签署"):
        assert part in page
    assert queries.check_published(answer["verification_code"]).ok
    assert make.pdf_bytes(Letter.objects.get()).startswith(b"%PDF-")


def test_sent_again_it_is_the_first_letter_and_other_text_is_refused(client, key):
    first = post(client, key, row())
    assert post(client, key, row()) == (200, first[1] | {"status": 200})
    status, answer = post(client, key, row(reason="别的事由"))
    assert (status, answer["error"]) == (409, "sent-otherwise")
    assert Letter.objects.count() == Submission.objects.count() == 1
    assert LogEntry.objects.filter(kind="pledge").count() == 1


def test_two_units_may_use_the_same_code(client, key):
    other = actions.create_api_key(by=None, organisation=make.accepting_unit(), name="另一系统")
    assert [post(client, one, row())[0] for one in (key, other)] == [201, 201]


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"subject_name": ""}, {"subject_name"}),
        ({"subject_name": "长" * 201, "pledge_type": "x"}, {"subject_name", "pledge_type"}),
        ({"subject_id_code": "91350100M000100Y44"}, {"subject_id_code"}),
        ({"subject_category": "natural", "subject_id_code": CHILD, "audience": "teacher"}, {"subject_id_code"}),
        ({"subject_category": "natural", "subject_id_code": ADULT}, {"audience"}),
        ({"made_on": "2999-01-01"}, {"made_on"}),
        ({"made_on": "20261101"}, {"made_on"}),
        ({"valid_until": "2026-10-31"}, {"valid_until"}),
        ({"content": "行\x00"}, {"content"}),
        ({"reason": 5}, {"reason"}),
        ({"published": True}, {"published"}),
        ({"accepting_unit_uscc": make.USCC}, {"accepting_unit_uscc"}),
    ],
)
def test_every_wrong_field_is_named_and_nothing_is_stored(client, key, fields, wrong):
    status, answer = post(client, key, row(**fields))
    assert (status, answer["error"], set(answer["fields"])) == (422, "invalid", wrong)
    assert not Letter.objects.exists()


def test_a_name_of_sixty_characters_and_one_with_a_rare_sign_are_taken(client, key):
    for number, name in enumerate(("长" * 60, "示例𬭚业有限公司")):
        assert post(client, key, row(source_code=str(number), subject_name=name))[0] == 201
    make.work_off()
    names = {record.letter.record.public_name for record in queries.public_records()}
    assert names == {"长" * 60, "示例𬭚业有限公司"}


def test_a_persons_identity_number_is_not_kept(client, key):
    person = row(subject_category="natural", subject_id_code=ADULT, audience="teacher", subject_name="林某")
    assert post(client, key, person)[0] == 201
    letter = Letter.objects.get()
    assert (letter.subject, letter.audience, letter.record.subject_id_code) == ("person", "teacher", "")
    assert ADULT not in letter.public_record.body


@pytest.mark.parametrize(("publication", "is_public"), [("public", True), ("limited", False), ("none", False)])
def test_only_what_may_be_public_is(client, key, publication, is_public):
    answer = post(client, key, row(publication_type=publication))[1]
    run_pending()
    assert ("url" in answer, Letter.objects.public().exists()) == (is_public, is_public)
    assert LogEntry.objects.filter(kind="pledge").exists() is is_public


@pytest.mark.parametrize(("publication", "visibility"), [("public", "named"), ("limited", "none"), ("none", "none")])
def test_a_persons_letter_is_public_only_if_it_was_sent_as_public(client, key, publication, visibility):
    person = row(
        subject_category="natural",
        subject_id_code=ADULT,
        audience="teacher",
        subject_unit="某中学",
        publication_type=publication,
    )
    answer = post(client, key, person)[1]
    run_pending()
    letter = Letter.objects.get()
    is_public = visibility == "named"
    assert (letter.visibility, bool(letter.record.public_unit)) == (visibility, is_public)
    assert ("url" in answer, Letter.objects.public().exists()) == (is_public, is_public)
    assert RegistryRow.objects.exists() is is_public
    assert LogEntry.objects.filter(kind="pledge").exists() is is_public


def test_many_are_answered_line_by_line_and_a_wrong_one_leaves_the_others_alone(client, key):
    rows = [row(source_code=f"CZ-{n}") for n in range(120)]
    rows[60] = row(source_code="CZ-60", reason="")
    lines = [json.dumps(one, ensure_ascii=False).encode() for one in rows]
    lines[61] = b"{not json"
    status, answers = post(client, key, b"\n".join(lines), kind="application/x-ndjson")
    assert (status, len(answers), Letter.objects.count()) == (200, 120, 118)
    assert [answers[n]["status"] for n in (0, 60, 61, 119)] == [201, 422, 400, 201]
    assert len({letter.code for letter in Letter.objects.all()}) == 118
    again = post(client, key, b"\n".join(lines), kind="application/x-ndjson")[1]
    assert [a["status"] for a in again if a["status"] != 200] == [422, 400]
    assert Letter.objects.count() == 118


@pytest.mark.parametrize("body", [b" ", b"[]", b'"x"', b'{"a":1,"a":2}', b'{"source_code": 1.5}', b"\xff"])
def test_what_is_no_letter_is_refused_with_the_reason(client, key, body):
    status, answer = post(client, key, body)
    assert (status, answer["error"] in ("malformed", "not-an-object")) == (400, True)


def test_the_length_must_be_said_and_has_a_limit(client, key):
    assert post(client, key, b"")[0] == 411
    assert post(client, key, b" " * 64_001)[0] == 413


def test_without_a_key_in_force_nothing_is_taken_or_told(client, key, unit):
    wrong = (None, key[1][:-1] + ("A" if key[1][-1] != "A" else "B"))
    assert post(client, None, row())[0] == 401
    assert post(client, wrong, row())[0] == 401
    client.force_login(UserFactory(is_superuser=True))
    assert post(client, None, row())[0] == 401
    second = actions.create_api_key(by=None, organisation=unit, name="新钥匙")
    assert actions.revoke_api_key(by=None, key=key[0])
    assert [post(client, one, row())[0] for one in (key, second)] == [401, 201]
    old = actions.create_api_key(by=None, organisation=unit, name="旧钥匙", days=-1)
    assert post(client, old, row())[0] == 401
    assert client.delete("/api/v1/letters").status_code == 405


def test_a_unit_that_only_sends_letters_reaches_them(client, key, unit):
    coordinator = make.coordinator_of(unit)
    client.force_login(coordinator)
    pages = ("/pledges/office/", "/pledges/archive/")
    assert [client.get(page).status_code for page in pages] == [403, 403]
    code = post(client, key, row())[1]["pledge_code"]
    assert [client.get(page).status_code for page in pages] == [200, 200]
    assert code in client.get(pages[0]).content.decode()
    assert pages[0] in [duty.url for duty in steps.LetterDuties().duties_of(coordinator)]
    client.force_login(make.coordinator_of(make.accepting_unit()))
    assert [client.get(page).status_code for page in pages] == [403, 403]


def ask(client, key, **query):
    return client.get("/api/v1/letters", query, headers={"Authorization": f"Bearer {key[1]}"})


def test_a_unit_asks_for_changes_behind_a_cursor_and_sees_nobody_elses(client, key):
    other = actions.create_api_key(by=None, organisation=make.accepting_unit(), name="另一系统")
    for number in range(3):
        post(client, key, row(source_code=str(number)))
    post(client, other, row(source_code="foreign"))
    found = ask(client, key).json()
    told = [(one["source_code"], one["change"], one["number"]) for one in found["letters"]]
    assert told == [("0", "received", 1), ("1", "received", 2), ("2", "received", 3)]
    assert (found["more"], found["cursor"]) == (False, "3")
    assert ask(client, key, cursor="3").json() == {"letters": [], "cursor": "3", "more": False}
    assert ask(client, key, since="2999-01-01T00:00:00+08:00").json()["letters"] == []
    for bad in ({"cursor": "x"}, {"since": "x"}, {"since": "2026-01-01"}):
        assert ask(client, key, **bad).status_code == 400


def call(client, key, method, path, data=None, kind="application/json"):
    body = data if isinstance(data, bytes) else json.dumps(data or {}).encode()
    return client.generic(
        method, f"/api/v1/{path}", body, content_type=kind, headers={"Authorization": f"Bearer {key[1]}"}
    )


def test_a_letter_that_its_unit_ends_is_told_as_ended_and_leaves_the_registry(client, key):
    sent = post(client, key, row())[1]
    path = f"letters/{sent['pledge_code']}/end"
    assert call(client, key, "POST", path, {"reason": "x"}).status_code == 422
    answer = call(client, key, "POST", path, {"reason": "fulfilled"}).json()
    assert (answer["status"], answer["state"], "url" in answer, "ended_at" in answer) == (200, "withdrawn", False, True)
    assert call(client, key, "POST", path, {"reason": "fulfilled"}).json() == answer
    assert [one["change"] for one in ask(client, key).json()["letters"]] == ["received", "ended"]
    assert not RegistryRow.objects.exists()
    assert client.get(f"/l/{sent['verification_code']}").status_code == 410


def test_a_unit_records_how_an_organisation_kept_its_letter(client, key):
    sent = post(client, key, row())[1]
    path = f"letters/{sent['pledge_code']}/fulfilment"
    assert call(client, key, "POST", path, {"fulfilment_status": "whole"}).status_code == 200
    wrong = call(client, key, "POST", path, {"fulfilment_status": "not", "unfulfilled_content": "未按期完成"})
    assert (wrong.status_code, wrong.json()["error"]) == (409, "not-possible")
    assert call(client, key, "POST", path, {"fulfilment_status": "x", "y": 1}).json()["fields"].keys() == {
        "fulfilment_status", "y",
    }  # fmt: skip
    person = row(source_code="P", subject_category="natural", subject_id_code=ADULT, audience="teacher")
    other = post(client, key, person)[1]["pledge_code"]
    assert call(client, key, "POST", f"letters/{other}/fulfilment", {"fulfilment_status": "whole"}).status_code == 409


def test_the_stamped_scan_is_attached_once_and_is_public_as_the_letter_is(client, key):
    sent = post(client, key, row())[1]
    path, scan = f"letters/{sent['pledge_code']}/scan", b"%PDF-1.7\n%" + b"x" * 50
    assert call(client, key, "PUT", path, b"hello" * 10, "text/plain").status_code == 415
    assert [call(client, key, "PUT", path, scan, "application/pdf").status_code for _n in range(2)] == [201, 200]
    assert call(client, key, "PUT", path, scan + b"y", "application/pdf").status_code == 409
    assert RegistryRow.objects.get().has_scan
    assert b"".join(client.get(f"/l/{sent['verification_code']}/scan").streaming_content) == scan
    call(client, key, "POST", f"letters/{sent['pledge_code']}/end", {"reason": "requested"})
    assert client.get(f"/l/{sent['verification_code']}/scan").status_code == 404
    assert not SubmissionScan.objects.exists()


def test_another_units_key_finds_none_of_it(client, key):
    code = post(client, key, row())[1]["pledge_code"]
    other = actions.create_api_key(by=None, organisation=make.accepting_unit(), name="另一系统")
    assert call(client, key, "GET", f"letters/{code}").json()["pledge_code"] == code
    answers = [
        call(client, other, "GET", f"letters/{code}"),
        call(client, other, "PUT", f"letters/{code}/scan", b"%PDF-1.7", "application/pdf"),
        call(client, other, "POST", f"letters/{code}/end", {"reason": "fulfilled"}),
        call(client, other, "POST", f"letters/{code}/fulfilment", {"fulfilment_status": "whole"}),
    ]
    assert [answer.status_code for answer in answers] == [404] * 4


def test_a_key_does_only_what_it_was_made_for(client, unit):
    reader = actions.create_api_key(by=None, organisation=unit, name="只读", scopes=["read"])
    assert post(client, reader, row()) == (403, {"status": 403, "error": "not-allowed", "scope": "send"})
    assert ask(client, reader).status_code == 200
    with pytest.raises(ValueError, match="everything"):
        actions.create_api_key(by=None, organisation=unit, name="x", scopes=["everything"])


def test_a_key_is_replaced_while_both_hold(client, key):
    new = actions.rotate_api_key(by=None, key=key[0], overlap_days=2)
    assert [post(client, one, row())[0] for one in (key, new)] == [201, 200]
    later = timezone.now() + timedelta(days=3)
    with pytest.raises(actions.UnknownKey):
        actions.open_key(text=key[1], at=later)
    assert actions.open_key(text=new[1], at=later).scopes == key[0].scopes


def test_every_call_counts_against_the_limit_of_its_key(client, key):
    with override_settings(API_CALLS=2):
        assert [ask(client, key).status_code for _n in range(3)] == [200, 200, 429]


@pytest.mark.parametrize("many", [1, 60])
def test_many_letters_cost_hardly_more_statements_than_one(key, many):
    sender = actions.Sender(key[0].organisation, key=key[0])
    actions.submit_letters(sender=sender, rows=[row(source_code="first")])
    with CaptureQueriesContext(connection) as seen:
        actions.submit_letters(sender=sender, rows=[row(source_code=f"n{n}") for n in range(many)])
    assert len(seen) <= 40


def test_the_same_code_twice_in_one_call_is_one_letter(client, key):
    lines = [json.dumps(one).encode() for one in (row(), row(), row(reason="别的"))]
    answers = post(client, key, b"\n".join(lines), kind="application/x-ndjson")[1]
    assert ([one["status"] for one in answers], Letter.objects.count()) == ([201, 200, 409], 1)


def test_the_description_names_every_address_and_every_field(client):
    told = client.get("/api/v1/").json()
    patterns = {str(pattern.pattern).replace("<str:", "{").replace(">", "}") for pattern in api_patterns}
    named = {path.removeprefix("/").replace("{pledge_code}", "{code}") for path in told["paths"]}
    assert {path.replace("{id}", "{hook_id}").replace("{delivery}", "{delivery_id}") for path in named} == patterns - {
        ""
    }
    assert set(told["components"]["schemas"]["Letter"]["properties"]) == KNOWN


def test_only_a_hash_of_the_key_is_kept(key):
    stored = ApiKey.objects.get()
    assert key[1].split("-")[1] not in str(stored.__dict__)
    assert len(stored.secret_sha256) == 64


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("UPDATE pledges_apikey SET organisation_id = organisation_id + 1", "write-once"),
        ("UPDATE pledges_submission SET digest = 'x'", "write-once"),
        ("DELETE FROM pledges_submission", "write-once"),
        ("INSERT INTO pledges_apikey (prefix, secret_sha256, organisation_id, name, scopes, created_at, expires_at)"
         " SELECT 'X', 'plain', organisation_id, name, scopes, created_at, expires_at FROM pledges_apikey",
         "api_key_secret"),
    ],
)  # fmt: skip
def test_raw_sql_cannot_change_who_sent_what(client, key, sql, why):
    post(client, key, row())
    with pytest.raises(DatabaseError, match=why), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_keys_are_made_listed_and_revoked_by_command(unit):
    out = StringIO()
    call_command("api_key", create=["市财政局", "专项资金系统"], stdout=out)
    assert actions.open_key(text=out.getvalue().strip()).organisation == unit
    prefix = out.getvalue()[:8]
    call_command("api_key", revoke=prefix, stdout=StringIO())
    with pytest.raises(CommandError):
        call_command("api_key", revoke=prefix)
    with pytest.raises(CommandError):
        call_command("api_key", create=["没有的单位", "x"])
    OrganisationFactory(name="无区划单位")
    with pytest.raises(CommandError):
        call_command("api_key", create=["无区划单位", "x"])
    out = StringIO()
    call_command("api_key", list=True, stdout=out)
    assert "revoked" in out.getvalue()
