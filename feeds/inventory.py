"""Every feed that there is at an instant (seconds since 1970 UTC)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator

from feeds import queries
from feeds.queries import TOMBSTONE_DAYS, Selection

_KINDS = ("", "lang", "tag", "author")
_CROSSED = (
    "WITH crossed AS (SELECT a.path, a.lang FROM ("
    "SELECT number FROM articles WHERE live = 1 AND listed = 1 AND published > :since AND published <= :now UNION "
    "SELECT number FROM articles WHERE updated <> published AND updated > :since AND updated <= :now UNION "
    "SELECT number FROM articles WHERE expires > :since AND expires <= :now UNION "
    "SELECT number FROM articles WHERE expires > :since - :kept AND expires <= :now - :kept UNION "
    "SELECT number FROM articles WHERE withdrawn > :since AND withdrawn <= :now UNION "
    "SELECT number FROM articles WHERE withdrawn > :since - :kept AND withdrawn <= :now - :kept"
    ") AS c CROSS JOIN articles AS a ON a.number = c.number WHERE a.live = 1 AND a.listed = 1) "
    "SELECT '', '' FROM crossed UNION SELECT 'lang', lang FROM crossed "
    "UNION SELECT l.kind, l.key FROM crossed AS c CROSS JOIN labels AS l ON l.path = c.path"
)


def selections(db: sqlite3.Connection, now: int) -> Iterator[Selection]:
    """The main feed and that of every language, tag and author with a public article."""
    yield Selection()
    for key in queries.languages(db, now):
        yield Selection(kind="lang", key=key)
    for key, _ in queries.labels(db, "tag", now):
        yield Selection(kind="tag", key=key)
    for key, _ in queries.labels(db, "author", now):
        yield Selection(kind="author", key=key)


def crossed(db: sqlite3.Connection, since: int, now: int) -> list[Selection]:
    """The feeds in which something has appeared, changed or ended by itself after `since` and until `now`."""
    return named(db.execute(_CROSSED, {"since": since, "now": now, "kept": TOMBSTONE_DAYS * 86400}))


def named(found: Iterable[tuple[str, str]]) -> list[Selection]:
    """Of (kind, key) in the catalogue, where some name no feed."""
    return [Selection(kind=kind, key=key) for kind, key in found if kind in _KINDS]  # type: ignore[arg-type]
