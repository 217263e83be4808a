"""Pictures that stood inside articles: questions to the catalogue."""

from __future__ import annotations

import sqlite3

FOLDER = "inline/"  # of media


def find(db: sqlite3.Connection, name: str) -> bytes | None:
    row = db.execute("SELECT data FROM inline WHERE name = ? LIMIT 1", (name,)).fetchone()
    return bytes(row[0]) if row else None


def names(db: sqlite3.Connection) -> list[str]:
    return [name for (name,) in db.execute("SELECT DISTINCT name FROM inline ORDER BY name")]
