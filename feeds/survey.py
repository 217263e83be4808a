"""Every document of the site at an instant, each with a key of all that goes into its bytes.

It asks the catalogue a few long questions instead of several for each document, so that a hundred thousand of which
none has changed are told apart from those that have in seconds. Instants are seconds since 1970 UTC.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from feeds import (
    datauri,
    discovery,
    feedplan,
    inlined,
    inventory,
    layout,
    permalink,
    queries,
    routes,
    sitepictures,
    translations,
)
from feeds.branding import Brand
from feeds.config import Config
from feeds.feed import FORMAT_NAMES, Format
from feeds.feedplan import Plan
from feeds.pageplan import ListPlan
from feeds.pages.assets import ASSETS
from feeds.paging import Position, counts
from feeds.queries import Row, Selection
from feeds.routes import FeedRoute, ListRoute

Kind = Literal["feed", "list", "share", "oembed", "document", "asset", "media", "inline", "gone", "missing", "text"]
FORMATS: tuple[Format, ...] = tuple(FORMAT_NAMES)
PICTURES = ("card.png", "picture.jpg")  # of a permalink
_SOCIAL: tuple[Format, ...] = ("social.xml", "social.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """`path` is its address, decoded, below site.url; `name` that of its file in a tree. With the same edition of
    everything else, equal keys of one path mean equal bytes."""

    kind: Kind
    path: str
    name: str
    key: str
    plan: Plan | ListPlan | None = None
    text: bytes = b""

    @property
    def names(self) -> tuple[str, ...]:
        """Of all files that it may have, without their compressed variants."""
        pictures = (f"{self.path[1:]}/{name}" for name in PICTURES) if self.kind == "share" else ()
        return (self.name, *pictures)


def documents(config: Config, db: sqlite3.Connection, now: int) -> Iterator[Document]:
    """In a fixed order, each path once, what is named before what names it. What only moves is in `redirects`."""
    for path, (body, _) in ASSETS.items():
        yield Document(kind="asset", path=path, name=path[1:], key=hashlib.sha256(body).hexdigest())
    for file, fingerprint, length in db.execute("SELECT path, fingerprint, length_bytes FROM media ORDER BY path"):
        yield Document(kind="media", path=f"/media/{file}", name=f"media/{file}", key=f"{fingerprint}-{length}")
    for name in inlined.names(db):
        path = f"/media/{datauri.FOLDER}{name}"
        yield Document(kind="inline", path=path, name=path[1:], key=name)
    brand = sitepictures.brand(config, db)
    yield Document(kind="missing", path="/404", name="404.html", key="")
    for gone in queries.all_gone(db, now):
        path = permalink.share_path(gone.token)
        yield Document(kind="gone", path=path, name=layout.gone(gone.token), key=key_of("gone", gone))
    yield from _shares(db, now, brand)
    for selection in inventory.selections(db, now):
        yield from _selection(config, db, selection, now, brand)
    yield from _discovery(config, db, now)


def key_of(*inputs: object) -> str:
    """Equal inputs, equal key, on every machine; the inputs' `repr` must say all that they are."""
    return hashlib.sha256(repr(inputs).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _discovery(config: Config, db: sqlite3.Connection, now: int) -> Iterator[Document]:
    numbered = [f"sitemap-{number}.xml" for number in range(1, discovery.sitemap_parts(db, now) + 1)]
    for name in (*routes.DOCUMENTS, *numbered):
        made = discovery.document(config, db, name, now)
        if isinstance(made, tuple):
            yield Document(kind="document", path=f"/{name}", name=name, key=key_of(made[0]))


def _selection(
    config: Config, db: sqlite3.Connection, selection: Selection, now: int, brand: Brand
) -> Iterator[Document]:
    size = config.feeds.items
    rows = queries.rows(db, selection, now, limit=-1)
    gone = tuple(queries.gone(db, selection, now))
    label, oldest = (queries.label_name(db, selection, now, oldest=old) for old in (False, True))
    count, archives = counts(len(rows), size)
    for page in range(1, count + 1):
        window = tuple(rows[(page - 1) * size : page * size])
        digest = _digest(window)
        position = Position(page=page, pages=count, archives=archives)
        for name in (*FORMATS, *(_SOCIAL if page == 1 and not selection.kind else ())):
            route = FeedRoute(kind=selection.kind, key=selection.key, format=name, page=page)
            made = feedplan.assemble(route, selection, position, window, gone if page == 1 else (), label, brand)
            yield from _feed(made, digest)
        listed = ListPlan(selection=selection, page=page, pages=count, rows=window, label=label)
        path = _address(ListRoute(kind=selection.kind, key=selection.key, page=page))
        if path:
            key = key_of(listed.inputs_of(digest))
            yield Document(kind="list", path=path, name=layout.page(path), key=key, plan=listed)
    for archive in range(1, archives + 1):  # counted from the oldest
        window = tuple(rows[len(rows) - archive * size : len(rows) - (archive - 1) * size])
        digest = _digest(window)
        position = Position(pages=count, archive=archive, archives=archives)
        for name in FORMATS:
            route = FeedRoute(kind=selection.kind, key=selection.key, format=name, archive=archive)
            yield from _feed(feedplan.assemble(route, selection, position, window, (), oldest, brand), digest)


def _feed(made: Plan, digest: str) -> Iterator[Document]:
    path = _address(made.route)
    if path:
        yield Document(kind="feed", path=path, name=path[1:], key=key_of(made.inputs_of(digest)), plan=made)


def _address(route: FeedRoute | ListRoute) -> str:
    """`""` where the address leads to another document: a tag that is called a/page/2 has that of the second page of `a`."""
    path = routes.address(route)
    return path if "/" not in route.key or routes.parse(path) == route else ""


def _digest(rows: Sequence[Row]) -> str:
    return key_of([(row.path, row.token, row.published, row.updated, row.digest) for row in rows])


def _shares(db: sqlite3.Connection, now: int, brand: Brand) -> Iterator[Document]:
    """An article's own picture is part of what the catalogue keeps of it, fingerprint included."""
    several = translations.translated(db, now)
    of_all = key_of(brand)
    found = db.execute(
        f"SELECT a.token, a.digest, a.updated <= :now FROM articles AS a WHERE {queries.VISIBLE} ORDER BY a.token",
        {"now": now},
    ).fetchall()
    for token, digest, stands in found:
        versions = translations.of(db, token, now) if token in several else ()
        path = permalink.share_path(token)
        key = key_of("share", digest, stands, versions, of_all)
        yield Document(kind="share", path=path, name=layout.page(path), key=key)
        yield Document(kind="oembed", path=f"/oembed?{token}", name=layout.oembed(token), key=key)
