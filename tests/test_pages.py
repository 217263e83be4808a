"""What people see on the pages: text that stays text, directions, landmarks, and nothing that runs."""

from __future__ import annotations

import base64
import hashlib
import re
from itertools import pairwise
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from html_page import Html
from page_samples import (
    PDI,
    PUBLISHED,
    RLI,
    RLM,
    SITE,
    UPDATED,
    article,
    classed,
    config,
    list_of,
    page_of,
    picture,
    rich,
)

from feeds import pages
from feeds.article import Author, Enclosure, Source
from feeds.pages.assets import ASSETS, feed_style_path
from feeds.queries import Gone, Selection
from feeds.translations import Translation
from feeds.words import word

RTL_LANGUAGES = ["ar", "fa", "he", "ur"]
SCRIPT = ASSETS["/assets/nashra.js"][0].decode()


def every_body() -> list[bytes]:
    shown = rich(source=Source(title="الأصل", url="https://first.example/x"))
    return [
        pages.article_page(config(), shown, picture()),
        pages.list_page(config(), Selection(), "", [shown, article()], page=1, pages=2),
        pages.list_page(config(), Selection(kind="tag", key="C++"), "C++", [shown], page=1, pages=1),
        pages.error_page(config(), 404),
        pages.error_page(config(), 410, Gone(token="a1", when=UPDATED, reason="خطأ", withdrawn=True)),
    ]


def test_a_title_that_looks_like_markup_is_shown_as_text() -> None:
    title = "<img src=x onerror=alert(4)>"
    for page in (page_of(article(title)), list_of(article(title))):
        assert title in page.text and not page.all("img")
    assert page_of(article(title)).h1 == title


def test_names_tags_and_captions_that_look_like_markup_are_text() -> None:
    odd = '"><b>x</b>'
    shown = article(
        tags=(odd,), authors=(Author(name=odd),), image=picture(alt=odd, caption=odd), source=Source(title=odd)
    )
    for page in (page_of(shown), list_of(shown), list_of(selection=Selection(kind="tag", key=odd), label=odd)):
        assert not page.all("b") and odd in page.text


def test_the_article_itself_stands_on_the_page_as_it_is() -> None:
    html = '<div dir="rtl" lang="ar"><p dir="rtl">نص <a href="https://x.example/?a=1&amp;b=2">رابط</a></p></div>'
    assert html.encode() in pages.article_page(config(), article(content_html=html), None)


def test_nothing_runs_and_nothing_is_styled_inline() -> None:
    for body in every_body():
        page = Html.parse(body)
        for script in page.all("script"):
            data = script.get("type") == "application/ld+json" and not script.get("src")
            ours = (script.get("src") or "").startswith("/assets/nashra.js?v=") and not script.text
            assert data or ours
        assert not page.all("style", "iframe", "object")
        assert {form.get("role") for form in page.all("form")} <= {"search"}
        names = {name for node in page.root.iter() for name in node.attrib}
        assert "style" not in names and not [name for name in names if name.startswith("on")]


@pytest.mark.parametrize("language", RTL_LANGUAGES)
def test_a_right_to_left_page_says_so_and_its_words_are_its_own(language: str) -> None:
    page = page_of(article(language=language), config(language="en", direction="ltr"))
    assert (page.root.get("lang"), page.root.get("dir")) == (language, "rtl")
    (share,) = [node for node in page.all("h2") if node.get("id") == "share"]
    assert re.search("[\u0590-\u06ff]", share.text or "")


def test_a_language_s_page_is_in_that_language_and_others_in_the_site_s() -> None:
    english = list_of(selection=Selection(kind="lang", key="en"))
    tagged = list_of(selection=Selection(kind="tag", key="RSS"), label="RSS")
    assert (english.root.get("lang"), english.root.get("dir"), english.h1) == ("en", "ltr", "English")
    assert (tagged.root.get("lang"), tagged.root.get("dir"), tagged.h1) == ("ar", "rtl", "RSS")


def test_each_story_of_a_list_has_its_own_language_and_direction() -> None:
    page = list_of(article(), article("English item", id="e", language="en", direction="ltr"))
    stories = page.all("article")
    assert [(s.get("lang"), s.get("dir")) for s in stories] == [("ar", "rtl"), ("en", "ltr")]
    for story in stories:
        (link,) = story.findall(".//h2/a")
        (title,) = link.findall("bdi")
        assert title.get("dir") == story.get("dir")


def test_an_address_in_a_list_leads_to_the_permalink() -> None:
    links = list_of(article(id="خبر")).root.findall(".//h2/a")
    assert [link.get("href") for link in links] == [f"{SITE}/s/{_token('خبر')}"]


def _token(article_id: str) -> str:
    """contract.md: the first 10 characters of the lower-case base32 of the SHA-256 of the id."""
    return base64.b32encode(hashlib.sha256(article_id.encode()).digest()).decode().lower()[:10]


def test_interpolated_names_are_isolated() -> None:
    page = page_of(rich(source=Source(title="Example News")))
    isolated = {"".join(node.itertext()) for node in page.all("bdi")}
    assert {"سارة علي", "John Smith", "كرة القدم", "C++", "Example News", "تصوير: سارة", "صحيفة المثال"} <= isolated


def test_dates_are_in_words_and_machine_readable() -> None:
    page = page_of(rich())
    times = [(t.get("datetime"), t.text) for t in page.all("time")]
    assert times == [(PUBLISHED.isoformat(), "30 أبريل 2025"), (UPDATED.isoformat(), "2 مايو 2025")]
    assert [t.text for t in page_of(article(language="fa")).all("time")] == ["۳۰ آوریل ۲۰۲۵"]


def test_authors_and_tags_lead_to_their_pages() -> None:
    page = page_of(rich())
    assert [a.get("href") for a in page.all("a") if a.get("rel") == "author"] == [
        f"{SITE}/author/%D8%B3%D8%A7%D8%B1%D8%A9-%D8%B9%D9%84%D9%8A", f"{SITE}/author/John-Smith",
    ]  # fmt: skip
    assert f"{SITE}/tag/C++" in [unquote(a.get("href", "")) for a in page.all("a") if a.get("rel") == "tag"]


def test_an_article_outside_the_lists_links_to_no_list_that_may_not_be_there() -> None:
    page = page_of(rich(in_feeds=False))
    assert not [a for a in page.all("a") if a.get("rel") in ("tag", "author")]
    assert "C++" in page.text and "John Smith" in page.text


def test_the_picture_is_shown_once() -> None:
    (figure,) = page_of(rich()).all("figure")
    (image,) = figure.iter("img")
    assert (image.get("alt"), image.get("width"), image.get("height")) == ("واجهة المكتبة", "1200", "630")
    in_body = f'<div dir="rtl"><p dir="rtl"><img src="{SITE}/media/p.jpg?v=abc" alt="x"></p></div>'
    assert len(page_of(rich(content_html=in_body)).all("img")) == 1


def test_the_site_s_share_picture_is_not_shown_in_the_article() -> None:
    assert not page_of(article(), share_picture=picture()).all("img")


def test_a_sound_can_be_played_and_fetched() -> None:
    sound = Enclosure(url=f"{SITE}/media/s.mp3?v=1", media_type="audio/mpeg", length_bytes=9)
    page = page_of(article(enclosures=(sound,)))
    assert [node.get("src") for node in page.all("audio")] == [sound.url]
    assert sound.url in page.urls and "s.mp3" in page.text


def test_share_links_decode_once_to_the_clean_title_and_the_permalink() -> None:
    (share,) = classed(page_of(article('قال R&D "نعم" 100%'), config(share_networks=("x", "email", "copy"))), "share")
    links = [a.get("href") for a in share.iter("a") if a.get("rel") == "noopener nofollow"]
    assert [parse_qs(urlsplit(href).query) for href in links] == [
        {"text": ['قال R&D "نعم" 100%'], "url": [f"{SITE}/s/a1"]},
        {"subject": ['قال R&D "نعم" 100%'], "body": [f"{SITE}/s/a1"]},
    ]


def test_a_shared_title_begins_with_its_mark_where_its_first_letter_would_mislead() -> None:
    for written in ("OpenAPI بالعربية", f"{RLI}OpenAPI{PDI} بالعربية"):
        (share,) = classed(page_of(article(written), config(share_networks=("x",))), "share")
        assert parse_qs(urlsplit(next(share.iter("a")).get("href")).query)["text"] == [f"{RLM}OpenAPI بالعربية"]


def test_without_networks_there_is_no_share_bar_and_no_script() -> None:
    page = page_of(article(), config(share_networks=()))
    assert not classed(page, "share") and not [s for s in page.all("script") if s.get("src")]


def test_the_share_bar_is_links_and_what_needs_the_script_is_hidden_until_it_runs() -> None:
    (share,) = classed(page_of(article()), "share")
    visible = [item for item in share.iter("li") if item.get("hidden") is None]
    assert all([child.tag for child in item] == ["a"] for item in visible) and len(visible) == 7
    buttons = [button for item in share.iter("li") if item.get("hidden") is not None for button in item.iter("button")]
    assert [button.get("data-share") for button in buttons] == ["server", "copy", "device"]
    assert all(button.get("type") == "button" and (button.text or "").strip() for button in share.iter("button"))
    (address,) = [a for a in share.iter("a") if a.get("rel") == "bookmark"]
    assert address.get("href") == address.text == f"{SITE}/s/a1" and address.get("dir") == "ltr"


@pytest.mark.parametrize("language", ["ar", "fa", "he", "ur", "en", "fr"])
def test_what_the_script_says_is_in_the_language_of_the_page(language: str) -> None:
    page = page_of(article(language=language))
    (said,) = [node for node in page.root.iter() if node.get("role") == "status"]
    (wrong,) = [node for node in page.root.iter() if node.get("role") == "alert"]
    english = {word(name, "en") for name in ("copied", "not_copied", "not_server")}
    texts = {said.get("data-copied"), said.get("data-failed"), wrong.get("data-wrong")}
    assert len(texts) == 3 and said.get("lang") == wrong.get("lang") is None
    assert texts == english if language == "en" else not texts & english
    assert {said.text, wrong.text} == {None}


def test_where_a_language_has_no_words_what_the_script_says_is_marked_as_english() -> None:
    (said,) = [node for node in page_of(article(language="ps")).root.iter() if node.get("role") == "status"]
    assert (said.get("lang"), said.get("dir"), said.get("data-copied")) == ("en", "ltr", "The link was copied.")


def test_the_script_keeps_nothing_but_a_server_s_name_and_calls_nobody() -> None:
    source = SCRIPT.replace("https://${name}", "")
    assert not re.search(r"fetch|XMLHttpRequest|sendBeacon|cookie|innerHTML|eval|import|https?://[a-z]", source)
    assert re.findall(r"(?:local|session)Storage\.\w+\((\w+)", source) == ["KEPT", "KEPT"]


def test_translations_are_links_in_their_own_language_and_direction() -> None:
    versions = tuple(Translation(language=language, token=f"a-{language}") for language in ("ar", "en", "fa"))
    (others,) = classed(page_of(article(), versions=versions), "versions")
    assert [(a.get("href"), a.get("lang"), a.get("dir"), a.text) for a in others.iter("a")] == [
        (f"{SITE}/s/a-en", "en", "ltr", "English"), (f"{SITE}/s/a-fa", "fa", "rtl", "فارسی"),
    ]  # fmt: skip
    assert not classed(page_of(article()), "versions")


def test_a_feed_s_style_sheet_speaks_the_feed_s_language() -> None:
    for language, direction in (("ar", "rtl"), ("he", "rtl"), ("en", "ltr"), ("fr", "ltr")):
        name = feed_style_path("/ar", language)
        assert name == f"/ar/assets/feed.{language}.css"
        body, kind = ASSETS[name.removeprefix("/ar")]
        assert kind == "text/css; charset=utf-8"
        assert f'--about: "{word("about_feed", language)}";' in body.decode()
        assert f"  direction: {direction};\n}}" in body.decode()
    assert feed_style_path("", "ar-SY") == "/assets/feed.ar.css"
    assert feed_style_path("", "sw") == "/assets/feed.en.css"


def test_a_source_without_an_address_is_named_but_not_linked() -> None:
    (source,) = classed(page_of(article(source=Source(title="الأصل"))), "source")
    assert "الأصل" in "".join(source.itertext()) and not list(source.iter("a"))


def test_every_page_has_one_h1_landmarks_and_a_skip_link() -> None:
    for body in every_body():
        page = Html.parse(body)
        assert len(page.all("h1")) == 1 and len(page.all("main")) == 1
        assert all(nav.get("aria-label") or nav.get("aria-labelledby") for nav in page.all("nav"))
        assert all(image.get("alt") is not None for image in page.all("img"))
        skip = page.all("a")[0]
        assert skip.get("href") == "#main" and page.all("main")[0].get("id") == "main"


def test_headings_do_not_skip_a_level() -> None:
    for body in every_body():
        levels = [int(node.tag[1]) for node in Html.parse(body).all("h1", "h2", "h3")]
        assert levels[0] == 1 and all(after - before <= 1 for before, after in pairwise(levels))


def test_every_link_is_absolute_on_the_site_but_those_to_its_own_style_and_script() -> None:
    site = config(url=f"{SITE}/ar")
    page = page_of(rich(image=None), site)
    inner = [url for url in page.urls if not url.startswith(("https://", "mailto:", "#"))]
    assert inner and all(url.startswith("/ar/assets/nashra.") for url in inner)
    assert all(url.startswith(f"{SITE}/ar/") for url in page.urls if url.startswith(SITE))


def test_the_style_sheet_s_address_changes_with_its_bytes() -> None:
    body, kind = ASSETS["/assets/nashra.css"]
    (link,) = page_of(article(), config(url=f"{SITE}/ar")).links("stylesheet")
    assert link.get("href") == f"/ar/assets/nashra.css?v={hashlib.sha256(body).hexdigest()[:12]}"
    assert kind == "text/css; charset=utf-8"


def test_an_unknown_language_s_words_are_english_and_say_so() -> None:
    page = page_of(article(language="sw", direction="ltr"))
    assert [s.text for s in page.all("span") if s.get("lang") == "en" and s.get("dir") == "ltr"]


def test_numbers_of_pages_have_the_digits_of_the_language() -> None:
    (paging,) = classed(list_of(selection=Selection(kind="lang", key="fa"), page=2, count=12), "paging")
    assert "صفحهٔ ۲ از ۱۲" in "".join(paging.itertext())


def test_a_withdrawn_article_s_page_says_when_and_why_but_not_its_title() -> None:
    body = pages.error_page(config(), 410, Gone(token="a1", when=UPDATED, reason="خطأ في الخبر", withdrawn=True))
    page = Html.parse(body)
    assert "عنوان سري" not in body.decode()
    assert "سُحب" in page.text and "خطأ في الخبر" in page.text and page.instants == [UPDATED.isoformat()]


def test_an_expired_article_s_page_says_when() -> None:
    page = Html.parse(pages.error_page(config(), 410, Gone(token="a1", when=UPDATED, reason="", withdrawn=False)))
    assert "انتهت" in page.text and page.instants == [UPDATED.isoformat()] and "عنوان سري" not in page.text


@pytest.mark.parametrize("status", [400, 404, 405, 410, 414, 500, 503])
def test_an_error_has_a_page_that_is_not_to_be_indexed(status: int) -> None:
    page = Html.parse(pages.error_page(config(), status))
    assert page.h1 in page.title and page.meta("robots") == ["noindex"] and not page.links("canonical")


@pytest.mark.parametrize("name", ["nashra.css", "feed.ar.css"])
def test_a_style_sheet_knows_no_left_and_no_right(name: str) -> None:
    plain = re.sub(r"/\*.*?\*/", "", ASSETS[f"/assets/{name}"][0].decode(), flags=re.DOTALL)
    declarations = re.findall(r"([a-z-]+)\s*:\s*([^;{}]+);", plain)
    assert len(declarations) > 40
    physical = re.compile(r"(.*-)?(left|right|top|bottom)(-.*)?|(min-|max-)?(width|height)|float|clear")
    assert not [name for name, _ in declarations if physical.fullmatch(name)]
    assert not [value for _, value in declarations if re.search(r"\b(left|right)\b", value)]
    assert not re.search(r"@import|url\(", plain)
