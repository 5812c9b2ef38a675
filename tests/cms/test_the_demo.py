"""The content files become a site, twice as well as once."""

from pathlib import Path

import pytest
from django.conf import settings

from cms.models import CasePage, HandbookChapterPage, NoticePage, StandardPage
from elearning.demo import cms, organisations
from foundation.audit.models import Entry
from newsletters.models import IssuePage
from organisations.models import Organisation
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db
CONTENT = Path(settings.BASE_DIR) / "elearning" / "demo" / "content"


def load():
    office = UserFactory(is_superuser=True)
    organisations.load_organisations(CONTENT)
    cms.load_site(CONTENT, by=office)
    codes = Organisation.objects.values_list("code", flat=True)
    cms.load_cases(CONTENT, reporters=dict.fromkeys(codes, office), office=office)
    cms.load_bulletin(CONTENT, by=office)


def test_the_site_the_cases_and_the_bulletin_are_loaded_once(client):
    load()
    models = (CasePage, HandbookChapterPage, NoticePage, StandardPage, IssuePage)
    counts = [model.objects.live().count() for model in models]
    load()
    assert [model.objects.live().count() for model in models] == counts
    assert counts[0] == 8
    assert sorted(CasePage.objects.values_list("kind", flat=True)) == ["incentive"] * 4 + ["sanction"] * 4
    assert Entry.objects.filter(action="cms.accept_case").count() == 8
    issue = IssuePage.objects.get()
    assert (len(issue.matrix().rows), len(issue.matrix().columns), len(issue.footnotes())) == (28, 12, 2)
    for url in ("/", "/cases/", "/handbook/", "/notices/", "/privacy/", issue.url):
        assert client.get(url).status_code == 200
