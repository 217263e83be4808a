"""One refresh: what changed in the content folder is read and taken into the catalogue, all or nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence

from feeds import content, queries
from feeds.catalogue import Catalogue, Changes, load_problems, nfc
from feeds.config import Config
from feeds.content import Found
from feeds.media import MediaFile
from feeds.problems import Problem
from feeds.queries import Known
from feeds.reading import shown_path

Progress = Callable[[int, int], None]


def refresh(
    config: Config, catalogue: Catalogue, *, now: int, below: Sequence[str] = ("",), progress: Progress | None = None
) -> bool:
    """Looks at the given paths (relative to the content folder, `""` is all of it). True when anything
    that can be seen has changed. `progress(done, total)` is called for every article read."""
    db = catalogue.connection
    files, problems = content.scan(config, below)
    known = queries.known(db, below)
    changes = Changes(removed=sorted(known.keys() - files.keys()))
    # A file that an event names is read again even if its stamp is equal: clocks of file systems are coarse.
    whole = list(below) == [""]
    changed = {path: found for path, found in files.items() if not whole or _differs(found, known.get(path))}
    _read_media(config, db, changed, changes, problems)
    overlay = {nfc(file.path): file for _, file in changes.media}
    gone = {nfc(path) for path in changes.removed} - overlay.keys()

    def find(path: str) -> MediaFile | None:
        return overlay.get(path) or (None if path in gone else queries.find_media(db, path))

    flags = _shared_flags(db, files, known, changed, changes.removed, whole)
    wanted = {path: found for path, found in changed.items() if found.kind == "article"}
    forced = _dependents(db, overlay.keys() | gone)
    forced |= {path for path, shared in flags.items() if path in known and known[path].shared != shared}
    for path in sorted(forced - set(changes.removed)):
        found = files.get(path) or next(iter(content.scan(config, (path,))[0].values()), None)
        if found is not None:
            wanted[path] = found
    for done, (path, found) in enumerate(sorted(wanted.items()), 1):
        before = known.get(path)
        shared = flags.get(path, before.shared if before else False)
        each = content.read_article(found, config=config, find_media=find, shared=shared)
        if before and before.digest == each.digest and each.digest and path not in forced:
            changes.touched.append(found)
        else:
            changes.articles.append(each)
        if progress:
            progress(done, len(wanted))
    changes.problems = _merge_problems(config, catalogue, problems, below)
    return catalogue.apply(changes, now)


def _differs(found: Found, known: Known | None) -> bool:
    return known is None or known.stamp != found.stamp


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


def _shared_flags(
    db: sqlite3.Connection,
    files: dict[str, Found],
    known: dict[str, Known],
    changed: dict[str, Found],
    removed: Sequence[str],
    whole: bool,
) -> dict[str, bool]:
    """For every article whose name's group has changed: whether a translation shares its name."""
    groups = {found.group for found in changed.values() if found.group} | {
        known[p].group for p in removed if p in known
    }
    members: dict[str, dict[str, str]] = {name: {} for name in groups if name}
    if not whole:
        for name in members:
            for path, each in queries.group(db, name).items():
                known.setdefault(path, each)
                members[name][path] = each.language
    for path, found in files.items():
        if found.group in members:
            members[found.group][path] = found.language
    flags: dict[str, bool] = {}
    for group in members.values():
        languages = {path: language for path, language in group.items() if path not in removed}
        for path in languages:
            flags[path] = len(set(languages.values())) > 1
    return flags


def _dependents(db: sqlite3.Connection, media: set[str] | frozenset[str]) -> set[str]:
    return {path for name in media for path in queries.users(db, name)}


def _merge_problems(config: Config, catalogue: Catalogue, found: list[Problem], below: Sequence[str]) -> list[Problem]:
    """Problems of names and kinds: the new ones, and the old ones of paths that were not looked at."""
    looked = [shown_path(path, config) if path else "" for path in below]
    old = load_problems(queries.meta(catalogue.connection, "problems") or "[]")
    kept = [p for p in old if not any(not path or p.path == path or p.path.startswith(path + "/") for path in looked)]
    return sorted({*kept, *found})
