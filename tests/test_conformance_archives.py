"""Items 46–48 of the conformance checklist: pages, archives and complete feeds (RFC 5005)."""

from __future__ import annotations

from typing import Any

import pytest
import reading
from answers import Answer
from conformance_site import FORMATS, NOW, SITE, content, documents, options, relations
from conftest import Maker
from newsroom import Newsroom, article
from reading import ATOM, Feed, unmarked

FH = "{http://purl.org/syndication/history/1.0}"
NEWS = "%D8%A3%D8%AE%D8%A8%D8%A7%D8%B1"
SIZE = 3
# Every kind of feed with the tokens it must hold, newest first.
NUMBERED = [f"n{n:02}" for n in range(9, 0, -1)]
FEEDS = {
    "/feeds": ["hostile", "remote", "sound", "picture", "en", "fa", "changed", *NUMBERED],
    f"/feeds/tag/{NEWS}": ["fa", "changed", *NUMBERED],
    "/feeds/lang/ar": ["hostile", "remote", "sound", "picture", "changed", *NUMBERED],
    "/feeds/author/%D9%83%D8%A7%D8%AA%D8%A8": [f"w{n}" for n in range(7, 0, -1)],
}
READERS = {"rss.xml": reading.rss, "atom.xml": reading.atom, "feed.json": reading.json_feed}


def _content() -> dict[str, str | bytes]:
    return content() | {
        f"w{n}.md": article(f"مقال {n}", date=f"2024-01-0{n}", author="كاتب", lang="he", feed=None) for n in range(1, 8)
    }


@pytest.fixture(scope="module")
def room(shared_newsroom: Maker) -> Newsroom:
    return shared_newsroom(_content(), **options(feeds={"items": SIZE}))


def _expected(folder: str) -> list[str]:
    writers = [f"w{n}" for n in range(7, 0, -1)]
    return FEEDS[folder] + (writers if folder == "/feeds" else [])


def _read(answer: Answer) -> Feed:
    return READERS[answer.url.rpartition("/")[2]](answer.body)


def _following(answer: Answer, rel: str) -> str:
    if answer.url.endswith(".json"):
        return str(_read(answer).root.get("next_url", "")) if rel == "next" else ""
    return relations(answer).get(rel, "")


def _chain(room: Newsroom, url: str, rel: str) -> list[Answer]:
    """The documents that follow one another; each is there once."""
    found: list[Answer] = []
    while url:
        assert url not in [answer.url for answer in found], "the chain runs in a circle"
        found.append(room.ok(url))
        assert found[-1].headers["Content-Type"].startswith(FORMATS[url.rpartition("/")[2]])
        url = _following(found[-1], rel)
    return found


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("folder", FEEDS)
def test_46_the_pages_together_hold_every_item_once(room: Newsroom, folder: str, name: str) -> None:
    pages = [_read(answer) for answer in _chain(room, f"{SITE}{folder}/{name}", "next")]
    assert [token for page in pages for token in page.tokens] == _expected(folder)
    assert {len(page.items) for page in pages[:-1]} == {SIZE}
    assert len({page.title for page in pages}) == 1


@pytest.mark.parametrize("name", ["rss.xml", "atom.xml"])
@pytest.mark.parametrize("folder", FEEDS)
def test_46_every_page_knows_its_neighbours_and_both_ends(room: Newsroom, folder: str, name: str) -> None:
    pages = _chain(room, f"{SITE}{folder}/{name}", "next")
    urls = [page.url for page in pages]
    assert urls[1] == f"{SITE}{folder}/page/2/{name}"
    for number, page in enumerate(pages):
        found = relations(page)
        assert (found["first"], found["last"], found["self"]) == (urls[0], urls[-1], page.url)
        assert found.get("previous") == (urls[number - 1] if number else None)
        assert ("next" in found) == (number + 1 < len(pages))
    if name == "atom.xml":
        assert len({reading.xml(page.body).findtext(f"{ATOM}id") for page in pages}) == 1


@pytest.mark.parametrize("folder", FEEDS)
@pytest.mark.parametrize("number", ["0", "1", "-1", "99", "x", "02", "٢"])
def test_46_a_page_that_is_not_there_is_not_found(room: Newsroom, folder: str, number: str) -> None:
    assert room.get(f"{folder}/page/{number}/atom.xml").status == 404


@pytest.mark.parametrize("name", ["rss.xml", "atom.xml"])
@pytest.mark.parametrize("folder", FEEDS)
def test_47_the_archives_with_the_feed_hold_everything_and_end(room: Newsroom, folder: str, name: str) -> None:
    subscription, *archives = _chain(room, f"{SITE}{folder}/{name}", "prev-archive")
    expected = _expected(folder)
    seen = dict.fromkeys(_read(subscription).tokens)
    for archive in archives:
        seen |= dict.fromkeys(_read(archive).tokens)
    assert list(seen) == expected
    assert len(archives) == len(expected) // SIZE
    for place, archive in enumerate(archives):
        root = reading.xml(archive.body)
        document = root if name == "atom.xml" else root[0]
        assert len(document.findall(f"{FH}archive")) == 1 and not document.findall(f"{FH}complete")
        found = relations(archive)
        assert (found["current"], found["self"]) == (subscription.url, archive.url)
        assert not {"first", "last", "next", "previous"} & set(found)
        assert found.get("prev-archive") == (archives[place + 1].url if place + 1 < len(archives) else None)
        following = room.get(found["next-archive"], follow=True)
        assert following.status == 200
        assert following.body == (archives[place - 1].body if place else subscription.body)


@pytest.mark.parametrize("folder", FEEDS)
def test_47_newer_articles_never_change_an_archive(room: Newsroom, newsroom: Maker, folder: str) -> None:
    newer = {
        f"z{n}.md": article("لاحق", date="2025-05-01", tags="['أخبار']", author="كاتب", updated="2025-05-02")
        for n in range(SIZE * 2 + 1)
    }
    after = newsroom(_content() | newer, **options(feeds={"items": SIZE}))
    for name in FORMATS:
        for number in range(1, len(_expected(folder)) // SIZE + 1):
            path = f"{folder}/archive/{number}/{name}"
            assert room.ok(path).body == after.ok(path).body
            assert room.ok(path).etag == after.ok(path).etag


def test_47_a_newer_spelling_of_a_tag_renames_the_feed_and_not_its_archives(newsroom: Maker) -> None:
    files = {f"a{n}.md": article(date=f"2025-04-0{n}", tags="[Latin Name]") for n in range(1, 5)}
    newer = files | {"b.md": article(date="2025-04-20", tags="[Latin-Name]")}
    before, after = (newsroom(each, at=NOW, inside=True, feeds={"items": 2}) for each in (files, newer))
    (url,) = {answer.url for answer in _chain(before, before.tag_url("Latin Name"), "prev-archive")[-1:]}
    assert before.ok(url).body == after.ok(url).body
    assert unmarked(after.rss(after.tag_url("Latin Name")).title).startswith("Latin-Name — ")


@pytest.mark.parametrize("number", ["0", "-1", "99", "x", "01"])
def test_47_an_archive_that_is_not_there_is_not_found(room: Newsroom, number: str) -> None:
    assert room.get(f"/feeds/archive/{number}/atom.xml").status == 404


def test_48_a_feed_that_holds_everything_says_so_and_links_to_no_other(newsroom: Maker) -> None:
    room = newsroom({"a.md": article(), "b.md": article(lang="fa")}, at=NOW, inside=True, feeds={"items": 2})
    for path in ("/feeds", "/feeds/lang/fa"):
        for name in ("rss.xml", "atom.xml"):
            answer = room.ok(f"{path}/{name}")
            root: Any = reading.xml(answer.body)
            document = root if name == "atom.xml" else root[0]
            assert len(document.findall(f"{FH}complete")) == 1
            assert set(relations(answer)) <= {"self", "alternate"}


def test_48_history_stands_on_feeds_only_and_no_partial_feed_is_complete(room: Newsroom) -> None:
    for url, answer in documents(room).items():
        if url.endswith(".json"):
            continue
        root: Any = reading.xml(answer.body)
        if "next" in relations(answer) or "/page/" in url or "/archive/" in url:
            assert not list(root.iter(f"{FH}complete")), url
        for item in [*root.iter("item"), *root.iter(f"{ATOM}entry")]:
            assert not [node for node in item.iter("*") if node.tag.startswith(FH)]
            assert {link.get("rel") for link in item.findall(f"{ATOM}link")} <= {"alternate", "enclosure"}
