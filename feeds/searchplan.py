"""What a search answers: a feed that waits for words, and the page of it for people. Never listed anywhere."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence

from feeds import feedplan, pages, permalink, search, searching, sitepictures
from feeds.article import Article
from feeds.cache import Cache
from feeds.config import Config
from feeds.feed import Position
from feeds.feedplan import Plan
from feeds.queries import Row, Selection
from feeds.representation import Absent, Moved, Representation
from feeds.routes import FeedRoute, ListRoute

Load = Callable[[Sequence[Row]], list[Article]]
_PAGE = "text/html; charset=utf-8"
KEPT_BYTES = 1024 * 1024
_UNLISTED = (("X-Robots-Tag", "noindex"),)


def asked(config: Config, text: str) -> Moved | Absent:
    """Where a form's text leads: the one address of its words; 400 for what nobody searches for."""
    key = search.key(text)
    if not key:
        return Absent(status=400)
    return Moved(location=config.absolute(permalink.list_path("search", key)), status=303)


def answer(
    config: Config, db: sqlite3.Connection, cache: Cache, route: FeedRoute | ListRoute, now: int, load: Load
) -> Representation:
    """The newest articles with all words of the route's key, as a feed or a page; empty where there are none yet.
    `cache` is one that is small and remembers nothing: there are as many searches as people can think of."""
    found = searching.rows(db, route.key, now, limit=config.feeds.items) if route.key else []
    selection, label = Selection(kind="search", key=route.key), search.shown(route.key)
    if isinstance(route, FeedRoute):
        made = Plan(
            path=f"{permalink.feed_path('search', route.key)}/{route.format}", route=route, selection=selection,
            position=Position(), rows=tuple(found), gone=(), label=label, brand=sitepictures.brand(config, db),
        )  # fmt: skip
        return cache.keep(
            made.path, made.inputs, lambda: feedplan.render(config, made, load(found)), feedplan.content_type(made),
            feedplan.headers(config, made.path, hubs=()),
        )  # fmt: skip
    path = permalink.list_path("search", route.key)
    return cache.keep(
        path, ("search", selection, found),
        lambda: (pages.search_page(config, selection, label, load(found)), 0), _PAGE, _UNLISTED,
    )  # fmt: skip
