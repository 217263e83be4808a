"""Bots that repost feeds, run for real: each item once, oldest first, never again after an edit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import mktime_tz, parsedate_tz
from pathlib import Path

import pytest
from clients.bots import Feed2toot, Mastodon, Rss2email
from clients.sample import EDITED, FRESH, LOCAL, SITE_TITLE, STORIES, TAG, Story, files
from clients.wire import Wire, wired
from conftest import Maker
from newsroom import Newsroom

FORMATS = ("rss.xml", "atom.xml")
HASHTAGS = {  # every category without its spaces, the longest first
    "latin-first": " #ذكاءاصطناعي #أخبارمحلية",
    "persian": " #فناوری",
    "hebrew": " #חדשות",
    "english": " #MiddleEast #C++",
    "number-first": " #أخبارمحلية",
    "انقطاع-الكهرباء": " #أخبارمحلية",
    "fresh": " #أخبارمحلية",
}

Served = tuple[Newsroom, Wire]


@pytest.fixture
def served(newsroom: Maker) -> Iterator[Served]:
    with wired(newsroom, files()) as both:
        yield both


@pytest.fixture
def mastodon() -> Iterator[Mastodon]:
    server = Mastodon()
    yield server
    server.close()


@pytest.fixture
def r2e(tmp_path: Path) -> Rss2email:
    return Rss2email(tmp_path)


@pytest.fixture
def feed2toot(tmp_path: Path, mastodon: Mastodon) -> Feed2toot:
    return Feed2toot(tmp_path, mastodon)


def _feeds(room: Newsroom, wire: Wire) -> dict[str, Sequence[Story]]:
    """Both formats of the main feed, in four languages, and of a tag with an Arabic name."""
    main = {f"{wire.url}/feeds/{name}": STORIES for name in FORMATS}
    return {**main, **{room.tag_url(TAG, name): LOCAL for name in FORMATS}}


def _edit(room: Newsroom) -> None:
    fields = {"title": "7 جرحى في انفجار بحلب", "body": "سبعة.", "updated": "2025-05-04T12:00:00+03:00"}
    room.write(f"{EDITED.name}.md", EDITED.text(**fields))
    room.settle()


def _add(room: Newsroom) -> None:
    room.write(f"{FRESH.name}.md", FRESH.text())
    room.settle()


# --- rss2email --------------------------------------------------------------------------------------


def _headers(mails: Sequence[EmailMessage]) -> list[tuple[object, ...]]:
    names = ("X-RSS-Feed", "X-RSS-ID", "Subject", "X-RSS-URL")
    return [(*(mail[name] for name in names), _instant(mail["Date"])) for mail in mails]


def _instant(date: str) -> datetime:
    """RFC 5322 section 3.3; the mails' own zone is -0000, UTC."""
    parts = parsedate_tz(date)
    assert parts, date
    return datetime.fromtimestamp(mktime_tz(parts), UTC)


def _expected(feeds: dict[str, Sequence[Story]], wire: Wire) -> list[tuple[object, ...]]:
    return [
        (url, story.id, story.title, f"{wire.url}/s/{story.token}", story.at)
        for url, stories in feeds.items()
        for story in reversed(stories)
    ]


def test_rss2email_mails_every_item_once_oldest_first(r2e: Rss2email, served: Served) -> None:
    room, wire = served
    feeds = _feeds(room, wire)
    r2e.subscribe(list(feeds))
    mails = r2e.poll()
    assert _headers(mails) == _expected(feeds, wire)
    stories = [story for held in feeds.values() for story in reversed(held)]
    for mail, story in zip(mails, stories, strict=True):
        assert SITE_TITLE in mail["From"]
        assert mail["X-RSS-TAGS"] == (",".join(story.tags) or None)
        body = mail.get_content()
        assert mail.get_content_type() == "text/html" and f'href="{wire.url}/s/{story.token}"' in body
        for file in story.files:
            assert f'Enclosure: <a href="{wire.url}/media/{file}?v=' in body


@pytest.mark.parametrize("name", FORMATS)
def test_rss2email_mails_the_whole_text_with_its_direction(r2e: Rss2email, served: Served, name: str) -> None:
    _, wire = served
    r2e.subscribe([f"{wire.url}/feeds/{name}"])
    for mail, story in zip(r2e.poll(), reversed(STORIES), strict=True):
        side = "ltr" if story.language == "en" else "rtl"
        assert f'<div dir="{side}" lang="{story.language}"><p dir="{side}">' in mail.get_content()


def test_rss2email_asks_cheaply_and_mails_nothing_twice(r2e: Rss2email, served: Served) -> None:
    room, wire = served
    feeds = _feeds(room, wire)
    r2e.subscribe(list(feeds))
    r2e.poll()
    wire.taken()
    for _ in range(2):
        assert r2e.poll() == []
        assert [(one.status, one.size) for one in wire.taken()] == [(304, 0)] * len(feeds)


def test_rss2email_is_silent_about_an_edit_and_mails_a_new_item_once(r2e: Rss2email, served: Served) -> None:
    room, wire = served
    feeds = _feeds(room, wire)
    r2e.subscribe(list(feeds))
    r2e.poll()
    _edit(room)
    assert r2e.poll() == []
    _add(room)
    assert _headers(r2e.poll()) == _expected({url: [FRESH] for url in feeds}, wire)
    assert r2e.poll() == []


# --- feed2toot --------------------------------------------------------------------------------------


def _toot(story: Story, wire: Wire) -> str:
    return f"{story.title} {wire.url}/s/{story.token}{HASHTAGS.get(story.name, '')}"


@pytest.mark.parametrize("name", FORMATS)
def test_feed2toot_posts_every_item_once_oldest_first_with_permalink_and_hashtags(
    feed2toot: Feed2toot, served: Served, name: str
) -> None:
    room, wire = served
    feed2toot.subscribe([room.tag_url(TAG, name), f"{wire.url}/feeds/{name}"])
    others = [story for story in reversed(STORIES) if story not in LOCAL]
    assert feed2toot.poll() == [_toot(story, wire) for story in (*reversed(LOCAL), *others)]
    assert feed2toot.poll() == []


def test_feed2toot_posts_an_item_of_two_formats_and_two_feeds_once(feed2toot: Feed2toot, served: Served) -> None:
    room, wire = served
    feed2toot.subscribe(list(_feeds(room, wire)))
    assert feed2toot.poll() == [_toot(story, wire) for story in reversed(STORIES)]


def test_feed2toot_is_silent_about_an_edit_and_posts_a_new_item_once(feed2toot: Feed2toot, served: Served) -> None:
    room, wire = served
    feed2toot.subscribe(list(_feeds(room, wire)))
    feed2toot.poll()
    _edit(room)
    assert feed2toot.poll() == []
    _add(room)
    assert feed2toot.poll() == [_toot(FRESH, wire)]
    assert feed2toot.poll() == []
