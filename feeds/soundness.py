"""Whether a catalogue still holds what was written into it. Every value that no checksum covers stands
twice, in a table and in an index, and SQLite compares the two; texts and pictures have checksums.
"""

from __future__ import annotations

import hashlib
from contextlib import closing
from pathlib import Path

from feeds import database, inlined


def damage(path: Path) -> str:
    """What is wrong, as the end of a sentence, `""` for nothing. Reads the whole file: 3 s for 100,000 articles."""
    found = database.damage(path)
    if found:
        return found
    try:
        with closing(database.look(path, patience_seconds=1)) as db:
            for digest, data in db.execute("SELECT digest, CAST(data AS BLOB) FROM articles"):
                if hashlib.sha256(data).hexdigest() != digest:
                    return "is broken (an article in it has changed by itself)"
            for name in inlined.names(db):
                inlined.find(db, name)
    except database.FAULTS as error:
        return "" if database.is_locked(error) else database.fault(error)
    return ""
