"""Every feed that there is at an instant (seconds since 1970 UTC)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from feeds import queries
from feeds.queries import Selection


def selections(db: sqlite3.Connection, now: int) -> Iterator[Selection]:
    """The main feed and that of every language, tag and author with a public article."""
    yield Selection()
    for key, _ in queries.languages(db, now):
        yield Selection(kind="lang", key=key)
    for key, _, _ in queries.labels(db, "tag", now):
        yield Selection(kind="tag", key=key)
    for key, _, _ in queries.labels(db, "author", now):
        yield Selection(kind="author", key=key)
