"""Search results. The index is in the catalogue, its words are those of `search.py`."""

from __future__ import annotations

import sqlite3

from feeds import search
from feeds.queries import LISTED, Row


def rows(db: sqlite3.Connection, key: str, now: int, *, limit: int) -> list[Row]:
    """The newest visible, listed articles that have all words of the key, in total order.

    The index is read from its newest end and no further than needed: its numbers grow with the date."""
    found = db.execute(
        "SELECT path, token, published, updated, digest FROM (SELECT a.path, a.token, a.published, "
        "CASE WHEN a.updated <= :now THEN a.updated ELSE a.published END AS updated, a.digest, a.id "
        f"FROM search CROSS JOIN articles AS a ON a.number = search.rowid WHERE search MATCH :words AND {LISTED} "
        "ORDER BY search.rowid DESC LIMIT :limit) ORDER BY published DESC, id",
        {"words": search.match(key), "now": now, "limit": limit},
    )
    names = ("path", "token", "published", "updated", "digest")
    return [Row(**dict(zip(names, row, strict=True))) for row in found]
