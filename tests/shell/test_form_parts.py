"""Fields, pages of a list and the other parts that templates include."""

import re

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, RequestContext, Template
from django.test import RequestFactory


class ReportForm(forms.Form):
    title = forms.CharField(label="标题", help_text="一句话", widget=forms.TextInput(attrs={"placeholder": "标题"}))
    note = forms.CharField(label="说明", required=False)
    agree = forms.BooleanField(label="同意")
    kind = forms.ChoiceField(label="类型", choices=[("a", "激励"), ("b", "惩戒")], widget=forms.RadioSelect)
    secret = forms.CharField(widget=forms.HiddenInput, required=False)


def render(source: str, **context: object) -> str:
    return Template("{% load parts %}" + source).render(Context(context))


def test_a_field_is_tied_to_its_label_its_hint_and_its_errors() -> None:
    html = render("{% field form.title %}", form=ReportForm({}))
    assert '<label for="id_title">标题</label>' in html
    assert 'aria-describedby="id_title_helptext id_title_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="id_title_helptext">一句话<' in html
    assert 'id="id_title_error"' in html
    assert "placeholder" not in html


def test_a_field_that_may_stay_empty_says_so() -> None:
    assert "（可以不填）" in render("{% field form.note %}", form=ReportForm())
    assert "（可以不填）" not in render("{% field form.title %}", form=ReportForm())


def test_choices_are_a_group_with_a_name() -> None:
    html = render("{% field form.kind %}", form=ReportForm())
    assert '<fieldset class="field" id="id_kind">' in html
    assert '<legend class="label">类型</legend>' in html
    assert html.count('type="radio"') == 2


def test_own_words_replace_those_of_the_form() -> None:
    html = render("{% field form.title '题目' ' ' %}", form=ReportForm())
    assert ">题目</label>" in html
    assert "一句话" not in html


def test_the_summary_leads_to_every_field_in_error() -> None:
    html = render("{% fields form %}", form=ReportForm({"title": "x"}))
    assert re.findall(r'<a href="(#[^"]+)">', html) == ["#id_agree", "#id_kind"]
    assert html.count('role="alert"') == 1


def test_a_form_without_errors_has_no_summary() -> None:
    assert 'role="alert"' not in render("{% fields form %}", form=ReportForm())


def test_what_the_reader_typed_is_escaped() -> None:
    assert "<b>" not in render("{% fields form %}", form=ReportForm({"title": '"><b>x', "note": "<b>"}))


@pytest.mark.parametrize(
    ("number", "pages"), [(1, ["2", "20", "2"]), (10, ["9", "1", "9", "11", "20", "11"]), (20, ["19", "1", "19"])]
)
def test_the_pager_keeps_the_rest_of_the_query(number: int, pages: list[str]) -> None:
    request = RequestFactory().get("/cases/", {"kind": "a&b", "page": str(number)})
    page = Paginator(range(200), 10).page(number)
    html = Template("{% load parts %}{% pager page %}").render(RequestContext(request, {"page": page}))
    assert re.findall(r'href="\?kind=a%26b&amp;page=(\d+)"', html) == pages
    assert html.count('aria-current="page"') == 1


def test_a_list_of_one_page_has_no_pager() -> None:
    request = RequestFactory().get("/cases/")
    html = Template("{% load parts %}{% pager page %}").render(
        RequestContext(request, {"page": Paginator([1], 10).page(1)})
    )
    assert html.strip() == ""
