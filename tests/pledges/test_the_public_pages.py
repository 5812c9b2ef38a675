"""Registry, letter page, look-up by code: what a stranger sees, and what they cannot tell apart."""

import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from pledges import actions, search
from pledges.models import Letter
from pledges.views.registry import harmless
from tests.factories import pledges as make
from tests.factories.accounts import UserFactory
from tests.factories.organisations import OrganisationFactory

pytestmark = pytest.mark.django_db
NOBODY = "AAAAAAAAAAAA"
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')  # another one in every form


def page(client, name, *args, **query):
    response = client.get(reverse(f"pledges:{name}", args=args), query)
    return response.status_code, response.content.decode()


def one(name="林某", unit="市水利局", **fields):
    enrolled = make.enrolment(user=UserFactory(name=name), unit=OrganisationFactory(name=unit))
    return make.published(enrolled, **fields)


def test_the_letter_page_shows_all_that_the_layout_asks_for(client):
    letter = one()
    status, html = page(client, "letter", letter.public_id)
    assert status == 200
    for part in ("林某", "市水利局", letter.code, "未履行的，依规处理。", letter.record.accepting_unit, "自愿作出承诺"):
        assert part in html
    assert "平台核验标记，非公章" in html
    assert "PDF正在生成" in html


def test_a_unit_only_letter_shows_no_name_anywhere(client):
    letter = one(visibility="unit")
    for name in ("letter", "letter-json"):
        assert "林某" not in page(client, name, letter.public_id)[1]
    for html in (page(client, "registry")[1], page(client, "registry-csv")[1]):
        assert "市水利局" in html
        assert "林某" not in html
    assert page(client, "registry", q="林某")[1].count("rowlink") == 0
    assert search.find("林某", 0, 10).total == 0


def own(seen):
    """Statements about letters; the frame around every page asks its own."""
    return sum("pledges_" in query["sql"] for query in seen)


def test_unknown_not_public_and_not_yet_published_are_one_answer(client):
    quiet, waiting = make.signed(visibility="none"), make.signed()
    answers = [page(client, "letter", code) for code in (NOBODY, quiet.public_id, waiting.public_id)]
    bare = [
        (status, html.replace(code, ""))
        for (status, html), code in zip(answers, (NOBODY, quiet.public_id, waiting.public_id), strict=True)
    ]
    assert bare[0][0] == 404
    assert bare[0] == bare[1] == bare[2]


def test_a_withdrawn_letter_leaves_a_tombstone_and_nothing_else(client):
    letter = one()
    digest = letter.record.digest
    actions.withdraw_letter(by=letter.signer, letter=letter)
    status, html = page(client, "letter", letter.public_id)
    assert (status, "已于" in html) == (410, True)
    for secret in ("林某", "市水利局", letter.code, digest, *make.CLAUSES):
        assert secret not in html
    for name in ("letter-pdf", "letter-json", "letter-scan"):
        assert page(client, name, letter.public_id)[0] == 404


def test_look_ups_answer_alike_for_absent_not_public_and_withdrawn(client):
    withdrawn, quiet = one(), make.signed(visibility="none")
    actions.withdraw_letter(by=withdrawn.signer, letter=withdrawn)
    codes = (NOBODY, withdrawn.public_id, quiet.public_id)
    for name, parameter in (("verify", "code"), ("registry", "q")):
        answers = []
        for code in codes:
            status, html = page(client, name, **{parameter: code})
            answers.append((status, TOKEN.sub("", html.replace(code, ""))))
        assert answers[0] == answers[1] == answers[2]
    assert {search.find(code, 0, 5).total for code in codes} == {0}


@pytest.mark.parametrize("form", ["{0}", "{1}", " {2} ", "{3}"])
def test_a_code_is_found_however_it_is_typed(client, form):
    letter = one()
    code = letter.public_id
    wide = "".join(chr(ord(c) + 0xFEE0) for c in code)
    typed = form.format(code, letter.shown_code.lower(), letter.code, wide)
    response = client.get(reverse("pledges:verify"), {"code": typed})
    assert response.headers["Location"] == reverse("pledges:check", args=[code])


def test_a_code_that_cannot_be_one_gets_a_hint(client):
    status, html = page(client, "verify", code="7K2M-Q9X0")
    assert (status, "没有查到“7K2M-Q9X0”" in html, "没有数字0和1" in html) == (404, True, True)


def test_the_registry_is_newest_first_and_leaves_out_what_is_not_public(client):
    first, second = one(name="甲某"), one(name="乙某")
    make.signed(visibility="none")
    make.signed()
    gone = one(name="丙某")
    actions.withdraw_letter(by=gone.signer, letter=gone)
    html = page(client, "registry")[1]
    assert html.count("rowlink") == 2
    assert html.index("乙某") < html.index("甲某")
    assert {first.public_id, second.public_id} == set(Letter.objects.public().values_list("public_id", flat=True))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "水利"}, 1),
        ({"q": "林某"}, 1),
        ({"q": "林"}, 0),
        ({"kind": "civil_servant"}, 2),
        ({"kind": "teacher"}, 0),
        ({"subject": "organisation"}, 0),
        ({"state": "in_force"}, 2),
        ({"state": "expired"}, 0),
        ({"year": "1999"}, 0),
        ({"year": "x", "kind": "<script>", "page": "99"}, 2),
        ({"q": "%"}, 0),
    ],
)
def test_filters_in_the_address(client, query, found):
    one()
    one(name="赵某", unit="市教育局")
    assert page(client, "registry", **query)[1].count("rowlink") == found


def test_this_year_is_a_filter(client):
    one()
    assert page(client, "registry", year=timezone.localdate().year)[1].count("rowlink") == 1


@pytest.mark.parametrize("year", [1999, 2031])
def test_a_year_without_letters_is_still_the_chosen_one(client, year):
    one()
    html = page(client, "registry", year=year)[1]
    years = html.split('name="year"')[1].split("</select>")[0]
    assert re.findall(r'<option value="(\d*)" selected', years) == [str(year)]


@pytest.mark.parametrize("letters", [1, 3])
def test_the_registry_takes_three_statements_of_ours(client, letters):
    for _n in range(letters):
        one()
    with CaptureQueriesContext(connection) as seen:
        html = page(client, "registry")[1]
    assert own(seen) == 3
    assert html.count("rowlink") == letters


def test_a_letter_page_takes_four_statements_of_ours(client):
    letter = one()
    with CaptureQueriesContext(connection) as seen:
        page(client, "letter", letter.public_id)
    assert own(seen) == 4  # the letter; then what came after: the letter, its objections, its events


def test_the_public_record_names_the_national_fields(client):
    letter = one()
    record = json.loads(page(client, "letter-json", letter.public_id)[1])
    subject = record["credentialSubject"]
    assert (subject["pledgeCode"], subject["subjectName"], subject.get("subjectIdCode")) == (letter.code, "林某", None)
    assert record["id"].endswith(f"/l/{letter.public_id}")
    assert subject["breachLiability"] == "未履行的，依规处理。"


def test_a_table_cell_cannot_become_a_formula(client):
    one(name="=1+1")
    assert "'=1+1" in page(client, "registry-csv")[1]


def test_nothing_of_minors_is_at_any_public_address(client):
    canary, school_class = "金丝雀同学", "金丝雀五年级一班"
    child = UserFactory(child=True, name=canary)
    promise = make.signed(
        make.enrolment(
            make.class_template(title="金丝雀约定"), user=child, unit=OrganisationFactory(name=school_class)
        ),
        visibility="none",
    )
    young = UserFactory(age_class="minor", name=canary)
    letter = make.signed(make.enrolment(user=young), visibility="none")
    for signed in (promise, letter):
        actions.publish_letter(letter_id=signed.pk)
    assert not Letter.objects.public().exists()
    for signed in (promise, letter):
        for name in ("letter", "letter-pdf", "letter-json", "letter-scan"):
            assert page(client, name, signed.public_id)[0] == 404
        assert page(client, "verify", code=signed.code)[0] == 404
    for text in ("", "金丝雀"):
        for html in (page(client, "registry", q=text)[1], page(client, "registry-csv", q=text)[1]):
            assert canary not in html
            assert school_class not in html
        assert search.find(text, 0, 10).hits == []
    assert search.letters_figure().value == "0"


def test_only_reading_is_possible_at_public_addresses(client):
    letter = one()
    for name, args in (("registry", []), ("verify", []), ("letter", [letter.public_id])):
        assert client.post(reverse(f"pledges:{name}", args=args)).status_code == 405


@pytest.mark.parametrize("sign", ["=", "@", "|", "\t", "＝", "＋", "－", "＠"])
def test_no_cell_of_the_table_file_is_taken_for_a_formula(sign):
    assert harmless(f"{sign}1+1").startswith("'")
