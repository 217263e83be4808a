"""Bodies become safe, absolute, direction-marked HTML."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import html5lib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.bidi import Direction
from feeds.markup import Document, Form, allowed, finish, parse
from feeds.markup.addresses import candidates
from feeds.markup.directed import passage_direction
from feeds.markup.embeds import page_of
from feeds.markup.htmltree import build, serialize
from feeds.markup.sanitize import safe

CORPUS = Path(__file__).parent / "corpus" / "markup"
INVISIBLE = {
    "{RLM}": "\u200f", "{LRM}": "\u200e", "{RLI}": "\u2067", "{LRI}": "\u2066", "{PDI}": "\u2069",
    "{RLO}": "\u202e", "{BOM}": "\ufeff",
}  # fmt: skip


class Resolver:
    """Relative addresses below the site, media below /media/; what is called missing is not there."""

    def link(self, href: str) -> str | None:
        if href.startswith("#"):
            return "https://news.example/s/a" + href
        if re.match(r"(?:https?:|mailto:|tel:)", href):
            return href
        return None if ":" in href or not href else "https://news.example/" + href.lstrip("/")

    def media(self, src: str) -> str | None:
        if "missing" in src:
            return None
        return src if src.startswith("http") else "https://news.example/media/" + src.lstrip("/")


def render(
    body: str, form: Form = "markdown", *, title: str = "", language: str = "ar", direction: Direction = "rtl"
) -> str:
    return finish(parse(body, form), title=title, language=language, direction=direction, resolve=Resolver())


def visible(text: str) -> str:
    for name, character in INVISIBLE.items():
        text = text.replace(character, name)
    return text


def pairs() -> Iterator[Any]:
    for path in sorted(CORPUS.glob("*.txt")):
        for part in re.split(r"^=== ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
            head, body, expected = re.split(r"^--- (?:body|html)\n", part, flags=re.MULTILINE)
            name, *settings_lines = head.strip().split("\n")
            options = dict(pair.split(": ", 1) for line in settings_lines for pair in line.split(", "))
            for shown, character in INVISIBLE.items():
                body = body.replace(shown, character)
            yield pytest.param(body, options, expected.rstrip("\n"), id=f"{path.stem}: {name}")


@pytest.mark.parametrize(("body", "options", "expected"), list(pairs()))
def test_a_body_becomes_the_html_that_stands_beside_it(body: str, options: dict[str, Any], expected: str) -> None:
    assert visible(render(body, **options)) == expected


def test_plain_texts_serve_titles_languages_and_summaries() -> None:
    document = parse(
        "# العنوان\n\n![صورة](a.png)\n\n*تصوير: فلان*\n\n**بدأ** العمل في [المكتب](b.html)[^1] اليوم.\n\n- أول\n- ثان\n\n"
        "> قول\n\n```\ncode\n```\n\n| جدول |\n|--|\n| خلية |\n\n[^1]: حاشية\n",
        "markdown",
    )
    assert document.heading == "العنوان"
    assert document.prose == "بدأ العمل في المكتب اليوم.\nأول\nثان\nقول"
    assert "خلية" in document.text and "code" not in document.text and "[1]" not in document.text


def test_a_body_without_prose_summarises_by_its_other_text() -> None:
    assert parse("## مقدمة\n\n| خلية |\n|--|\n| أخرى |\n", "markdown").prose == "مقدمة\nخلية\nأخرى"


def test_a_body_that_begins_otherwise_has_no_heading() -> None:
    assert parse("نص\n\n# عنوان\n", "markdown").heading == ""


@pytest.mark.parametrize(
    ("body", "line", "quoted"),
    [
        ("نص\n\n![x](data:image/png;base64,AAAA)\n", 3, "'data:'"),
        ("نص\n\nسطر\n{{< map lat=1 >}}\n", 4, "'map lat=1'"),
        ("نص {% include ad.html %}", 1, "'include ad.html'"),
    ],
)
def test_what_is_left_out_is_reported_with_its_line(body: str, line: int, quoted: str) -> None:
    [(found, message)] = parse(body, "markdown").warnings
    assert found == line
    assert message.endswith(quoted)


def test_a_document_may_be_finished_again_and_again() -> None:
    document = parse("# عنوان\n\n- iOS نظام\n\n> English words in a quote", "markdown")
    results = {finish(document, title="x", language="ar", direction="rtl", resolve=Resolver()) for _ in range(3)}
    assert len(results) == 1
    assert document == parse("# عنوان\n\n- iOS نظام\n\n> English words in a quote", "markdown")


@pytest.mark.parametrize("form", ["markdown", "html", "text"])
def test_an_empty_body_is_empty(form: Form) -> None:
    assert render(" \n\n", form) == ""
    assert parse("", form) == Document(heading="", text="", prose="", warnings=(), blocks=())


@pytest.mark.parametrize(
    ("srcset", "expected"),
    [
        ("a.png 1x, b.png 2x", [("a.png", "1x"), ("b.png", "2x")]),
        ("a,b.png 480w,c.png", [("a,b.png", "480w"), ("c.png", "")]),
        ("a.png, b.png 2x", [("a.png", ""), ("b.png", "2x")]),
        (" , ", []),
        ("", []),
    ],
)
def test_a_srcset_is_split_as_browsers_split_it(srcset: str, expected: list[tuple[str, str]]) -> None:
    assert candidates(srcset) == expected


@pytest.mark.parametrize(
    ("src", "expected"),
    [
        ("//www.youtube.com/embed/ab-C_1?start=3", ("https://www.youtube.com/watch?v=ab-C_1", "YouTube")),
        (
            "https://www.youtube.com/embed/videoseries?list=x",
            ("https://www.youtube.com/embed/videoseries?list=x", "YouTube"),
        ),
        ("https://evil.example/youtube.com/embed/x", ("https://evil.example/youtube.com/embed/x", "evil.example")),
        ("https://notyoutube.com/embed/x", ("https://notyoutube.com/embed/x", "notyoutube.com")),
        ("https://geo.dailymotion.com/player.html?video=x8", ("https://www.dailymotion.com/video/x8", "Dailymotion")),
        ("javascript:alert(1)", None),
        ("http://[bad", None),
        ("about:blank", None),
    ],
)
def test_a_frame_leads_to_the_page_of_what_it_shows(src: str, expected: tuple[str, str] | None) -> None:
    assert page_of(src) == expected


@pytest.mark.parametrize(
    ("text", "around", "expected"),
    [
        ("This is an English sentence.", "rtl", "ltr"),
        ("iPhone 15", "rtl", "rtl"),
        ("2025", "rtl", "rtl"),
        ("نستعمل React و Node و Docker هنا", "rtl", "rtl"),
        ("desk@news.example https://a.example/b/c/d", "rtl", "rtl"),
        ("جملة عربية كاملة هنا", "ltr", "rtl"),
        ("The word كتاب means book", "ltr", "ltr"),
        ("", "ltr", "ltr"),
    ],
)
def test_a_passage_turns_only_when_it_is_plainly_in_the_other_direction(
    text: str, around: Direction, expected: Direction
) -> None:
    assert passage_direction(text, around) == expected


# What people and attackers write, in pieces.
PIECES = st.sampled_from(
    ["<div>", "</div>", "<p>", "<table>", "<td>", "<a href='x'>", "<a href=javascript:x>", "</a>", "<svg>", "<math>", "<b>",
     "</b>", "<ul>", "<li>", "<script>", "</script>", "<style>", "<!--", "-->", "<iframe src='https://a.b/c'>", "<img src=x ",
     "onerror=y>", "<noscript>", "</noscript>", "<select>", "<template>", "<pre>", "<xmp>", "<title>", "<body onload=x>",
     "<p dir=rtl lang=fa id=q>", "<bdo dir=rtl>", "&lt;", "&#0;", "&amp;amp;", "<![CDATA[", "]]>", "{{<", ">}}", "{%", "%}",
     "{{", "}}", "[[", "]]", "![[", "==", "`", "```\n", "::: note\n", ":::\n", "> [!TIP] ", "> ", "- ", "1. ", "# ", "| a |\n|-|\n",
     "[^1]", "\n\n[^1]: x", "{: .a}", "\n", "\n\n", "    ", "\t", "نص ", "كلمة", "word ", "three english words", "https://a.b/c", "@user",
     "\u200f", "\u202e", "\u2067", "\u2069", "\u200c", "\ufeff", "\x00", "\ud800", "<Comp a={", "/>", "import a from 'b'\n",
     "<details><summary>", "<figure>", "<figcaption>", "<source srcset='a 1x, b'>", "<picture>", "<video src=v>", "<h1>", "<ruby><rt>"]
)  # fmt: skip
BODIES = st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=40).map("".join))
FORMS: Any = st.sampled_from(["markdown", "html", "text"])
DIRECTIONS: Any = st.sampled_from(["rtl", "ltr"])
NAMESPACE = "{http://www.w3.org/1999/xhtml}"


@given(BODIES, FORMS, DIRECTIONS)
@settings(max_examples=400, deadline=None)
def test_any_body_becomes_safe_well_formed_html(body: str, form: Form, direction: Direction) -> None:
    result = render(body, form, direction=direction, language="ar" if direction == "rtl" else "en")
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\ufeff\u202a-\u202e\ud800-\udfff]", result)
    fragment = html5lib.parseFragment(result)
    roots = list(fragment)
    assert len(roots) <= 1
    for element in fragment.iter():
        if not isinstance(element.tag, str) or element is fragment:
            continue
        name = element.tag.removeprefix(NAMESPACE)
        assert name in allowed.ELEMENTS
        for attribute, value in element.attrib.items():
            assert attribute in allowed.ATTRIBUTES[name] | {"dir", "lang"}
            assert not attribute.startswith("data-")
            if attribute in ("href", "src", "cite", "poster"):
                assert value.startswith(("https://", "http://", "mailto:", "tel:"))
            if attribute == "dir":
                assert value in ("rtl", "ltr")
    for root in roots:
        assert root.attrib["dir"] == direction
        for block in root:
            assert block.attrib.get("dir") in ("rtl", "ltr")


@given(BODIES, FORMS)
@settings(max_examples=300, deadline=None)
def test_sanitising_the_result_again_changes_nothing(body: str, form: Form) -> None:
    result = render(body, form)
    assert "".join(serialize([node]) for node in build(safe(result)).children) == result


DEEP = [">", "> ", "[", "(", "- ", "<div>", "<ul><li>", "<blockquote>", "<table><tr><td>", "<b>", "![", "`` ` ", "{{< ", "{% a ", "[[a|",
        "==a ", "<Aa {", "{:a", "::: a\n", "{% highlight x %}\n", "{% comment %}\n", "<div dir=rtl>\n", '<a href="', "<svg><a href=x>", "<!--",
        "<p><font a=1><b>", "\u2067a", "| a ", "[^a] ", "a\n: b\n", "<span dir=rtl><p>", "<select>", "&", "<![CDATA["]  # fmt: skip


@pytest.mark.parametrize("unit", DEEP)
@pytest.mark.parametrize("form", ["markdown", "html"])
def test_deep_and_repeated_input_takes_time_in_proportion(unit: str, form: Form) -> None:
    def seconds(count: int) -> float:
        started = time.process_time()  # other work on the machine does not count
        render(unit * count, form)
        return time.process_time() - started

    twice = seconds(10_000)
    if twice >= 0.5:  # else it is below the bound whatever half of it takes
        once = min(seconds(5_000), seconds(5_000))
        assert min(twice, seconds(10_000)) < 3.5 * once + 0.5


@pytest.mark.parametrize(
    ("unit", "form"),
    [("> ", "markdown"), ("- ", "markdown"), ("<div>", "html"), ("<ul><li>", "html"), ("[", "markdown")],
)
def test_words_below_any_depth_are_kept(unit: str, form: Form) -> None:
    assert "الكلمة" in render(unit * 10_000 + "الكلمة", form)
