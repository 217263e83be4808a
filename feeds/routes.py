"""A decoded path below site.url → what is asked for. Pure: knows addresses, not articles."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from feeds import search
from feeds.feed import FORMAT_NAMES, Format
from feeds.queries import Kind
from feeds.text import PAGE_NUMBER, slug

# Addresses that readers guess and older publishers used.
GUESSED: dict[str, str] = {
    "feed": "/feeds/rss.xml", "rss": "/feeds/rss.xml", "rss.xml": "/feeds/rss.xml", "feed.xml": "/feeds/rss.xml",
    "index.xml": "/feeds/rss.xml", "feeds": "/feeds/rss.xml", "rss/feed.xml": "/feeds/rss.xml", "feed/rss": "/feeds/rss.xml",
    "atom": "/feeds/atom.xml", "atom.xml": "/feeds/atom.xml", "feed/atom": "/feeds/atom.xml", "feed.atom": "/feeds/atom.xml",
    "feed.json": "/feeds/feed.json", "feed/json": "/feeds/feed.json", "feeds/rss": "/feeds/rss.xml",
    "feeds/atom": "/feeds/atom.xml", "feeds/json": "/feeds/feed.json",
}  # fmt: skip
_FORMATS: tuple[Format, ...] = tuple(FORMAT_NAMES)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedRoute:
    """A feed document: of a selection in a format, one of its pages (from 1) or archives (0: none)."""

    kind: Kind
    key: str
    format: Format
    page: int = 1
    archive: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRoute:
    """The people's page of a selection; pages count from 1."""

    kind: Kind
    key: str
    page: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedRoute:
    """Everything that has one name: a permalink's token, a media path, a document such as the site map."""

    what: Literal["share", "card", "picture", "media", "asset", "document", "guessed"]
    name: str


Route = FeedRoute | ListRoute | NamedRoute | None
DOCUMENTS = ("feeds.opml", "sitemap.xml", "sitemap-news.xml", "robots.txt", "favicon.ico")


def parse(path: str) -> Route:
    """`path` begins with `/` and is decoded once. None for what is no address of ours."""
    path = unicodedata.normalize("NFC", path)[1:]
    if path in DOCUMENTS or re.fullmatch(r"sitemap-[0-9]{1,6}\.xml", path):
        return NamedRoute(what="document", name=path)
    if path.rstrip("/") in GUESSED:
        return NamedRoute(what="guessed", name=path.rstrip("/"))
    head, _, rest = path.partition("/")
    if head == "feeds":
        return _feed(rest)
    if head == "s" and rest:
        token, _, more = rest.partition("/")
        if token == rest:
            return NamedRoute(what="share", name=token)
        if more in ("card.png", "picture.jpg"):
            return NamedRoute(what="card" if more == "card.png" else "picture", name=token)
    if head == "media" and rest:
        return NamedRoute(what="media", name=rest)
    if path == "search":
        return ListRoute(kind="search", key="")
    if head == "assets" and rest:
        return NamedRoute(what="asset", name=rest)
    return _list(path)


def address(route: FeedRoute | ListRoute) -> str:
    """The decoded path of a feed or list: the other way round of `parse`. `permalink` has these paths encoded."""
    folder = f"/{route.kind}/{route.key}" if route.kind else ""
    part = f"/page/{route.page}" if route.page > 1 else ""
    if isinstance(route, ListRoute):
        return f"{folder}{part}" or "/"
    return f"/feeds{folder}{f'/archive/{route.archive}' if route.archive else part}/{route.format}"


def tidy(path: str) -> str:
    """The usual spelling of an address: no slash at the end, our own words in lower case, names as slugs."""
    parts = path.rstrip("/").split("/")[1:]
    if not parts:
        return "/"
    known = parts[0].lower()
    if known in ("s", "feeds", "tag", "lang", "author", "page", "media", "search") or len(parts) == 1:
        parts[0] = known
    labelled = 1 if known == "feeds" else 0
    if len(parts) > labelled + 1 and parts[labelled].lower() in ("tag", "author"):
        parts[labelled] = parts[labelled].lower()
        parts[labelled + 1] = parts[labelled + 1] if parts[labelled + 1].startswith("~") else slug(parts[labelled + 1])
    elif len(parts) == 2 + 2 * labelled and parts[labelled].lower() == "search":
        parts[labelled] = "search"
        parts[labelled + 1] = search.key(parts[labelled + 1]) or parts[labelled + 1]
    return "/" + "/".join(parts)


def _feed(rest: str) -> Route:
    if rest in ("social.xml", "social.json"):
        return FeedRoute(kind="", key="", format="social.xml" if rest == "social.xml" else "social.json")
    folder, _, name = rest.rpartition("/")
    if name not in _FORMATS:
        return None
    found = re.fullmatch(rf"(?:(.*)/|)(page|archive)/({PAGE_NUMBER})", folder, re.DOTALL)
    page, archive = 1, 0
    if found:
        folder = found.group(1) or ""
        page, archive = (int(found.group(3)), 0) if found.group(2) == "page" else (1, int(found.group(3)))
        if found.group(2) == "page" and page < 2:
            return None
    kind, key = _selection(folder)
    if kind is None or (folder and not kind) or (kind == "search" and found):
        return None
    return FeedRoute(kind=kind, key=key, format=name, page=page, archive=archive)


def _list(path: str) -> Route:
    page = 1
    found = re.fullmatch(rf"(?:(.*)/|)page/({PAGE_NUMBER})", path, re.DOTALL)
    if found:
        path, page = found.group(1) or "", int(found.group(2))
        if page < 2:
            return None
    kind, key = _selection(path)
    if kind is None or (path and not kind) or (kind == "search" and found):
        return None
    return ListRoute(kind=kind, key=key, page=page)


def _selection(folder: str) -> tuple[Kind | None, str]:
    kind, _, key = folder.partition("/")
    if not folder:
        return "", ""
    if kind == "tag" and key:
        return "tag", key
    if kind == "author" and key:
        return "author", key
    if kind == "lang" and key and "/" not in key:
        return "lang", key
    if kind == "search" and key and search.key(key) == key:
        return "search", key
    return None, ""


def is_search(path: str) -> bool:
    """Whether the answer of a decoded path is a search's."""
    return path.startswith(("/search", "/feeds/search/"))
