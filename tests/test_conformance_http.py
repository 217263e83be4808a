"""Items 1–14 of the conformance checklist: what all feed documents have in common, and direction."""

from __future__ import annotations

import gzip
import json
import re
import unicodedata
from collections.abc import Iterator

import pytest
import reading
from answers import Answer
from conformance_site import BRAND, FORMATS, HOSTILE_READ, HUBS, MAIN, NOW, SITE, content, documents, of_kind, options
from conftest import Maker
from html_page import Html
from newsroom import Newsroom, article
from reading import DC, XML, Item, unmarked

LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?")
URL = re.compile(r"https?://[!-~]+")
XML_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
CONTROLS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
TEXTS = {"title", "description", "category", "summary", "subtitle", "name", "creator", "copyright", "rights"}


@pytest.fixture(scope="module")
def room(shared_newsroom: Maker) -> Newsroom:
    return shared_newsroom(content(), **options())


@pytest.fixture(scope="module")
def found(room: Newsroom) -> dict[str, Answer]:
    return documents(room)


def _items(found: dict[str, Answer]) -> Iterator[tuple[str, Item]]:
    readers = {"rss.xml": reading.rss, "atom.xml": reading.atom, "feed.json": reading.json_feed}
    for url, answer in found.items():
        name = url.rpartition("/")[2]
        for item in readers[name](answer.body).items:
            yield name, item


def _texts(found: dict[str, Answer]) -> list[str]:
    """All plain texts of all documents, as a reader gets them."""
    texts: list[str] = []
    for url, answer in found.items():
        if url.endswith(".json"):
            document = json.loads(answer.body)
            for node in (document, *document["items"]):
                texts += [node[key] for key in ("title", "description", "summary") if key in node]
                texts += [author["name"] for author in node.get("authors", [])] + node.get("tags", [])
            continue
        for node in reading.xml(answer.body).iter("*"):
            name = node.tag.rpartition("}")[2]
            if name in TEXTS and len(node) == 0:
                texts.append(node.text or "")
    return texts


def test_01_every_document_says_its_own_type_and_utf_8(found: dict[str, Answer]) -> None:
    for url, answer in found.items():
        assert answer.headers["Content-Type"] == f"{FORMATS[url.rpartition('/')[2]]}; charset=utf-8"


def test_02_bytes_are_utf_8_without_a_mark_and_without_what_xml_forbids(found: dict[str, Answer]) -> None:
    for url, answer in found.items():
        text = answer.body.decode("utf-8", "strict")
        assert text.startswith("{" if url.endswith(".json") else '<?xml version="1.0" encoding="UTF-8"?>'), url
        assert not XML_ILLEGAL.search(text), url
        assert not XML_ILLEGAL.search(json.dumps(json.loads(text), ensure_ascii=False) if "json" in url else ""), url


@pytest.mark.parametrize("url", MAIN)
def test_03_validators_are_kept_in_a_304_and_the_etag_wins(room: Newsroom, url: str) -> None:
    answer = room.ok(url)
    modified = answer.headers["Last-Modified"]
    for asked in ({"If-None-Match": answer.etag}, {"If-Modified-Since": modified}):
        again = room.get(url, asked)
        assert (again.status, again.raw, again.etag) == (304, b"", answer.etag)
    assert room.get(url, {"If-None-Match": '"x"', "If-Modified-Since": modified}).status == 200
    head = room.head(url)
    assert (head.status, head.raw) == (200, b"")
    assert {k: v for k, v in head.headers.items() if k != "date"} == {
        k: v for k, v in answer.headers.items() if k != "date"
    }


def test_04_another_machine_on_another_day_gives_the_same_bytes(found: dict[str, Answer], newsroom: Maker) -> None:
    later = documents(newsroom(content(), **options(at="2025-05-09T09:00:00+03:00")))
    assert {url: answer.body for url, answer in later.items()} == {url: answer.body for url, answer in found.items()}


@pytest.mark.parametrize("url", MAIN)
def test_05_gzip_comes_to_those_who_ask_and_the_etag_is_weak(room: Newsroom, url: str) -> None:
    plain, packed = room.ok(url), room.get(url, {"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip" and "Content-Encoding" not in plain.headers
    assert gzip.decompress(packed.raw) == plain.raw
    assert plain.headers["Vary"] == packed.headers["Vary"] == "Accept-Encoding"
    assert packed.etag.startswith('W/"')


def test_06_max_age_ttl_and_update_frequency_say_the_same(room: Newsroom) -> None:
    answer = room.ok(MAIN[0])
    channel = reading.rss(answer.body).root
    assert answer.headers["Cache-Control"].startswith("public, ")
    minutes = int(channel.findtext("ttl"))
    assert answer.directive("max-age") == minutes * 60
    sy = "{http://purl.org/rss/1.0/modules/syndication/}"
    assert channel.findtext(f"{sy}updatePeriod") == "hourly"
    assert int(channel.findtext(f"{sy}updateFrequency")) * minutes == 60


def test_07_every_url_is_absolute_http_and_ascii(found: dict[str, Answer]) -> None:
    seen = 0
    for url, answer in found.items():
        if url.endswith(".json"):
            text = answer.text
            urls = re.findall(r'"(?:\w*url|image|banner_image|icon|favicon)": "([^"]*)"', text)
        else:
            nodes = list(reading.xml(answer.body).iter("*"))
            urls = [node.get(name) for node in nodes for name in ("href", "url", "uri", "src") if node.get(name)]
            tags = ("link", "url", "icon", "logo", "uri", "docs")
            urls += [node.text for node in nodes if node.tag.rpartition("}")[2] in tags and node.text]
        assert all(URL.fullmatch(each) for each in urls), [each for each in urls if not URL.fullmatch(each)]
        seen += len(urls)
    assert seen > 500


def test_07_an_arabic_host_and_path_are_written_in_ascii(newsroom: Maker) -> None:
    room = newsroom({"أ.md": article()}, at=NOW, inside=True, site={"url": "https://مثال.example/ع"})
    text = room.get("/%D8%B9/feeds/atom.xml").text
    assert 'href="https://xn--mgbh0fb.example/%D8%B9/feeds/atom.xml"' in text
    assert "مثال.example" not in text


def test_08_an_item_has_one_id_in_all_formats_and_through_every_edit(newsroom: Maker) -> None:
    before = newsroom({"a.md": article("قديم"), "b.md": article("ثان", date="2025-04-01")}, at=NOW, inside=True)
    after = newsroom(
        {"a.md": article("عنوان آخر", "متن آخر", date="2025-03-01", tags="[جديد]"), "b.md": article("ثان", lang="fa")},
        at=NOW,
        inside=True,
    )
    ids = [[item.id for item in feed.items] for room in (before, after) for feed in room.feeds()]
    assert (
        ids
        == [["tag:news.example,2025:a", "tag:news.example,2025:b"]] * 3
        + [["tag:news.example,2025:b", "tag:news.example,2025:a"]] * 3
    )


def test_09_content_carries_nothing_that_runs_and_only_absolute_addresses(found: dict[str, Answer]) -> None:
    bodies = {item.content_html for _, item in _items(found) if item.token == "hostile"}
    assert len(bodies) == 1
    page = Html.parse(bodies.pop())
    assert not page.all("script", "object", "embed", "iframe", "style", "form")
    for node in page.body.iter():
        assert not [name for name in node.attrib if name.startswith("on") or name == "style"]
        for part in (node.get("srcset") or "").split(","):
            assert not part.strip() or URL.match(part.strip().split()[0])
    assert page.urls and all(URL.fullmatch(url) for url in page.urls)
    assert "https://cdn.example/%D8%B5%D9%88%D8%B1%D8%A9%201.png" in page.urls
    assert f"{SITE}/about" in page.urls
    assert "نص القصة" in page.text


def test_10_the_feeds_language_is_bcp_47_and_the_same_in_all_formats(found: dict[str, Answer]) -> None:
    for url, answer in of_kind(found, "rss.xml").items():
        languages = {
            reading.rss(answer.body).language,
            reading.xml(found[url.replace("rss.xml", "atom.xml")].body).get(f"{XML}lang"),
            json.loads(found[url.replace("rss.xml", "feed.json")].body)["language"],
        }
        (language,) = languages
        assert LANGUAGE.fullmatch(language)
        assert language == (re.findall("/lang/([a-z]+)/", url) or ["ar"])[0]


def test_10_an_underscore_in_the_config_becomes_a_hyphen(newsroom: Maker) -> None:
    room = newsroom({"a.md": article()}, at=NOW, inside=True, site={"language": "ar_EG"})
    assert [feed.language for feed in room.feeds()] == ["ar-EG"] * 3


def test_11_an_item_in_another_language_says_so_in_every_format(found: dict[str, Answer]) -> None:
    seen = set()
    for name, item in _items({url: answer for url, answer in found.items() if "/lang/" not in url}):
        expected = {"fa": "fa", "en": "en-GB"}.get(item.token, "ar")
        seen.add((name, expected))
        assert item.language == expected
        if name == "rss.xml":
            assert item.node.findtext(f"{DC}language") == expected
            assert item.node.get(f"{XML}lang", "ar") == expected
        if name == "atom.xml":
            assert item.node.get(f"{XML}lang") == expected
    assert len(seen) == 9


def test_12_direction_stands_on_the_content_and_nowhere_else(found: dict[str, Answer]) -> None:
    for url, answer in found.items():
        if not url.endswith(".json"):
            assert not [node for node in reading.xml(answer.body).iter("*") if node.get("dir")]
    for _, item in _items(found):
        (block,) = list(item.content.body)
        assert block.tag == "div"
        assert (block.get("lang"), block.get("dir")) == (item.language, "ltr" if item.token == "en" else "rtl")


def test_13_plain_texts_are_plain_balanced_and_composed(found: dict[str, Answer]) -> None:
    texts = _texts(found)
    assert len(texts) > 300
    for text in texts:
        assert text == unicodedata.normalize("NFC", text)
        assert not re.search("[\u202a-\u202e]", text)
        assert text.count("\u2066") + text.count("\u2067") + text.count("\u2068") == text.count("\u2069")
    titles = {item.title for _, item in _items(found) if item.token == "hostile"}
    assert {unmarked(title) for title in titles} == {HOSTILE_READ}


@pytest.mark.parametrize("marks", ["needed", "isolate"])
def test_13_a_title_of_two_directions_is_marked_and_identifiers_never_are(newsroom: Maker, marks: str) -> None:
    files = {"a.md": article("iPhone يصل إلى الأسواق", tags="[iPhone عربي]")}
    room = newsroom(files, at=NOW, inside=True, feeds={"title_marks": marks})
    for feed in room.feeds():
        (item,) = feed.items
        assert item.raw_title[0] == "\u200f"
        assert item.raw_title.count("\u2067") == item.raw_title.count("\u2069") - item.raw_title.count("\u2066")
        assert not CONTROLS.search(item.id + item.link + "".join(item.categories))
        assert CONTROLS.sub("", item.raw_title) == "iPhone يصل إلى الأسواق"


@pytest.mark.parametrize(("token", "language", "direction"), [("n01", "ar", "rtl"), ("en", "en-GB", "ltr")])
def test_14_a_permalink_page_has_the_language_and_direction_of_its_article(
    room: Newsroom, token: str, language: str, direction: str
) -> None:
    page = room.page(token)
    (html,) = page.all("html") or [page.root]
    assert (html.get("lang"), html.get("dir")) == (language, direction)
    assert page.title.partition(" — ")[0] in {unmarked(title) for title in page.meta("og:title")}
    assert not [node for node in page.all("head")[0].iter() if node.get("lang") not in (None, language)]


def test_the_walk_reaches_pages_archives_tags_languages_and_authors(found: dict[str, Answer]) -> None:
    for part in ("/feeds/page/2/", "/feeds/archive/1/", "/feeds/tag/", "/feeds/lang/fa/", "/feeds/author/"):
        assert [url for url in found if part in url], part
    assert BRAND and HUBS
