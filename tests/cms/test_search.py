"""The site search finds every Chinese word of two characters or more, and nothing that is not public."""

import datetime as dt

import pytest
from django.utils import timezone
from modelsearch.index import insert_or_update_object
from wagtail.models import Page

from cms import registry
from cms.models import CasePage, NoticeIndexPage, NoticePage
from cms.queries import search_site
from foundation.zhtext.bigrams import index_text, pairs, query_pieces
from foundation.zhtext.excerpts import excerpt
from tests.factories.cms import CaseFactory, site
from tests.factories.organisations import OrganisationFactory

TEXTS = (
    "农药店按信用分五等，A等每年奖4,000元",
    "联合体里有一家失信，整个联合体不得投标",
    "纳税守信的小微企业，凭信用就能申请贷款",
    "养殖户用了禁药，两年拿不到价格补贴",
    "龑骉淏公司诚信考试题库",
    "诚信。考试另行通知",
)


def index_pages():
    """What a background job does after each save."""
    for page in Page.objects.specific():
        insert_or_update_object(page)


def test_a_run_becomes_its_pairs_and_its_last_character():
    assert index_text("2026诚信考试ok") == "2026 诚信 信考 考试 试 ok"
    assert index_text("甲") == " 甲 "
    assert pairs("甲") == ["甲"]
    assert query_pieces("信用A级 办法") == [("信用", True), ("A", False), ("级", True), ("办法", True)]


def test_an_excerpt_shows_the_first_word_that_occurs():
    assert excerpt("甲" * 40 + "诚信考试" + "乙" * 40, "没有 考试", 22) == "…" + "甲" * 14 + "诚信考试" + "乙" * 4 + "…"
    assert excerpt("短\n文", "没有") == "短 文"


@pytest.mark.django_db
class TestOnThisDatabase:
    @pytest.fixture(autouse=True)
    def _cases(self):
        site()
        unit = OrganisationFactory()
        for text in TEXTS:
            CaseFactory(title=text, department=unit, measures="")
        index_pages()

    def words(self):
        runs = ["".join(piece for piece, han in query_pieces(text) if han) for text in TEXTS]
        words = {run[i : i + n] for run in runs for n in (2, 3, 4) for i in range(len(run) - n + 1)}
        return sorted(words | {"不存在", "信信", "考信"})

    def test_every_word_finds_exactly_the_titles_that_contain_it(self):
        wrong = [
            word
            for word in self.words()
            if {page.pk for page in CasePage.objects.live().search(word)}
            != set(CasePage.objects.live().filter(title__icontains=word).values_list("pk", flat=True))
        ]
        assert wrong == []
        assert len(self.words()) > 150

    def test_several_words_find_pages_that_hold_all_of_them(self):
        assert [hit.title for hit in search_site("信用 贷款").groups[0].hits] == [TEXTS[2]]
        assert search_site("信用 投标").groups == []

    def test_the_best_match_comes_first_and_the_count_is_right(self):
        found = CasePage.objects.live().search("诚信考试")
        assert ([page.title for page in found], found.count()) == ([TEXTS[4]], 1)

    def test_mixed_text_and_strange_signs_break_nothing(self):
        for query in ("A等", '"诚信', "诚信*", "诚信 AND", "NEAR(", "'; --", "诚", "\0诚信", "%", "“”", "a" * 500):
            assert search_site(query).query == " ".join(query.replace("\0", " ").split())[:60]
        assert [hit.title for hit in search_site("A等").groups[0].hits] == [TEXTS[0]]

    def test_neither_a_draft_nor_a_sanction_past_its_day_is_found(self):
        CaseFactory(title="草稿里的失信", draft=True)
        past = CaseFactory(title="过期的失信惩戒", sanction=True)
        index_pages()
        assert [hit.title for hit in search_site("过期的").groups[0].hits] == [past.title]
        Page.objects.filter(pk=past.pk).update(expire_at=timezone.now() - dt.timedelta(seconds=1))
        assert search_site("草稿里").groups == []
        assert search_site("过期的").groups == []
        assert past.title not in [hit.title for group in search_site("失信").groups for hit in group.hits]

    def test_the_page_groups_counts_and_pages(self, client):
        index = NoticeIndexPage.objects.get()
        for number in range(12):
            index.add_child(instance=NoticePage(title=f"诚信考试通知{number}"))
        index_pages()
        html = client.get("/search/?q=诚信考试").content.decode()
        assert "“诚信考试”有13条结果" in html
        groups = client.get("/search/?q=诚信考试").context["result"].groups
        assert [(group.provider.key, group.total, len(group.hits)) for group in groups] == [
            ("cases", 1, 1),
            ("notices", 12, 4),
        ]
        second = client.get("/search/?q=诚信考试&in=notices&page=2").context["result"]
        assert (len(second.chosen.hits), second.page.number, second.total) == (2, 2, 13)

    def test_nothing_found_and_nothing_asked_say_so(self, client):
        assert "没有公开内容含有“查无此词”" in client.get("/search/?q=查无此词").content.decode()
        assert client.get("/search/").context["result"].groups == []
        assert client.post("/search/").status_code == 405

    def test_apps_above_hand_in_what_they_find(self, client, monkeypatch):
        found = registry.Hits(1, [registry.Hit("一封承诺书", "/l/ABC/", "按时办结", "市农委")])
        provider = registry.SearchProvider(key="letters", label="承诺书", search=lambda q, o, n: found, order=1)
        monkeypatch.setitem(registry.search_providers, "letters", provider)
        result = client.get("/search/?q=诚信考试").context["result"]
        assert [(group.provider.key, group.total) for group in result.groups] == [("letters", 1), ("cases", 1)]
