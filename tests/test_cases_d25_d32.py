"""Rows D25–D32 of corpus/cases.json: raw text, authors, links, HTTP, removal, encodings."""

from __future__ import annotations

import codecs

import pytest
from cases import NOW, files
from conftest import Maker
from newsroom import Newsroom, article
from reading import ATOM, DC, TOMBSTONE, unmarked

RAW = str(files("D25")["raw.txt"])
TYPES = ["application/rss+xml", "application/atom+xml", "application/feed+json"]

# --- D25 raw-text-boilerplate ------------------------------------------------------------------------


def test_d25_what_a_site_puts_round_an_article_is_not_the_article(newsroom: Maker) -> None:
    sentence = "أعلنت الوزارة مشاركة المقال في المعرض.\n\nوقال الوزير إن مشاركة: نعم."
    other = f"30 أبريل 2025\nخبر آخر\n\n{sentence}\n"
    room = newsroom({"raw.txt": RAW, "other.txt": other}, at=NOW, inside=True)
    for feed in room.feeds():
        item = feed["raw"]
        assert item.title == "افتتاح مكتبة عامة في الحي القديم"
        assert len(item.content.all("p")) == 2
        for furniture in (item.title, "01:30 PM", "30 أبريل", "مشاركة المقال"):
            assert furniture not in item.content.text
        assert unmarked(item.summary).startswith("افتُتحت اليوم")
        assert "مشاركة المقال في المعرض" in feed["other"].content.text
        assert "مشاركة: نعم" in feed["other"].content.text


@pytest.mark.parametrize("label", ["مشاركة المقال:", "شارك المقال", "مشاركة:", "Share this article", "مشاركة المقال: "])
@pytest.mark.parametrize("ending", ["", "\n", "\n\n \n", "\r\n"])
def test_d25_the_label_goes_however_the_file_ends(newsroom: Maker, label: str, ending: str) -> None:
    text = f"30 أبريل 2025\nعنوان الخبر\n\nفقرة أولى.\n\nفقرة ثانية.\n\n{label}{ending}"
    content = newsroom({"raw.txt": text}, at=NOW, inside=True).rss()["raw"].content
    assert [" ".join("".join(p.itertext()).split()) for p in content.all("p")] == ["فقرة أولى.", "فقرة ثانية."]


def test_d25_the_date_may_stand_below_the_title(newsroom: Maker) -> None:
    text = "عنوان الخبر\n30 أبريل 2025 13:30\n\nفقرة أولى.\nفقرة ثانية.\n"
    item = newsroom({"raw.txt": text}, at=NOW, inside=True).atom()["raw"]
    assert (item.title, item.published) == ("عنوان الخبر", "2025-04-30T13:30:00+03:00")
    assert len(item.content.all("p")) == 2


# --- D26 author --------------------------------------------------------------------------------------


def test_d26_a_name_is_a_name_in_every_format(newsroom: Maker) -> None:
    room = newsroom(files("D26"), at=NOW, inside=True)
    rss, atom, feed = room.feeds()
    assert rss["w1"].authors == atom["w1"].authors == ("كاتب المثال",)
    assert not rss["w1"].node.findall("author")
    assert not atom["w1"].node.findall(f"{ATOM}author/{ATOM}email")
    assert feed["w1"].node["authors"] == [{"name": "كاتب المثال"}]
    page = room.page("w1")
    assert "كاتب المثال" in page.meta("article:author") + page.meta("author")


def test_d26_several_authors_stay_in_order_and_their_addresses_stay_at_home(newsroom: Maker) -> None:
    fields = '[{name: "أ & ب", email: secret@news.example, url: "https://a.example/"}, "جيم"]'
    room = newsroom({"a.md": article(author=fields)}, at=NOW, inside=True)
    for feed in room.feeds():
        assert feed["a"].authors == ("أ & ب", "جيم")
    for url in (*room.feed_urls, room.home_url, room.rss()["a"].link):
        assert "secret@" not in room.ok(url).text
    shown = newsroom({"a.md": article(author=fields)}, at=NOW, inside=True, feeds={"publish_email": True})
    assert shown.atom()["a"].node.findtext(f"{ATOM}author/{ATOM}email") == "secret@news.example"


def test_d26_an_article_without_author_has_the_sites(newsroom: Maker) -> None:
    room = newsroom({"a.md": article()}, at=NOW, inside=True, site={"author": {"name": "قسم الأخبار"}})
    atom = room.atom()
    names = atom["a"].authors or tuple(node.text for node in atom.root.findall(f"{ATOM}author/{ATOM}name"))
    assert names == ("قسم الأخبار",)
    assert not room.rss()["a"].node.findall(f"{DC}creator[.='']")


# --- D27 feed-links ----------------------------------------------------------------------------------


@pytest.mark.parametrize("site", ["https://news.example", "https://news.example/", "https://news.example/ar"])
def test_d27_every_feed_knows_its_own_address_and_its_site(newsroom: Maker, site: str) -> None:
    room = newsroom(files("D27"), at=NOW, inside=True, site={"url": site})
    home = site.rstrip("/") + "/"
    rss_url, atom_url, json_url = room.feed_urls
    rss, atom, feed = room.feeds()
    assert (rss.home, atom.home, feed.home) == (home, home, home)
    assert (rss.self_url, atom.self_url, feed.self_url) == (rss_url, atom_url, json_url)
    assert all(url.startswith(home) for url in room.feed_urls)
    (self_link,) = rss.root.findall(f"{ATOM}link[@rel='self']")
    assert self_link.get("type") == "application/rss+xml"
    alternates = [link.get("href") for link in atom.root.findall(f"{ATOM}link[@rel='alternate']")]
    assert alternates == [home]


# --- D28 base-url ------------------------------------------------------------------------------------

EVIL = {
    "Host": "evil.example",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "http",
    "X-Forwarded-Prefix": "/evil",
}


@pytest.mark.parametrize(
    "headers", [EVIL, {"Host": "localhost:5000"}, {"Host": "evil.example:80", "Forwarded": "host=evil"}]
)
def test_d28_no_header_decides_an_address(newsroom: Maker, headers: dict[str, str]) -> None:
    room = newsroom({**files("D28"), "b.md": article(tags="[x]", aliases="[/old]")}, at=NOW, inside=True)
    urls = [*room.feed_urls, room.home_url, "/s/ok-1", "/feed", "/old", "/sitemap.xml", "/robots.txt", "/feeds.opml"]
    urls += ["/lang/AR", "/tag/x", "/oembed?url=https://news.example/s/ok-1", "/absent"]
    for url in urls:
        right, wrong = room.get(url), room.get(url, headers)
        if wrong.status == 400:
            continue
        assert (wrong.status, wrong.body) == (right.status, right.body), url
        assert wrong.headers.get("ETag") == right.headers.get("ETag")
        assert wrong.headers.get("Location") == right.headers.get("Location")
        everything = wrong.text + str(wrong.headers)
        assert "evil" not in everything and "localhost" not in everything and "127.0.0.1" not in everything
        assert "http://news.example" not in everything


def test_d28_the_real_server_ignores_the_host_too(newsroom: Maker) -> None:
    room = newsroom(files("D28"), at=NOW, serve=True)
    for url in (*room.feed_urls, "/s/ok-1", "/feed"):
        right, wrong = room.get(url), room.get(url, EVIL)
        assert wrong.status == 400 or (wrong.body, wrong.headers.get("ETag")) == (right.body, right.headers.get("ETag"))
        assert "evil" not in wrong.text + str(wrong.headers)


# --- D29 conditional-get -----------------------------------------------------------------------------


def test_d29_a_poller_gets_bytes_only_when_they_are_new(newsroom: Maker) -> None:
    tagged = article("خبر سليم", id="ok-1", tags="[سياسة]")
    room = newsroom({"a.md": tagged}, at=NOW, serve=True)
    urls = [*room.feed_urls, room.tag_url("سياسة"), "https://news.example/s/ok-1"]
    first = {url: room.ok(url) for url in urls}
    for url, answer in first.items():
        etag, modified = answer.etag, answer.headers["Last-Modified"]
        assert etag.removeprefix("W/").startswith('"') and etag.endswith('"')
        assert modified == "Tue, 29 Apr 2025 07:00:00 GMT"
        for headers in ({"If-None-Match": etag}, {"If-Modified-Since": modified}):
            unchanged = room.get(url, headers)
            assert (unchanged.status, unchanged.raw, unchanged.etag) == (304, b"", etag)
            assert unchanged.headers["Cache-Control"] == answer.headers["Cache-Control"]
        assert room.get(url, {"If-None-Match": '"other"', "If-Modified-Since": modified}).status == 200
    room.write("b.md", article("جديد", id="new", date="2025-05-02T08:00:00+03:00", tags="[سياسة]"))
    room.settle()
    for url in urls[:4]:
        old = first[url]
        answer = room.get(url, {"If-None-Match": old.etag, "If-Modified-Since": old.headers["Last-Modified"]})
        assert answer.status == 200 and answer.etag != old.etag and "جديد" in answer.text
        assert room.get(url, {"If-Modified-Since": old.headers["Last-Modified"]}).status == 200


# --- D30 removal -------------------------------------------------------------------------------------


def _nothing_of(room: Newsroom, token: str, title: str) -> None:
    for url in (
        room.feed_url("rss+xml"),
        room.feed_url("feed+json"),
        room.home_url,
        "/sitemap.xml",
        "/sitemap-news.xml",
    ):
        text = room.ok(url).text
        assert title not in text and f"/s/{token}" not in text, url
    share = room.share(token)
    assert title not in share.text
    assert not [m for m in share.html.all("meta") if (m.get("property") or "").startswith("og:")]


@pytest.mark.parametrize("how", ["deleted", "withdrawn", "withdrawn with a reason"])
def test_d30_what_is_taken_back_is_gone_everywhere(newsroom: Maker, how: str) -> None:
    tagged = article("يسحب", id="gone-1", date="2025-04-30T10:00:00+03:00", tags="[سحب]")
    room = newsroom({"a.md": files("D30", 0)["a.md"], "b.md": tagged}, at=NOW, serve=True)
    before = {url: room.ok(url).etag for url in room.feed_urls}
    old_id = room.atom()["gone-1"].id
    if how == "deleted":
        room.delete("b.md")
    else:
        value = "2025-05-02T08:30:00+03:00" if how == "withdrawn" else "{date: 2025-05-02T08:30:00+03:00, reason: خطأ}"
        room.write("b.md", tagged.replace("tags:", f"withdrawn: {value}\ntags:"))
    room.settle()
    _nothing_of(room, "gone-1", "يسحب")
    assert room.share("gone-1").status == (404 if how == "deleted" else 410)
    assert all(room.ok(url).etag != etag for url, etag in before.items())
    tombstones = room.atom().root.findall(f"{TOMBSTONE}deleted-entry")
    assert [(t.get("ref"), t.get("when")) for t in tombstones] == (
        [] if how == "deleted" else [(old_id, "2025-05-02T08:30:00+03:00")]
    )
    assert room.atom().tokens == ["ok-1"]
    assert room.get(room.tag_url("سحب")).status in (404, 410)


def test_d30_a_tombstone_stands_before_the_first_entry_and_for_ninety_days(newsroom: Maker) -> None:
    content = {
        "a.md": article(),
        "new.md": article(
            "سحب", withdrawn="{date: 2025-02-03T00:00:00+03:00, reason: خطأ في الاسم}", date="2025-02-01"
        ),
        "old.md": article("سحب قديم", withdrawn="2025-01-20T00:00:00+03:00", date="2025-01-01"),
    }
    room = newsroom(content, at=NOW, inside=True)
    atom = room.atom()
    names = [node.tag for node in atom.root]
    assert names.index(f"{TOMBSTONE}deleted-entry") < names.index(f"{ATOM}entry")
    (tombstone,) = atom.root.findall(f"{TOMBSTONE}deleted-entry")
    assert tombstone.get("ref") == "tag:news.example,2025:new"
    assert tombstone.findtext(f"{TOMBSTONE}comment") == "خطأ في الاسم"
    assert room.share("old").status == 410
    assert room.atom().updated == "2025-04-29T10:00:00+03:00"


def test_d30_an_expired_article_is_gone_and_leaves_a_tombstone_without_reason(newsroom: Maker) -> None:
    content = {"a.md": article(), "b.md": article("انتهى", expires="2025-05-02T09:00:00+03:00", tags="[وقت]")}
    room = newsroom(content, at=NOW, inside=True)
    _nothing_of(room, "b", "انتهى")
    assert room.share("b").status == 410
    (tombstone,) = room.atom().root.findall(f"{TOMBSTONE}deleted-entry")
    assert (tombstone.get("ref"), len(tombstone)) == ("tag:news.example,2025:b", 0)
    before = newsroom(content, at="2025-05-02T08:59:59+03:00", inside=True)
    assert set(before.rss().tokens) == {"a", "b"}


# --- D31 http-surface --------------------------------------------------------------------------------


def test_d31_feeds_have_the_surface_that_readers_expect(newsroom: Maker) -> None:
    room = newsroom(files("D31"), at=NOW, serve=True)
    for url, media_type in zip(room.feed_urls, TYPES, strict=True):
        answer, head, post = room.ok(url), room.head(url), room.request("POST", url)
        assert answer.headers["Content-Type"] == f"{media_type}; charset=utf-8"
        assert head.status == 200 and head.raw == b""
        for name in ("ETag", "Last-Modified", "Content-Type", "Content-Length", "Cache-Control"):
            assert head.headers[name] == answer.headers[name]
        assert answer.body.startswith(b"{" if url.endswith("json") else b"<?xml")
        assert post.status == 405
        assert {"GET", "HEAD"} <= {method.strip() for method in post.headers["Allow"].split(",")}
        assert "Set-Cookie" not in answer.headers
        assert "public" in answer.headers["Cache-Control"]
        assert 300 <= (answer.directive("max-age") or 0) <= 3600


# --- D32 input-encoding ------------------------------------------------------------------------------

MARKDOWN = '---\r\nid: enc1\r\ntitle: "عنوان"\r\ndate: 2025-04-30T10:00:00+03:00\r\n---\r\nنص.\r\n'


@pytest.mark.parametrize(
    "data",
    [
        codecs.BOM_UTF8 + MARKDOWN.encode(),
        MARKDOWN.encode(),
        codecs.BOM_UTF16_LE + MARKDOWN.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + MARKDOWN.encode("utf-16-be"),
        MARKDOWN.encode("windows-1256"),
        MARKDOWN.replace("\r\n", "\n").replace("نص.\n", "نص.\ufeff\r\n").encode(),
    ],
    ids=["bom", "crlf", "utf-16-le", "utf-16-be", "windows-1256", "bom-inside"],
)
def test_d32_every_encoding_of_an_article_is_the_same_article(newsroom: Maker, data: bytes) -> None:
    room = newsroom({"a.md": data}, at=NOW, inside=True, content={"fallback_encoding": "windows-1256"})
    for feed in room.feeds():
        item = feed["enc1"]
        assert item.title == "عنوان"
        assert item.content.text.strip() == "نص."
        assert not {"\ufeff", "\r"} & set(item.raw_title + item.id + item.link + item.content_html + item.summary)
        assert "title:" not in item.content_html and "---" not in item.content_html


def test_d32_windows_line_ends_change_nothing_in_raw_text(newsroom: Maker) -> None:
    unix = newsroom({"raw.txt": RAW}, at=NOW, inside=True)
    windows = newsroom({"raw.txt": codecs.BOM_UTF8 + RAW.replace("\n", "\r\n").encode()}, at=NOW, inside=True)
    for url in unix.feed_urls:
        assert unix.ok(url).body == windows.ok(url).body
