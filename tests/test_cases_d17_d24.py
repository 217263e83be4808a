"""Rows D17–D24 of corpus/cases.json: cards, addresses, tags, direction, language, summaries."""

from __future__ import annotations

import json
import re
import unicodedata
from html import unescape

import pictures
import pytest
import regex
from cases import NOW, files
from conftest import Maker
from newsroom import article
from reading import XML, unmarked

# --- D17 og-image ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "token", "kind", "size", "alt"),
    [
        (files("D17"), "i1", "image/jpeg", (1200, 630), "واجهة المكتبة"),
        (
            {"د/a.md": article(image="صورة ١.png", image_alt='"ب & \\"ج\\""'), "د/صورة ١.png": pictures.png(800, 418)},
            "a",
            "image/png",
            (800, 418),
            'ب & "ج"',
        ),
    ],
)
def test_d17_a_card_names_its_picture_whole(
    newsroom: Maker, content: dict[str, str | bytes], token: str, kind: str, size: tuple[int, int], alt: str
) -> None:
    room = newsroom(content, at=NOW, inside=True)
    page = room.page(token)
    picture = page.one_meta("og:image")
    assert picture.startswith("https://news.example/") and picture.isascii()
    answer = room.ok(picture)
    assert answer.headers["Content-Type"] == kind
    assert answer.body == next(data for data in content.values() if isinstance(data, bytes))
    assert page.one_meta("og:image:alt") == alt
    assert (page.one_meta("og:image:width"), page.one_meta("og:image:height")) == (str(size[0]), str(size[1]))
    assert page.one_meta("og:image:type") == kind
    assert page.one_meta("twitter:card") == "summary_large_image"


def test_d17_an_article_without_a_picture_names_no_empty_one(newsroom: Maker) -> None:
    room = newsroom({"a.md": article(), "b.md": article(image="absent.png")}, at=NOW, inside=True)
    for token in ("a", "b"):
        page = room.page(token)
        for name in ("og:image", "og:image:alt", "og:image:width", "og:image:type", "twitter:image"):
            assert all(page.meta(name))
        for picture in page.meta("og:image"):
            assert room.ok(picture).headers["Content-Type"].startswith("image/")
            assert "absent" not in picture


# --- D18 slug-unicode --------------------------------------------------------------------------------


def test_d18_titles_without_latin_letters_get_working_ascii_links(newsroom: Maker) -> None:
    room = newsroom(files("D18"), at=NOW, inside=True)
    items = room.rss().items
    assert len({item.link for item in items}) == 3
    for item in items:
        assert item.link.isascii() and item.id.isascii()
        assert not item.link.endswith(("//", "/s/", "/s"))
        page = room.ok(item.link).html
        assert page.one_meta("og:url") == item.link
    assert {item.token for item in items} == {"a", "b", "c"}


def test_d18_a_file_name_in_any_script_gives_a_short_ascii_token(newsroom: Maker) -> None:
    names = ["افتتاح مكتبة", "؟!…", "کتاب‌ها", "ספרייה", "a b", "a/b".replace("/", "∕"), "x" * 65, "😀"]
    room = newsroom({f"{name}.md": article(name) for name in names}, at=NOW, inside=True)
    tokens = {item.title: item.token for item in room.rss().items}
    assert len(set(tokens.values())) == len(names)
    for name in names:
        assert regex.fullmatch("[a-z2-7]{10}", tokens[name]), name
        assert room.page(tokens[name]).h1


def test_d18_composed_and_decomposed_file_names_are_one_id(newsroom: Maker) -> None:
    composed = unicodedata.normalize("NFC", "أخبار")
    first = newsroom({f"{composed}.md": article()}, at=NOW, inside=True)
    second = newsroom({f"{unicodedata.normalize('NFD', composed)}.md": article()}, at=NOW, inside=True)
    assert first.rss().items[0].id == second.rss().items[0].id


# --- D19 url-encoding --------------------------------------------------------------------------------


def test_d19_a_link_is_encoded_exactly_once(newsroom: Maker) -> None:
    room = newsroom(files("D19"), at=NOW, inside=True)
    for feed in room.feeds():
        assert feed["p1"].content.urls == [
            "https://ext.example/%D8%AE%D8%A8%D8%B1?a=1&b=2",
            "https://ext.example/%D8%AE%D8%A8%D8%B1%20%D8%B9%D8%A7%D8%AC%D9%84",
        ]
    for url in (*room.feed_urls, room.home_url, room.rss()["p1"].link, "/sitemap.xml", "/feeds.opml"):
        assert "%25D8" not in room.ok(url).text
    text = room.ok(room.feed_url("rss+xml")).text
    assert "b=2" in text and "&amp;amp;amp;" not in text


def test_d19_hosts_queries_and_fragments_are_encoded_each_their_own_way(newsroom: Maker) -> None:
    body = '<a href="https://موقع.example/أ?س=1&amp;x=%20#جزء">ن</a> <a href="https://e.example/a%2Fb?c=d%26e">ع</a>'
    (first, second) = newsroom({"a.html": article(body=body)}, at=NOW, inside=True).rss()["a"].content.urls
    assert first == "https://xn--4gbrim.example/%D8%A3?%D8%B3=1&x=%20#%D8%AC%D8%B2%D8%A1"
    assert second == "https://e.example/a%2Fb?c=d%26e"


# --- D20 tag-feeds -----------------------------------------------------------------------------------


def test_d20_a_tag_in_arabic_has_its_feed(newsroom: Maker) -> None:
    room = newsroom(files("D20"), at=NOW, inside=True)
    football, politics = room.tag_url("كرة القدم"), room.tag_url("سياسة")
    assert room.rss(football).tokens == ["g1"]
    assert room.rss(politics).tokens == ["g1", "g2"]
    opml = room.ok("/feeds.opml").text
    for url in (football, politics):
        assert room.rss(url).self_url == url
        assert url.isascii() and url in opml
        assert room.rss(url)["g1"].id == room.rss()["g1"].id
    assert [feed["g1"].categories for feed in room.feeds()] == [("كرة القدم", "سياسة")] * 3
    assert room.get(room.tag_url("غيرموجود")).status == 404


@pytest.mark.parametrize("tag", ["C", "C++", "C#", "a/b", "50%", "a.b", "..", "a?b", "برچسب‌ها", "é", "rss.xml", "+1 &"])
def test_d20_every_tag_reaches_its_own_feed_and_no_other(newsroom: Maker, tag: str) -> None:
    content = {"a.md": article(tags=json.dumps([tag])), "b.md": article(tags="[C, C++, 'C#', آخر]")}
    room = newsroom(content, at=NOW, inside=True)
    named = re.findall(r'xmlUrl="([^"]+/feeds/tag/[^"]+)"', room.ok("/feeds.opml").text)
    (url,) = [url for url in map(unescape, named) if unmarked(room.rss(url).title).startswith(f"{tag} ")]
    for name, read in (("rss.xml", room.rss), ("atom.xml", room.atom), ("feed.json", room.json)):
        feed = read(url.removesuffix("rss.xml") + name)
        assert "a" in feed.tokens and feed.self_url == url.removesuffix("rss.xml") + name
        assert ("b" in feed.tokens) == (tag in ("C", "C++", "C#"))
    if tag != "..":  # a path segment of dots alone is eaten by every client, so it has another spelling
        assert room.rss(room.tag_url(tag)).tokens == room.rss(url).tokens


# --- D21 invisible-letters ---------------------------------------------------------------------------


def test_d21_the_joiner_that_persian_spells_with_stays(newsroom: Maker) -> None:
    room = newsroom(files("D21"), at=NOW, inside=True)
    for feed in room.feeds():
        assert feed["z1"].title == "می\u200cرود"
        assert feed["z1"].content.text.count("\u200c") == 2
        assert feed["z1"].summary.count("\u200c") == 2
    assert unmarked(room.page("z1").one_meta("og:title")) == "می\u200cرود"


def test_d21_joiners_in_emoji_and_indic_words_stay_and_invisible_noise_goes(newsroom: Maker) -> None:
    content = {
        "a.md": article("خبر \U0001f468\u200d\U0001f469\u200d\U0001f467\ufeff", "ك\u200dت \u0915\u094d\u200d\u0937")
    }
    for feed in newsroom(content, at=NOW, inside=True).feeds():
        assert feed["a"].title == "خبر \U0001f468\u200d\U0001f469\u200d\U0001f467"
        assert feed["a"].content.text.count("\u200d") == 2


# --- D22 rtl-direction -------------------------------------------------------------------------------


def test_d22_content_is_one_block_that_says_its_direction(newsroom: Maker) -> None:
    room = newsroom(files("D22"), at=NOW, inside=True)
    for feed in room.feeds():
        body = feed["r1"].content.body
        (root,) = list(body)
        assert (root.get("dir"), root.get("lang")) == ("rtl", "ar")
        assert set((body.text or "") + (root.tail or "")) <= {"\u200f", "\n"}
        (code,) = feed["r1"].content.all("pre")
        assert code.get("dir") == "ltr"
        assert "\u200f" not in "".join(code.itertext())
        assert feed["r1"].raw_title == "\u200fOpenAPI بالعربية"
    page = room.page("r1").root
    assert (page.get("lang"), page.get("dir")) == ("ar", "rtl")


def test_d22_marks_can_be_switched_off_and_reach_no_identity(newsroom: Maker) -> None:
    tagged = {"a.md": article("OpenAPI بالعربية", tags="[OpenAPI]", slug="openapi"), "b.md": article("عربي OpenAPI")}
    ids = set()
    for mode, title in [("needed", "\u200f{}"), ("off", "{}"), ("isolate", "\u200f\u2067{}\u2069")]:
        for feed in newsroom(tagged, at=NOW, inside=True, feeds={"title_marks": mode}).feeds():
            assert feed["a"].raw_title == title.format("OpenAPI بالعربية")
            item = feed["a"]
            assert (item.id + item.link + "".join(item.categories)).isascii()
            ids.add(item.id)
            if mode != "isolate":
                assert feed["b"].raw_title == "عربي OpenAPI"
    assert len(ids) == 1


def test_d22_a_left_to_right_title_that_begins_in_arabic_gets_the_other_mark(newsroom: Maker) -> None:
    content = {"a.md": article("بسم الله: a short history", "A text in English about two words.", lang="en")}
    for feed in newsroom(content, at=NOW, inside=True).feeds():
        assert feed["a"].raw_title == "\u200eبسم الله: a short history"
        assert "\u200f" not in feed["a"].raw_title + feed["a"].content_html


# --- D23 language-tags -------------------------------------------------------------------------------


def test_d23_every_article_names_its_language(newsroom: Maker) -> None:
    room = newsroom(files("D23"), at=NOW, inside=True)
    rss, atom, feed = room.feeds()
    assert rss.language == atom.language == feed.language == "ar"
    assert atom["e2"].node.get(f"{XML}lang") == "en"
    assert feed["e2"].language == "en"
    assert rss["e2"].language == "en"
    for token, locale, language, direction in [("a1", "ar_AR", "ar", "rtl"), ("e2", "en_US", "en", "ltr")]:
        page = room.page(token)
        assert page.one_meta("og:locale") == locale
        assert (page.root.get("lang"), page.root.get("dir")) == (language, direction)


@pytest.mark.parametrize(
    ("written", "tag", "direction", "locale"),
    [
        ("ar_SY", "ar-SY", "rtl", "ar_SY"),
        ("iw", "he", "rtl", "he_IL"),
        ("FA", "fa", "rtl", "fa_IR"),
        ("ur", "ur", "rtl", "ur_PK"),
        ("az-Arab", "az-Arab", "rtl", None),
        ("en-gb", "en-GB", "ltr", "en_GB"),
        ("ku-Latn-TR", "ku-Latn-TR", "ltr", "ku_TR"),
    ],
)
def test_d23_tags_are_written_the_way_of_bcp_47_and_locales_the_way_of_open_graph(
    newsroom: Maker, written: str, tag: str, direction: str, locale: str | None
) -> None:
    room = newsroom({"a.md": article(lang=written)}, at=NOW, inside=True)
    _, atom, feed = room.feeds()
    assert feed["a"].language == (atom["a"].language or atom.language) == tag
    page = room.page("a")
    assert (page.root.get("lang"), page.root.get("dir")) == (tag, direction)
    if locale is not None:
        assert page.one_meta("og:locale") == locale
    assert not any("-" in text for text in page.meta("og:locale"))


# --- D24 excerpt -------------------------------------------------------------------------------------


def test_d24_a_summary_is_the_beginning_of_the_visible_text(newsroom: Maker) -> None:
    room = newsroom(files("D24"), at=NOW, inside=True, feeds={"summary_length": 30})
    summaries = {unmarked(feed["x1"].summary) for feed in room.feeds()}
    summaries.add(unmarked(room.page("x1").one_meta("og:description")))
    (summary,) = summaries
    assert summary.endswith("…")
    cut = summary.removesuffix("…").rstrip()
    assert len(regex.findall(r"\X", summary)) <= 31
    visible = "قال المدير إن شركة AT&T والمكتب سيعملان معا خلال العام المقبل على المشروع."
    assert visible.startswith(cut + " ")
    assert not [part for part in ("<", "&amp;", "&#", "x.example") if part in summary]


@pytest.mark.parametrize(
    "word", ["كَلِمَةٌ", "👨‍👩‍👧", "कक्षा", "می‌رود", "é"], ids=["harakat", "family", "devanagari", "zwnj", "nfd"]
)
def test_d24_a_cut_never_goes_through_a_grapheme_or_a_word(newsroom: Maker, word: str) -> None:
    word = unicodedata.normalize("NFC", word)
    room = newsroom({"a.md": article(body=" ".join([word] * 40))}, at=NOW, inside=True, feeds={"summary_length": 21})
    for feed in room.feeds():
        words = unmarked(feed["a"].summary).removesuffix("…").split()
        assert words and set(words) == {word}
        assert len(regex.findall(r"\X", " ".join(words))) <= 21


def test_d24_a_short_text_is_its_own_summary_and_gets_no_ellipsis(newsroom: Maker) -> None:
    room = newsroom({"a.md": article(body="نص **قصير** جدا.")}, at=NOW, inside=True, feeds={"summary_length": 30})
    assert {unmarked(feed["a"].summary) for feed in room.feeds()} == {"نص قصير جدا."}
