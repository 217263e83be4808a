"""Which id a file has that was renamed: the one under which its text was published before.

A file whose bytes are those of a published one that is gone, or that now holds another article, keeps that one's id.
What a name would have given it is nobody's then: whoever comes to that name later gets a numbered id.
An id in front matter is stronger than all of this.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Generator, Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import count

from feeds import content, names, walking
from feeds.article import Article
from feeds.config import Config
from feeds.content import ArticleFile, Found, Scan
from feeds.memory import Memory, Remembered
from feeds.permalink import token

COPY_SECONDS = 600  # a copy whose model goes within this time was a move in two steps (rsync, another disk)
NEVER = 1 << 62
_ROWS = 500  # written at once
Read = Callable[[Found], Article | None]


@dataclass(slots=True, kw_only=True)
class Moves:
    """What one refresh finds. `came` maps a file to what is remembered of the one it was, whose path is in
    `left`; `gone` are known files that are not there any more; `back` are files that were gone, `new` those that have
    nothing to do with the former ones of their paths; `again` are unchanged files whose id changes; `also` are
    changed files that were not looked at, whose id went elsewhere."""

    came: dict[str, Remembered] = field(default_factory=dict)
    left: set[str] = field(default_factory=set)
    gone: dict[str, Remembered] = field(default_factory=dict)
    back: set[str] = field(default_factory=set)
    new: set[str] = field(default_factory=set)
    again: set[str] = field(default_factory=set)
    also: dict[str, Found] = field(default_factory=dict)

    def add(self, path: str, former: Remembered) -> None:
        self.came[path] = former
        self.left.add(former.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """The content folder as this refresh sees it; a path that it did not look at is looked up on the disk."""

    config: Config
    memory: Memory
    seen: Scan
    read: Read
    now: int
    digests: dict[str, str] = field(default_factory=dict)

    def is_there(self, path: str) -> bool:
        return path in self.seen.stamps or (
            not walking.is_hidden(path) and os.path.lexists(self.config.content_path / path)
        )

    def digest(self, path: str) -> str:
        """Of the bytes that a file has now; `""` where it has none, or nothing but white space."""
        if path not in self.digests:
            try:
                data = content.read_bytes(self.config.content_path, path)
            except OSError:
                data = b""
            self.digests[path] = hashlib.sha256(data).hexdigest() if data.strip() else ""
        return self.digests[path]

    def former(self, path: str, left: set[str]) -> Remembered | None:
        """What a new or changed file was before, the likeliest of all that had its bytes and were published: what is
        still thought to be there, then, for a file that is no edit of its own, what went last."""
        digest, own = self.digest(path), self.memory.get(path)
        found = [each for each in self.memory.with_digest(digest) if each.path != path] if digest else []
        is_edit = bool(found) and own is not None and own.gone is None and not self.has_left(own)
        for each in found:
            if is_edit and each.gone is not None:
                break
            if each.path not in left and self.passes_on(each) and self.has_left(each):
                return each
        return None

    def passes_on(self, known: Remembered) -> bool:
        """Whether a file is, or was, the one that its id stands for in public: of several the first, and none that
        is gone."""
        return known.since <= self.now and self.memory.holder(known.token, self.now) in ("", known.path)

    def has_left(self, known: Remembered) -> bool:
        """Whether the article that a file was is not in that file any more. One that has another title and another
        date, or exactly the bytes that another file had until now, is another article, not an edit."""
        if not self.is_there(known.path):
            return True
        digest = self.digest(known.path)
        if digest == known.digest:
            return False
        others = self.memory.with_digest(digest) if digest else []
        if any(other.path != known.path and other.gone is None for other in others):
            return True
        found = self.found(known.path)
        article = self.read(found) if found else None
        return article is not None and article.title != known.title and _seconds(article) != known.published

    def found(self, path: str) -> Found | None:
        return self.seen.files.get(path) or content.scan(self.config, (path,)).files.get(path)

    def young_copy(self, gone: Remembered) -> str:
        """The path of a file that was made as a copy of another shortly before that one went; `""` where none was."""
        for each in self.memory.with_digest(gone.digest):
            is_young = each.arrived > gone.arrived and self.now - each.arrived <= COPY_SECONDS
            if is_young and each.gone is None and each.origin != "file" and self.digest(each.path) == gone.digest:
                return each.path
        return ""


def find(
    config: Config, memory: Memory, seen: Scan, gone: Iterable[str], changed: Iterable[str], *, read: Read, now: int
) -> Moves:
    """`gone` are paths of files that are not there any more, known to the memory or not; `changed` the articles of
    the scan that are new or may have another stamp than before. Nothing is written."""
    moves = Moves()
    if memory.is_empty:
        return moves
    look = _Look(config=config, memory=memory, seen=seen, read=read, now=now)
    moves.gone = {each.path: each for path in gone if (each := memory.get(path)) and each.gone is None}
    todo = sorted(changed, reverse=True)
    while todo:
        path = todo.pop()
        known, found = memory.get(path), seen.files.get(path) or moves.also[path]
        if known and known.gone is None and known.stamp == found.stamp:
            continue
        is_same = known is not None and known.digest == look.digest(path)
        former = None if is_same else look.former(path, moves.left)
        if former:
            moves.add(path, former)
            there = None if former.path in seen.files else look.found(former.path)
            if there and there.path not in moves.also:
                # a chain, or two files that change places, of which one event has come
                moves.also[former.path] = there
                todo.append(former.path)
        elif known and known.gone is not None:
            soon = now - known.gone <= COPY_SECONDS and not look.has_left(known)
            (moves.back if (is_same or soon) and look.passes_on(known) else moves.new).add(path)
    for former in moves.gone.values():
        copy = look.young_copy(former) if former.path not in moves.left and look.passes_on(former) else ""
        if copy and copy not in moves.came:
            moves.add(copy, former)
            moves.again.add(copy)
    moves.gone |= {each.path: each for each in moves.came.values() if not look.is_there(each.path)}
    return moves


def ids(
    config: Config, memory: Memory, moves: Moves, wanted: Iterable[str], shared: Callable[[str], bool]
) -> dict[str, str]:
    """The ids of those of the wanted files whose names do not give them: path → id. `shared` says whether a
    translation shares a file's name. Files that lose their id by it are added to `moves.again`."""
    given = {path: former.id for path, former in moves.came.items()}
    if not given and not memory.names_any:
        return {}
    wanted, away = set(wanted), moves.left | moves.gone.keys()
    settled = given.keys() | moves.left | moves.new
    for path in wanted - settled:
        known = memory.get(path)
        if known and known.origin == "memory" and (known.gone is None or path in moves.back):
            given[path] = known.id
    held = {token(each) for each in given.values()}
    for name in held:
        losers = {each.path for each in memory.with_token(name) if each.origin == "name" and each.gone is None}
        moves.again |= losers - given.keys() - away

    def is_held(name: str) -> bool:
        others = (each for each in memory.with_token(name) if each.origin == "memory" and each.gone is None)
        return name in held or any(each.path not in settled and each.path not in moves.gone for each in others)

    for path in sorted((wanted | moves.again) - given.keys()):
        default = _default_id(config, path, shared(path))
        if is_held(token(default)):
            given[path] = _numbered(memory, default, held)
            held.add(token(given[path]))
    return given


def _default_id(config: Config, path: str, shared: bool) -> str:
    name = names.parse(path)
    assert name is not None, path
    return name.default_id(config.language, shared=shared)


def _numbered(memory: Memory, default: str, held: set[str]) -> str:
    """`name-2`, or the first number after it that no file ever had."""
    return next(
        found for number in count(2) if token(found := f"{default}-{number}") not in held
        and not memory.with_token(token(found))
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """What one refresh tells the memory, in one part or several. `given` are the ids that names do not give."""

    config: Config
    memory: Memory
    moves: Moves
    given: Mapping[str, str]
    now: int
    is_first: bool  # the memory was empty when the refresh began
    is_patient: bool = False  # rather than do without what is known
    kept: set[str] = field(default_factory=set)

    def noted(
        self, articles: Iterable[ArticleFile], *, last: bool, left: Callable[[str], bool]
    ) -> Generator[ArticleFile]:
        """Passes the files on and remembers each; the last part has what is gone, too, but for
        what is `left` to others. All is written when the last
        file has been taken, that is before the catalogue has it: after a crash between the two the same files are
        read again, and have the same ids. To be closed. Raises RuntimeError where the memory is locked and it `is_patient`."""
        memory, rows = self.memory, list[Remembered]()
        if not memory.is_writable:
            yield from articles
            self._insist()
            return
        memory.begin()
        try:
            for each in articles:
                row = self._row(each)
                if row:
                    rows.append(row)
                    self.kept.add(row.path)
                if len(rows) >= _ROWS:
                    memory.put(rows)
                    rows.clear()
                yield each
            memory.put(rows)
            if last:
                moves = self.moves
                self.kept.update(path for path in moves.left | moves.new | moves.gone.keys() if left(path))
                self._leave()
            memory.commit(self.now)
            self._insist()
        finally:
            memory.rollback()

    def _insist(self) -> None:
        if self.is_patient and self.memory.is_locked:
            raise RuntimeError("the memory of ids is locked by another program")

    def _row(self, each: ArticleFile) -> Remembered | None:
        path, moves = each.found.path, self.moves
        fresh = self.is_first or path in moves.left or path in moves.new
        known = moves.came.get(path) or (None if fresh else self.memory.get(path))
        if each.reading is None:  # the same bytes
            return replace(known, path=path, stamp=each.found.stamp, gone=None) if known else None
        return _remembered(self.config, each, each.reading.article, known, self.given.get(path, ""), self.now)

    def _leave(self) -> None:
        moves, gone = self.moves, dict[str, Remembered]()
        for path, former in moves.gone.items():
            if path not in moves.left and path not in self.kept and former.since <= self.now:
                gone[path] = replace(former, gone=self.now)
        self.memory.drop(sorted((moves.left | moves.new | moves.gone.keys()) - self.kept - gone.keys()))
        self.memory.put(gone.values())


def _remembered(
    config: Config, each: ArticleFile, article: Article | None, known: Remembered | None, given: str, now: int
) -> Remembered:
    """A draft, and a file with an error, is what it was when it was last published, or nothing to the public."""
    found, default = each.found, _default_id(config, each.found.path, each.shared)
    if known is None:
        known = Remembered(
            path=found.path, stamp=found.stamp, digest=each.digest, id=default, token=token(default), origin="name",
            title="", published=0, since=NEVER, arrived=now,
        )  # fmt: skip
    known = replace(known, path=found.path, stamp=found.stamp, digest=each.digest, gone=None)
    if article is None or article.draft:
        return replace(known, origin="memory" if given else known.origin)
    published = _seconds(article)
    return replace(
        known,
        id=article.id,
        token=token(article.id),
        origin="name" if article.id == default else "memory" if article.id == given else "file",
        title=article.title,
        published=published,
        since=known.since if known.since <= now and known.id == article.id else published,
    )


def _seconds(article: Article) -> int:
    return int(article.published.timestamp())
