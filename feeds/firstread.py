"""The first read of a large folder: the newest articles are in the catalogue first, and the rest follows in parts.

After each part the catalogue says how far it goes (its horizon), so that nobody is shown less than there is.
"""

from __future__ import annotations

from collections.abc import Iterator

from feeds import glance, queries, readers
from feeds.catalogue import Catalogue, Changes
from feeds.config import Config
from feeds.readers import Progress
from feeds.refresh import plan, refresh

_WORTH_PARTS = 1000  # articles to be read
_PART = 2000
_FIRST_FEEDS = 4  # the first part fills the main feed this many times


def first_read(
    config: Config, catalogue: Catalogue, *, now: int, progress: Progress | None = None, part: int = _PART
) -> Iterator[None]:
    """Makes the catalogue true to the folder, and yields after every part that has been taken in: once
    the newest articles are there, after each `part` articles more, and at last when all are. A complete
    catalogue is refreshed in one step."""
    db = catalogue.connection
    if queries.meta(db, "ready") and queries.horizon(db) is None:
        refresh(config, catalogue, now=now, progress=progress)
        yield
        return
    changes, media, jobs = plan(config, catalogue, ("",))
    if len(jobs) < _WORTH_PARTS:
        changes.articles = readers.read(jobs, media, progress)
        catalogue.apply(changes, now)
        yield
        return
    ordered = readers.order(jobs, media)
    # What could be newer than everything is read first.
    first = sum(instant == glance.UNKNOWN for instant, _ in ordered) + config.feeds.items * _FIRST_FEEDS
    everything = readers.read([job for _, job in ordered], media, progress)
    done = 0
    while done < len(ordered):
        end = min(done + part if done else max(first, 200), len(ordered))
        changes.articles = (next(everything) for _ in range(done, end))
        changes.horizon = int(ordered[end][0]) if end < len(ordered) else None
        catalogue.apply(changes, now)
        changes = Changes(problems=changes.problems)
        done = end
        yield
