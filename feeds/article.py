"""The article and its parts: frozen values, checked at birth, the same for every format."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from feeds.bidi import Direction
from feeds.problems import FieldError
from feeds.text import has_illegal


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who wrote it. `name` is never empty, `url` is absolute ASCII; `email` stays out of feeds unless the config says
    so."""

    name: str
    email: str = ""
    url: str = ""

    def __post_init__(self) -> None:
        _plain("author", self.name, self.email)
        if not self.name:
            raise FieldError("author", "has no name")
        if self.url:
            _url("author", self.url)


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A picture of the article. `url` is absolute ASCII; 0 where a number is not known (remote
    files are never fetched). `path` is the file below content/, empty when remote."""

    url: str
    media_type: str = ""
    length_bytes: int = 0
    width: int = 0
    height: int = 0
    alt: str = ""
    caption: str = ""
    credit: str = ""  # who made it
    path: str = ""

    def __post_init__(self) -> None:
        _url("image", self.url)
        _plain("image", self.media_type, self.alt, self.caption, self.credit)


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosure:
    """A file that comes with the article. `length_bytes` is 0 when not known (RSS profile)."""

    url: str
    media_type: str
    length_bytes: int = 0
    duration_seconds: int = 0
    path: str = ""

    def __post_init__(self) -> None:
        _url("enclosure", self.url)
        if "/" not in self.media_type:
            raise FieldError("enclosure", f"has no media type: '{self.media_type}'")
        if self.length_bytes < 0 or self.duration_seconds < 0:
            raise FieldError("enclosure", "has a negative length")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a repost came from (RSS `source`, Atom `source`). `url` is absolute ASCII or empty."""

    title: str
    url: str = ""

    def __post_init__(self) -> None:
        _plain("source", self.title)
        if self.url:
            _url("source", self.url)


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One article, whole. Plain fields hold clean text without direction marks; all instants are
    aware, in the zone they were written in, to the second. `content_html` is safe, absolute and
    carries its directions. Raises FieldError on a value that no feed could carry.
    """

    id: str
    title: str
    published: datetime
    updated: datetime
    language: str  # BCP 47, e.g. `ar` or `ar-SY`
    direction: Direction
    summary: str  # plain text, one line
    content_html: str
    tags: tuple[str, ...] = ()
    authors: tuple[Author, ...] = ()
    image: Image | None = None
    enclosures: tuple[Enclosure, ...] = ()
    aliases: tuple[str, ...] = ()  # old site paths, each beginning with `/`
    canonical: str = ""  # absolute URL of the first publication elsewhere
    source: Source | None = None
    expires: datetime | None = None
    withdrawn: datetime | None = None
    withdrawn_reason: str = ""
    draft: bool = False
    in_feeds: bool = True
    translation_key: str = ""

    def __post_init__(self) -> None:
        if not self.id.strip():
            raise FieldError("id", "is empty")
        if not self.title.strip():
            raise FieldError("title", "is empty")
        for name in ("published", "updated", "expires", "withdrawn"):
            instant = getattr(self, name)
            if instant is not None and instant.utcoffset() is None:
                raise FieldError("date" if name == "published" else name, "has no time zone")
        if self.updated < self.published:
            raise FieldError("updated", f"is before the date of publication: '{self.updated.isoformat()}'")
        _plain("id", self.id)
        _plain("title", self.title)
        _plain("summary", self.summary)
        _plain("tags", *self.tags)
        _plain("aliases", *self.aliases)
        _plain("withdrawn", self.withdrawn_reason)
        _plain("content", self.content_html)
        if self.canonical:
            _url("canonical", self.canonical)


def standing(article: Article, now: int) -> Article:
    """The article as it stands at an instant (seconds since 1970 UTC): a change that is announced for later has not
    happened yet."""
    return article if article.updated.timestamp() <= now else replace(article, updated=article.published)


def _plain(field: str, *texts: str) -> None:
    for text in texts:
        if has_illegal(text):
            raise FieldError(field, "has a character that XML forbids")


def _url(field: str, url: str) -> None:
    if not url.isascii() or not url.startswith(("https://", "http://")):
        raise FieldError(field, f"is no absolute ASCII URL: '{url}'")
