"""An office asks, the handler signs through the link, once; files are what they say they are."""

import datetime as dt
import json
import re
from hashlib import sha256
from pathlib import Path

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from organisations.models import Kind, Role
from pledges import actions
from pledges.models import Letter, LetterRequest, OrganisationSigning
from pledges.personal import LetterData
from privacy.actions import erase_person
from tests.factories import pledges as make
from tests.factories.accounts import UserFactory
from tests.factories.organisations import MembershipFactory, OrganisationFactory
from tests.factories.passkeys import SoftPasskey
from tlog import assertion

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7 authorisation"
PNG = b"\x89PNG\r\n\x1a\n scan"


@pytest.fixture(autouse=True)
def _no_limits_left_over():
    cache.clear()


@pytest.fixture
def request_():
    return make.request()


@pytest.fixture
def handler(client):
    user = UserFactory(name="经办某")
    client.force_login(user)
    return user


def url(found):
    return reverse("pledges:request", args=[found.token])


def upload(name, data):
    return SimpleUploadedFile(name, data)


def answer(**changes):
    values = {
        "handler_name": "经办某", "handler_role": "法务", "visibility": "named", "confirmed": "on",
        "password": "correct horse", "authorisation": upload("a.pdf", PDF), "scan": upload("s.png", PNG),
        "scan_is_public": "on",
    } | changes  # fmt: skip
    return {key: value for key, value in values.items() if value is not None}


def test_the_holder_of_the_link_signs_with_an_authorisation(client, handler, request_):
    response = client.post(url(request_), answer())
    letter = Letter.objects.get()
    assert response.headers["Location"] == reverse("pledges:own", args=[letter.public_id])
    record = letter.record
    assert (record.subject_name, record.subject_id_code) == ("江南示例制造有限公司", make.USCC)
    assert (record.subject_category, record.public_name) == ("legal", "江南示例制造有限公司")
    signing = OrganisationSigning.objects.get()
    assert (signing.scan_type, signing.is_member, signing.scan_is_public) == ("image/png", False, True)
    request_.refresh_from_db()
    assert (request_.state, request_.letter) == ("signed", letter)


def test_a_link_signs_once(client, handler, request_):
    client.post(url(request_), answer())
    assert client.post(url(request_), answer()).status_code == 404
    assert client.get(url(request_)).status_code == 404
    with pytest.raises(actions.RequestGone):
        actions.sign_for_organisation(
            by=handler, request=request_, handler_name="x", handler_role="x", visibility="named",
            reading=make.reading(handler),
        )  # fmt: skip
    assert Letter.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"scan": upload("s.pdf", b"MZ not a pdf")}, "这个文件不是"),
        ({"authorisation": upload("a.pdf", b"<html>")}, "这个文件不是"),
        ({"authorisation": None}, None),
        ({"visibility": "unit"}, None),
        ({"password": "wrong"}, "密码不对"),
        ({"confirmed": None}, None),
    ],
)
def test_what_does_not_fit_signs_nothing(client, handler, request_, changes, word):
    response = client.post(url(request_), answer(**changes))
    assert response.status_code == 400
    assert word is None or word in response.content.decode()
    assert not Letter.objects.exists()


def test_a_file_over_the_limit_is_refused(client, handler, request_, settings):
    settings.UPLOAD_MAX_BYTES = 10
    assert client.post(url(request_), answer()).status_code == 400
    assert not Letter.objects.exists()


def test_a_member_of_the_organisation_needs_no_authorisation(client, handler, request_):
    enterprise = OrganisationFactory(kind=Kind.ENTERPRISE, uscc=make.USCC)
    MembershipFactory(user=handler, organisation=enterprise)
    assert client.post(url(request_), answer(authorisation=None)).status_code == 302
    assert OrganisationSigning.objects.get().is_member is True


@pytest.fixture
def member(handler):
    """The handler belongs to the organisation and has a passkey."""
    MembershipFactory(user=handler, organisation=OrganisationFactory(kind=Kind.ENTERPRISE, uscc=make.USCC))
    return SoftPasskey(handler)


def by_passkey(**changes):
    return answer(way="passkey", password=None, authorisation=None, scan=None, scan_is_public=None, **changes)


def question_of(page):
    return json.loads(re.search(r'id="passkey-question" type="application/json">(.*?)</script>', page)[1])


def test_a_member_signs_with_a_passkey_that_names_the_organisation(client, handler, member, request_):
    assert 'value="passkey"' in client.get(url(request_)).content.decode()
    page = client.post(url(request_), by_passkey()).content.decode()
    assert "江南示例制造有限公司" in page
    assert not Letter.objects.exists()
    said = {"assertion": member.answer(question_of(page))}
    assert client.post(url(request_), by_passkey(visibility="none") | said).status_code == 400
    said = {"assertion": member.answer(question_of(client.post(url(request_), by_passkey()).content.decode()))}
    assert client.post(url(request_), by_passkey() | said).status_code == 302
    letter = Letter.objects.get()
    assert letter.evidence.level == "passkey"
    found = actions.open_evidence(code=letter.public_id, reason="核对")
    statement = assertion.check(found["how"]["passkey"])
    assert (statement["signer"], statement["onBehalfOf"]) == (handler.public_id, make.USCC)
    assert statement["letter"]["textHash"] == found["what"]["textSigned"]


def test_a_passkey_takes_no_files_along_and_is_offered_to_members_only(client, handler, request_):
    SoftPasskey(handler)
    assert 'value="passkey"' not in client.get(url(request_)).content.decode()
    assert client.post(url(request_), answer(way="passkey", password=None)).status_code == 400
    MembershipFactory(user=handler, organisation=OrganisationFactory(kind=Kind.ENTERPRISE, uscc=make.USCC))
    refused = client.post(url(request_), by_passkey() | {"scan": upload("s.png", PNG)})
    assert (refused.status_code, "通行密钥不能携带文件" in refused.content.decode()) == (400, True)
    assert not Letter.objects.exists()


def test_the_scan_is_public_only_with_the_letter_and_only_if_the_handler_said_so(client, handler):
    for public, status in (("on", 200), (None, 404)):
        found = make.request()
        client.post(url(found), answer(scan_is_public=public))
        letter = LetterRequest.objects.get(pk=found.pk).letter
        address = reverse("pledges:letter-scan", args=[letter.public_id])
        assert client.get(address).status_code == 404
        actions.publish_letter(letter_id=letter.pk)
        response = client.get(address)
        assert response.status_code == status
        if status == 200:
            assert b"".join(response.streaming_content) == PNG
            assert response.headers["Content-Disposition"].startswith("attachment")


def test_the_handler_and_the_authorisation_are_never_public(client, handler, request_):
    client.post(url(request_), answer())
    letter = Letter.objects.get()
    actions.publish_letter(letter_id=letter.pk)
    client.logout()
    for name in ("letter", "letter-json"):
        html = client.get(reverse(f"pledges:{name}", args=[letter.public_id])).content.decode()
        assert "江南示例制造有限公司" in html
        assert make.USCC in html
        assert "经办某" not in html


def test_expired_cancelled_and_unknown_links_lead_nowhere(client, handler, request_):
    old = make.request(template=request_.template)
    LetterRequest.objects.filter(pk=old.pk).update(expires_on=timezone.localdate() - dt.timedelta(days=1))
    actions.cancel_request(by=request_.requested_by, request=request_)
    assert [client.get(address).status_code for address in (url(old), url(request_), "/pledges/r/NOTHING/")] == [
        404
    ] * 3


def test_a_minor_cannot_sign_for_an_organisation(client, request_):
    client.force_login(UserFactory(child=True))
    assert client.get(url(request_)).status_code == 404


def test_only_the_accepting_unit_asks(client, request_):
    template = request_.template
    outsiders = [UserFactory(), make.coordinator_of(OrganisationFactory()), UserFactory()]
    MembershipFactory(user=outsiders[2], organisation=template.accepting_unit, role=Role.MEMBER)
    for user in outsiders:
        with pytest.raises(actions.NotYourUnit):
            actions.request_letter(by=user, template=template, organisation_name="某公司", uscc=make.USCC)
    client.force_login(outsiders[0])
    assert client.get(reverse("pledges:requests")).status_code == 403
    assert client.post(reverse("pledges:cancel-request", args=[request_.token])).status_code == 404


def test_a_wrong_code_of_the_organisation_is_refused(client, request_):
    with pytest.raises(ValidationError):
        make.request(template=request_.template, uscc="91350100M000100Y4Z")
    client.force_login(request_.requested_by)
    form = {"template": request_.template.pk, "organisation_name": "某公司", "uscc": "91350100M000100Y4Z"}
    assert client.post(reverse("pledges:requests"), form).status_code == 400
    assert client.post(reverse("pledges:requests"), form | {"uscc": make.USCC}).status_code == 302
    assert LetterRequest.objects.count() == 2


@pytest.mark.parametrize("letters", [1, 3])
def test_the_list_of_requests_takes_the_same_number_of_statements(client, letters, django_assert_max_num_queries):
    first = make.request()
    for _n in range(letters - 1):
        actions.request_letter(
            by=first.requested_by, template=first.template, organisation_name="某公司", uscc=make.USCC
        )
    client.force_login(first.requested_by)
    with django_assert_max_num_queries(20):
        page = client.get(reverse("pledges:requests")).content.decode()
    assert page.count('class="code l-link"') == letters


def signed_with_files(client, request_):
    """A published letter with a public scan and an authorisation: (the letter, its two files)."""
    client.post(url(request_), answer())
    letter = Letter.objects.get()
    actions.publish_letter(letter_id=letter.pk)
    signing = OrganisationSigning.objects.get()
    return letter, signing.scan, signing.authorisation


def on_disk():
    """Every file in the private storage, by what it holds."""
    root = Path(storages["private"].location)
    return sorted(path.read_bytes() for path in root.rglob("*") if path.is_file())


def stored():
    """What the database holds of a signing, past all models."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT handler_name, handler_role, scan, scan_type, scan_sha256, scan_is_public, authorisation <> ''"
            " FROM pledges_organisationsigning"
        )
        return [(*row[:5], bool(row[5]), bool(row[6])) for row in cursor.fetchall()]


def test_a_letter_that_ends_takes_scan_and_handler_with_it_and_the_office_keeps_a_sealed_copy(
    client, handler, request_, django_capture_on_commit_callbacks
):
    letter, scan, _authorisation = signed_with_files(client, request_)
    assert {PDF, PNG} <= set(on_disk())
    office = request_.requested_by
    with django_capture_on_commit_callbacks(execute=True):
        actions.end_letter(by=office, letter=letter, reason="fulfilled")
    assert stored() == [("", "", "", "", "", False, True)]
    assert not storages["private"].exists(scan)
    assert (PNG in on_disk(), PDF in on_disk()) == (False, True)
    texts = actions.open_archived(by=office, archived=letter.archived, reason="核查")
    assert texts["handler"] == {"name": "经办某", "position": "法务"}
    assert texts["scanHash"] == sha256(PNG).hexdigest()
    client.logout()
    assert client.get(reverse("pledges:letter-scan", args=[letter.public_id])).status_code == 404
    client.force_login(office)
    page = client.post(reverse("pledges:archived", args=[letter.public_id]), {"reason": "核查当年承诺的办理情况"})
    assert "经办某 · 法务" in page.content.decode()


def test_the_authorisation_goes_with_the_sealed_evidence(client, handler, request_, django_capture_on_commit_callbacks):
    letter, _scan, authorisation = signed_with_files(client, request_)
    last = dt.datetime.combine(letter.valid_until, dt.time(4), dt.UTC)
    assert actions.forget_evidence(before=last, limit=10) == 0
    assert storages["private"].exists(authorisation)
    with django_capture_on_commit_callbacks(execute=True):
        assert actions.forget_evidence(before=last + dt.timedelta(days=1), limit=10) == 1
    assert stored() == [("", "", "", "", "", False, False)]
    assert (PNG in on_disk(), PDF in on_disk()) == (False, False)


def test_a_handler_who_is_erased_leaves_the_organisations_letter_alone(client, handler, request_):
    letter, scan, authorisation = signed_with_files(client, request_)
    assert list(LetterData().holds(handler)) == []
    erase_person(by=None, user=handler)
    assert [row[:2] for row in stored()] == [("", "")]
    assert [storages["private"].exists(file) for file in (scan, authorisation)] == [True, True]
    assert Letter.objects.get().state == "in_force"
    client.logout()
    page = client.get(reverse("pledges:letter", args=[letter.public_id]))
    assert (page.status_code, "江南示例制造有限公司" in page.content.decode()) == (200, True)


def test_a_handlers_copy_of_their_data_has_what_they_gave(client, handler, request_):
    signed_with_files(client, request_)
    (section,) = [one for one in LetterData().sections(handler) if one.key == "signings"]
    assert [next(iter(row.values())) for row in section.rows] == ["经办某"]
    assert sorted(read() for _name, read in section.files) == sorted([PDF, PNG])


def test_letters_that_ended_before_are_tidied_once(client, handler, request_, django_capture_on_commit_callbacks):
    letter, scan, _authorisation = signed_with_files(client, request_)
    Letter.objects.filter(pk=letter.pk).update(state="withdrawn", withdrawn_at=timezone.now())
    with django_capture_on_commit_callbacks(execute=True):
        assert [actions.tidy_letters(), actions.tidy_letters()] == [1, 0]
    assert stored() == [("", "", "", "", "", False, True)]
    assert not storages["private"].exists(scan)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE pledges_organisationsigning SET handler_name = 'another'",
        "UPDATE pledges_organisationsigning SET scan = 'scans/another.png'",
        "UPDATE pledges_organisationsigning SET is_member = NOT is_member",
        "DELETE FROM pledges_organisationsigning",
    ],
)
def test_who_signed_can_be_let_go_and_never_be_another(client, handler, request_, sql):
    signed_with_files(client, request_)
    with pytest.raises(DatabaseError, match="write-once"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
