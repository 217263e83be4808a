"""What a page that lists articles is to hold, and its bytes: the step from an address to a page."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence

from feeds import feed, pages, permalink, queries
from feeds.article import Article
from feeds.cache import Cache
from feeds.config import Config
from feeds.queries import Row, Selection
from feeds.representation import Absent, Representation
from feeds.routes import ListRoute

_EMPTY = int(feed.EMPTY_UPDATED.timestamp())


def answer(
    config: Config,
    db: sqlite3.Connection,
    cache: Cache,
    route: ListRoute,
    selection: Selection,
    now: int,
    load: Callable[[Sequence[Row], int], list[Article]],
) -> Representation | Absent:
    """One page of a list. `now` in seconds since 1970 UTC; `load` gives the articles of rows as they stand then. A label
    that no public article has is absent, and while a first read goes on so is a page that could miss an article."""
    size, horizon = config.feeds.items, queries.horizon(db)
    total = queries.count(db, selection, now)
    pages_count = max(1, -(-total // size))
    if (selection.kind and not total) or route.page > pages_count:
        return Absent()
    rows = queries.rows(db, selection, now, limit=size, offset=(route.page - 1) * size)
    if horizon is not None and not queries.is_whole(rows, size, horizon):
        return Absent()
    label = queries.label_name(db, selection, now) if selection.kind in ("tag", "author") else ""

    def make() -> tuple[bytes, int]:
        articles = load(rows, now)
        body = pages.list_page(config, selection, label, articles, page=route.page, pages=pages_count)
        return body, max((int(article.updated.timestamp()) for article in articles), default=_EMPTY)

    inputs = ("list", selection, route.page, pages_count, rows, label)
    path = permalink.list_path(selection.kind, selection.key, page=route.page)
    return cache.keep(path, inputs, make, "text/html; charset=utf-8")
