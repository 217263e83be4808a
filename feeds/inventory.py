"""Every address that answers at an instant, decoded, so that a static tree can hold them all."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from feeds import discovery, pages, permalink, queries
from feeds.config import Config
from feeds.feed import FORMAT_NAMES
from feeds.queries import Selection


def addresses(config: Config, db: sqlite3.Connection, now: int) -> Iterator[str]:
    """Paths below site.url, in a fixed order, each once. Media are not among them."""
    yield from pages.ASSETS
    yield from ("/feeds/social.xml", "/feeds/social.json")
    for name in ("feeds.opml", "sitemap.xml", "sitemap-news.xml", "robots.txt", "favicon.ico"):
        yield f"/{name}"
    for number in range(1, discovery.sitemap_parts(db, now) + 1):
        yield f"/sitemap-{number}.xml"
    for selection in selections(db, now):
        yield from _documents(config, db, selection, now)
    for name in queries.tokens(db, now):
        yield permalink.share_path(name)


def selections(db: sqlite3.Connection, now: int) -> Iterator[Selection]:
    """The main feed and that of every language, tag and author with a public article."""
    yield Selection()
    for key, _ in queries.languages(db, now):
        yield Selection(kind="lang", key=key)
    for key, _, _ in queries.labels(db, "tag", now):
        yield Selection(kind="tag", key=key)
    for key, _, _ in queries.labels(db, "author", now):
        yield Selection(kind="author", key=key)


def _documents(config: Config, db: sqlite3.Connection, selection: Selection, now: int) -> Iterator[str]:
    size, total = config.feeds.items, queries.count(db, selection, now)
    name = f"/{selection.kind}/{selection.key}" if selection.kind else ""
    archives = total // size if total > size else 0
    pages_count = max(1, -(-total // size))
    folders = [
        "",
        *(f"/page/{n}" for n in range(2, pages_count + 1)),
        *(f"/archive/{n}" for n in range(1, archives + 1)),
    ]
    for folder in folders:
        for file in FORMAT_NAMES:
            yield f"/feeds{name}{folder}/{file}"
        if not folder.startswith("/archive"):
            yield f"{name}{folder}" or "/"
