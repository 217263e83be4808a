"""One refresh: what changed in the content folder is read and taken into the catalogue, all or nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing

from feeds import content, known, queries
from feeds.catalogue import Catalogue, Changes, load_problems, nfc
from feeds.config import Config
from feeds.content import Found, Scan
from feeds.problems import Problem
from feeds.readers import Job, Media, Progress, Readers
from feeds.reading import shown_path
from feeds.taking import take_in


def refresh(
    config: Config, catalogue: Catalogue, *, now: int, below: Sequence[str] = ("",), progress: Progress | None = None
) -> bool:
    """Looks at the given paths (relative to the content folder, `""` is all of it). True when anything
    that can be seen has changed. `progress(done, total)` is called for every article read."""
    changes, media, jobs = plan(config, catalogue, below)
    # An unfinished first read stays unfinished until the whole folder has been looked at.
    changes.horizon = None if list(below) == [""] else queries.horizon(catalogue.connection)
    with closing(Readers(media)) as readers:
        changes.articles = readers.read(jobs, progress)
        return take_in(catalogue, changes, now)


def plan(config: Config, catalogue: Catalogue, below: Sequence[str]) -> tuple[Changes, Media, list[Job]]:
    """What a refresh of these paths has to do: changes but for the articles, the media that these may
    name, and the articles to be read, in path order."""
    db = catalogue.connection
    whole = list(below) == [""]
    stamps = known.stamps(db, below)
    # A file that an event names is read again even if its stamp is equal: clocks of file systems are coarse.
    seen = content.scan(config, below, stamps if whole else None)
    problems = list(seen.problems)
    changes = Changes(removed=sorted(stamps.keys() - seen.stamps.keys()))
    _read_media(config, db, seen.files, changes, problems)
    overlay = {nfc(file.path): file for _, file in changes.media}
    gone = {nfc(path) for path in changes.removed} - overlay.keys()
    jobs = _jobs(config, db, seen, changes.removed, overlay.keys() | gone)
    changes.problems = _merge_problems(config, catalogue, problems, below)
    return changes, Media(config=config, catalogue=catalogue.path, db=db, overlay=overlay, gone=frozenset(gone)), jobs


def _jobs(config: Config, db: sqlite3.Connection, seen: Scan, removed: Sequence[str], media: set[str]) -> list[Job]:
    flags = _shared_flags(db, seen, removed)
    wanted = {path: found for path, found in seen.files.items() if found.kind == "article"}
    before = {path: old for path in {*wanted, *flags} if (old := known.find(db, path))}
    forced = {path for name in media for path in known.users(db, name)}
    forced |= {path for path, shared in flags.items() if path in before and before[path].shared != shared}
    for path in sorted(forced - set(removed) - wanted.keys()):
        found = next(iter(content.scan(config, (path,)).files.values()), None)
        if found is not None:
            wanted[path] = found
    jobs = []
    for path, found in sorted(wanted.items()):
        old = before.get(path)
        shared = flags.get(path, old.shared if old else False)
        jobs.append(Job(found=found, shared=shared, known=old.digest if old and path not in forced else ""))
    return jobs


def _read_media(
    config: Config, db: sqlite3.Connection, changed: dict[str, Found], changes: Changes, problems: list[Problem]
) -> None:
    for _, found in sorted(changed.items()):
        if found.kind == "media":
            file = content.read_media(found, config)
            if isinstance(file, Problem):
                problems.append(file)
                changes.removed.append(found.path)
            elif queries.find_media(db, nfc(found.path)) == file:
                changes.touched.append(found)
            else:
                changes.media.append((found, file))


def _shared_flags(db: sqlite3.Connection, seen: Scan, removed: Sequence[str]) -> dict[str, bool]:
    """For every article whose name's group has changed: whether a translation shares its name."""
    left = {path: old.group for path in removed if (old := known.find(db, path))}
    groups = {found.group for found in seen.files.values()} | set(left.values())
    members = {
        name: {path: old.language for path, old in known.group(db, name).items() if path not in left}
        for name in groups
        if name
    }
    for path, found in seen.files.items():
        if found.group:
            members[found.group][path] = found.language
    return {path: len(set(group.values())) > 1 for group in members.values() for path in group}


def _merge_problems(config: Config, catalogue: Catalogue, found: list[Problem], below: Sequence[str]) -> list[Problem]:
    """Problems of names and kinds: the new ones, and the old ones of paths that were not looked at."""
    looked = [shown_path(path, config) if path else "" for path in below]
    old = load_problems(queries.meta(catalogue.connection, "problems") or "[]")
    kept = [p for p in old if not any(not path or p.path == path or p.path.startswith(path + "/") for path in looked)]
    return sorted({*kept, *found})
