"""A catalogue that begins with what another process has read already."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from feeds import queries
from feeds.catalogue import remove_files


def copy_ready(source: Path, target: Path) -> None:
    """Copies a catalogue as it is at one moment, while it is in use; nothing where there is none that is ready."""
    if not source.exists():
        return
    try:
        with (
            closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as theirs,
            closing(sqlite3.connect(target)) as ours,
        ):
            if queries.meta(theirs, "ready"):
                theirs.backup(ours)
    except sqlite3.Error:
        remove_files(target)  # then it is read from the files
