"""Paging, archives, sitemaps, OPML, oEmbed, health, and a site below a path."""

from __future__ import annotations

import json
import re
from urllib.parse import quote

import pictures
import pytest
from cases import NOW
from conftest import Maker
from http_site import SITE, content, serve_site
from lxml import etree
from newsroom import Newsroom, article


@pytest.fixture(scope="module")
def room(shared_newsroom: Maker) -> Newsroom:
    return serve_site(shared_newsroom)


# --- pages ------------------------------------------------------------------------------------------


def test_older_pages_hold_the_rest_once_and_know_each_other(room: Newsroom) -> None:
    seen: list[str] = []
    for n, path in [(1, "/feeds/"), (2, "/feeds/page/2/"), (3, "/feeds/page/3/")]:
        atom, rss, feed = room.atom(path + "atom.xml"), room.rss(path + "rss.xml"), room.json(path + "feed.json")
        assert atom.tokens == rss.tokens == feed.tokens
        assert atom.self_url == f"{SITE}{path}atom.xml"
        seen += atom.tokens
        links = {link.get("rel"): link.get("href") for link in atom.root.findall("{*}link")}
        in_rss = {link.get("rel"): link.get("href") for link in rss.root.findall("{http://www.w3.org/2005/Atom}link")}
        assert links["first"] == f"{SITE}/feeds/atom.xml" and in_rss["first"] == f"{SITE}/feeds/rss.xml"
        assert links["last"] == f"{SITE}/feeds/page/3/atom.xml" and in_rss["last"] == f"{SITE}/feeds/page/3/rss.xml"
        older = None if n == 3 else f"{SITE}/feeds/page/{n + 1}/"
        newer = {1: None, 2: f"{SITE}/feeds/", 3: f"{SITE}/feeds/page/2/"}[n]
        assert links.get("next") == (older and older + "atom.xml")
        assert links.get("previous") == (newer and newer + "atom.xml")
        assert feed.root.get("next_url") == (older and older + "feed.json")
    assert len(seen) == len(set(seen)) == 15


def test_an_archive_document_is_never_changed_by_what_comes_later(newsroom: Maker) -> None:
    before = newsroom(content(), at=NOW, inside=True, feeds={"items": 5})
    later = content() | {f"new{n}.md": article(f"جديد {n}", date="2025-05-01") for n in range(7)}
    after = newsroom(later, at=NOW, inside=True, feeds={"items": 5})
    links = {link.get("rel"): link.get("href") for link in before.atom().root.findall("{*}link")}
    url: str | None = links["prev-archive"]
    seen: set[str] = set(before.atom().tokens)
    hops = 0
    while url:
        hops += 1
        assert hops < 10
        assert before.ok(url).body == after.ok(url).body
        document = before.atom(url)
        assert document.root.find("{http://purl.org/syndication/history/1.0}archive") is not None
        seen |= set(document.tokens)
        found = {link.get("rel"): link.get("href") for link in document.root.findall("{*}link")}
        assert found["current"] == f"{SITE}/feeds/atom.xml"
        url = found.get("prev-archive")
    assert len(seen) == 15


# --- documents for machines -------------------------------------------------------------------------


def _locations(room: Newsroom, path: str) -> list[str]:
    return [node.text or "" for node in etree.fromstring(room.ok(path).raw).iter("{*}loc")]


def test_the_sitemap_lists_every_permalink_and_only_what_answers(room: Newsroom) -> None:
    found = _locations(room, "/sitemap.xml")
    assert len(found) == len(set(found))
    assert {f"{SITE}/s/{token}" for token in ("01", "12", "tags", "fa", "he")} <= set(found)
    for url in found:
        assert room.ok(url).status == 200
    assert not [url for url in found if url.endswith(("/draft", "/later", "/gone", "/over"))]


def test_the_news_sitemap_lists_two_days(newsroom: Maker) -> None:
    content = {"new.md": article(date="2025-05-01T10:00:00+03:00"), "old.md": article(date="2025-04-29T10:00:00+03:00")}
    room = newsroom(content, at=NOW, inside=True)
    assert _locations(room, "/sitemap-news.xml") == [f"{SITE}/s/new"]
    root = etree.fromstring(room.ok("/sitemap-news.xml").raw)
    assert [node.text for node in root.iter("{*}language")] == ["ar"]
    assert [node.text for node in root.iter("{*}name")] == ["صحيفة المثال"]


def test_robots_let_everyone_in_and_name_the_sitemaps(room: Newsroom) -> None:
    lines = room.ok("/robots.txt").text.splitlines()
    assert f"Sitemap: {SITE}/sitemap.xml" in lines
    assert "Disallow: /" not in lines


def test_the_opml_names_feeds_that_all_answer(room: Newsroom) -> None:
    root = etree.fromstring(room.ok("/feeds.opml").raw)
    assert root.tag == "opml" and root.get("version") == "2.0" and root.findtext("head/title")
    outlines = [node for node in root.iter("outline") if node.get("xmlUrl")]
    urls = [node.get("xmlUrl") for node in outlines]
    assert len(urls) == len(set(urls))
    for node, url in zip(outlines, urls, strict=True):
        assert node.get("text") and node.get("type") == "rss"
        assert room.ok(url).status == 200
    for tag in ("كرة القدم", "C", "C++", "C#", "café", "a/b"):
        assert room.tag_url(tag) in urls


def test_oembed_describes_the_permalink(room: Newsroom) -> None:
    document = json.loads(room.ok(f"/oembed?url={quote(SITE + '/s/fa', safe='')}").body)
    assert document["version"] == "1.0" and document["type"] in ("link", "rich", "photo")
    assert document["title"].lstrip("\u200f") == "خبر فارسی"


def test_health_says_what_is_served(room: Newsroom) -> None:
    health = room.health()
    assert set(health) >= {"articles", "problems", "generation", "refreshed"}
    assert health["articles"] >= 15 and health["problems"] >= 1
    assert isinstance(health["generation"], int)


def test_a_link_out_of_the_folder_is_reported(room: Newsroom) -> None:
    assert room.check().about("content/leak.png")


# --- a site below a path ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def below(shared_newsroom: Maker) -> Newsroom:
    content = {
        "a.md": article(body="[عن](/about) ![ص](p.png)", tags="[س]", aliases="[/old]"),
        "p.png": pictures.png(2, 2),
    }
    return shared_newsroom(content, at=NOW, serve=True, site={"url": f"{SITE}/ar"})


def test_everything_stands_under_the_path_of_the_site(below: Newsroom) -> None:
    assert below.home_url == f"{SITE}/ar/"
    for url in (
        *below.feed_urls,
        below.tag_url("س"),
        f"{SITE}/ar/s/a",
        f"{SITE}/ar/sitemap.xml",
        f"{SITE}/ar/feeds.opml",
    ):
        assert url.startswith(f"{SITE}/ar/")
        text = below.ok(url).text
        assert not re.findall(rf"{SITE}/(?!ar/|ar\b)", text)
    assert f"{SITE}/ar/about" in below.rss()["a"].content.urls
    assert below.get(f"{SITE}/ar/healthz").status == below.get("/healthz").status == 200


@pytest.mark.parametrize(
    ("path", "target"), [("/ar/feed", "/ar/feeds/rss.xml"), ("/ar/old", "/ar/s/a"), ("/ar/atom", "/ar/feeds/atom.xml")]
)
def test_redirects_keep_the_path_of_the_site(below: Newsroom, path: str, target: str) -> None:
    answer = below.get(path)
    assert answer.status in (301, 308)
    assert answer.headers["Location"] == SITE + target


@pytest.mark.parametrize("path", ["/feeds/rss.xml", "/s/a", "/arx/", "/ar/ar/s/a", "/media/p.png"])
def test_nothing_stands_beside_it(below: Newsroom, path: str) -> None:
    assert below.get(path).status == 404


def test_a_picture_has_a_new_address_when_it_changes_and_old_ones_answer(newsroom: Maker) -> None:
    def make(grey: int) -> Newsroom:
        files = {"a.md": article(image="p.png"), "p.png": pictures.png(4, 4, grey=grey)}
        return newsroom(files, at=NOW, inside=True)

    first, second = make(10), make(20)
    urls = [room.page("a").one_meta("og:image") for room in (first, second)]
    assert len({url.split("?")[0] for url in urls}) == 1 and urls[0] != urls[1]
    assert all("?v=" in url for url in urls)
    for url in (urls[0], urls[0].split("?")[0], urls[1]):
        assert second.ok(url).body == pictures.png(4, 4, grey=20)
