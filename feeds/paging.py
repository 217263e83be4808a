"""Where a document stands among the pages and archives of its feed, and what it links to (RFC 5005)."""

from __future__ import annotations

from dataclasses import dataclass

from feeds import permalink
from feeds.queries import Selection


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """A link to another document of feeds; each format adds its own file name to `folder`."""

    rel: str
    folder: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Where a document stands among the pages and archives of its feed. Pages count from 1 (the feed
    itself), `pages` 0 is not known yet; `archive` 0 is no archive document."""

    page: int = 1
    pages: int = 1
    archive: int = 0
    archives: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether the document holds all of its feed (RFC 5005 section 2)."""
        return self.pages == 1 and not self.archive and not self.archives


def counts(total: int, size: int) -> tuple[int, int]:
    """How many pages and how many archives `total` articles make; a feed that holds them all has no archive."""
    return max(1, -(-total // size)), total // size if total > size else 0


def relations(selection: Selection, position: Position) -> tuple[Relation, ...]:
    """RFC 5005: section 3 (pages) and section 4 (archives)."""

    def page(number: int) -> str:
        return permalink.feed_path(selection.kind, selection.key, page=number)

    def archive(number: int) -> str:
        return permalink.feed_path(selection.kind, selection.key, archive=number)

    found: list[Relation] = []
    if position.archive:
        found.append(Relation(rel="current", folder=page(1)))
        if position.archive > 1:
            found.append(Relation(rel="prev-archive", folder=archive(position.archive - 1)))
        # Named before it exists, so that these bytes stay when it does; until then it leads to the feed.
        found.append(Relation(rel="next-archive", folder=archive(position.archive + 1)))
        return tuple(found)
    if position.pages > 1:
        found.append(Relation(rel="first", folder=page(1)))
        if position.page > 1:
            found.append(Relation(rel="previous", folder=page(position.page - 1)))
        if position.page < position.pages:
            found.append(Relation(rel="next", folder=page(position.page + 1)))
        found.append(Relation(rel="last", folder=page(position.pages)))
    if position.page == 1 and position.archives:
        found.append(Relation(rel="prev-archive", folder=archive(position.archives)))
    return tuple(found)
