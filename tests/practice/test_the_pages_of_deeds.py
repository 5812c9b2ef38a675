"""What learner and coordinator see and post."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from foundation.audit.models import Entry
from practice import actions
from practice.models import Deed, DeedState
from programmes import actions as programme_actions
from tests.factories.practice import Workplace

pytestmark = pytest.mark.django_db


@pytest.fixture
def address(workplace):
    return f"/practice/steps/{workplace.step.public_id}/"


def wording(**change):
    return {
        "promise_key": "letter#1",
        "sentence": "说三天回复，第二天就回了",
        "happened_on": timezone.localdate().isoformat(),
        **change,
    }


def test_a_learner_records_a_deed_with_evidence_and_gets_it_back(workplace, enrolment, client, address):
    client.force_login(enrolment.user)
    assert client.get(address).status_code == 200
    scan = SimpleUploadedFile("扫描件.pdf", b"%PDF-1.4 scan")
    assert client.post(address, wording(evidence=scan)).status_code == 302
    deed = Deed.objects.get()
    page = client.get(address).content.decode()
    assert deed.sentence in page
    file = client.get(f"/practice/evidence/{deed.public_id}/")
    assert (file["Content-Type"], b"".join(file.streaming_content)) == ("application/pdf", b"%PDF-1.4 scan")
    assert file["Content-Disposition"].startswith("attachment")
    assert "no-store" in file["Cache-Control"]


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"sentence": ""}, 400),
        ({"happened_on": "昨天"}, 400),
        ({"promise_key": "letter#7"}, 400),
        ({"evidence": SimpleUploadedFile("a.pdf", b"MZ program")}, 415),
        ({"evidence": SimpleUploadedFile("a.pdf", b"%PDF-1.4" + b"0" * 5000)}, 413),
    ],
)
def test_a_wrong_form_is_answered_with_its_status_and_stores_nothing(
    workplace, enrolment, client, address, settings, change, status
):
    settings.UPLOAD_MAX_BYTES = 4000
    client.force_login(enrolment.user)
    response = client.post(address, wording(**change))
    assert response.status_code == status
    assert Deed.objects.count() == 0


def test_evidence_is_shown_to_its_learner_and_to_who_leads_them_and_every_look_is_logged(workplace, enrolment, client):
    deed = workplace.deed(enrolment, evidence=SimpleUploadedFile("a.png", b"\x89PNG\r\n\x1a\n0000000000"))
    allowed, stranger = workplace.coordinator, Workplace().coordinator
    answers = {}
    for who, user in {"leader": allowed, "stranger": stranger, "colleague": workplace.learner().user}.items():
        client.force_login(user)
        answers[who] = client.get(f"/practice/evidence/{deed.public_id}/").status_code
    assert answers == {"leader": 200, "stranger": 404, "colleague": 404}
    look = Entry.objects.get(action="practice.open_evidence")
    assert (look.target, look.details) == (f"accounts.User:{enrolment.user_id}", {"deed": deed.pk})


def test_a_deed_that_came_back_is_corrected_on_the_page(workplace, enrolment, client, address):
    deed = workplace.deed(enrolment)
    client.force_login(enrolment.user)
    assert client.get(f"{address}{deed.public_id}/correct/").status_code == 302
    actions.return_deed(by=workplace.coordinator, public_id=deed.public_id, reason="写清是哪一天")
    assert "写清是哪一天" in client.get(f"{address}{deed.public_id}/correct/").content.decode()
    assert client.post(f"{address}{deed.public_id}/correct/", wording(sentence="周三上午")).status_code == 302
    deed.refresh_from_db()
    assert (deed.state, deed.sentence) == (DeedState.SUBMITTED, "周三上午")


def test_a_deed_is_taken_back_until_it_is_confirmed(workplace, enrolment, client, address):
    deed, kept = workplace.deed(enrolment), workplace.deed(enrolment, "另一件")
    actions.confirm_deeds(by=workplace.coordinator, public_ids=[kept.public_id])
    client.force_login(enrolment.user)
    for row in (deed, kept):
        assert client.post(f"{address}{row.public_id}/withdraw/").status_code == 302
    states = dict(Deed.objects.values_list("sentence", "state"))
    assert states == {deed.sentence: DeedState.WITHDRAWN, kept.sentence: DeedState.CONFIRMED}
    client.force_login(workplace.learner().user)
    assert client.post(f"{address}{kept.public_id}/withdraw/").status_code == 404


def test_a_closed_programme_shows_the_deeds_of_a_complete_step_without_a_form(workplace, enrolment, client, address):
    deeds = [workplace.deed(enrolment, f"第{n}件事") for n in (1, 2)]
    actions.confirm_deeds(by=workplace.coordinator, public_ids=[d.public_id for d in deeds])
    programme_actions.close_programme(by=None, programme=workplace.programme)
    client.force_login(enrolment.user)
    page = client.get(address)
    assert page.status_code == 200
    assert '<form method="post" enctype' not in page.content.decode()
    assert client.post(address, wording()).status_code == 403


def test_a_coordinator_confirms_what_is_ticked_and_filters_by_unit_and_state(workplace, client):
    here, above = workplace.learner(), workplace.learner(workplace.department)
    deeds = [workplace.deed(here, "科室的事"), workplace.deed(above, "局里的事")]
    foreign = Workplace()
    foreign.deed(foreign.learner(), "别处的事")
    client.force_login(workplace.coordinator)

    def shown(query=""):
        page = client.get(f"/practice/confirm/{query}").content.decode()
        return [word for word in ("科室的事", "局里的事", "别处的事") if word in page]

    assert shown() == ["科室的事", "局里的事"]
    assert shown(f"?unit={workplace.section.code}") == ["科室的事"]
    assert shown(f"?unit={foreign.section.code}") == []
    assert shown("?state=confirmed") == []
    assert shown("?state=nonsense&page=99") == ["科室的事", "局里的事"]
    response = client.post("/practice/confirm/", {"deed": [deeds[0].public_id]})
    assert (response.status_code, response["Location"]) == (302, "/practice/confirm/?unit=&state=submitted")
    assert shown() == ["局里的事"]
    assert shown("?state=confirmed") == ["科室的事"]


def test_a_coordinator_sends_one_back_with_a_reason(workplace, enrolment, client):
    deed = workplace.deed(enrolment)
    client.force_login(workplace.coordinator)
    page = f"/practice/confirm/{deed.public_id}/"
    assert client.get(page).status_code == 200
    assert client.post(page, {"reason": " "}).status_code == 400
    assert client.post(page, {"reason": "写清是哪一天"}).status_code == 302
    assert client.get(page).status_code == 302
    deed.refresh_from_db()
    assert deed.state == DeedState.RETURNED
    client.force_login(Workplace().coordinator)
    assert client.get(page).status_code == 404
