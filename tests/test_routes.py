"""No two things have one address, whatever a newsroom calls its tags and authors."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from urllib.parse import unquote

import pytest
import reading
from conftest import Maker
from hypothesis import given
from hypothesis import strategies as st
from newsroom import Newsroom, article

from feeds import permalink, routes, text
from feeds.queries import Kind
from feeds.routes import FeedRoute, ListRoute, address, parse

# What tags are called, as their articles are: each once, but for `a`, which has three pages.
TAGS = (
    "a", "a/page/2", "a/page/1", "a/page/02", "a/page/~2", "a/page/x", "a/archive/1", "page/2", "archive/1", "page", "archive",
    "a/page/2/page/3", "a/page/2/b", "a//page/2", "a/page/٢", "a/page/1٢", "rss.xml", "a/rss.xml", "a.html", "lang/ar", "ar/page/2",
    ".", "..", "a/..", "a/./page/2", "../../b", "/", "a/", "x/page/2/",
)  # fmt: skip
AT = "2025-06-01T00:00:00+00:00"


@pytest.fixture(scope="module")
def room(shared_newsroom: Maker) -> Newsroom:
    files: dict[str, str | bytes] = {
        f"{number}.md": article(f"خبر {number}", tags=json.dumps([tag], ensure_ascii=False), author=json.dumps(tag))
        for number, tag in enumerate(TAGS)
    }
    files |= {
        f"more/m{number}.md": article(f"زيادة {number}", tags="[a]", author="a", date="2025-03-01") for number in (1, 2)
    }
    return shared_newsroom(files, at=AT, feeds={"items": 1, "search": True}, serve=True)


def _address(room: Newsroom, number: int, rel: str) -> str:
    """Of the page of an article's tag or author, as its own page links it."""
    found = re.findall(rf'<a href="https://news\.example(/[^"]+)" rel="{rel}"', room.ok(f"/s/{number}").text)
    assert len(set(found)) == 1, found
    return str(found[0])


@pytest.mark.parametrize("rel", ["tag", "author"])
def test_every_name_has_a_page_and_feeds_of_its_own(room: Newsroom, rel: str) -> None:
    paths = [_address(room, number, rel) for number in range(len(TAGS))]
    assert len({unquote(path) for path in paths}) == len(TAGS)
    for number, (tag, path) in enumerate(zip(TAGS, paths, strict=True)):
        assert path.count("/") == 2, "a name is one segment"
        page = room.ok(path)
        assert re.findall(r'<h2><a href="https://news\.example/s/(\w+)"', page.text) == [str(number)], tag
        for name in ("rss.xml", "atom.xml"):
            feed = (room.rss if name == "rss.xml" else room.atom)(f"/feeds{path}/{name}")
            assert feed.tokens == [str(number)], (tag, path)


def test_the_pages_of_a_tag_are_its_own(room: Newsroom) -> None:
    for page, token in ((2, "m1"), (3, "m2")):
        assert f'<h2><a href="https://news.example/s/{token}"' in room.ok(f"/tag/a/page/{page}").text
        assert room.rss(f"/feeds/tag/a/page/{page}/rss.xml").tokens == [token]
    for path in ("/tag/a/page/1", "/tag/a/page/4", "/tag/page/2", "/tag/page/2/page/2", "/feeds/tag/archive/1/rss.xml"):
        assert room.get(path).status == 404


def test_a_search_for_what_looks_like_a_page_is_a_search(room: Newsroom) -> None:
    answer = room.get("/search?q=x/page/2", follow=True)
    assert answer.status == 200 and room.get("/search/x-page-2").status == 200
    assert room.get("/search/x/page/2").status in (301, 404)


def test_an_export_has_every_address_at_a_place_of_its_own(room: Newsroom, tmp_path: Path) -> None:
    assert room.run("export", str(tmp_path), "--at", AT).code == 0
    for number, tag in enumerate(TAGS):
        path = unquote(_address(room, number, "tag"))
        files = [tmp_path / f"{path[1:]}.html", tmp_path / f"feeds{path}/rss.xml"]
        files = [file if file.exists() else tmp_path / "_apart" / file.relative_to(tmp_path) for file in files]
        assert f'<h2><a href="https://news.example/s/{number}"' in files[0].read_text("utf-8"), tag
        assert reading.rss(files[1].read_bytes()).tokens == [str(number)], tag
    assert all(os.path.realpath(file).startswith(f"{tmp_path}/") for file in tmp_path.rglob("*"))


names = st.lists(
    st.sampled_from(["a", "page", "archive", "1", "2", "12", "~2", "~", ".", "~..", "rss.xml", ""]), max_size=5
).map("/".join)


@given(names, names)
def test_two_names_never_share_an_address_nor_the_address_of_a_page(one: str, other: str) -> None:
    if not text.slug(one):
        return
    assert (text.slug(one) == text.slug(other)) == (one == other)
    key = text.slug(one)
    assert routes.parse(unquote(permalink.list_path("tag", key))) == ListRoute(kind="tag", key=key)
    assert routes.parse(unquote(permalink.list_path("tag", key, page=2))) == ListRoute(kind="tag", key=key, page=2)
    feed = unquote(permalink.feed_path("tag", key)) + "/rss.xml"
    assert routes.parse(feed) == FeedRoute(kind="tag", key=key, format="rss.xml")
    older = unquote(permalink.feed_path("tag", key, archive=3)) + "/rss.xml"
    assert routes.parse(older) == FeedRoute(kind="tag", key=key, format="rss.xml", archive=3)


SELECTIONS = (("", ""), ("tag", "كرة-القدم"), ("tag", text.slug("a/page/2")), ("lang", "fa"), ("author", "~.."))
PLACES = ({}, {"page": 2}, {"page": 17}, {"archive": 3})


@pytest.mark.parametrize("place", PLACES, ids=str)
@pytest.mark.parametrize(("kind", "key"), SELECTIONS)
def test_the_address_of_a_document_leads_to_it(kind: Kind, key: str, place: dict[str, int]) -> None:
    for name in ("rss.xml", "atom.xml", "feed.json"):
        route = FeedRoute(kind=kind, key=key, format=name, **place)
        assert parse(address(route)) == route
    if "archive" not in place:
        listed = ListRoute(kind=kind, key=key, **place)
        assert parse(address(listed)) == listed


def test_so_does_that_of_a_search() -> None:
    for route in (FeedRoute(kind="search", key="دمشق", format="rss.xml"), ListRoute(kind="search", key="دمشق")):
        assert parse(address(route)) == route
