"""Feed readers that people use, run for real: each item once, newest first, polled cheaply, edited in place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import quote

import pytest
from clients.readers import READERS, Reader, Seen
from clients.sample import EDITED, FRESH, LOCAL, STORIES, Story, files
from clients.wire import Wire, wired
from conftest import Maker
from newsroom import Newsroom

HELD = {"/feeds": STORIES, f"/feeds/tag/{quote('أخبار-محلية')}": LOCAL}
NEW_TITLE, NEW_TEXT = "7 جرحى في انفجار بحلب", "ارتفع العدد إلى سبعة."

Feeds = dict[str, Sequence[Story]]


@pytest.fixture(autouse=True)
def direct(monkeypatch: pytest.MonkeyPatch) -> None:
    """Readers in this process do not ask a proxy of the user's for loopback addresses."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")


@pytest.fixture(scope="module")
def served(shared_newsroom: Maker) -> Iterator[tuple[Newsroom, Wire]]:
    with wired(shared_newsroom, files()) as both:
        yield both


@pytest.fixture
def own(newsroom: Maker) -> Iterator[tuple[Newsroom, Wire]]:
    with wired(newsroom, files()) as both:
        yield both


@pytest.fixture(params=READERS)
def reader(request: pytest.FixtureRequest, tmp_path: Path) -> Reader:
    return READERS[request.param](tmp_path)


def _subscribed(reader: Reader, wire: Wire) -> Feeds:
    """Every document that it can read of the main feed, in four languages, and of a tag with an Arabic name."""
    feeds = {f"{wire.url}{folder}/{name}": stories for folder, stories in HELD.items() for name in reader.formats}
    reader.subscribe(list(feeds))
    return feeds


def _settled(reader: Reader, wire: Wire) -> Feeds:
    """Subscribed, everything read, and polled until it has validators to send."""
    feeds = _subscribed(reader, wire)
    for _ in range(max(1, reader.quiet_after)):
        reader.poll()
    wire.taken()
    return feeds


def _rows(items: Sequence[Seen]) -> list[tuple[object, ...]]:
    return [(item.id, item.title, item.link, item.at) for item in items]


def _row(story: Story, wire: Wire, title: str = "") -> tuple[object, ...]:
    return (story.id, title or story.title, f"{wire.url}/s/{story.token}", story.at)


def _quiet_again(reader: Reader, wire: Wire) -> None:
    """After a change too the next poll is answered 304, or brings nothing."""
    wire.taken()
    assert reader.poll() == []
    assert {one.status for one in wire.taken()} == {304 if reader.quiet_after else 200}


def test_every_item_is_there_once_newest_first_with_its_title_link_and_instant(
    reader: Reader, served: tuple[Newsroom, Wire]
) -> None:
    _, wire = served
    feeds = _subscribed(reader, wire)
    announced = reader.poll()
    assert sorted(announced) == sorted((url, story.id) for url, stories in feeds.items() for story in stories)
    for url, stories in feeds.items():
        assert _rows(reader.shown(url)) == [_row(story, wire) for story in stories]


def test_enclosures_lead_to_their_files_and_bodies_keep_their_direction(
    reader: Reader, served: tuple[Newsroom, Wire]
) -> None:
    room, wire = served
    feeds = _subscribed(reader, wire)
    reader.poll()
    for url, stories in feeds.items():
        for item, story in zip(reader.shown(url), stories, strict=True):
            assert f'dir="{"ltr" if story.language == "en" else "rtl"}" lang="{story.language}"' in item.content
            kept = [file for file in story.files if (url.rsplit("/", 1)[1], file[-3:]) in reader.keeps]
            if not kept:
                assert not item.enclosure
                continue
            assert item.enclosure.startswith(f"{wire.url}/media/{kept[0]}?v=")
            assert room.ok(item.enclosure).body == (room.content / kept[0]).read_bytes()


def test_further_polls_are_answered_304_or_bring_nothing_new(reader: Reader, served: tuple[Newsroom, Wire]) -> None:
    _, wire = served
    feeds = _settled(reader, wire)
    listed = {url: reader.shown(url) for url in feeds}
    for _ in range(2):
        assert reader.poll() == []
        asked = wire.taken()
        assert sorted(wire.url + one.path for one in asked) == sorted(feeds)
        if reader.quiet_after:
            assert all("if-none-match" in one.headers for one in asked)
            assert [(one.status, one.size) for one in asked] == [(304, 0)] * len(feeds)
        else:
            assert {one.status for one in asked} == {200}
            assert not any(name.startswith("if-") for one in asked for name in one.headers)
        assert {url: reader.shown(url) for url in feeds} == listed


def test_an_edited_item_changes_in_place_and_is_not_announced_again(reader: Reader, own: tuple[Newsroom, Wire]) -> None:
    room, wire = own
    feeds = _settled(reader, wire)
    edited = EDITED.text(title=NEW_TITLE, body=NEW_TEXT, updated="2025-05-04T12:00:00+03:00")
    room.write(f"{EDITED.name}.md", edited)
    room.settle()
    assert reader.poll() == []
    assert {one.status for one in wire.taken()} <= {200, 226}
    for url, stories in feeds.items():
        shown = reader.shown(url)
        if reader.keeps_old_titles:
            assert _row(EDITED, wire) in _rows(shown)
            shown = [item for item in shown if (item.id, item.title) != (EDITED.id, EDITED.title)]
        assert _rows(shown) == [_row(one, wire, NEW_TITLE if one is EDITED else "") for one in stories]
        assert [item.id for item in shown if NEW_TEXT in item.content] == [EDITED.id]
    _quiet_again(reader, wire)


def test_a_new_item_is_announced_once_and_stands_on_top(reader: Reader, own: tuple[Newsroom, Wire]) -> None:
    room, wire = own
    feeds = _settled(reader, wire)
    room.write(f"{FRESH.name}.md", FRESH.text())
    room.settle()
    assert sorted(reader.poll()) == sorted((url, FRESH.id) for url in feeds)
    for url, stories in feeds.items():
        assert _rows(reader.shown(url)) == [_row(story, wire) for story in (FRESH, *stories)]
    _quiet_again(reader, wire)


@pytest.mark.parametrize("reader", ["reader", "newsboat"], indirect=True)
def test_a_reader_that_asks_for_the_difference_gets_it_in_every_feed(
    reader: Reader, own: tuple[Newsroom, Wire]
) -> None:
    room, wire = own
    feeds = _settled(reader, wire)
    room.write(f"{FRESH.name}.md", FRESH.text())
    room.settle()
    reader.poll()
    asked = wire.taken()
    assert [one.headers.get("a-im") for one in asked] == ["feed"] * len(feeds)  # RFC 3229 section 10.5.3
    assert {wire.url + one.path: one.status for one in asked} == dict.fromkeys(feeds, 226)
