"""The tags that draw: word breaks, seal, QR code, slips, ring, book."""

import re

import pytest
import segno
from django.template import Context, Template
from django.utils.safestring import mark_safe
from hypothesis import given
from hypothesis import strategies as st

from foundation.drawing import QUIET_ZONE, qr_path, seal_path
from foundation.zhtext.wordbreaks import unbreakable_pieces


def render(source: str, **context: object) -> str:
    return Template("{% load ui %}" + source).render(Context(context))


def test_a_heading_breaks_between_words_only() -> None:
    assert unbreakable_pieces("联合体里有一家失信") == ("联合体", "里", "有", "一家", "失信")


def test_marks_stay_with_the_word_before_and_brackets_with_the_word_after() -> None:
    pieces = unbreakable_pieces("情境三：“守信”的人（两年）")
    assert [p for p in pieces if p[0] in "：”）的" or p[-1] in "“（"] == []


@given(st.text(max_size=60))
def test_pieces_joined_are_the_text_again(text: str) -> None:
    assert "".join(unbreakable_pieces(text)) == text


def test_zhwrap_escapes_what_it_is_given() -> None:
    html = render("{{ title|zhwrap }}", title='失信<script>alert("x")</script>&')
    assert "<script" not in html
    assert html.replace("<wbr>", "") == "失信&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&amp;"


def test_zhwrap_never_cuts_an_entity_or_a_tag_of_safe_markup() -> None:
    markup = mark_safe("守信<b>激励</b>&amp;失信惩戒")
    assert render("{{ title|zhwrap }}", title=markup) == markup


def test_the_same_code_gives_the_same_seal_and_another_code_another() -> None:
    assert seal_path("letter-1") == seal_path("letter-1")
    assert len({seal_path(f"letter-{n}") for n in range(200)}) == 200


def test_the_seal_has_its_sentence_or_is_decoration() -> None:
    assert 'role="img" aria-label="平台核验标记"' in render('{% seal "a" "平台核验标记" %}')
    assert 'aria-hidden="true"' in render('{% seal "a" %}')


def test_the_qr_code_is_the_symbol_of_its_address_with_a_quiet_zone() -> None:
    address = "https://example.org/l/7K2MQ9X0ABCD"
    path, side = qr_path(address)
    matrix = segno.make(address, error="m", micro=False).matrix
    dark = {
        (int(x) + n, int(y))
        for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", path)
        for n in range(int(width))
    }
    wanted = {(x + QUIET_ZONE, y + QUIET_ZONE) for y, row in enumerate(matrix) for x, bit in enumerate(row) if bit}
    assert dark == wanted
    assert side == len(matrix) + 2 * QUIET_ZONE


def test_labels_are_escaped() -> None:
    for source in ("{% qr 'a' label %}", "{% seal 'a' label %}", "{% ring 10 label %}", "{% book label %}"):
        assert "<b>" not in render(source, label='"><b>')


@pytest.mark.parametrize(("given_percent", "shown"), [(0, 0), (46.7, 46), (100, 100), (250, 100), (-3, 0)])
def test_the_ring_shows_whole_percents_between_nothing_and_all(given_percent: float, shown: int) -> None:
    html = render("{% ring p '进度' %}", p=given_percent)
    assert f'stroke-dasharray="{shown} 100"' in html
    assert f">{shown}%</text>" in html


def test_a_cover_of_an_unknown_colour_is_jade() -> None:
    assert 'data-c="jade"' in render('{% book "信用" "neon" %}')
    assert 'data-c="plum"' in render('{% book "信用" "plum" %}')


def test_slips_say_their_state_and_mark_the_current_step() -> None:
    track = [
        {"number": "一", "word": "学习", "description": "", "state": "done", "text": "学完", "url": "/a/"},
        {"number": "二", "word": "培训", "description": "", "state": "now", "text": "2/4", "url": "/b/"},
        {"number": "三", "word": "考试", "description": "", "state": "todo", "text": "未开", "url": ""},
    ]
    html = render('{% slips track "flat" %}', track=track)
    assert re.findall(r'<li class="([^"]+)"( aria-current="step")?', html) == [
        ("slip is-done", ""),
        ("slip is-now", ' aria-current="step"'),
        ("slip is-todo", ""),
    ]
    assert html.count("<a href=") == 2
    assert re.findall(r'<span class="vh">([^<]+)</span>', html) == ["，已完成", "，进行中", "，未开始"]
