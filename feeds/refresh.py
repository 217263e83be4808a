"""One refresh: what changed in the content folder is read and taken into the catalogue, all or nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

from feeds import content, known, queries, renames
from feeds.article import Article
from feeds.catalogue import Catalogue, Changes, load_problems, nfc
from feeds.config import Config
from feeds.content import ArticleFile, Found, Scan
from feeds.memory import Memory
from feeds.problems import Problem
from feeds.readers import Children, Job, Media, Progress, Readers
from feeds.reading import shown_path
from feeds.renames import Ledger, Moves
from feeds.taking import take_in
from feeds.walking import Ahead


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a refresh has to do: changes but for the articles, the media that these may name, the articles to be
    read, in path order, and what is to be remembered."""

    changes: Changes
    media: Media
    jobs: list[Job]
    ledger: Ledger


def refresh(
    config: Config, catalogue: Catalogue, memory: Memory | None = None, *, now: int, below: Sequence[str] = ("",),
    progress: Progress | None = None, ahead: Ahead | None = None, children: Children | None = None, is_patient: bool = False,
) -> bool:  # fmt: skip
    """Looks at the given paths (relative to the content folder, `""` is all of it). True when anything
    that can be seen has changed. `progress(done, total)` is called for every article read; `ahead` is a walk through
    the folder, `children` are reading processes, that have been begun before. Raises RuntimeError where the memory is locked and
    it `is_patient`: then nothing is taken in."""
    made = plan(config, catalogue, memory or Memory(), below, now, ahead)
    # An unfinished first read stays unfinished until the whole folder has been looked at.
    made.changes.horizon = None if list(below) == [""] else queries.horizon(catalogue.connection)
    ledger = replace(made.ledger, is_patient=is_patient)
    with closing(Readers(made.media, children)) as readers:
        made.changes.articles = readers.read(made.jobs, progress)
        return take_in(catalogue, made.changes, ledger)


def plan(
    config: Config, catalogue: Catalogue, memory: Memory, below: Sequence[str], now: int, ahead: Ahead | None = None
) -> Plan:
    """What a refresh of these paths has to do."""
    db = catalogue.connection
    stamps = known.stamps(db, below)
    # A file that an event names is read again even if its stamp is equal: clocks of file systems are coarse.
    seen = content.scan(config, below, stamps if list(below) == [""] else None, ahead)
    problems = list(seen.problems)
    changes = Changes(removed=sorted(stamps.keys() - seen.stamps.keys()))
    _read_media(config, db, seen.files, changes, problems)
    overlay = {nfc(file.path): file for _, file in changes.media}
    gone = {nfc(path) for path in changes.removed} - overlay.keys()
    media = Media(config=config, catalogue=catalogue.path, db=db, overlay=overlay, gone=frozenset(gone))
    moves = _moves(config, db, memory, seen, stamps, below, media, now)
    seen.files.update(moves.also)
    changes.removed = sorted({*changes.removed, *(path for path in moves.gone if known.find(db, path))})
    changes.moved = [
        (former.path, path) for path, former in sorted(moves.came.items())
        if former.path in moves.gone and known.find(db, path) is None
    ]  # fmt: skip
    is_first = memory.is_empty
    jobs, given = _jobs(config, db, memory, seen, moves, changes.removed, overlay.keys() | gone)
    changes.problems = _merge_problems(config, catalogue, problems, below)
    ledger = Ledger(config=config, memory=memory, moves=moves, given=given, now=now, is_first=is_first)
    return Plan(changes=changes, media=media, jobs=jobs, ledger=ledger)


def _moves(
    config: Config, db: sqlite3.Connection, memory: Memory, seen: Scan, stamps: Mapping[str, str], below: Sequence[str],
    media: Media, now: int,
) -> Moves:  # fmt: skip
    """Files that were renamed. What a whole catalogue does not have the memory need not be asked for."""
    is_whole = queries.meta(db, "ready") and queries.horizon(db) is None
    gone = stamps.keys() if is_whole else memory.below(list(below))
    wanted = [path for path, found in seen.files.items() if found.kind == "article"]
    return renames.find(
        config, memory, seen, [path for path in gone if path not in seen.stamps], wanted,
        read=lambda found: _article(media.read(Job(found=found, shared=False))), now=now,
    )  # fmt: skip


def _article(file: ArticleFile) -> Article | None:
    return file.reading.article if file.reading else None


def _jobs(
    config: Config, db: sqlite3.Connection, memory: Memory, seen: Scan, moves: Moves, removed: Sequence[str],
    media: set[str],
) -> tuple[list[Job], dict[str, str]]:  # fmt: skip
    """The articles to be read, and the ids that their names do not give."""
    flags = _shared_flags(db, seen, removed)
    wanted = {path: found for path, found in seen.files.items() if found.kind == "article"}
    before = {path: old for path in {*wanted, *flags} if (old := known.find(db, path))}
    forced = {path for name in media for path in known.users(db, name)} | moves.again
    forced |= {path for path, shared in flags.items() if path in before and before[path].shared != shared}

    def is_shared(path: str) -> bool:
        old = None if path in flags else before.get(path) or known.find(db, path)
        return old.shared if old else flags.get(path, False)

    given = renames.ids(config, memory, moves, wanted.keys() | forced, is_shared)
    forced |= moves.again | moves.came.keys()
    for path in sorted(forced - set(removed) - wanted.keys()):
        found = next(iter(content.scan(config, (path,)).files.values()), None)
        if found is not None:
            wanted[path] = found
    jobs = []
    for path, found in sorted(wanted.items()):
        digest = before[path].digest if path in before and path not in forced else ""
        jobs.append(Job(found=found, shared=is_shared(path), known=digest, remembered=given.get(path, "")))
    return jobs, given


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
