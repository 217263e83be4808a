"""What a page for people is to hold, and its bytes: lists and permalinks, as `feedplan` does it for feeds."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from feeds import pages, permalink, queries, sharepictures, sitepictures, translations
from feeds.article import Article, Image, standing
from feeds.config import Config
from feeds.feed import EMPTY_UPDATED
from feeds.paging import counts
from feeds.queries import Row, Selection
from feeds.translations import Translation

CONTENT_TYPE = "text/html; charset=utf-8"
_EMPTY = int(EMPTY_UPDATED.timestamp())


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPlan:
    """Everything that goes into the bytes of one list; equal plans give equal bytes. Pages count from 1."""

    selection: Selection
    page: int
    pages: int
    rows: tuple[Row, ...]
    label: str

    @property
    def path(self) -> str:
        return permalink.list_path(self.selection.kind, self.selection.key, page=self.page)

    @property
    def inputs(self) -> object:
        return self.inputs_of(self.rows)

    def inputs_of(self, rows: object) -> object:
        """The same with something that stands for the rows."""
        return ("list", self.selection, self.page, self.pages, rows, self.label)


@dataclass(frozen=True, slots=True, kw_only=True)
class SharePlan:
    """Everything that goes into the bytes of one permalink's page. `article` as it stands."""

    article: Article
    picture: Image
    versions: tuple[Translation, ...]
    logo: Image | None

    @property
    def path(self) -> str:
        return permalink.share_path(permalink.token(self.article.id))

    @property
    def inputs(self) -> object:
        return ("share", self.article, self.picture, self.versions, self.logo)


def listing(config: Config, db: sqlite3.Connection, selection: Selection, page: int, now: int) -> ListPlan | None:
    """None where there is no such page, or nothing public has the label, and while a first read goes on also where
    it could miss an article. `now` in seconds since 1970 UTC."""
    size, horizon = config.feeds.items, queries.horizon(db)
    total = queries.count(db, selection, now)
    pages_count, _ = counts(total, size)
    if (selection.kind and not total) or page > pages_count:
        return None
    rows = queries.rows(db, selection, now, limit=size, offset=(page - 1) * size)
    if horizon is not None and not queries.is_whole(rows, size, horizon):
        return None
    label = queries.label_name(db, selection, now)
    return ListPlan(selection=selection, page=page, pages=pages_count, rows=tuple(rows), label=label)


def render_list(config: Config, made: ListPlan, articles: Sequence[Article]) -> tuple[bytes, int]:
    """The bytes and the newest instant in them. `articles` are those of the plan's rows, as they stand."""
    body = pages.list_page(config, made.selection, made.label, articles, page=made.page, pages=made.pages)
    return body, max((int(article.updated.timestamp()) for article in articles), default=_EMPTY)


def share(config: Config, db: sqlite3.Connection, article: Article, now: int) -> SharePlan:
    """`now` in seconds since 1970 UTC, at which the article is public."""
    return SharePlan(
        article=standing(article, now),
        picture=sharepictures.choose(config, db, article),
        versions=translations.of(db, permalink.token(article.id), now),
        logo=sitepictures.picture(config, db, config.logo or config.icon),
    )


def render_share(config: Config, made: SharePlan) -> tuple[bytes, int]:
    """The bytes and the newest instant in them."""
    body = pages.article_page(config, made.article, made.picture, made.versions, made.logo)
    return body, int(made.article.updated.timestamp())


def load(db: sqlite3.Connection, rows: Sequence[Row], now: int) -> list[Article]:
    """The articles of a plan's rows, as they stand."""
    return [standing(article, now) for article in queries.articles(db, [row.path for row in rows])]
