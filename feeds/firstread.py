"""The first read of a large folder: the newest articles are in the catalogue first, and the rest follows in parts.

After each part the catalogue says how far it goes (its horizon), so that nobody is shown less than there is. What
changes meanwhile is taken in between the parts, and no part puts what it has read before in its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from itertools import chain, islice

from feeds import content, glance, known, queries
from feeds.catalogue import Catalogue, Changes
from feeds.config import Config
from feeds.content import ArticleFile
from feeds.memory import Memory
from feeds.overtaken import Overtaken
from feeds.readers import Progress, Readers
from feeds.refresh import plan, refresh
from feeds.taking import take_in
from feeds.walking import Ahead

_WORTH_PARTS = 400  # articles to be read
_PART = 2000
_CLOCKS_DIFFER_NS = 2_000_000_000  # a file system's and the machine's
_FIRST_FEEDS = 2  # the first part fills the main feed this many times


def first_read(
    config: Config, catalogue: Catalogue, memory: Memory | None = None, *, now: int, progress: Progress | None = None,
    part: int = _PART, ahead: Ahead | None = None, overtaken: Overtaken | None = None,
) -> Iterator[None]:  # fmt: skip
    """Makes the catalogue true to the folder, and yields after every part that has been taken in: once
    the newest articles are there, after each `part` articles more, and at last when all are. A complete
    catalogue is refreshed in one step. `ahead` is a walk through the folder that has been begun before. What
    is `overtaken`, which may grow, is left as it is."""
    db, memory, overtaken = catalogue.connection, memory or Memory(), overtaken or Overtaken()
    if memory.is_lost:  # what was named by it is named anew at once, not at some later edit
        catalogue.doubt()
    if queries.meta(db, "ready") and queries.horizon(db) is None:
        refresh(config, catalogue, memory, now=now, progress=progress, ahead=ahead)
        yield
        return
    made = plan(config, catalogue, memory, ("",), now, ahead)
    changes, jobs = made.changes, made.jobs
    with closing(Readers(made.media)) as readers:
        if len(jobs) < _WORTH_PARTS:
            changes.articles = readers.read(jobs, progress)
            take_in(catalogue, changes, made.ledger)
            yield
            return
        ordered = readers.order(jobs)
        # What could be newer than everything is read first.
        first = sum(instant == glance.UNKNOWN for instant, _ in ordered) + config.feeds.items * _FIRST_FEEDS
        wanted = [job for _, job in ordered]
        reading = chain(readers.read(wanted[:first]), readers.read(wanted[first:]))
        done = 0
        while done < len(ordered):
            end = min(done + part if done else first, len(ordered))
            changes.articles = _told(islice(reading, end - done), done, len(ordered), progress)
            changes.horizon = int(ordered[end][0]) if end < len(ordered) else None
            # At the start nobody waits for a memory that is locked; later all can be read again.
            ledger = replace(made.ledger, is_patient=done > 0)
            take_in(catalogue, changes, ledger, last=end == len(ordered), overtaken=overtaken)
            changes = Changes(problems=changes.problems)
            done = end
            yield


class FirstRead:
    """A first read that goes on while others use the catalogue. `begin` takes its first part in; what it raises ends
    it, and an ended one has nothing left."""

    def __init__(self) -> None:
        self._parts: Iterator[None] | None = None
        self._overtaken = Overtaken()
        self._began_ns = 0

    def begin(
        self, config: Config, catalogue: Catalogue, memory: Memory, *, now: int, began_ns: int, progress: Progress,
        ahead: Ahead | None, part: int = _PART,
    ) -> None:  # fmt: skip
        """`began_ns` is now, too, in nanoseconds since 1970 UTC."""
        self._began_ns, self._overtaken = began_ns, Overtaken()
        self._parts = first_read(
            config, catalogue, memory, now=now, progress=progress, part=part, ahead=ahead, overtaken=self._overtaken
        )
        self.go_on()
        if queries.horizon(catalogue.connection) is None:
            self.finish()

    @property
    def is_left(self) -> bool:
        return self._parts is not None

    def go_on(self) -> bool:
        """Takes the next part in. False where there is none left."""
        parts, self._parts = self._parts, None
        if parts is not None and next(parts, self) is None:
            self._parts = parts
        return self.is_left

    def finish(self) -> None:
        while self.go_on():
            pass

    def overtake(self, paths: Iterable[str]) -> None:
        """Of files that are about to be taken in as they are now."""
        self._overtaken.add(paths)

    def late(self, config: Config, catalogue: Catalogue) -> list[str]:
        """Paths of files that have come or changed since the beginning and are not taken in."""
        return late(config, catalogue, self._began_ns)

    def again(self) -> list[str]:
        """What is to be looked at once more after the end: files that were overtaken, since all that have their names
        in common are known now, and articles that name them."""
        return sorted(self._overtaken.paths | self._overtaken.users)


def late(config: Config, catalogue: Catalogue, since_ns: int) -> list[str]:
    """Paths of files that have come or changed since an instant (nanoseconds since 1970 UTC), as the file system
    tells it, and are not taken in."""
    seen = content.scan(config, known=known.stamps(catalogue.connection, ("",)))
    return sorted(path for path, found in seen.files.items() if found.changed_ns >= since_ns - _CLOCKS_DIFFER_NS)


def _told(files: Iterable[ArticleFile], done: int, total: int, progress: Progress | None) -> Iterator[ArticleFile]:
    for number, file in enumerate(files, done + 1):
        if progress:
            progress(number, total)
        yield file
