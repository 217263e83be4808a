"""A catalogue that begins with what another process has read already."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from feeds import database, queries

_PATIENCE_SECONDS = 4


def copy_ready(source: Path, target: Path) -> None:
    """Copies a catalogue as it is at one moment, while it is in use; nothing where there is none that is whole."""
    if not source.exists():
        return
    try:
        with closing(database.look(source, patience_seconds=_PATIENCE_SECONDS)) as db:
            if queries.meta(db, "ready") and queries.horizon(db) is None:
                database.copy(db, target)
    except database.FAULTS:
        database.remove(target)  # then it is read from the files
