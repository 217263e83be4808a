"""One table of request and answer over the real server: types, redirects, absences, methods, media."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from conftest import Maker
from http_site import SECRETS, SITE, serve_site
from newsroom import Newsroom

RSS, ATOM, JSON = "application/rss+xml", "application/atom+xml", "application/feed+json"
FEEDS = {"rss.xml": RSS, "atom.xml": ATOM, "feed.json": JSON}


@pytest.fixture(scope="module")
def room(shared_newsroom: Maker) -> Newsroom:
    return serve_site(shared_newsroom)


# --- 200 --------------------------------------------------------------------------------------------

HTML, XML, TEXT = (
    "text/html; charset=utf-8",
    r"(application|text)/(\w+\+)?xml(; charset=utf-8)?",
    r"text/plain; charset=utf-8",
)
PLACES = [
    "",
    "tag/" + quote("كرة-القدم") + "/",
    "tag/C%2B%2B/",
    "lang/fa/",
    "author/" + quote("كاتب-المثال") + "/",
    "page/2/",
]
FOUND = [
    *(
        (f"/feeds/{place}{name}", re.escape(f"{kind}; charset=utf-8"))
        for place in PLACES
        for name, kind in FEEDS.items()
    ),
    *((path, HTML) for path in ("/", "/page/2", "/s/tags", "/s/apart", "/tag/C", "/lang/fa", "/lang/ar", "/lang/he")),
    ("/author/" + quote("كاتب-المثال"), HTML),
    ("/s/tags/card.png", "image/png"),
    ("/media/img/p.png", "image/png"),
    ("/media/img/" + quote("صورة.jpg"), "image/jpeg"),
    ("/media/s.mp3", "audio/mpeg"),
    ("/media/inside.png", "image/png"),
    ("/feeds.opml", r"(text/x-opml|application/xml|text/xml)(\+xml)?(; charset=utf-8)?"),
    ("/sitemap.xml", XML),
    ("/sitemap-news.xml", XML),
    ("/robots.txt", TEXT),
    ("/favicon.ico", r"image/.+"),
    ("/healthz", "application/json.*"),
    (f"/oembed?url={SITE}/s/tags", r"application/json(\+oembed)?.*"),
]


@pytest.mark.parametrize(("path", "kind"), FOUND, ids=[path for path, _ in FOUND])
def test_every_address_answers_with_its_type_a_validator_and_no_cookie(room: Newsroom, path: str, kind: str) -> None:
    answer, head = room.get(path), room.head(path)
    assert answer.status == head.status == 200
    assert re.fullmatch(kind, answer.headers["Content-Type"]), answer.headers["Content-Type"]
    assert head.raw == b""
    same = ("Content-Type", "Content-Length", "ETag", "Last-Modified", "Cache-Control", "Vary", "Link")
    assert [head.headers.get(name) for name in same] == [answer.headers.get(name) for name in same]
    assert answer.headers["Content-Length"] == str(len(answer.raw))
    assert "Set-Cookie" not in answer.headers
    assert "Server" not in answer.headers or "Werkzeug" not in answer.headers["Server"]
    if path != "/healthz":
        assert re.fullmatch(r'W/"[!#-~]+"', answer.etag) or "/media/" in path or "oembed" in path


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize("path", ["/feeds/rss.xml", "/", "/s/tags", "/healthz", "/media/img/p.png", "/feed"])
def test_only_reading_is_allowed(room: Newsroom, method: str, path: str) -> None:
    answer = room.request(method, path)
    assert answer.status == 405
    assert {"GET", "HEAD"} <= {allowed.strip() for allowed in answer.headers["Allow"].split(",")}
    assert method not in answer.headers["Allow"]


# --- redirects --------------------------------------------------------------------------------------

MOVED = [
    *(
        (guess, (308,), "/feeds/rss.xml")
        for guess in ("/feed", "/rss", "/feed/", "/rss.xml", "/feed.xml", "/index.xml")
    ),
    ("/atom", (308,), "/feeds/atom.xml"),
    ("/atom.xml", (308,), "/feeds/atom.xml"),
    ("/feed.json", (308,), "/feeds/feed.json"),
    ("/old", (301,), "/s/tags"),
    ("/" + quote("أرشيف"), (301,), "/s/tags"),
    ("/lang/FA", (301, 308), "/lang/fa"),
    ("/lang/fa-IR", (301, 308), "/lang/fa"),
    ("/lang/iw", (301, 308), "/lang/he"),
    ("/feeds/lang/fa-IR/atom.xml", (301, 308), "/feeds/lang/fa/atom.xml"),
    ("/feeds/lang/iw/feed.json", (301, 308), "/feeds/lang/he/feed.json"),
]


@pytest.mark.parametrize(("path", "statuses", "target"), MOVED, ids=[row[0] for row in MOVED])
def test_a_guess_or_an_old_address_leads_there_in_one_hop(
    room: Newsroom, path: str, statuses: tuple[int, ...], target: str
) -> None:
    answer = room.get(path)
    assert answer.status in statuses
    assert answer.headers["Location"] == SITE + target
    assert room.ok(SITE + target).status == 200
    assert "Set-Cookie" not in answer.headers


# --- 404 and 410 ------------------------------------------------------------------------------------

ABSENT = [
    *(
        "/absent",
        "/s/absent",
        "/s/draft",
        "/s/later",
        "/s/",
        "/s/tags/card.jpg",
        "/s/draft/card.png",
        "/s/absent/card.png",
    ),
    *("/feeds/rss.json", "/feeds/tag/absent/rss.xml", "/feeds/tag/C/", "/feeds/lang/xx/rss.xml"),
    *(
        "/tag/absent",
        "/lang/xx",
        "/author/absent",
        "/feeds/author/absent/atom.xml",
        "/feeds/tag/" + quote("سر") + "/rss.xml",
    ),
    *("/tag/" + quote("سر"), "/feeds/tag/c++/absent.xml", "/feeds/tag/%25D8%25B3/rss.xml", "/static/../app.py"),
    *(f"/feeds/page/{n}/rss.xml" for n in ("0", "1", "-1", "4", "99999999999999999999", "x", "2.0", "%D9%A2")),
    *(f"/page/{n}" for n in ("0", "-1", "4", "999999999999", "x")),
    *(
        "/feeds/archive/0/atom.xml",
        "/feeds/archive/-1/rss.xml",
        "/feeds/archive/999/atom.xml",
        "/feeds/archive/x/atom.xml",
    ),
    *(f"/media/files/{name}" for name in SECRETS),
    *("/media/leak.png", "/media/leak/outside.png", "/media/leak/config.yaml", "/media/", "/media/img", "/media/01.md"),
    *("/media/../config.yaml", "/media/%2e%2e/config.yaml", "/media/img/..%2F..%2Fconfig.yaml", "/media/%2Fetc/passwd"),
    *("/media/img/p.png%00.jpg", "/media/..\\config.yaml"),
    *(f"/oembed?url={SITE}/s/absent", "/oembed?url=https://evil.example/s/tags", f"/oembed?url={SITE}/s/draft"),
]


@pytest.mark.parametrize("path", ABSENT)
def test_what_is_not_there_is_a_page_that_nobody_keeps(room: Newsroom, path: str) -> None:
    answer = room.raw(path.encode())
    assert answer.status == 404
    assert answer.headers["Content-Type"] == HTML
    age = answer.directive("max-age")
    assert "no-store" in answer.headers["Cache-Control"] or (age is not None and age <= 60)
    assert "Set-Cookie" not in answer.headers
    assert "Traceback" not in answer.text and str(room.folder) not in answer.text


def test_an_oembed_without_address_is_the_askers_fault(room: Newsroom) -> None:
    assert room.get("/oembed").status in (400, 404)


@pytest.mark.parametrize("token", ["gone", "over"])
def test_what_was_taken_back_or_ran_out_is_gone(room: Newsroom, token: str) -> None:
    for path in (f"/s/{token}", f"/s/{token}/card.png"):
        answer = room.get(path)
        assert answer.status == 410
        assert answer.headers["Content-Type"] == HTML
        assert "no-store" in answer.headers["Cache-Control"] or (answer.directive("max-age") or 0) <= 60


def test_a_tag_that_only_withdrawn_articles_have_is_gone(room: Newsroom) -> None:
    for tag in ("مسحوب", "منته"):
        assert room.get(room.tag_url(tag)).status in (404, 410)


def test_an_article_out_of_the_feeds_has_its_permalink_and_no_list(room: Newsroom) -> None:
    assert room.share("apart").status == 200
    for url in (*room.feed_urls, "/", "/page/2", "/sitemap-news.xml"):
        assert "/s/apart" not in room.ok(url).text


# --- odd spellings ----------------------------------------------------------------------------------

RAW: list[tuple[str, bytes, str]] = [
    ("raw utf-8", "/feeds/tag/كرة-القدم/rss.xml".encode(), "/feeds/tag/" + quote("كرة-القدم") + "/rss.xml"),
    (
        "lower-case escapes",
        quote("/feeds/tag/كرة-القدم/rss.xml").lower().encode(),
        "/feeds/tag/" + quote("كرة-القدم") + "/rss.xml",
    ),
    ("nfc raw", "/feeds/tag/café/rss.xml".encode(), "/feeds/tag/caf%C3%A9/rss.xml"),
    ("nfd raw", b"/feeds/tag/cafe\xcc\x81/rss.xml", "/feeds/tag/caf%C3%A9/rss.xml"),
    ("nfd escaped", b"/feeds/tag/cafe%CC%81/rss.xml", "/feeds/tag/caf%C3%A9/rss.xml"),
    ("page raw", "/tag/كرة-القدم".encode(), "/tag/" + quote("كرة-القدم")),
    ("plus raw", b"/feeds/tag/C++/rss.xml", "/feeds/tag/C%2B%2B/rss.xml"),
    ("slash in a tag", b"/feeds/tag/a%2Fb/rss.xml", "/feeds/tag/a%2Fb/rss.xml"),
    ("media raw", "/media/img/صورة.jpg".encode(), "/media/img/" + quote("صورة.jpg")),
    ("absolute form", b"http://evil.example/feeds/rss.xml", "/feeds/rss.xml"),
]


@pytest.mark.parametrize(("target", "same"), [row[1:] for row in RAW], ids=[row[0] for row in RAW])
def test_a_raw_or_decomposed_spelling_reaches_the_same_bytes(room: Newsroom, target: bytes, same: str) -> None:
    answer = room.raw(target)
    if answer.status in (301, 308):
        answer = room.get(answer.headers["Location"])
    assert answer.status == 200
    assert answer.body == room.ok(same).body


def test_tags_that_differ_in_signs_differ_in_feeds(room: Newsroom) -> None:
    titles = {room.rss(room.tag_url(tag)).title for tag in ("C", "C++", "C#")}
    urls = {room.rss(room.tag_url(tag)).self_url for tag in ("C", "C++", "C#")}
    assert len(titles) == len(urls) == 3


@pytest.mark.parametrize(
    "target", [b"/\xff\xfe", b"/feeds/tag/\xff/rss.xml", b"/s/%ff%fe", b"/%", b"/s/%zz", b"/s/" + b"a" * 7000]
)
def test_no_bytes_in_a_path_break_the_server(room: Newsroom, target: bytes) -> None:
    assert room.raw(target).status in (400, 404, 414)
    assert room.get("/healthz").status == 200


@pytest.mark.parametrize("query", ["?", "?a=1", "?utm_source=x&page=2", "?v=1", "?%FF", "?" + "q" * 2000])
@pytest.mark.parametrize(
    "path", ["/feeds/rss.xml", "/feeds/atom.xml", "/feeds/feed.json", "/", "/s/tags", "/media/img/p.png"]
)
def test_a_query_changes_no_byte(room: Newsroom, path: str, query: str) -> None:
    plain, asked = room.ok(path), room.raw((path + query).encode())
    assert (asked.status, asked.body) == (200, plain.body)
    assert asked.headers["ETag"] == plain.headers["ETag"]
