"""Items 53 and 58–64 of the conformance checklist: hubs, autodiscovery, site maps, OPML, robots, old addresses."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
import reading
from conformance_site import FORMATS, HUBS, MAIN, NOW, SITE, content, documents, options
from conftest import Maker
from lxml import etree
from newsroom import Newsroom, article
from reading import ATOM, RFC3339

MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"
PAGES = ["/", "/page/2", "/s/n01", "/s/en", "/lang/fa", f"/tag/{quote('أخبار')}", f"/author/{quote('ليلى')}"]


@pytest.fixture(scope="module")
def room(shared_newsroom: Maker) -> Newsroom:
    return shared_newsroom(content(), **options())


def _map(room: Newsroom, path: str) -> Any:
    answer = room.ok(path)
    assert answer.headers["Content-Type"] == "application/xml; charset=utf-8"
    return reading.xml(answer.body)


def _locations(root: Any) -> list[str]:
    return [node.text for node in root.iter(f"{MAP}loc")]


def test_53_every_feed_names_its_hubs_and_itself_in_headers_and_in_the_document(room: Newsroom) -> None:
    for url, answer in documents(room).items():
        links = re.findall(r'<([^>]*)>; rel="(\w+)"', answer.headers["Link"])
        assert [href for href, rel in links if rel == "hub"] == HUBS
        assert [href for href, rel in links if rel == "self"] == [url]
        if url.endswith(".json"):
            document = json.loads(answer.body)
            assert document["feed_url"] == url
            assert [hub["url"] for hub in document["hubs"]] == HUBS
        else:
            root = reading.xml(answer.body)
            nodes = (root if root.tag == f"{ATOM}feed" else root[0]).findall(f"{ATOM}link")
            assert [node.get("href") for node in nodes if node.get("rel") == "hub"] == HUBS
            assert [node.get("href") for node in nodes if node.get("rel") == "self"] == [url]


def test_53_self_is_the_same_whatever_host_query_or_spelling_was_asked_for(room: Newsroom) -> None:
    canonical = f"{SITE}/feeds/tag/{quote('أخبار')}/atom.xml"
    for asked in (canonical, canonical.replace("%D8", "%d8"), canonical + "?utm_source=x"):
        answer = room.get(asked, {"Host": "elsewhere.example", "X-Forwarded-Host": "elsewhere.example"})
        assert f'<{canonical}>; rel="self"' in answer.headers["Link"]
        assert reading.atom(answer.body).self_url == canonical


@pytest.mark.parametrize("path", PAGES)
def test_58_every_page_leads_to_feeds_that_answer_with_the_type_they_promise(room: Newsroom, path: str) -> None:
    page = room.ok(path).html
    links = [link for link in page.links("alternate") if "/feeds/" in link.get("href", "")]
    assert [link.get("href") for link in links[:3]] == MAIN
    own = path if path.startswith(("/tag", "/lang", "/author")) else ""
    assert [link.get("href") for link in links[3:]] == (
        [f"{SITE}/feeds{own}/{name}" for name in FORMATS] if own else []
    )
    for link in links:
        answer = room.ok(link.get("href"))
        assert answer.headers["Content-Type"] == f"{link.get('type')}; charset=utf-8"
        assert link.get("title").strip()
    assert len({link.get("title") for link in links}) == len(links)


def test_58_titles_of_the_links_are_in_the_language_of_the_page(room: Newsroom) -> None:
    titles = {path: room.ok(path).html.links("alternate")[0].get("title") or "" for path in ("/", "/s/en", "/lang/fa")}
    assert "خلاصة RSS" in titles["/"] and "RSS feed" in titles["/s/en"] and "خوراک RSS" in titles["/lang/fa"]


@pytest.mark.parametrize("path", PAGES)
def test_59_a_page_says_once_where_it_lives(room: Newsroom, path: str) -> None:
    page = room.ok(path).html
    (canonical,) = page.links("canonical")
    assert canonical.get("href") == page.one_meta("og:url") == SITE + path
    assert re.fullmatch("[a-z]{2,3}_[A-Z]{2}", page.one_meta("og:locale"))


@pytest.mark.parametrize(
    ("language", "locale"), [("ar", "ar_AR"), ("he", "he_IL"), ("fa", "fa_IR"), ("en-GB", "en_GB")]
)
def test_59_the_locale_is_the_usual_one_of_the_language(newsroom: Maker, language: str, locale: str) -> None:
    room = newsroom({"a.md": article(lang=language)}, at=NOW, inside=True)
    assert room.page("a").one_meta("og:locale") == locale


def test_59_structured_data_has_the_dates_of_the_feeds(room: Newsroom) -> None:
    entries = {item.token: item for url in documents(room) if "/atom.xml" in url for item in room.atom(url).items}
    assert len(entries) == 16
    for token, entry in entries.items():
        (script,) = [each for each in room.page(token).all("script") if each.get("type") == "application/ld+json"]
        data = json.loads(script.text or "")
        assert datetime.fromisoformat(data["datePublished"]) == entry.published_at
        assert datetime.fromisoformat(data["dateModified"]) == entry.updated_at


def test_60_the_news_map_holds_the_last_two_days_and_nothing_else(newsroom: Maker) -> None:
    now = datetime.fromisoformat(NOW)
    ages = {"old": 49, "edge": 48, "new": 47, "now": 0, "later": -1}
    files = {f"{name}.md": article(date=(now - timedelta(hours=hours)).isoformat()) for name, hours in ages.items()}
    files["quiet.md"] = article(date=(now - timedelta(hours=1)).isoformat(), feed="false")
    found = _locations(_map(newsroom(files, at=NOW, inside=True), "/sitemap-news.xml"))
    assert found == [f"{SITE}/s/now", f"{SITE}/s/new"]


def test_60_an_article_leaves_the_news_map_by_itself(newsroom: Maker) -> None:
    room = newsroom(
        {"a.md": article(date="2025-05-01T12:00:00+03:00"), "b.md": article(date="2025-05-02T08:00:00+03:00")}
    )
    from feeds.web import create_app

    at = datetime.fromisoformat(NOW).timestamp()
    app = create_app(room.config_path, at=datetime.fromisoformat(NOW), watch=False)
    site = app.extensions["nashra"].site
    try:
        assert len(_locations(etree.fromstring(site.answer("/sitemap-news.xml", int(at)).body))) == 2
        assert site.ready("/sitemap-news.xml", at + 60) is not None
        day_and_a_half = int(at) + 36 * 3600
        assert site.ready("/sitemap-news.xml", day_and_a_half) is None
        assert len(_locations(etree.fromstring(site.answer("/sitemap-news.xml", day_and_a_half).body))) == 1
    finally:
        app.extensions["nashra"].stop()


@pytest.mark.parametrize(
    ("written", "expected"), [("ar-EG", "ar"), ("fa-IR", "fa"), ("iw", "he"), ("zh-CN", "zh-cn"), ("ckb", "ckb")]
)
def test_60_each_news_item_has_name_language_date_and_title(newsroom: Maker, written: str, expected: str) -> None:
    files = {"a.md": article("C++ خبر", date="2025-05-02T08:00:00+03:00", lang=written, author="ليلى")}
    root = _map(newsroom(files, at=NOW, inside=True), "/sitemap-news.xml")
    (node,) = root.iter(f"{NEWS}news")
    assert node.findtext(f"{NEWS}publication/{NEWS}name") == "صحيفة المثال"
    assert node.findtext(f"{NEWS}publication/{NEWS}language") == expected
    assert node.findtext(f"{NEWS}publication_date") == "2025-05-02T08:00:00+03:00"
    assert node.findtext(f"{NEWS}title") == "C++ خبر"


def test_60_an_empty_news_map_is_still_one(newsroom: Maker) -> None:
    assert _map(newsroom({"a.md": article()}, at=NOW, inside=True), "/sitemap-news.xml").tag == f"{MAP}urlset"


def test_60_the_news_map_holds_a_thousand_at_most_the_newest(newsroom: Maker) -> None:
    start = datetime.fromisoformat("2025-05-01T12:00:00+03:00")
    files = {f"a{n}.md": article(date=(start + timedelta(seconds=n)).isoformat()) for n in range(1003)}
    room = newsroom(files, at=NOW, inside=True)
    room.eventually(lambda: room.get("/sitemap-news.xml").status == 200, within=60)  # until all are read
    found = _locations(_map(room, "/sitemap-news.xml"))
    assert (len(found), found[0], found[-1]) == (1000, f"{SITE}/s/a1002", f"{SITE}/s/a3")


def test_61_a_map_that_grows_too_long_becomes_an_index_of_several(
    newsroom: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    from feeds import discovery

    assert discovery.URLS_PER_SITEMAP <= 50_000
    monkeypatch.setattr(discovery, "URLS_PER_SITEMAP", 2)
    files = {f"a{n}.md": article(date=f"2025-04-0{n}") for n in range(1, 6)}
    room = newsroom(files, at=NOW, inside=True)
    index = _map(room, "/sitemap.xml")
    assert index.tag == f"{MAP}sitemapindex"
    parts = _locations(index)
    found = [location for part in parts for location in _locations(_map(room, part))]
    assert found == [f"{SITE}/", *(f"{SITE}/s/a{n}" for n in range(5, 0, -1))]
    assert room.get("/sitemap-4.xml").status == room.get("/sitemap-0.xml").status == 404


def test_61_the_map_names_every_permalink_with_its_true_last_change(room: Newsroom) -> None:
    root = _map(room, "/sitemap.xml")
    found = {url.findtext(f"{MAP}loc"): url.findtext(f"{MAP}lastmod") for url in root.findall(f"{MAP}url")}
    entries = {item.link: item for url in documents(room) if "/atom.xml" in url for item in room.atom(url).items}
    assert set(found) == set(entries) | {f"{SITE}/"}
    for link, entry in entries.items():
        assert RFC3339.fullmatch(found[link])
        assert datetime.fromisoformat(found[link]) == entry.updated_at
    assert all(re.fullmatch(r"https://[!-~]+", link) for link in found)


def test_62_the_outline_names_every_feed_with_title_page_and_language(room: Newsroom) -> None:
    answer = room.ok("/feeds.opml")
    root = reading.xml(answer.body)
    assert (root.tag, root.get("version")) == ("opml", "2.0")
    assert root.findtext("head/title") == "صحيفة المثال"
    outlines = root.findall("body/outline")
    folders = {outline.get("xmlUrl").removeprefix(f"{SITE}/feeds").removesuffix("/rss.xml") for outline in outlines}
    assert {"", "/lang/ar", "/lang/fa", "/lang/en", f"/tag/{quote('أخبار')}", "/tag/C%2B%2B"} <= folders
    assert f"/author/{quote('ليلى')}" in folders and len(folders) == len(outlines)
    for outline in outlines:
        feed = room.rss(outline.get("xmlUrl"))
        assert (outline.get("type"), outline.get("version")) == ("rss", "RSS2")
        assert outline.get("text") == outline.get("title") == reading.unmarked(feed.title)
        assert outline.get("language") == feed.language
        assert room.ok(outline.get("htmlUrl")).html.title


def test_63_robots_may_fetch_everything_and_keep_feeds_out_of_results(room: Newsroom) -> None:
    answer = room.ok("/robots.txt")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert "disallow" not in answer.text.lower().replace("disallow:\n", "")
    maps = re.findall(r"^Sitemap: (.+)$", answer.text, re.MULTILINE)
    assert maps == [f"{SITE}/sitemap.xml", f"{SITE}/sitemap-news.xml"]
    for url in maps:
        assert room.get(url).status == 200
    for url in MAIN:
        assert room.ok(url).headers["X-Robots-Tag"] == "noindex"
    assert "X-Robots-Tag" not in room.ok("/s/n01").headers


@pytest.mark.parametrize(
    "old", ["/feed", "/rss", "/atom", "/feed/", "/rss.xml", "/atom.xml", "/feed.json", "/index.xml"]
)
def test_64_a_guessed_address_leads_to_the_feed_in_one_hop(room: Newsroom, old: str) -> None:
    answer = room.get(old)
    assert answer.status == 308 and answer.headers["Location"] in MAIN
    assert room.get(answer.headers["Location"]).status == 200


@pytest.mark.parametrize(
    "path", ["/feeds/rss.txt", "/feeds/feed.yaml", "/feeds/rss.json", "/feeds/tag/none/rss.xml", "/feeds/x/rss.xml"]
)
def test_64_an_unknown_format_or_feed_is_not_found(room: Newsroom, path: str) -> None:
    assert room.get(path).status == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize("url", MAIN)
def test_64_other_methods_are_refused_with_those_that_are_allowed(room: Newsroom, url: str, method: str) -> None:
    answer = room.request(method, url)
    assert answer.status == 405
    assert {"GET", "HEAD"} <= set(answer.headers["Allow"].split(", "))


def _translated(make: Maker) -> Newsroom:
    files = {
        "a.ar.md": article("مكتبة"),
        "a.fa.md": article("کتابخانه", lang="fa-IR"),
        "a.en.md": article("Library", lang="en"),
        "x/one.md": article("خبر", translation_key="k1"),
        "y/two.md": article("ידיעה", "טקסט קצר.", lang="he", translation_key="k1"),
        "b.ar.md": article("وحيد"),
        "c.ar.md": article("نص"),
        "c.fa.md": article("پنهان", lang="fa", draft="true"),
        "d.ar.md": article("نص"),
        "d.fa.md": article("متن", lang="fa", canonical="https://elsewhere.example/d"),
    }
    return make(files, at=NOW, inside=True)


VERSIONS = {
    "a": {"ar": "a", "fa-IR": "a.fa", "en": "a.en", "x-default": "a"},
    "a.fa": {"ar": "a", "fa-IR": "a.fa", "en": "a.en", "x-default": "a"},
    "a.en": {"ar": "a", "fa-IR": "a.fa", "en": "a.en", "x-default": "a"},
    "one": {"ar": "one", "he": "two", "x-default": "one"},
    "two": {"ar": "one", "he": "two", "x-default": "one"},
    "b": {},
    "c": {},
    "d": {},
    "d.fa": {},
}


def test_59_translations_name_each_other_themselves_and_a_default(newsroom: Maker) -> None:
    room = _translated(newsroom)
    for token, versions in VERSIONS.items():
        links = [link for link in room.page(token).links("alternate") if link.get("hreflang")]
        found = {link.get("hreflang"): link.get("href") for link in links}
        assert found == {tag: f"{SITE}/s/{other}" for tag, other in versions.items()}, token
        assert len(links) == len(found) and not [link for link in links if link.get("type")]


def test_61_translations_name_each_other_in_the_map_too(newsroom: Maker) -> None:
    root = _map(_translated(newsroom), "/sitemap.xml")
    for url in root.findall(f"{MAP}url"):
        token = url.findtext(f"{MAP}loc").rpartition("/")[2]
        links = url.findall("{http://www.w3.org/1999/xhtml}link")
        assert {link.get("rel") for link in links} <= {"alternate"}
        found = {link.get("hreflang"): link.get("href") for link in links}
        assert found == {tag: f"{SITE}/s/{other}" for tag, other in VERSIONS.get(token, {}).items()}


def test_59_a_page_follows_when_a_translation_appears(newsroom: Maker) -> None:
    room = newsroom({"a.ar.md": article("مكتبة")}, at=NOW, serve=True)
    before = room.share("a")
    assert not [link for link in before.html.links("alternate") if link.get("hreflang")]
    room.write("a.fa.md", article("کتابخانه", lang="fa"))
    room.settle()
    after = room.share("a")
    tags = [link.get("hreflang") for link in after.html.links("alternate") if link.get("hreflang")]
    assert tags == ["ar", "fa", "x-default"]
    assert after.etag != before.etag
