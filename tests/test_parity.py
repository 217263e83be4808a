"""RSS, Atom and JSON Feed, parsed back, say the same of every article in every shape of content file."""

from __future__ import annotations

import shutil
from datetime import datetime

import pytest
from cases import NOW
from conftest import Maker
from corpus_files import SHAPES, Shape, mixed
from newsroom import ROOT, Newsroom
from reading import Feed, instant, unmarked


def _own_content(make: Maker) -> Newsroom:
    """The repository's own config and content, copied so that no test writes beside them."""
    room = make()
    shutil.copytree(ROOT / "content", room.content, dirs_exist_ok=True)
    shutil.copy(ROOT / "config.yaml", room.config_path)
    return room


@pytest.fixture(scope="module")
def corpus(shared_newsroom: Maker) -> Newsroom:
    options = {"feeds": {"items": 50}, "content": {"fallback_encoding": "windows-1256"}}
    return shared_newsroom(mixed(), at=NOW, inside=True, **options)


@pytest.fixture(scope="module", params=["repository", "corpus"])
def feeds(request: pytest.FixtureRequest, shared_newsroom: Maker) -> tuple[Feed, Feed, Feed]:
    if request.param == "corpus":
        return request.getfixturevalue("corpus").feeds()  # type: ignore[no-any-return]
    room = _own_content(shared_newsroom).inside()
    return (
        room.rss("/feeds/rss.xml"),
        room.atom("/feeds/atom.xml"),
        room.json("/feeds/feed.json"),
    )


def _pairs(feeds: tuple[Feed, Feed, Feed]) -> list[tuple[object, ...]]:
    assert feeds[0].items, "nothing to compare"
    return list(zip(*(feed.items for feed in feeds), strict=True))


@pytest.mark.parametrize("field", ["id", "raw_title", "link", "published_at", "categories", "content_html", "summary"])
def test_the_three_formats_agree(feeds: tuple[Feed, Feed, Feed], field: str) -> None:
    for items in _pairs(feeds):
        values = {getattr(item, field) for item in items}
        assert len(values) == 1, values


def test_they_agree_on_the_last_change(feeds: tuple[Feed, Feed, Feed]) -> None:
    rss, atom, feed = feeds
    for entry, item in zip(atom.items, feed.items, strict=True):
        assert entry.updated_at == instant(item.updated or item.published)
        assert entry.updated_at >= entry.published_at
    assert instant(rss.updated) == instant(atom.updated) == max(entry.updated_at for entry in atom.items)


def test_they_agree_on_authors_and_language(feeds: tuple[Feed, Feed, Feed]) -> None:
    site = [feed.language for feed in feeds]
    assert len(set(site)) == 1
    for rss, atom, item in _pairs(feeds):
        languages = {x.language or site[0] for x in (rss, atom, item)}  # type: ignore[attr-defined]
        assert len(languages) == 1, languages
        authors = {x.authors for x in (rss, atom, item)} - {()}  # type: ignore[attr-defined]
        assert len(authors) <= 1, authors


def test_they_agree_on_files(feeds: tuple[Feed, Feed, Feed]) -> None:
    for rss, atom, item in _pairs(feeds):
        for enclosure in rss.enclosures:  # type: ignore[attr-defined]
            assert enclosure in atom.enclosures  # type: ignore[attr-defined]
            assert enclosure.url in [file.url for file in item.enclosures]  # type: ignore[attr-defined]


def test_they_agree_on_titles_homes_and_order(feeds: tuple[Feed, Feed, Feed]) -> None:
    assert len({feed.title for feed in feeds}) == len({feed.home for feed in feeds}) == 1
    instants = [item.published_at for item in feeds[0].items]
    assert instants == sorted(instants, reverse=True)


def test_every_shape_is_in_the_feeds(corpus: Newsroom) -> None:
    assert sorted(item.title for item in corpus.rss().items) == sorted(shape.title for shape in SHAPES)


@pytest.fixture(scope="module")
def parsed(corpus: Newsroom) -> tuple[Feed, Feed, Feed]:
    return corpus.feeds()


@pytest.mark.parametrize("shape", SHAPES, ids=[shape.path for shape in SHAPES])
def test_each_shape_is_read_as_it_was_meant(parsed: tuple[Feed, Feed, Feed], shape: Shape) -> None:
    for feed in parsed:
        (item,) = [item for item in feed.items if item.title == shape.title]
        assert shape.token in (None, item.token)
        assert item.published_at == datetime.fromisoformat(shape.published)
        assert (item.language or feed.language) == shape.language
        assert item.categories == shape.tags
        if shape.authors:
            assert item.authors == shape.authors
        assert shape.text in item.content.text
        (root,) = list(item.content.body)
        assert root.get("lang") == shape.language
        assert root.get("dir") == ("ltr" if shape.language == "en" else "rtl")


def test_a_foreign_guid_stays_the_id(parsed: tuple[Feed, Feed, Feed]) -> None:
    (item,) = [item for item in parsed[1].items if item.title == "ووردبريس"]
    # SHA-256 of "https://old.example/?p=12", base32, ten letters: the contract's rule, by sha256sum and base32
    assert item.id == "tag:news.example,2025:" + _token_of("https://old.example/?p=12")


def test_given_summaries_are_kept(parsed: tuple[Feed, Feed, Feed]) -> None:
    for feed in parsed:
        assert unmarked(feed["arabic"].summary) == "ملخص"
        assert unmarked(feed["hebrew"].summary) == "תקציר קצר"


def _token_of(article_id: str) -> str:
    from base64 import b32encode
    from hashlib import sha256

    return b32encode(sha256(article_id.encode()).digest()).decode().lower()[:10]
