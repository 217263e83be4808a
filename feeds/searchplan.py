"""What a search answers: a feed that waits for words, and the page of it for people. Never listed anywhere.

The index is in the catalogue, its words are those of `search.py`."""

from __future__ import annotations

import sqlite3

from feeds import feedplan, pageplan, pages, permalink, search, sitepictures
from feeds.cache import Cache
from feeds.config import Config
from feeds.paging import Position
from feeds.queries import COLUMNS, LISTED, Row, Selection, to_rows
from feeds.representation import Absent, Moved, Representation
from feeds.routes import FeedRoute, ListRoute

KEPT_BYTES = 1024 * 1024
_UNLISTED = (("X-Robots-Tag", "noindex"),)


def asked(config: Config, text: str) -> Moved | Absent:
    """Where a form's text leads: the one address of its words; 400 for what nobody searches for."""
    key = search.key(text)
    if not key:
        return Absent(status=400)
    return Moved(location=config.absolute(permalink.list_path("search", key)), status=303)


def answer(
    config: Config, db: sqlite3.Connection, cache: Cache, route: FeedRoute | ListRoute, now: int
) -> Representation:
    """The newest articles with all words of the route's key, as a feed or a page; empty where there are none yet.
    `cache` is one that is small and remembers nothing: there are as many searches as people can think of. `now` in
    seconds since 1970 UTC."""
    found = rows(db, route.key, now, limit=config.feeds.items) if route.key else []
    selection, label = Selection(kind="search", key=route.key), search.shown(route.key)
    if isinstance(route, FeedRoute):
        made = feedplan.assemble(route, selection, Position(), found, (), label, sitepictures.brand(config, db))
        return cache.keep(
            made.path, made.inputs, lambda: feedplan.render(config, made, pageplan.load(db, found, now)),
            feedplan.content_type(made), feedplan.headers(config, made.path, hubs=()),
        )  # fmt: skip
    path = permalink.list_path("search", route.key)
    return cache.keep(
        path, ("search", selection, found),
        lambda: (pages.search_page(config, selection, label, pageplan.load(db, found, now)), 0),
        pageplan.CONTENT_TYPE, _UNLISTED,
    )  # fmt: skip


def rows(db: sqlite3.Connection, key: str, now: int, *, limit: int) -> list[Row]:
    """The newest visible, listed articles that have all words of the key, in total order.

    The index is read from its newest end and no further than needed: its numbers grow with the date."""
    found = db.execute(
        f"SELECT path, token, published, updated, digest FROM (SELECT {COLUMNS}, a.id "
        f"FROM search CROSS JOIN articles AS a ON a.number = search.rowid WHERE search MATCH :words AND {LISTED} "
        "ORDER BY search.rowid DESC LIMIT :limit) ORDER BY published DESC, id",
        {"words": search.match(key), "now": now, "limit": limit},
    )
    return to_rows(found)
