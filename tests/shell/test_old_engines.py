"""The flat style sheet, and who gets it."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import tinycss2
from django.core.management import call_command
from django.test import Client

from elearning.legacycss.flatten import StyleError, flatten
from elearning.management.commands.flatten_css import sources
from foundation.engines import is_old

WECHAT_2018 = "Mozilla/5.0 (Linux; Android 8.1) AppleWebKit/537.36 Chrome/66.0.3359.126 MicroMessenger/7.0"
WECHAT_2025 = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130.0.6723.103 XWEB/1300 MicroMessenger/8.0"
IPHONE_16 = "Mozilla/5.0 (iPhone; CPU iPhone OS 16_4 like Mac OS X) AppleWebKit/605.1.15 MicroMessenger/8.0"
IPHONE_18 = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Version/18.1 Safari/604.1"
EDGE_MODE_360 = "Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
SAFARI_16 = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/16.6 Safari/605.1.15"


@pytest.mark.parametrize(
    ("user_agent", "old"),
    [
        (WECHAT_2018, True),
        (WECHAT_2025, False),
        (IPHONE_16, True),
        (IPHONE_18, False),
        (EDGE_MODE_360, True),
        (FIREFOX, False),
        (SAFARI_16, True),
        ("", False),
        ("curl/8", False),
    ],
)
def test_old_engines_are_known_by_their_name(user_agent: str, old: bool) -> None:
    assert is_old(user_agent) is old


def test_nesting_layers_and_conditions_are_unwrapped() -> None:
    source = """
    @layer base, parts;
    @layer parts { .a { color: red; &:hover, .b & { color: blue; } > .c { inset: 0 auto; }
      @container (width >= 40rem) { display: none; } } }
    @layer base { .x:is(.p, .q) { margin-inline: auto 1px; } }
    .last { color: rgb(0 0 0 / .5); }
    """
    assert flatten([source]).splitlines() == [
        ".x.p,.x.q{margin-left:auto;margin-right:1px}",
        ".a{color:red}",
        ".a:hover,.b .a{color:blue}",
        ".a > .c{top:0;right:auto;bottom:0;left:auto}",
        "@media (min-width: 50rem) { .a{display:none} }",
        ".last{color:rgba(0,0,0,.5)}",
    ]


def test_a_plain_value_stands_before_a_fine_one_that_is_asked_for() -> None:
    assert flatten([".a { padding: clamp(1rem, 4vw, 2rem) var(--s); }"]).splitlines() == [
        ".a{padding:1rem var(--s)}",
        "@supports (width: clamp(1px, 1px, 1px)) { .a{padding:clamp(1rem, 4vw, 2rem) var(--s)} }",
    ]


def test_space_between_flex_items_becomes_a_margin_where_it_is_unknown() -> None:
    assert flatten([".a { display: flex; gap: 1px 2px; }"]).splitlines() == [
        ".a{display:flex;grid-gap:1px 2px;gap:1px 2px}",
        "@supports not (aspect-ratio: 1 / 1) { .a > * + *{margin-left:2px} }",
    ]


def test_a_selector_that_would_make_an_old_engine_drop_the_rule_is_left_out() -> None:
    assert flatten([".a:has(b), .c:focus-visible { color: red; } .d:has(e) { color: red; }"]).splitlines() == [
        ".c:focus{color:red}"
    ]


def test_a_source_that_is_not_css_is_refused() -> None:
    with pytest.raises(StyleError):
        flatten([".a { color: red } }"])


def _rules(nodes: list[Any]) -> list[Any]:
    """Every qualified rule, those inside conditions too."""
    found = []
    for node in nodes:
        if node.type == "qualified-rule":
            found.append(node)
        elif node.type == "at-rule" and node.lower_at_keyword in ("media", "supports"):
            found += _rules(tinycss2.parse_rule_list(node.content, skip_comments=True, skip_whitespace=True))
        else:
            assert (node.type, getattr(node, "lower_at_keyword", "")) in [("at-rule", "keyframes"), ("at-rule", "page")]
    return found


def test_the_site_flattened_has_nothing_that_an_old_engine_does_not_know(settings: Any) -> None:
    folder = Path(settings.BASE_DIR) / "static" / "css"
    text = flatten(path.read_text(encoding="utf-8") for path in sources(folder))
    rules = _rules(tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True))
    assert len(rules) > 500
    for word in (
        "@layer",
        "@container",
        ":has(",
        ":is(",
        ":where(",
        "&",
        "width <",
        "width >",
        "cqi",
        "cqw",
        ";inset",
        "{inset",
    ):
        assert word not in text, word
    nested = [r for r in rules for n in tinycss2.parse_blocks_contents(r.content) if n.type == "qualified-rule"]
    assert nested == []


def test_the_command_writes_the_file_once_and_leaves_an_equal_one_alone(settings: Any, tmp_path: Path) -> None:
    settings.BASE_DIR = tmp_path
    folder = tmp_path / "static" / "css"
    folder.mkdir(parents=True)
    (folder / "site.css").write_text("@layer a { .b { .c { color: red; } } }", encoding="utf-8")
    call_command("flatten_css", stdout=StringIO())
    first = (folder / "legacy.css").stat().st_mtime_ns
    assert (folder / "legacy.css").read_text(encoding="utf-8").endswith("*/\n.b .c{color:red}\n")
    call_command("flatten_css", stdout=StringIO())
    assert (folder / "legacy.css").stat().st_mtime_ns == first


@pytest.mark.django_db
def test_old_engines_get_the_flat_sheet_and_others_do_not_pay_for_it(client: Client) -> None:
    modern = client.get("/nothing/", headers={"user-agent": WECHAT_2025}).content.decode()
    assert '<link rel="stylesheet" href="/static/css/site.css">' in modern
    assert '<link rel="stylesheet" href="/static/css/legacy.css">' not in modern
    html = client.get("/nothing/", headers={"user-agent": WECHAT_2018}).content.decode()
    assert '<link rel="stylesheet" href="/static/css/legacy.css">' in html
    assert "/static/css/site.css" not in html
