"""How many articles each feed has, counted when they come and go, so that nobody counts an archive for one edit."""

from __future__ import annotations

import sqlite3

# `totals` holds the elected, listed articles of everything ('', ''), of each language and of each label.
SCHEMA = """
CREATE TABLE totals (kind TEXT NOT NULL, key TEXT NOT NULL, total INTEGER NOT NULL, PRIMARY KEY (kind, key)) WITHOUT ROWID;
CREATE INDEX totals_twice ON totals (total);
CREATE TRIGGER articles_elected AFTER UPDATE OF live ON articles WHEN new.live <> old.live AND new.listed BEGIN
  INSERT INTO totals SELECT '', '', new.live - old.live UNION ALL SELECT 'lang', new.lang, new.live - old.live
  UNION ALL SELECT kind, key, new.live - old.live FROM labels WHERE path = new.path
  ON CONFLICT DO UPDATE SET total = total + excluded.total;
END;
CREATE TRIGGER articles_dropped BEFORE DELETE ON articles WHEN old.live AND old.listed BEGIN
  INSERT INTO totals SELECT '', '', -1 UNION ALL SELECT 'lang', old.lang, -1
  UNION ALL SELECT kind, key, -1 FROM labels WHERE path = old.path
  ON CONFLICT DO UPDATE SET total = total - 1;
END;
"""
# Of one connection that writes: the feeds whose elected, listed articles it has changed and nobody has been told of yet.
TOUCHED = """
CREATE TEMP TABLE touched (kind TEXT NOT NULL, key TEXT NOT NULL, PRIMARY KEY (kind, key)) WITHOUT ROWID;
CREATE TEMP TRIGGER touched_elected AFTER UPDATE OF live ON main.articles WHEN new.live <> old.live AND new.listed BEGIN
  INSERT OR IGNORE INTO touched SELECT '', '' UNION ALL SELECT 'lang', new.lang
  UNION ALL SELECT kind, key FROM labels WHERE path = new.path;
END;
CREATE TEMP TRIGGER touched_dropped BEFORE DELETE ON main.articles WHEN old.live AND old.listed BEGIN
  INSERT OR IGNORE INTO touched SELECT '', '' UNION ALL SELECT 'lang', old.lang
  UNION ALL SELECT kind, key FROM labels WHERE path = old.path;
END;
"""
# CROSS JOIN keeps the order in which tables are looked into (sqlite.org/optoverview.html section 9).
_HIDDEN = (
    "SELECT count(*) FROM (SELECT number FROM articles WHERE live = 1 AND listed = 1 AND published > :now UNION "
    "SELECT number FROM articles WHERE expires <= :now UNION SELECT number FROM articles WHERE withdrawn <= :now) AS h "
    "CROSS JOIN articles AS a ON a.number = h.number WHERE a.live = 1 AND a.listed = 1"
)
_OF_LABEL = " AND EXISTS (SELECT 1 FROM labels AS l WHERE l.kind = :kind AND l.key = :key AND l.path = a.path)"


def touched(db: sqlite3.Connection) -> list[tuple[str, str]]:
    """(kind, key) of the feeds that have been touched since the last call."""
    return db.execute("DELETE FROM touched RETURNING kind, key").fetchall()


def belongs(kind: str) -> str:
    """The condition that an article `a` belongs to a selection of this kind, with `AND` before it."""
    return "" if not kind else " AND a.lang = :key" if kind == "lang" else _OF_LABEL


def visible(db: sqlite3.Connection, kind: str, key: str, now: int) -> int:
    """Public, listed articles of a selection at an instant (seconds since 1970 UTC): those counted less those
    that are still to come or have ended, of which there are few."""
    row = db.execute("SELECT total FROM totals WHERE kind = ? AND key = ?", (kind, key)).fetchone()
    if row is None:
        return 0
    hidden = db.execute(_HIDDEN + belongs(kind), {"kind": kind, "key": key, "now": now}).fetchone()[0]
    return int(row[0] - hidden)
