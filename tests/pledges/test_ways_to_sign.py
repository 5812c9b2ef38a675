"""Name and password, drawn, with a passkey, on the spot, a class together: what each needs, and what it leaves."""

import json
import re

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import translation

from organisations.models import Role
from pledges import actions
from pledges.models import Letter, SealedExtra, SigningEvidence
from programmes.models import StepCompletion
from tests.factories import pledges as make
from tests.factories.accounts import UserFactory
from tests.factories.organisations import MembershipFactory, OrganisationFactory
from tests.factories.passkeys import SoftPasskey, flipped
from tests.factories.programmes import EnrolmentFactory
from tests.pledges.test_the_signing_page import PASSWORD, answer
from tlog import assertion
from tlog.errors import TlogError
from tlog.leaf import canonical

pytestmark = pytest.mark.django_db
STROKES = json.dumps([[[n * 10, 500 - n] for n in range(20)]])


@pytest.fixture(autouse=True)
def _no_limits_left_over():
    cache.clear()


@pytest.fixture
def enrolled():
    return make.enrolment(user=UserFactory(name="林某"))


@pytest.fixture
def url(enrolled):
    return reverse("pledges:sign", args=[make.step_of(enrolled).public_id])


@pytest.fixture
def learner(client, enrolled):
    client.force_login(enrolled.user)
    return client


def opened(letter):
    return actions.open_evidence(code=letter.public_id, reason="a dispute")


def test_a_drawn_signature_is_evidence_and_nothing_else(learner, url, client):
    assert learner.post(url, answer(way="drawn", strokes=STROKES)).status_code == 302
    letter = Letter.objects.get()
    evidence = SigningEvidence.objects.get()
    assert (evidence.level, evidence.method) == ("drawn", "drawn")
    found = opened(letter)
    assert found["how"]["strokes"] == evidence.strokes_sha256
    assert json.loads(found["extras"]["signature"]) == json.loads(STROKES)
    make.work_off()
    pages = [learner.get(reverse(f"pledges:{name}", args=[letter.public_id])).content
             for name in ("letter", "letter-json", "own")]  # fmt: skip
    assert all(evidence.strokes_sha256.encode() not in page for page in pages)
    assert "重新输入密码并手写签名" in pages[0].decode()
    actions.withdraw_letter(by=letter.signer, letter=letter)
    assert list(SealedExtra.objects.values_list("kind", flat=True)) == ["address"]


@pytest.mark.parametrize(
    "strokes", ["", "[]", "[[[1,1]]]", "{}", "[[[1,2001]]]", "[[[1,true]]]", "[[[1.5,2]]]", "x", "[[1,2]]",
                json.dumps([[[1, 1]] * 7000])],
)  # fmt: skip
def test_what_is_no_drawing_signs_nothing(learner, url, strokes):
    assert learner.post(url, answer(way="drawn", strokes=strokes)).status_code == 400
    assert not Letter.objects.exists()


def test_a_passkey_is_offered_only_to_who_has_one(learner, url, enrolled):
    assert 'value="passkey"' not in learner.get(url).content.decode()
    assert learner.post(url, answer(way="passkey")).status_code == 400
    SoftPasskey(enrolled.user)
    assert 'value="passkey"' in learner.get(url).content.decode()


def ask(learner, url, **changes):
    """The question that the page between asks, and what goes with its answer."""
    given = answer(way="passkey", password="", **changes)
    page = learner.post(url, given).content.decode()
    return json.loads(re.search(r'id="passkey-question" type="application/json">(.*?)</script>', page)[1]), given


def test_a_passkey_signs_the_hash_of_the_letter_and_anybody_can_check_it_later(learner, url, enrolled):
    key = SoftPasskey(enrolled.user)
    question, given = ask(learner, url)
    assert not Letter.objects.exists()
    assert learner.post(url, given | {"assertion": key.answer(question)}).status_code == 302
    letter = Letter.objects.get()
    assert letter.evidence.level == "passkey"
    evidence = opened(letter)["how"]["passkey"]
    statement = assertion.check(evidence)
    assert (statement["signer"], statement["publication"]) == (enrolled.user.public_id, "named")
    assert statement["letter"]["textHash"] == opened(letter)["what"]["textSigned"]
    changed = statement | {"results": [{"points": "100"}]}
    for wrong in (
        {"statement": canonical(changed).decode()}, {"rpId": "elsewhere"}, {"origin": "https://elsewhere"},
        *({name: flipped(evidence[name])} for name in ("clientDataJSON", "authenticatorData", "signature")),
    ):  # fmt: skip
        with pytest.raises(TlogError):
            assertion.check(evidence | wrong)


@pytest.mark.parametrize("what", ["visibility", "other key", "no verification", "other site", "replay", "rubbish"])
def test_an_answer_that_does_not_fit_signs_nothing(learner, url, enrolled, what):
    key = SoftPasskey(enrolled.user)
    question, given = ask(learner, url)
    said = key.answer(question)
    if what == "visibility":
        given = given | {"visibility": "unit"}  # the decision is part of what was signed
    elif what == "other key":
        said = SoftPasskey(UserFactory()).answer(question)
    elif what == "no verification":
        said = key.answer(question, flags=1)
    elif what == "other site":
        said = key.answer(question, origin="https://elsewhere.example")
    elif what == "replay":
        learner.post(url, given | {"assertion": key.answer(question, flags=1)})
    else:
        said = '{"rawId": 7}'
    assert learner.post(url, given | {"assertion": said}).status_code == 409
    assert not Letter.objects.exists()


def test_blanks_and_a_promise_of_ones_own_become_part_of_the_letter(client):
    template = make.template(ready=False)
    make.ready_version(template, clauses=("我在[[岗位]]工作，按时办结。",), promises=(), asks_promise=True)
    enrolled = make.enrolment(template, user=UserFactory(name="林某"))
    client.force_login(enrolled.user)
    url = reverse("pledges:sign", args=[make.step_of(enrolled).public_id])
    assert client.post(url, answer(blank_0="窗口", promise="")).status_code == 400
    wrong = {"名字": "林某说到做到", "电话": "打13800138000", "证件": "11010519491231002X", "长": "长" * 61}
    for text in wrong.values():
        assert client.post(url, answer(blank_0="窗口", promise=text, visibility="unit")).status_code in (400, 409)
    assert not Letter.objects.exists()
    assert client.post(url, answer(blank_0="窗口", promise="周三坐班")).status_code == 302
    record = Letter.objects.get().record
    assert [(c.id, c.text, c.is_promise) for c in record.clause_list] == [
        ("c1", "我在窗口工作，按时办结。", False),
        ("own", "今年，我要做到：周三坐班", True),
    ]


def test_a_letter_is_signed_in_english_where_it_is_written_in_english(client):
    template = make.template(ready=False, title_en="Pledge")
    make.ready_version(
        template, clauses=("一条。",), promises=(), clauses_en=["One thing."], breach_liability_en="Dealt with.",
        preamble_en="I promise.",
    )  # fmt: skip
    enrolled = make.enrolment(template, user=UserFactory(name="林某"))
    client.force_login(enrolled.user)
    url = "/en" + reverse("pledges:sign", args=[make.step_of(enrolled).public_id])
    assert "One thing." in client.get(url).content.decode()
    client.post(url, answer())
    translation.activate("zh-hans")  # the client leaves the language of its last page behind
    record = Letter.objects.get().record
    assert (record.locale, record.title, record.content) == ("en", "Pledge", "I promise.\n1. One thing.")


def test_names_of_sixty_characters_and_rare_ones_sign_and_stay_whole():
    for name in ("𬭚" * 60, "诸葛𬭚"):
        letter = make.published(make.enrolment(user=UserFactory(name=name)))
        assert letter.record.public_name == name


@pytest.fixture
def spot():
    """A coordinator, a learner of the unit, and the address where they sign."""
    unit = OrganisationFactory()
    coordinator = make.coordinator_of(unit)
    enrolled = make.enrolment(user=UserFactory(name="林某"), unit=unit)
    url = reverse("pledges:spot-sign", args=[make.step_of(enrolled).public_id, enrolled.user.public_id])
    return coordinator, enrolled, url


def before_coordinator(**changes):
    return answer(identity="on", **changes)


def test_on_the_spot_both_are_recorded_and_the_letter_says_so(client, spot):
    coordinator, enrolled, url = spot
    client.force_login(coordinator)
    assert client.post(url, before_coordinator(strokes=STROKES)).status_code == 302
    letter = Letter.objects.get()
    assert (letter.signer, letter.evidence.confirmed_by, letter.evidence.level) == (
        enrolled.user, coordinator, "on_the_spot",
    )  # fmt: skip
    assert StepCompletion.objects.filter(enrolment=enrolled).exists()
    assert opened(letter)["who"]["confirmedBy"]["id"] == coordinator.public_id


@pytest.mark.parametrize("changes", [{"identity": None}, {"typed_name": "别人"}, {"password": "wrong"}])
def test_on_the_spot_needs_the_signers_name_and_the_coordinators_word(client, spot, changes):
    coordinator, _enrolled, url = spot
    client.force_login(coordinator)
    given = {key: value for key, value in (before_coordinator() | changes).items() if value is not None}
    assert client.post(url, given).status_code == 400
    assert not Letter.objects.exists()


def test_only_who_leads_the_unit_confirms_and_never_oneself(client, spot):
    _coordinator, enrolled, url = spot
    for user in (UserFactory(), make.coordinator_of(OrganisationFactory()), enrolled.user):
        client.force_login(user)
        assert client.get(url).status_code == 404
    reading = make.reading(enrolled.user, method="on_the_spot", confirmed_by=enrolled.user)
    with pytest.raises(actions.NotOnTheSpot):
        actions.sign_letter(opened=make.gate(enrolled), visibility="none", reading=reading)
    assert PASSWORD


def test_a_class_promises_together_with_its_teacher(client):
    school_class = OrganisationFactory(kind="class")
    teacher = UserFactory()
    MembershipFactory(user=teacher, organisation=school_class, role=Role.TEACHER)
    template = make.class_template()
    first = make.enrolment(template, user=UserFactory(child=True, name="金丝雀甲"), unit=school_class)
    step = make.step_of(first)
    children = [UserFactory(child=True, name=f"金丝雀{n}") for n in "乙丙"]
    for child in children:
        EnrolmentFactory(programme=first.programme, user=child, organisation=school_class)
    url = reverse("pledges:spot", args=[step.public_id])
    client.force_login(teacher)
    page = client.get(url).content.decode()
    assert page.count('name="pupils"') == 3
    here = [first.user.public_id, children[0].public_id]
    given = {"pupils": here, "confirmed": "on", "password": PASSWORD}
    assert client.post(url, given | {"password": "wrong"}).status_code == 400
    assert client.post(url, given).status_code == 302
    found = list(Letter.objects.order_by("pk"))
    assert [(x.visibility, x.signer_is_minor, x.evidence.confirmed_by) for x in found] == [("none", True, teacher)] * 2
    assert client.post(url, given | {"pupils": here}).status_code == 400  # they have promised: no longer on the list
    assert Letter.objects.count() == 2
    client.force_login(UserFactory())
    assert client.get(url).status_code == 404


def test_the_evidence_names_exam_results_network_session_and_clock(learner, url):
    learner.post(url, answer(visible_seconds="3", time_zone="Asia/Shanghai"), REMOTE_ADDR="203.0.113.77")
    evidence = opened(Letter.objects.get())
    assert evidence["where"]["network"] == "203.0.113.0/24"
    assert "203.0.113.77" not in json.dumps({k: v for k, v in evidence.items() if k != "extras"})
    assert evidence["extras"]["address"] == "203.0.113.77"
    assert evidence["when"]["clock"] in ("synchronised", "unsynchronised", "unknown")
    assert len(evidence["how"]["session"]) == len(evidence["system"]["page"]) == 64
    assert set(evidence) == {"v", "who", "what", "how", "when", "where", "system", "later", "extras"}
