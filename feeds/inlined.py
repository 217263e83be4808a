"""Pictures that stood inside articles: questions to the catalogue."""

from __future__ import annotations

import sqlite3

from feeds.datauri import is_named_after
from feeds.problems import Damage


def find(db: sqlite3.Connection, name: str) -> bytes | None:
    """None where no article holds it. Raises Damage for bytes that are not those of that name."""
    row = db.execute("SELECT data FROM inline WHERE name = ? LIMIT 1", (name,)).fetchone()
    if row and not is_named_after(name, bytes(row[0])):
        raise Damage("is broken (a picture in it has changed by itself)")
    return bytes(row[0]) if row else None


def names(db: sqlite3.Connection) -> list[str]:
    return [name for (name,) in db.execute("SELECT DISTINCT name FROM inline ORDER BY name")]
