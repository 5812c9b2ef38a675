"""A visitor finds nothing of anybody under 18: not on any page, in any feed, file, PDF, log or search.

Children with names that stand nowhere else do everything that children do here. Then every address of the site is asked
for as a stranger, with every public id that belongs to them; the addresses come from the site itself, so a new one is
walked without being written down here, and one that takes what this test does not know fails.
"""

import io
import logging
import re
from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import LocalePrefixPattern, RegexPattern
from django.utils import timezone
from pypdf import PdfReader
from wagtail.models import Page

from foundation.ledger.models import LogEntry
from organisations.models import Kind
from pledges import actions as letters
from pledges.models import Letter, Visibility
from privacy.actions import erase_person
from tests.factories import certificates, cms, practice
from tests.factories import pledges as make
from tests.factories.accounts import UserFactory
from tests.factories.classes import classroom
from tests.factories.courses import course_index
from tests.factories.newsletters import bulletin
from tests.factories.organisations import MembershipFactory, OrganisationFactory

pytestmark = pytest.mark.django_db

# Names of two rare words each, so that a search for the first finds them if anything does.
CHILD, YOUTH, GUARDIAN = "鹡鸰鹮鹬", "鸬鹚鹩鹪", "鹨鹠鹟鹞"
UNIT, CLASS_CODE, DEED, PROMISE = "鸫鸻鸺鸹班", "ZQXJ7W", "鹎鹐鹔鹕扫了地", "鹗鹛鹝鹜约定"
CANARIES = (CHILD, YOUTH, GUARDIAN, UNIT, CLASS_CODE, DEED, PROMISE)
# Parts of them, as somebody would search: no page may answer with the whole.
SEARCHES = (*(word[:2] for word in CANARIES), CLASS_CODE[:4], "ZQXJ", "ylhh", "五（1）")
ADMIN = "admin/"
# What an address may ask for that is no public id of anybody: a value that exists, and one that does not.
OTHERS = {
    "prefix": ["none"],  # of a key of a unit's system
    "path": ["original_images/none.jpg", "../private/none"],
    "key": ["none"],
    "uidb36": ["1"],
    "slug": ["none"],
    "question_id": ["q1"],
    "picture_id": ["p1"],
    "restriction_id": [1],
    "page_view_restriction_id": [1],
    "page_id": [1],
    "pk": [1],
    "number": [1],
    "name": ["none"],
    "rest": ["none"],
    "kind": ["none"],
}


class World:
    """Children in every role, and the strings that lead to them."""

    def __init__(self) -> None:
        self.room = classroom(2, code=CLASS_CODE)
        unit, self.pupil = self.room.unit, self.room.pupils[0]
        unit.name = UNIT
        unit.save(update_fields=["name"])
        self.pupil.name, self.room.pupils[1].name = CHILD, CHILD
        for pupil in self.room.pupils:
            pupil.save(update_fields=["name"])
        self.ids: set[str] = {CLASS_CODE, f"{CLASS_CODE}#1"}
        self._promises()
        self._youth()
        self._deeds()
        self._certificates()
        self._public_things()
        self._remember()

    def _promises(self) -> None:
        """A class letter signed by a child, with a promise of the class's own."""
        template = make.class_template(title=PROMISE)
        enrolled = make.enrolment(template, user=self.pupil, unit=self.room.unit)
        self.class_letter = make.signed(enrolled, visibility="none")

    def _youth(self) -> None:
        """Somebody under 18 who is no pupil of a class signs what adults may publish."""
        youth = UserFactory(name=YOUTH, age_class="minor")
        self.youth_letter = make.signed(make.enrolment(user=youth), visibility="none")
        with pytest.raises(letters.VisibilityRefused):
            make.signed(make.enrolment(user=youth), visibility="named")

    def _deeds(self) -> None:
        """A child keeps a promise, and it is confirmed."""
        place = practice.Workplace()
        enrolled = practice.EnrolmentFactory(programme=place.programme, user=self.pupil, organisation=self.room.unit)
        self.deed = place.deed(enrolled, DEED)

    def _certificates(self) -> None:
        """The child and the youth have completed programmes that end with a certificate."""
        youth = self.youth_letter.signer
        self.certificates = [
            certificates.certificate(user=self.pupil, organisation=self.room.unit, programme=certificates.awarding()),
            certificates.certificate(user=youth),
        ]

    def _public_things(self) -> None:
        """Adults' letters in the log, with a PDF; pages, a case and a bulletin: what a search could mix up."""
        cms.site()
        course_index()
        bulletin()
        school = OrganisationFactory(kind=Kind.SCHOOL, name="青石小学")
        teacher = UserFactory(name="成年人")
        MembershipFactory(user=teacher, organisation=school, is_home=True)
        self.public = make.signed(make.enrolment(user=teacher, unit=school))
        make.work_off()

    def _remember(self) -> None:
        """Every public id and code of everything that was made."""
        from django.apps import apps  # noqa: PLC0415  # every model there is

        for model in apps.get_models():
            names = {field.name for field in model._meta.concrete_fields} & {"public_id", "code", "token", "slug"}
            for name in names:
                self.ids.update(str(value) for value in model.objects.values_list(name, flat=True)[:12] if value)
        self.ids.discard("")


def addresses(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every address of the site as `(route, pattern)`."""
    for pattern in resolver.url_patterns:
        part = "" if isinstance(pattern.pattern, LocalePrefixPattern) else str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern, prefix + part)
        else:
            yield prefix + part, pattern


def filled(route: str, pattern: URLPattern, ids: list[str]) -> list[str]:
    """The route with everything in it that leads to the children. Raises LookupError for what is not known here."""
    if isinstance(pattern.pattern, RegexPattern):
        known = {
            r"documents/^(\d+)/(.*)$": ["documents/1/none.pdf"],
            r"log/^(?P<path>": ["log/tile/entries/000.p/1", "log/tile/0/000.p/1", "log/old/1/tile/entries/000.p/1"],
            r"accounts/^confirm-email/": ["accounts/confirm-email/none/"],
            r"accounts/^password/reset/key/": ["accounts/password/reset/key/1-none/"],
            r"^((?:[\w\-]+/)*)$": [
                page.url.lstrip("/") for page in Page.objects.live().filter(depth__gt=1) if page.url
            ],
        }
        found = next((paths for start, paths in known.items() if route.startswith(start)), None)
        if found is None and not route.startswith(ADMIN):
            raise LookupError(route)
        return found or []
    paths = [route]
    for name in pattern.pattern.converters:
        values = OTHERS.get(name, ids)
        if route.startswith(ADMIN):
            values = OTHERS.get(name, ["1"])[:1]  # nobody comes in: one of each is enough
        elif name not in OTHERS and not re.fullmatch(r"\w*(public_id|code|token|_id)", name):
            raise LookupError(f"{route}: what is {name}?")
        # Of a second part the first few: two ids of different things together lead nowhere.
        values = values if len(paths) == 1 else values[:2]
        paths = [re.sub(rf"<(\w+:)?{name}>", str(value), path) for path in paths for value in values]
    return paths


def everything_in(response: HttpResponseBase) -> str:
    """Body, headers, and the text and attachments of a PDF."""
    body = b"".join(response) if response.streaming else response.content  # type: ignore[attr-defined]
    said = f"{response.headers}\n{body.decode('utf-8', 'replace')}"
    if body.startswith(b"%PDF-"):
        pdf = PdfReader(io.BytesIO(body))
        said += "".join(page.extract_text() for page in pdf.pages) + str(pdf.metadata)
        said += "".join(data.decode("utf-8", "replace") for parts in pdf.attachments.values() for data in parts)
    return said


def canaries_in(text: str) -> list[str]:
    return [word for word in CANARIES if word in text]


@pytest.fixture
def world() -> World:
    cache.clear()
    return World()


def asked(client: Client, path: str) -> tuple[int, list[str]]:
    """The status of an address, and what of the children is in its answer. The address itself does not count: what
    a page repeats of it the visitor knew before."""
    cache.clear()  # limits are another test's
    response = client.get("/" + path)
    text = everything_in(response).replace(path, "")
    known = [word for word in CANARIES if word in path]
    return response.status_code, [word for word in canaries_in(text) if word not in known]


def test_no_address_tells_a_visitor_anything_of_children(world: World, client: Client) -> None:
    ids = sorted(world.ids)
    found, seen = [], 0
    for route, pattern in addresses(get_resolver()):
        paths = filled(route, pattern, ids)
        if route.startswith(ADMIN):
            paths = paths[:1]
        for path in paths:
            status, told = asked(client, path)
            if path == f"class/{world.room.opening.token}/":
                told = [word for word in told if word != UNIT]  # the open door of a room says which class it is
            seen += status == 200
            assert status != 500, path
            if told:
                found.append((path, told))
            if status == 302 and path != paths[0]:
                break  # twice sent to the sign-in page: whoever is not signed in gets no further here
    assert found == []
    assert seen > 60, "most of what is public answers"


def test_pages_in_english_and_everything_that_public_pages_link_to_tells_nothing(world: World, client: Client) -> None:
    waiting = ["", "en/", "registry/", "en/registry/", "verify/", f"l/{world.public.public_id}", "cases/", "bulletins/"]
    done: set[str] = set()
    found = []
    while waiting and len(done) < 150:
        path = waiting.pop(0)
        if path in done:
            continue
        done.add(path)
        cache.clear()
        response = client.get("/" + path)
        text = everything_in(response)
        found += [(path, told) for told in [canaries_in(text)] if told]
        waiting += re.findall(r'href="/([^"#]*)"', text) if "html" in response.get("Content-Type", "") else []
    assert found == []
    assert len(done) > 20


def test_no_search_feed_or_table_finds_a_child(world: World, client: Client) -> None:
    found = []
    for search in SEARCHES:
        for path in ("search/", "registry/", "registry.csv", "registry.atom", "registry.rss", "verify/", "en/search/"):
            name = "code" if path == "verify/" else "q"
            cache.clear()
            response = client.get("/" + path, {name: search})
            told = canaries_in(everything_in(response).replace(search, ""))
            found += [(path, search, told)] if told else []
    assert found == []


def test_letters_of_children_are_at_no_address_in_no_record_and_not_in_the_log(world: World, client: Client) -> None:
    for letter in (world.class_letter, world.youth_letter):
        for path in ("l/{}", "l/{}.json", "l/{}.pdf", "l/{}.tlog-proof", "l/{}/scan", "v/{}"):
            assert client.get("/" + path.format(letter.public_id)).status_code == 404, path
        absent = client.get("/v/ABCDEFGHJKLM/state").json()
        assert client.get(f"/v/{letter.public_id}/state").json() == absent
        assert letter.visibility == Visibility.NONE
        assert not LogEntry.objects.filter(event_key__contains=letter.public_id).exists()
    assert Letter.objects.public().get() == world.public


def test_certificates_of_children_are_answered_like_absent_ones(world: World, client: Client) -> None:
    absent = certificates.certificate()
    erase_person(by=None, user=absent.holder)
    answers = set()
    for certificate in (*world.certificates, absent):
        for path in ("c/{}", "en/c/{}", "c/?number={}"):
            cache.clear()
            response = client.get("/" + path.format(certificate.code))
            answers.add((path, response.status_code, response.content.decode().replace(certificate.code, "")))
    assert ({status for _path, status, _text in answers}, len(answers)) == ({404}, 3)


def test_neither_the_exported_log_nor_the_log_files_of_the_server_name_a_child(
    world: World, client: Client, tmp_path, caplog
) -> None:
    with caplog.at_level(logging.INFO):
        for code in (world.class_letter.public_id, world.youth_letter.code):
            client.get("/verify/", {"code": code})
            client.get(f"/l/{code}")
        call_command("export_log", str(tmp_path / "out"), stdout=io.StringIO())
        make.work_off()
    assert canaries_in(caplog.text) == []
    files = [path for path in (tmp_path / "out").rglob("*") if path.is_file()]
    assert len(files) > 4
    assert [path for path in files if canaries_in(path.read_bytes().decode("utf-8", "replace"))] == []


def test_the_walk_would_notice(world: World, client: Client) -> None:
    """A canary in a public place is found: otherwise its silence would mean nothing."""
    adult = UserFactory(name=CHILD)
    make.signed(make.enrolment(user=adult))
    make.work_off()
    letter = Letter.objects.public().order_by("-pk")[0]
    for path in (f"l/{letter.public_id}", f"l/{letter.public_id}.json", f"l/{letter.public_id}.pdf", "registry/"):
        assert asked(client, path) == (200, [CHILD]), path
    assert timezone.now().year > 2025
