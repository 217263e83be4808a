"""What caches and pollers see: validators, codings, Cache-Control, CORS, deltas, WebSub links."""

from __future__ import annotations

import re
from email.utils import parsedate_to_datetime

import pytest
import reading
from cases import NOW
from conftest import Maker
from newsroom import Newsroom, article

PATHS = [
    "/feeds/rss.xml",
    "/feeds/atom.xml",
    "/feeds/feed.json",
    "/feeds/tag/x/rss.xml",
    "/",
    "/s/a",
    "/feeds.opml",
    "/sitemap.xml",
]
FEEDS = PATHS[:4]


@pytest.fixture(scope="module")
def room(shared_newsroom: Maker) -> Newsroom:
    long_text = "نص طويل للتجربة. " * 200
    content = {
        "a.md": article(body=long_text, tags="[x]"),
        "b.md": article(body=long_text, date="2025-04-01", tags="[x]"),
    }
    return shared_newsroom(content, at=NOW, serve=True, websub={"hubs": ["https://hub.example/"]})


# --- validators -------------------------------------------------------------------------------------

# What stands for the representation's own ETag: {o} the opaque part without quotes.
MATCHING = ['W/"{o}"', '"{o}"', '"other", W/"{o}"', 'W/"{o}","x"', "*", 'W/"{o}-gzip"', '"{o}-gzip"', '"a" ,W/"{o}"']
DIFFERENT = ['"other"', 'W/"{o}x"', "junk", 'W/"", "y"', '"{o}-gzip-gzip-"']


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("form", MATCHING)
def test_a_known_etag_in_any_form_gets_no_body(room: Newsroom, path: str, form: str) -> None:
    answer = room.ok(path)
    opaque = answer.etag.removeprefix("W/").strip('"')
    again = room.get(path, {"If-None-Match": form.format(o=opaque)})
    assert (again.status, again.raw) == (304, b"")
    assert again.etag == answer.etag
    assert again.headers["Cache-Control"] == answer.headers["Cache-Control"]
    assert again.headers["Vary"] == answer.headers["Vary"]
    assert "Content-Encoding" not in again.headers


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("form", DIFFERENT)
def test_an_unknown_etag_gets_the_body_whatever_the_date_says(room: Newsroom, path: str, form: str) -> None:
    answer = room.ok(path)
    value = form.format(o=answer.etag.removeprefix("W/").strip('"'))
    headers = {"If-None-Match": value, "If-Modified-Since": answer.headers["Last-Modified"]}
    again = room.get(path, headers)
    assert (again.status, again.body) == (200, answer.body)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    ("date", "status"),
    [
        (None, 304),
        ("Fri, 02 May 2035 00:00:00 GMT", 304),
        ("Mon, 01 Jan 1990 00:00:00 GMT", 200),
        ("yesterday", 200),
        ("", 200),
    ],
)
def test_a_date_is_compared_with_last_modified(room: Newsroom, path: str, date: str | None, status: int) -> None:
    modified = room.ok(path).headers["Last-Modified"]
    assert room.get(path, {"If-Modified-Since": modified if date is None else date}).status == status


@pytest.mark.parametrize("path", PATHS)
def test_head_is_conditional_too(room: Newsroom, path: str) -> None:
    answer = room.head(path, {"If-None-Match": room.ok(path).etag})
    assert (answer.status, answer.raw) == (304, b"")


@pytest.mark.parametrize("path", PATHS)
def test_last_modified_is_an_http_date_and_not_in_the_future(room: Newsroom, path: str) -> None:
    text = room.ok(path).headers["Last-Modified"]
    assert re.fullmatch(r"\w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} GMT", text)
    assert parsedate_to_datetime(text) <= reading.instant(NOW)


# --- codings ----------------------------------------------------------------------------------------

CODINGS = [
    ("gzip", "gzip"),
    ("br", "br"),
    ("gzip, deflate, br", "br"),
    ("gzip;q=1.0, br;q=0.5", "gzip"),
    ("br;q=0, gzip", "gzip"),
    ("GZIP", "gzip"),
    ("*", "(br|gzip)"),
    ("deflate", None),
    ("identity", None),
    ("gzip;q=0", None),
    ("", None),
    ("gzip;q=0, br;q=0, *;q=0.1", None),
]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(("accepted", "coding"), CODINGS)
def test_a_coding_is_only_another_dress_of_the_same_bytes(
    room: Newsroom, path: str, accepted: str, coding: str | None
) -> None:
    plain, dressed = room.ok(path), room.get(path, {"Accept-Encoding": accepted})
    assert dressed.status == 200
    assert dressed.body == plain.body
    assert dressed.headers["ETag"] == plain.headers["ETag"]
    assert "accept-encoding" in dressed.headers["Vary"].lower() and "accept-encoding" in plain.headers["Vary"].lower()
    found = dressed.headers.get("Content-Encoding")
    assert (found is None) if coding is None else (found is not None and re.fullmatch(coding, found) is not None)
    assert dressed.headers["Content-Length"] == str(len(dressed.raw))
    assert coding is None or len(dressed.raw) < len(plain.raw)
    assert room.get(path, {"Accept-Encoding": accepted, "If-None-Match": dressed.etag}).status == 304


@pytest.mark.parametrize("accept", ["application/rss+xml", "text/html", "image/png", "*/*", "application/json;q=0.1"])
@pytest.mark.parametrize("path", FEEDS)
def test_nobody_is_refused_for_what_he_says_he_accepts(room: Newsroom, path: str, accept: str) -> None:
    assert room.get(path, {"Accept": accept}).body == room.ok(path).body


# --- lifetimes --------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PATHS)
def test_answers_may_be_kept_for_minutes(room: Newsroom, path: str) -> None:
    answer = room.ok(path)
    assert "public" in answer.headers["Cache-Control"]
    assert 300 <= (answer.directive("max-age") or 0) <= 3600
    assert (answer.directive("stale-while-revalidate") or 0) > 0


@pytest.mark.parametrize(
    "soon",
    [
        {"c.md": article("قريب", date="2025-05-02T09:02:00+03:00", tags="[x]")},
        {"c.md": article("ينتهي", expires="2025-05-02T09:02:00+03:00", tags="[x]")},
        {"c.md": article("يسحب", withdrawn="2025-05-02T09:02:00+03:00", tags="[x]")},
    ],
    ids=["appears", "expires", "withdrawn"],
)
def test_no_answer_outlives_the_next_change(newsroom: Maker, soon: dict[str, str]) -> None:
    room = newsroom({"a.md": article(tags="[x]"), **soon}, at=NOW, inside=True)
    for path in (*FEEDS, "/", "/sitemap.xml"):
        assert 1 <= (room.ok(path).directive("max-age") or 0) <= 120, path


@pytest.mark.parametrize("path", FEEDS)
def test_any_page_may_read_a_feed(room: Newsroom, path: str) -> None:
    assert room.ok(path).headers["Access-Control-Allow-Origin"] == "*"
    etag = room.ok(path).etag
    assert room.get(path, {"If-None-Match": etag, "Origin": "https://x.example"}).status == 304


# --- WebSub and deltas ------------------------------------------------------------------------------


@pytest.mark.parametrize("path", FEEDS)
def test_a_feed_names_its_hubs_and_itself_in_headers(room: Newsroom, path: str) -> None:
    links = ", ".join(room.ok(path).headers.get_list("Link"))
    found = re.findall(r'<([^>]+)>\s*;\s*rel="?(\w+)"?', links)
    assert ("https://hub.example/", "hub") in found
    assert [url for url, rel in found if rel == "self"] == [f"https://news.example{path}"]


def test_a_delta_holds_only_what_is_new_since_an_etag(newsroom: Maker) -> None:
    room = newsroom(
        {"a.md": article("قديم", tags="[x]"), "b.md": article("ثابت", date="2025-04-01")}, at=NOW, serve=True
    )
    reads = dict(zip(room.feed_urls, (reading.rss, reading.atom, reading.json_feed), strict=True))
    before = {url: room.ok(url).etag for url in reads}
    room.write("c.md", article("جديد", date="2025-05-01", tags="[x]"))
    room.settle()
    for url, read in reads.items():
        now = room.ok(url)
        delta = room.get(url, {"A-IM": "feed", "If-None-Match": before[url]})
        assert delta.status == 226
        assert delta.headers["IM"] == "feed"
        assert delta.etag == now.etag
        assert "no-store" in delta.headers["Cache-Control"]
        assert read(delta.body).tokens == ["c"]
        assert room.get(url, {"A-IM": "feed", "If-None-Match": now.etag}).status == 304
        assert room.get(url, {"If-None-Match": before[url]}).status == 200
        unknown = room.get(url, {"A-IM": "feed", "If-None-Match": '"never"'})
        assert (unknown.status, unknown.body) == (200, now.body)
        assert room.get(url, {"A-IM": "feed"}).status == 200
