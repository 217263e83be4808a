"""Rows D33–D40 of corpus/cases.json: front matter, bad and hostile files, enclosures, discovery, bots."""

from __future__ import annotations

import json
import time
import tracemalloc

import pictures
import pytest
from cases import NOW, files
from conftest import Maker
from newsroom import article
from reading import ATOM, MEDIA, unmarked

TYPES = ["application/rss+xml", "application/atom+xml", "application/feed+json"]

# --- D33 front-matter-types --------------------------------------------------------------------------


def test_d33_what_looks_like_a_number_stays_text(newsroom: Maker) -> None:
    room = newsroom(files("D33"), at=NOW, inside=True)
    for feed in room.feeds():
        assert [feed[token].title for token in ("y1", "y2", "y3", "007")] == ["2025", "no", "12:30", "رقم"]
        assert feed["007"].id == "tag:news.example,2025:007"
        if "y5" in feed.tokens:
            assert feed["y5"].title == "بيان: خطة جديدة"
    if "y5" not in room.rss().tokens:
        assert room.check().about("content/e.md")


@pytest.mark.parametrize(
    "text", ["yes", "0x1F", "1_000", "1e3", "~", "null", "010", "2025-04-30", ".inf", "=", "<<", "1.0"]
)
def test_d33_no_scalar_of_yaml_is_a_number_a_day_or_nothing(newsroom: Maker, text: str) -> None:
    source = f"---\ntitle: {text}\ndate: 2025-04-30\ntags: [{text}]\nauthor: {text}\n---\nنص.\n"
    for feed in newsroom({"a.md": source}, at=NOW, inside=True).feeds():
        assert (feed["a"].title, feed["a"].categories, feed["a"].authors) == (text, (text,), (text,))


# --- D34 bad-file-isolation --------------------------------------------------------------------------


def test_d34_a_broken_file_takes_down_only_itself(newsroom: Maker) -> None:
    room = newsroom(files("D34"), at=NOW, serve=True)
    for feed in room.feeds():
        assert feed.tokens == ["ok-1"]
    for token in ("bad", "noend"):
        assert room.share(token).status == 404
        (line,) = [line for line in room.log().splitlines() if f"content/{token}.md:" in line]
        assert line.startswith(f"content/{token}.md:")
    report = room.check()
    assert report.code == 1
    assert {fault.path for fault in report.faults} == {"content/bad.md", "content/noend.md"}
    assert all(fault.line >= 1 for fault in report.faults)


def test_d34_a_live_article_that_breaks_is_the_same_in_every_format(newsroom: Maker) -> None:
    room = newsroom({"bad.md": article("نسخة سليمة"), "ok.md": article()}, at=NOW, serve=True)
    room.write("bad.md", files("D34")["bad.md"])
    room.write("new.md", article("آخر"))
    room.settle()
    for feed in room.feeds():
        assert feed["bad"].title == "نسخة سليمة"
    assert unmarked(room.page("bad").h1) == "نسخة سليمة"


# --- D35 hostile-input -------------------------------------------------------------------------------


def test_d35_a_bomb_and_a_command_are_refused_quickly(newsroom: Maker) -> None:
    newsroom(files("D04"), at=NOW, inside=True).feeds()  # imports and tables are not the bomb's
    start = time.process_time()
    room = newsroom(files("D35"), at=NOW, inside=True)
    assert [feed.tokens for feed in room.feeds()] == [["ok-1"]] * 3
    assert time.process_time() - start < 1
    assert not list(room.folder.rglob("PWNED"))
    report = room.check()
    assert report.code == 1
    assert {fault.path for fault in report.faults} == {"content/x.md", "content/bomb.md"}
    assert {fault.line for fault in report.about("content/x.md")} == {3}
    assert report.about("content/bomb.md")[0].line in (5, 6)


def test_d35_hostile_files_need_little_memory(newsroom: Maker) -> None:
    hostile = {
        **files("D35"),
        "deep.md": article(tags="[" * 5000 + "]" * 5000),
        "nested.md": article(body="> " * 5000 + "كلمة"),
        "quotes.md": article(body="[" * 3000 + "*a_" * 3000),
        "tags.html": article(body="<div>" * 20000 + "كلمة"),
    }
    room = newsroom(hostile, at=NOW)
    tracemalloc.start()
    try:
        room.inside()
        assert "ok-1" in room.rss().tokens
        assert tracemalloc.get_traced_memory()[1] < 100_000_000
    finally:
        tracemalloc.stop()
    assert "deep" not in room.rss().tokens


# --- D36 enclosure -----------------------------------------------------------------------------------


def test_d36_the_picture_of_an_article_comes_with_it_in_every_format(newsroom: Maker) -> None:
    room = newsroom(files("D36"), at=NOW, inside=True)
    rss, atom, feed = room.feeds()
    (enclosure,) = rss["q1"].enclosures
    assert (enclosure.media_type, enclosure.length) == ("image/jpeg", "12345")
    assert enclosure.url.startswith("https://news.example/")
    assert len(room.ok(enclosure.url).body) == 12345
    assert atom["q1"].enclosures == (enclosure,)
    assert feed["q1"].node["image"] == enclosure.url
    media = [*rss["q1"].node.iter(f"{MEDIA}content"), *rss["q1"].node.iter(f"{MEDIA}thumbnail")]
    assert enclosure.url in [node.get("url") for node in media]
    assert all(node.get("medium") == "image" for node in media if node.tag == f"{MEDIA}content")
    for url in room.feed_urls:
        assert "None" not in room.ok(url).text


def test_d36_a_sound_file_is_the_enclosure_and_the_picture_is_not(newsroom: Maker) -> None:
    audio = b"ID3\x03" + bytes(4996)
    content = {"a.md": article(image="p.png", enclosure="s.mp3"), "p.png": pictures.png(3, 3), "s.mp3": audio}
    rss, atom, feed = newsroom(content, at=NOW, inside=True).feeds()
    (enclosure,) = rss["a"].enclosures
    assert (enclosure.media_type, enclosure.length) == ("audio/mpeg", "5000")
    assert enclosure in atom["a"].enclosures
    assert [a["url"] for a in feed["a"].node["attachments"] if a["mime_type"] == "audio/mpeg"] == [enclosure.url]


@pytest.mark.parametrize("image", ["https://cdn.example/a.jpg", "absent.jpg", "file.xyz"])
def test_d36_a_picture_that_is_not_here_has_length_zero_or_is_no_enclosure(newsroom: Maker, image: str) -> None:
    room = newsroom({"a.md": article(image=image), "file.xyz": b"x"}, at=NOW, inside=True)
    rss, atom, _ = room.feeds()
    remote = image.startswith("https")
    assert [(e.url, e.length) for e in rss["a"].enclosures] == ([(image, "0")] if remote else [])
    assert [e.url for e in atom["a"].enclosures] == ([image] if remote else [])
    assert bool(room.check().about("content/a.md")) != remote


# --- D37 feed-size -----------------------------------------------------------------------------------


def test_d37_an_empty_newsroom_has_valid_feeds(newsroom: Maker) -> None:
    room = newsroom({}, at=NOW, serve=True)
    rss, atom, feed = room.feeds()
    assert rss.items == atom.items == feed.items == ()
    assert feed.root["items"] == []
    assert atom.updated == room.atom().updated
    assert atom.root.findtext(f"{ATOM}id") and atom.title
    assert atom.root.findtext(f"{ATOM}author/{ATOM}name")
    assert rss.title and rss.home and rss.root.findtext("description")
    before = {url: room.ok(url) for url in room.feed_urls}
    for url, answer in before.items():
        assert room.get(url, {"If-None-Match": answer.etag}).status == 304
    room.write("a.md", article("أول"))
    room.settle()
    for url, answer in before.items():
        now = room.get(url, {"If-None-Match": answer.etag})
        assert now.status == 200 and now.etag != answer.etag and "أول" in now.text


def test_d37_a_feed_holds_the_newest_n_and_the_pages_all_of_them_once(newsroom: Maker) -> None:
    content = {f"{n:02}.md": article(date=f"2025-04-{n:02}") for n in range(1, 12)}
    room = newsroom(content, at=NOW, inside=True, feeds={"items": 4})
    assert room.rss().tokens == ["11", "10", "09", "08"]
    seen = [token for n in (2, 3) for token in room.atom(f"/feeds/page/{n}/atom.xml").tokens]
    assert seen == ["07", "06", "05", "04", "03", "02", "01"]


# --- D38 feed-discovery ------------------------------------------------------------------------------


def test_d38_pages_lead_readers_to_the_three_feeds(newsroom: Maker) -> None:
    room = newsroom({**files("D38"), "t.md": article(tags="[سياسة]", lang="fa", author="كاتب")}, at=NOW, inside=True)
    for url in (room.home_url, "https://news.example/s/ok-1"):
        page = room.ok(url).html
        assert sorted(kind for kind, _ in page.feeds) == sorted(TYPES)
        for kind, href in page.feeds:
            assert href.startswith("https://news.example/")
            assert room.ok(href).headers["Content-Type"] == f"{kind}; charset=utf-8"
        assert all(link.get("title") for link in page.links("alternate") if (link.get("type") or "") in TYPES)
        assert all(link.get("rel") == "alternate" for link in page.links("alternate"))
    main = room.home.feeds
    for path in ("/tag/سياسة", "/lang/fa", "/author/كاتب"):
        found = room.ok(path).html.feeds
        assert found[:3] == main and len(found) == 6
        for kind, href in found[3:]:
            assert f"/feeds{path.rsplit('/', 1)[0]}/" in href
            assert room.ok(href).headers["Content-Type"] == f"{kind}; charset=utf-8"


# --- D39 json-feed -----------------------------------------------------------------------------------


def test_d39_json_feed_holds_strings_lists_and_no_null(newsroom: Maker) -> None:
    room = newsroom({**files("D39"), "bare.md": article("عار", "")}, at=NOW, inside=True)
    body = room.ok(room.feed_url("feed+json")).body

    def checked(pairs: list[tuple[str, object]]) -> dict[str, object]:
        assert len({key for key, _ in pairs}) == len(pairs)
        assert all(value is not None and value != "" for _, value in pairs)
        return dict(pairs)

    document = json.loads(body.decode("utf-8"), object_pairs_hook=checked)
    assert document["version"] == "https://jsonfeed.org/version/1.1"
    (item,) = [item for item in document["items"] if item["id"].endswith(":12345")]
    assert isinstance(item["id"], str)
    assert {"url", "title", "content_html", "date_published"} <= item.keys()
    assert item["date_published"] == "2025-04-30T10:00:00+03:00"
    assert item["authors"] == [{"name": "كاتب المثال"}] and "author" not in item
    assert "رقمي" in body.decode("utf-8")


# --- D40 social-bots ---------------------------------------------------------------------------------


def test_d40_a_bot_gets_prose_and_literal_titles_and_tags(newsroom: Maker) -> None:
    room = newsroom(files("D40"), at=NOW, inside=True)
    for feed in room.feeds():
        item = feed["b1"]
        assert item.title == "**مهم** خبر _اليوم_"
        assert item.categories == ("كرة القدم", "C++", "a.b")
        assert not [mark for mark in ("<", "&lt;", "**", "](", "##") if mark in item.summary]
        assert unmarked(item.summary).startswith("بدأ العمل في المكتب اليوم.")


@pytest.mark.parametrize(
    "body",
    [
        "![صورة](https://x.example/a.png)\n\nبدأ العمل اليوم.",
        "# مقدمة\n\n> بدأ **العمل** اليوم.",
        "| أ | ب |\n|---|---|\n| ١ | ٢ |\n\nبدأ العمل[^1] اليوم.\n\n[^1]: حاشية",
        "```\ncode\n```\n\nبدأ `العمل` اليوم.",
        "<!-- تعليق --><p>بدأ&nbsp;<em>العمل</em><br>اليوم.</p>",
    ],
)
def test_d40_a_summary_begins_with_the_first_sentence_of_prose(newsroom: Maker, body: str) -> None:
    for feed in newsroom({"a.md": article(body=body)}, at=NOW, inside=True).feeds():
        assert " ".join(unmarked(feed["a"].summary).split()).startswith("بدأ العمل اليوم.")
