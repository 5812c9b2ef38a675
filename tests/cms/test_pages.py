"""The home page and the ordinary pages, full and empty."""

import pytest

from cms import actions, registry
from cms.models import HandbookChapterPage, HandbookIndexPage, HomePage, NoticeIndexPage, NoticePage, SiteSettings
from tests.factories.cms import CaseFactory, site

pytestmark = pytest.mark.django_db


@pytest.fixture
def home():
    return site()


def text(client, url):
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode().replace("<wbr>", "")


def test_an_empty_home_page_says_what_will_come(home, client, monkeypatch):
    for provided in (registry.figures, registry.shelves, registry.headlines):
        monkeypatch.setattr(registry, "_kept", dict(provided), raising=False)
        for key in list(provided):
            monkeypatch.delitem(provided, key)
    html = text(client, "/")
    for words in ("课程审核上线以后", "还没有发布的案例", "还没有发布的简报"):
        assert words in html
    assert "本站数据" not in html


def test_the_home_page_shows_what_the_apps_above_hand_down(home, client, monkeypatch):
    monkeypatch.setitem(registry.figures, "test", lambda: registry.Figure("1,206", "封公开的承诺书"))
    monkeypatch.setitem(registry.shelves, "test", lambda limit: [registry.Book("一句承诺怎样公开", "/learn/a/")])
    monkeypatch.setitem(
        registry.headlines, "test", lambda limit: [registry.Headline("简报头条", "/bulletins/1/", "工作推进")]
    )
    case = CaseFactory()
    html = text(client, "/")
    for words in ("1,206", "封公开的承诺书", "一句承诺怎样公开", "简报头条", case.title, "说到，", "做到。"):
        assert words in html


def test_setting_the_site_up_twice_changes_words_and_adds_nothing(home):
    again = actions.set_up_site(
        by=None,
        home={"title": "首页", "hero_title": "言必信，行必果。"},
        site={"city": "别的城市"},
        hostname="localhost",
        port=80,
    )
    assert (again.pk, HomePage.objects.get().hero_title) == (home.pk, "言必信，行必果。")
    assert [row.city for row in SiteSettings.objects.all()] == ["别的城市"]
    assert home.get_children().count() == 4


def test_a_handbook_chapter_leads_to_its_neighbours(home, client):
    index = HandbookIndexPage.objects.get()
    for number in (1, 2, 3):
        page = HandbookChapterPage(title=f"第{number}节", slug=f"c{number}", body=[("text", f"<p>正文{number}</p>")])
        actions.add_page(by=None, parent=index, page=page)
    context = client.get("/handbook/c2/").context
    assert (context["previous"].slug, context["next"].slug, context["number"]) == ("c1", "c3", 2)
    assert client.get("/handbook/c1/").context["previous"] is None
    assert client.get("/handbook/c3/").context["next"] is None
    assert "第3节" in text(client, "/handbook/")


def test_notices_are_listed_newest_first_and_paged(home, client):
    index = NoticeIndexPage.objects.get()
    assert "还没有通知" in text(client, "/notices/")
    for day in range(1, 22):
        index.add_child(instance=NoticePage(title=f"通知{day}", slug=f"n{day}", published_on=f"2026-10-{day:02}"))
    listed = [notice.title for notice in client.get("/notices/").context["notices"]]
    assert listed == [f"通知{day}" for day in range(21, 1, -1)]
    assert [notice.title for notice in client.get("/notices/?page=2").context["notices"]] == ["通知1"]


def test_breadcrumbs_lead_up_from_a_page(home, client):
    case = CaseFactory(title="守信案例")
    crumbs = case.crumbs()
    assert crumbs == [{"word": "奖惩案例", "url": "/cases/"}, {"word": "守信案例", "url": ""}]


def test_pages_speak_the_readers_language_in_their_frame(home, client):
    assert "Reported by" in text(client, f"/en{CaseFactory().url}")
    assert "隐私与公示规则" in text(client, "/privacy/")


def test_robots_keeps_search_engines_out_of_what_needs_a_sign_in(client):
    body = client.get("/robots.txt").content.decode()
    assert [line for line in body.splitlines() if "admin" in line] == ["Disallow: /admin/"]
