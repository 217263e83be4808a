"""What a feed document is to hold, and its bytes: the step from an address to `feed.build` and a format."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from feeds import atom, feed, jsonfeed, permalink, queries, rss, sitepictures, social
from feeds.article import Article
from feeds.branding import Brand
from feeds.config import Config
from feeds.feed import Feed, Format
from feeds.pages.assets import feed_style_path
from feeds.paging import Position, counts
from feeds.queries import Gone, Row, Selection
from feeds.representation import Absent, Moved
from feeds.routes import FeedRoute

_RENDER: dict[Format, Callable[[Feed], bytes]] = {
    "rss.xml": rss.render, "atom.xml": atom.render, "feed.json": jsonfeed.render,
    "social.xml": social.render_xml, "social.json": social.render_json,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything that goes into the bytes of one document; equal plans give equal bytes."""

    path: str
    route: FeedRoute
    selection: Selection
    position: Position
    rows: tuple[Row, ...]
    gone: tuple[Gone, ...]
    label: str
    brand: Brand

    @property
    def inputs(self) -> object:
        """Everything that goes into the bytes, as `Cache.keep` wants it."""
        return self.inputs_of(self.rows)

    def inputs_of(self, rows: object) -> object:
        """The same with something that stands for the rows."""
        # An archive's bytes do not depend on how many documents there are (RFC 5005 section 4).
        place = self.route.archive or self.position
        return ("feed", self.route.format, self.selection, place, rows, self.gone, self.label, self.brand)

    def only(self, rows: Sequence[Row]) -> Plan:
        """The same document with fewer entries."""
        return replace(self, rows=tuple(rows))


def plan(
    config: Config, db: sqlite3.Connection, route: FeedRoute, selection: Selection, now: int
) -> Plan | Moved | Absent:
    """`now` in seconds since 1970 UTC. A label that no public article has is absent; the archive after
    the last one is not written yet and leads to the feed. While a first read goes on, a feed that could miss
    an article of its window is absent, and so is every page and archive."""
    size = config.feeds.items
    horizon = queries.horizon(db)
    if horizon is not None:
        return _unfinished(config, db, route, selection, now, horizon)
    total = queries.count(db, selection, now)
    if selection.kind and not total:
        return Absent()
    pages, archives = counts(total, size)
    if archives and route.archive == archives + 1:
        folder = permalink.feed_path(selection.kind, selection.key)
        return Moved(location=config.absolute(f"{folder}/{route.format}"), status=307)
    if route.page > pages or route.archive > archives:
        return Absent()
    return assemble(
        route, selection, Position(page=route.page, pages=pages, archive=route.archive, archives=archives),
        _window(db, selection, route, size, now),
        queries.gone(db, selection, now) if is_first(route) else (),
        # An archive names its tag or author as the oldest article does, so that no newer one changes its title.
        queries.label_name(db, selection, now, oldest=route.archive > 0), sitepictures.brand(config, db),
    )  # fmt: skip


def is_first(route: FeedRoute) -> bool:
    """Whether it is the document that people subscribe to; only that one has tombstones."""
    return route.page == 1 and not route.archive


def assemble(
    route: FeedRoute, selection: Selection, position: Position, rows: Sequence[Row], gone: Sequence[Gone], label: str,
    brand: Brand,
) -> Plan:  # fmt: skip
    """The plan of a document of which everything is known."""
    folder = permalink.feed_path(selection.kind, selection.key, page=position.page, archive=position.archive)
    return Plan(
        path=f"{folder}/{route.format}", route=route, selection=selection, position=position, rows=tuple(rows),
        gone=tuple(gone), label=label, brand=brand,
    )  # fmt: skip


def _unfinished(
    config: Config, db: sqlite3.Connection, route: FeedRoute, selection: Selection, now: int, horizon: int
) -> Plan | Absent:
    rows = queries.rows(db, selection, now, limit=config.feeds.items)
    if not is_first(route) or not queries.is_whole(rows, config.feeds.items, horizon):
        return Absent()
    return assemble(
        route, selection, Position(pages=0), rows, queries.gone(db, selection, now),
        queries.label_name(db, selection, now), sitepictures.brand(config, db),
    )  # fmt: skip


def entry_keys(edition: str, rows: Sequence[Row]) -> dict[str, str]:
    """By token, what changes whenever anything of an entry does: the article, what of it holds at the instant, or the
    settings and the program (`edition`)."""
    return {
        row.token: hashlib.sha256(f"{edition} {row.digest} {row.updated}".encode()).hexdigest()[:16] for row in rows
    }


def render(config: Config, made: Plan, articles: Sequence[Article]) -> tuple[bytes, int]:
    """The bytes and the newest instant in them. `articles` are those of the plan's rows, as they stand."""
    built = feed.build(config, made.selection, made.position, articles, made.gone, made.label, made.brand)
    built = replace(built, style_path=feed_style_path(config.base_path, built.language))
    return _RENDER[made.route.format](built), int(built.updated.timestamp())


def headers(config: Config, path: str, hubs: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Hubs and self for WebSub discovery; not for search results."""
    links = [f'<{hub}>; rel="hub"' for hub in hubs] + [f'<{config.absolute(path)}>; rel="self"']
    return (("Link", ", ".join(links)), ("X-Robots-Tag", "noindex"))


def content_type(made: Plan) -> str:
    return f"{feed.MEDIA_TYPES[made.route.format]}; charset=utf-8"


def _window(db: sqlite3.Connection, selection: Selection, route: FeedRoute, size: int, now: int) -> list[Row]:
    if route.archive:  # counted from the oldest, so that newer articles never move one
        offset = (route.archive - 1) * size
        return queries.rows(db, selection, now, limit=size, offset=offset, oldest_first=True)[::-1]
    return queries.rows(db, selection, now, limit=size, offset=(route.page - 1) * size)
