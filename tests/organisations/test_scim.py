"""A personnel system keeps people by SCIM 2: find, open, replace, change, take out; units and their members."""

import json
from urllib.parse import urlencode

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from foundation.audit.models import Entry
from organisations import actions
from organisations.contracts.scim import ENTERPRISE, LIST, PATCH, USER
from organisations.models import Membership, ScimRecord
from tests.factories.accounts import UserFactory
from tests.factories.organisations import MembershipFactory, OrganisationFactory

pytestmark = pytest.mark.django_db
TYPE = "application/scim+json"


@pytest.fixture(autouse=True)
def _empty_cache():
    cache.clear()


@pytest.fixture
def city():
    return OrganisationFactory(code="city", kind="city", name="全市")


@pytest.fixture
def bureau(city):
    return OrganisationFactory(code="bureau", kind="department", name="住建局", parent=city)


@pytest.fixture
def section(bureau):
    return OrganisationFactory(code="section", kind="section", name="一科", parent=bureau)


@pytest.fixture
def foreign(city):
    return OrganisationFactory(code="foreign", kind="department", name="教育局", parent=city)


@pytest.fixture
def system(client, bureau):
    """A system with a key for the bureau: `system(method, path, body, **headers)` gives status, JSON and response."""
    return caller(client, actions.create_scim_key(by=None, organisation=bureau, name="人事系统")[1])


def caller(client, text):
    def call(method, path, body=None, **headers):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        data = "" if body is None else body if isinstance(body, str) else json.dumps(body)
        response = client.generic(
            method, f"/scim/v2/{path}", data, TYPE, headers={"Authorization": f"Bearer {text}", **named}
        )
        return response.status_code, json.loads(response.content or b"{}"), response

    return call


def lin(**change):
    return {
        "schemas": [USER, ENTERPRISE],
        "userName": "lin.zhiyuan",
        "externalId": "HR-7",
        "name": {"familyName": "林", "givenName": "知远"},
        "emails": [{"value": "Lin@example.org", "type": "work", "primary": True}],
        "phoneNumbers": [{"value": "+86 138 1234 5678", "type": "mobile"}],
        "title": "科员",
        ENTERPRISE: {"employeeNumber": "32058300001", "department": "section"},
        **change,
    }


def patch(*operations):
    return {"schemas": [PATCH], "Operations": list(operations)}


def home_of(user):
    return Membership.objects.current().get(user=user, is_home=True)


def test_somebody_is_opened_with_unit_post_and_numbers_and_may_be_found(system, section):
    status, said, response = system("POST", "Users", lin())
    assert status == 201
    user = User.objects.get(username="lin.zhiyuan")
    assert (user.name, user.email, user.phone, user.employee_number, user.is_active, user.has_usable_password()) == (
        *("林知远", "lin@example.org", "13812345678", "32058300001", True, False),
    )
    assert (home_of(user).organisation, home_of(user).position) == (section, "科员")
    version = said["meta"].pop("version")
    created = said["meta"].pop("created")
    assert created.startswith("20")
    assert said == {
        "schemas": [USER, ENTERPRISE],
        "id": user.public_id,
        "externalId": "HR-7",
        "userName": "lin.zhiyuan",
        "name": {"formatted": "林知远"},
        "displayName": "林知远",
        "active": True,
        "emails": [{"value": "lin@example.org", "type": "work", "primary": True}],
        "phoneNumbers": [{"value": "13812345678", "type": "mobile"}],
        "title": "科员",
        ENTERPRISE: {"employeeNumber": "32058300001", "department": "section"},
        "groups": [{"value": str(section.pk), "display": "一科"}],
        "meta": {"resourceType": "User", "location": f"http://localhost:8000/scim/v2/Users/{user.public_id}"},
    }
    assert (response["ETag"], response["Content-Type"]) == (version, f"{TYPE}; charset=utf-8")
    assert response["Location"] == said["meta"]["location"]


@pytest.mark.parametrize(
    ("text", "total"),
    [
        ('userName eq "LIN.zhiyuan"', 1),
        ('externalId eq "HR-7" and active eq true', 1),
        ('active eq false', 0),
        ('emails.value eq "lin@example.org"', 1),
        (f'{ENTERPRISE}:employeeNumber eq "32058300001"', 1),
        (f'{USER}:userName eq "lin.zhiyuan" AND displayName eq "林知远"', 1),
        ('userName eq "lin\\"; drop"', 0),
        ('externalId eq "HR-8"', 0),
    ],
)  # fmt: skip
def test_filters_of_eq_and_and(system, section, text, total):
    system("POST", "Users", lin())
    status, said, _response = system("GET", f"Users?{_query(filter=text)}")
    assert (status, said["schemas"], said["totalResults"]) == (200, [LIST], total)


def _query(**terms):
    return urlencode(terms)


@pytest.mark.parametrize("text", ['userName sw "l"', "userName eq", 'password eq "x"', 'userName eq "a" or x eq "b"'])
def test_other_filters_are_refused_in_the_words_of_the_standard(system, text):
    status, said, _response = system("GET", f"Users?{_query(filter=text)}")
    assert (status, said["status"], said["scimType"]) == (400, "400", "invalidFilter")
    assert said["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]


def test_pages_begin_at_one_and_cost_the_same_whatever_they_hold(system, section):
    for number in range(4):
        MembershipFactory(organisation=section, user=UserFactory(username=f"p{number}"), is_home=True)
    total = [system("GET", f"Users?startIndex={start}&count=2")[1] for start in (-3, 1, 3, 5)]
    assert [(page["totalResults"], page["startIndex"], page["itemsPerPage"]) for page in total] == [
        *((4, 1, 2), (4, 1, 2), (4, 3, 2), (4, 5, 0)),
    ]
    assert [row["userName"] for row in total[2]["Resources"]] == ["p2", "p3"]
    assert system("GET", "Users?count=0")[1]["totalResults"] == 4
    assert system("GET", "Users?count=x")[0] == 400
    costs = []
    for count in (1, 3):
        with CaptureQueriesContext(connection) as cost:
            system("GET", f"Users?count={count}")
        costs.append(len(cost))
    assert costs[0] == costs[1]


def test_replacing_clears_what_is_not_sent_and_moves_to_another_unit(system, section, bureau):
    said = system("POST", "Users", lin())[1]
    status, after, _response = system(
        "PUT", f"Users/{said['id']}", {"userName": "lin", "displayName": "林远", ENTERPRISE: {"department": "住建局"}}
    )
    user = User.objects.get(public_id=said["id"])
    assert (status, user.username, user.name, user.email, user.phone, user.employee_number) == (
        *(200, "lin", "林远", "", None, None),
    )
    assert home_of(user).organisation == bureau
    assert "externalId" not in after
    assert Membership.objects.filter(user=user).count() == 2


@pytest.mark.parametrize(
    ("operation", "field", "value"),
    [
        ({"op": "Replace", "path": "displayName", "value": "林远"}, "name", "林远"),
        ({"op": "replace", "path": "name.formatted", "value": "林远"}, "name", "林远"),
        ({"op": "replace", "path": 'emails[type eq "work"].value', "value": "n@example.org"}, "email", "n@example.org"),
        ({"op": "add", "path": "emails", "value": [{"value": "n@example.org"}]}, "email", "n@example.org"),
        ({"op": "remove", "path": "phoneNumbers"}, "phone", None),
        ({"op": "replace", "value": {"active": False}}, "is_active", False),
        ({"op": "replace", "path": "active", "value": "False"}, "is_active", False),
        ({"op": "replace", "path": f"{ENTERPRISE}:employeeNumber", "value": "9"}, "employee_number", "9"),
        ({"op": "add", "value": {ENTERPRISE: {"employeeNumber": "9"}}}, "employee_number", "9"),
        ({"op": "replace", "path": "USERNAME", "value": "lin"}, "username", "lin"),
    ],
)  # fmt: skip
def test_a_patch_changes_one_thing_and_leaves_the_rest(system, section, operation, field, value):
    said = system("POST", "Users", lin())[1]
    before = User.objects.values().get(public_id=said["id"])
    status, _said, _response = system("PATCH", f"Users/{said['id']}", patch(operation))
    after = User.objects.values().get(public_id=said["id"])
    assert (status, after[field]) == (200, value)
    assert {name for name in before if before[name] != after[name]} == {field}
    assert ScimRecord.objects.get().external_id == "HR-7"
    assert home_of(User.objects.get()).organisation == section


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"Operations": []}, "invalidSyntax"),
        (patch({"op": "copy", "path": "active"}), "invalidSyntax"),
        (patch({"op": "remove"}), "noTarget"),
        (patch({"op": "replace", "path": "a b c", "value": 1}), "invalidPath"),
        (patch({"op": "replace", "path": "active", "value": "perhaps"}), "invalidValue"),
        (patch({"op": "replace", "path": "userName", "value": ""}), "invalidValue"),
        (patch({"op": "replace", "path": "userName", "value": "有 空格"}), "invalidValue"),
        (patch({"op": "replace", "path": f"{ENTERPRISE}:department", "value": "nowhere"}), "invalidValue"),
        ("{", "invalidSyntax"),
        ("[]", "invalidSyntax"),
        ('{"userName": "a\\u0000b"}', "invalidValue"),
    ],
)  # fmt: skip
def test_a_wrong_patch_changes_nothing(system, section, body, kind):
    said = system("POST", "Users", lin())[1]
    before = User.objects.values().get()
    status, wrong, _response = system("PATCH", f"Users/{said['id']}", body)
    assert (status, wrong["scimType"]) == (400, kind)
    assert User.objects.values().get() == before


def test_taken_out_is_closed_not_erased_and_who_comes_back_gets_the_old_account(system, section, client):
    said = system("POST", "Users", lin())[1]
    user = User.objects.get()
    assert system("DELETE", f"Users/{said['id']}")[0] == 204
    user.refresh_from_db()
    assert (user.is_active, Membership.objects.current().filter(user=user).count()) == (False, 0)
    assert system("GET", f"Users/{said['id']}")[0] == 404
    assert system("GET", "Users")[1]["totalResults"] == 0
    status, again, _response = system("POST", "Users", lin(title="科长"))
    assert (status, again["id"], User.objects.count()) == (201, said["id"], 1)
    user.refresh_from_db()
    assert (user.is_active, home_of(user).position) == (True, "科长")


def test_what_may_occur_once_is_not_given_twice_and_nobody_learns_whose_it_is(system, section):
    other = UserFactory(username="other", employee_number="32058300001")
    status, wrong, _response = system("POST", "Users", lin())
    assert (status, wrong["scimType"]) == (409, "uniqueness")
    assert other.name not in str(wrong)
    assert User.objects.count() == 1
    system("POST", "Users", lin(**{ENTERPRISE: {}}))
    status, wrong, _response = system("POST", "Users", {"userName": "third", "externalId": "HR-7"})
    assert (status, wrong["scimType"]) == (409, "uniqueness")
    assert User.objects.filter(username="third").count() == 0


def test_versions_keep_two_systems_from_overwriting_each_other(system, section):
    said, first = system("POST", "Users", lin())[1:]
    address, etag = f"Users/{said['id']}", first["ETag"]
    assert system("GET", address, If_None_Match=etag)[0] == 304
    User.objects.update(name="改名")  # by whom or what ever
    assert system("GET", address, If_None_Match=etag)[0] == 200
    change = patch({"op": "replace", "path": "title", "value": "科长"})
    assert system("PATCH", address, change, If_Match=etag)[0] == 412
    assert system("DELETE", address, If_Match=etag)[0] == 412
    now = system("GET", address)[2]["ETag"]
    assert system("PATCH", address, change, If_Match=now)[0] == 200


def test_only_what_is_asked_for(system, section):
    said = system("POST", "Users", lin())[1]
    assert set(system("GET", f"Users/{said['id']}?attributes=userName")[1]) == {"schemas", "id", "meta", "userName"}
    assert "emails" not in system("GET", "Users?excludedAttributes=emails,id")[1]["Resources"][0]


def test_another_units_people_are_nobody(system, foreign, client):
    stranger = UserFactory(username="stranger")
    MembershipFactory(user=stranger, organisation=foreign, is_home=True)
    key = actions.create_scim_key(by=None, organisation=foreign, name="别的系统")[1]
    theirs = caller(client, key)
    assert theirs("GET", f"Users/{stranger.public_id}")[0] == 200
    for method, body in (("GET", None), ("PUT", lin()), ("PATCH", patch()), ("DELETE", None)):
        assert system(method, f"Users/{stranger.public_id}", body)[0] == 404
    assert system("GET", f"Groups/{foreign.pk}")[0] == 404
    assert system("GET", 'Users?filter=userName eq "stranger"')[1]["totalResults"] == 0
    add = patch({"op": "add", "path": "members", "value": [{"value": stranger.public_id}]})
    bureau_group = system("GET", "Groups")[1]["Resources"][0]["id"]
    assert system("PATCH", f"Groups/{bureau_group}", add)[0] == 404
    assert system("POST", "Users", lin(**{ENTERPRISE: {"department": "foreign"}}))[0] == 400
    assert list(Membership.objects.values_list("user__username", "organisation__code")) == [("stranger", "foreign")]


def test_staff_people_on_loan_and_minors_are_not_changed(system, section, foreign):
    staff = UserFactory(is_staff=True)
    MembershipFactory(user=staff, organisation=section, is_home=True)
    lent = UserFactory()
    MembershipFactory(user=lent, organisation=foreign, is_home=True)
    MembershipFactory(user=lent, organisation=section)
    minor = UserFactory(age_class="minor")
    MembershipFactory(user=minor, organisation=section, is_home=True)
    said = {person: system("GET", f"Users/{person.public_id}")[0] for person in (staff, lent, minor)}
    assert list(said.values()) == [200, 200, 404]
    for person in (staff, lent):
        assert system("PUT", f"Users/{person.public_id}", lin())[0] == 403
        assert system("DELETE", f"Users/{person.public_id}")[0] == 403
        person.refresh_from_db()
        assert (person.is_active, person.email) == (True, "")


def test_id_numbers_and_passwords_are_never_said(system, section):
    person = UserFactory(id_digest="d" * 64, id_mask="320***********1X")
    MembershipFactory(user=person, organisation=section, is_home=True)
    for address in ("Users", f"Users/{person.public_id}", "Groups", "Schemas"):
        text = system("GET", address)[2].content.decode()
        assert [word for word in ("320***", "ddddd", "id_mask", "password", person.password) if word in text] == []


def test_a_group_is_a_unit_whose_members_change(system, section, bureau, client):
    people = [system("POST", "Users", {"userName": f"p{n}"})[1]["id"] for n in range(3)]
    listed = system("GET", "Groups")[1]
    assert [(row["displayName"], len(row["members"])) for row in listed["Resources"]] == [("住建局", 3), ("一科", 0)]
    address = f"Groups/{section.pk}"

    def members():
        return sorted(row["value"] for row in system("GET", address)[1]["members"])

    add = patch({"op": "add", "path": "members", "value": [{"value": people[0]}, {"value": people[1]}]})
    assert system("PATCH", address, add)[0] == 200
    assert members() == sorted(people[:2])
    remove = patch({"op": "remove", "path": f'members[value eq "{people[0]}"]'})
    assert system("PATCH", address, remove)[0] == 200
    assert system("PUT", address, {"members": [{"value": people[2]}]})[0] == 200
    assert members() == [people[2]]
    rename = patch({"op": "replace", "path": "displayName", "value": "二科"})
    assert system("PATCH", address, rename)[1]["scimType"] == "mutability"
    assert system("GET", f"Groups?{_query(filter='displayName eq 一科')}")[0] == 400
    assert system("GET", "Groups?" + _query(filter='displayName eq "一科"'))[1]["totalResults"] == 1
    assert system("POST", "Groups", {"displayName": "x"})[0] == 405


def test_groups_cost_the_same_however_many(system, bureau, section):
    costs = []
    for _round in (1, 2):
        with CaptureQueriesContext(connection) as cost:
            system("GET", "Groups")
        costs.append(len(cost))
        for number in range(3):
            unit = OrganisationFactory(parent=bureau, kind="section", name=f"科{number}")
            MembershipFactory(organisation=unit, user=UserFactory())
    assert costs[0] == costs[1]


def test_what_the_provider_can_do_is_told(system):
    config = system("GET", "ServiceProviderConfig")[1]
    assert {
        name: config[name]["supported"] for name in ("patch", "bulk", "filter", "changePassword", "sort", "etag")
    } == {
        "patch": True,
        "bulk": False,
        "filter": True,
        "changePassword": False,
        "sort": False,
        "etag": True,
    }
    assert [row["name"] for row in system("GET", "Schemas")[1]["Resources"]] == ["User", "EnterpriseUser", "Group"]
    assert system("GET", f"Schemas/{USER}")[1]["id"] == USER
    assert [row["endpoint"] for row in system("GET", "ResourceTypes")[1]["Resources"]] == ["/Users", "/Groups"]
    assert system("GET", "ResourceTypes/Group")[1]["id"] == "Group"
    for nowhere in ("Schemas/x", "ResourceTypes/x", "Bulk", "Me", "Groups/99999999999999999999", "Groups/x"):
        assert system("GET", nowhere)[0] == 404


def test_every_request_leaves_its_entry_with_the_key_as_actor(system, section):
    said = system("POST", "Users", lin())[1]
    system("GET", "Users")
    system("PATCH", f"Users/{said['id']}", patch({"op": "replace", "path": "title", "value": "科长"}))
    system("DELETE", f"Users/{said['id']}")
    rows = Entry.objects.filter(actor__startswith="scim:").order_by("pk").values_list("action", flat=True)
    own = {"provision_person", "read_by_scim", "replace_person", "take_out_person"}
    assert [name.split(".")[1] for name in rows if name.split(".")[1] in own] == [
        *("provision_person", "read_by_scim", "replace_person", "take_out_person"),
    ]
    assert "lin" not in str(list(Entry.objects.values_list("details", flat=True)))
