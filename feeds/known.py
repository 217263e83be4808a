"""Questions to the catalogue about the files that were taken in: what a refresh has to compare."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """An article file as it was when it was last taken in."""

    stamp: str
    digest: str
    shared: bool
    group: str
    language: str


def stamps(db: sqlite3.Connection, below: Sequence[str]) -> dict[str, str]:
    """The stamps of articles and media at and below the given paths, by path; `""` is the whole folder."""
    found: dict[str, str] = {}
    for path in below:
        # "0" follows "/" in ASCII, so this range is the folder and nothing else.
        where, values = (
            ("", ()) if not path else ("WHERE path = ? OR (path >= ? AND path < ?)", (path, path + "/", path + "0"))
        )
        for table in ("files", "media"):
            found.update(db.execute(f"SELECT path, stamp FROM {table} {where}", values))
    return found


def find(db: sqlite3.Connection, path: str) -> Known | None:
    row = db.execute("SELECT stamp, digest, shared, grouped, language FROM files WHERE path = ?", (path,)).fetchone()
    return _known(row) if row else None


def group(db: sqlite3.Connection, name: str) -> dict[str, Known]:
    """Articles of one folder that share a name, by path."""
    rows = db.execute("SELECT stamp, digest, shared, grouped, language, path FROM files WHERE grouped = ?", (name,))
    return {row[5]: _known(row) for row in rows}


def _known(row: Sequence[Any]) -> Known:
    return Known(stamp=row[0], digest=row[1], shared=bool(row[2]), group=row[3], language=row[4])


def users(db: sqlite3.Connection, media: str) -> list[str]:
    """Articles that name a media file (NFC path), whether it is there or not."""
    return [path for (path,) in db.execute("SELECT path FROM uses WHERE media = ?", (media,))]
