"""What finds feeds and articles: OPML, site maps, robots, oEmbed. Built with their writers, never by concatenation."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from lxml import etree

from feeds import feed, permalink, queries, translations
from feeds.article import Article, Image
from feeds.config import Config
from feeds.dates import rfc3339
from feeds.language import joined, primary
from feeds.links import media_url
from feeds.queries import Row, Selection
from feeds.words import language_name

XHTML = "http://www.w3.org/1999/xhtml"
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
NEWS = "http://www.google.com/schemas/sitemap-news/0.9"
URLS_PER_SITEMAP = 50_000  # sitemaps.org protocol
NEWS_URLS, NEWS_SECONDS = 1000, queries.NEWS_DAYS * 86400
_SMALL = ("robots.txt", "favicon.ico")
_ICON = Path(__file__).parent / "static" / "favicon.ico"
_EMPTY = int(feed.EMPTY_UPDATED.timestamp())

Made = tuple[object, str, Callable[[], tuple[bytes, int]]]  # (inputs, content type, body and newest instant)


def document(config: Config, db: sqlite3.Connection, name: str, now: int) -> Made | str | None:
    """A document by its name, an absolute URL to go to instead, or None when there is none. While a first
    read goes on there are no lists of everything."""
    if name in _SMALL:
        return small(config, db, name)
    if queries.horizon(db) is not None:
        return None
    if name == "feeds.opml":
        return _opml(config, db, now)
    if name == "sitemap-news.xml":
        return _news(config, db, now)
    if name.startswith("sitemap"):
        return _sitemap(config, db, name, now)
    return None


def small(config: Config, db: sqlite3.Connection, name: str) -> Made | str | None:
    """The same of documents that are no lists."""
    if name == "robots.txt":
        return ("robots", config.url), "text/plain; charset=utf-8", lambda: (_robots(config), _EMPTY)
    return _favicon(config, db) if name == "favicon.ico" else None


def is_list(db: sqlite3.Connection, name: str, now: int) -> bool:
    """Whether there is a list of feeds or articles of that name, which `document` takes long to make of many."""
    if name in _SMALL or queries.horizon(db) is not None:
        return False
    part = re.fullmatch(r"sitemap-(\d+)\.xml", name)
    return part is None or 1 <= int(part.group(1)) <= sitemap_parts(db, now)


def oembed(config: Config, article: Article, picture: Image | None) -> bytes:
    """oEmbed 1.0 of a permalink: type `link`, with its title, author and picture."""
    size = {"thumbnail_width": picture.width, "thumbnail_height": picture.height} if picture else {}
    document = {
        "version": "1.0",
        "type": "link",
        "title": feed.marked_title(config, article),
        "author_name": joined((author.name for author in article.authors), article.language),
        "provider_name": config.title,
        "provider_url": config.absolute("/"),
        "cache_age": config.feeds.ttl_minutes * 60,
        # All three or none of them (oEmbed section 2.3.4).
        **({"thumbnail_url": picture.url, **size} if picture and all(size.values()) else {}),
    }
    return json.dumps({key: value for key, value in document.items() if value}, ensure_ascii=False).encode() + b"\n"


def _favicon(config: Config, db: sqlite3.Connection) -> Made | str:
    """The site's icon where it has one, else ours."""
    if permalink.has_scheme(config.icon):
        return config.icon
    file = queries.find_media(db, config.icon) if config.icon else None
    if file:
        return media_url(config.url, file)
    return "favicon", "image/x-icon", lambda: (_ICON.read_bytes(), _EMPTY)


def _opml(config: Config, db: sqlite3.Connection, now: int) -> Made:
    kinds: tuple[Literal["tag", "author"], ...] = ("tag", "author")
    languages = queries.languages(db, now)
    labels = [(kind, key, name) for kind in kinds for key, name in queries.labels(db, kind, now)]

    def make() -> tuple[bytes, int]:
        root = etree.Element("opml", version="2.0")
        head = etree.SubElement(root, "head")
        etree.SubElement(head, "title").text = config.title
        body = etree.SubElement(root, "body")
        _outline(body, config, "", "", config.title, config.language)
        for key in languages:
            title = feed.feed_title(config, Selection(kind="lang", key=key), language_name(key))
            _outline(body, config, "lang", key, title, key)
        for kind, key, name in labels:
            title = feed.feed_title(config, Selection(kind=kind, key=key), name)
            _outline(body, config, kind, key, title, config.language)
        return _xml(root), _EMPTY

    return ("opml", languages, labels), "text/x-opml; charset=utf-8", make


def _outline(body: etree._Element, config: Config, kind: str, key: str, title: str, language: str) -> None:
    etree.SubElement(
        body, "outline", text=title, title=title, type="rss", version="RSS2", language=language,
        xmlUrl=config.absolute(permalink.feed_path(kind, key) + "/rss.xml"),
        htmlUrl=config.absolute(permalink.list_path(kind, key)),
    )  # fmt: skip


def _robots(config: Config) -> bytes:
    """Feeds carry X-Robots-Tag: noindex and stay open to be fetched."""
    maps = "".join(f"Sitemap: {config.absolute(path)}\n" for path in ("/sitemap.xml", "/sitemap-news.xml"))
    return f"User-agent: *\nAllow: /\n\n{maps}".encode()


def sitemap_parts(db: sqlite3.Connection, now: int) -> int:
    """How many numbered site maps there are; 0 where one file holds everything."""
    parts = -(-queries.count(db, Selection(), now) // URLS_PER_SITEMAP)
    return parts if parts > 1 else 0


def _sitemap(config: Config, db: sqlite3.Connection, name: str, now: int) -> Made | None:
    total = queries.count(db, Selection(), now)
    parts = -(-total // URLS_PER_SITEMAP)
    part = re.fullmatch(r"sitemap-(\d+)\.xml", name)
    if part is None and parts > 1:
        return ("sitemaps", parts), "application/xml; charset=utf-8", lambda: (_index(config, parts), _EMPTY)
    number = int(part.group(1)) if part else 1
    if part and (parts <= 1 or not 1 <= number <= parts):
        return None
    rows = queries.rows(db, Selection(), now, limit=URLS_PER_SITEMAP, offset=(number - 1) * URLS_PER_SITEMAP)
    home = number == 1
    several = translations.translated(db, now)
    versions = {row.token: translations.of(db, row.token, now) for row in rows if row.token in several}

    def make() -> tuple[bytes, int]:
        root = etree.Element("urlset", nsmap={None: SITEMAP} | ({"xhtml": XHTML} if any(versions.values()) else {}))
        if home:
            _url(root, config.absolute("/"), max((row.updated for row in rows), default=_EMPTY))
        for row in rows:
            url = _url(root, config.absolute(permalink.share_path(row.token)), row.updated)
            for tag, href in translations.alternates(config, versions.get(row.token, ())):
                etree.SubElement(url, f"{{{XHTML}}}link", rel="alternate", hreflang=tag, href=href)
        return _xml(root), max((row.updated for row in rows), default=_EMPTY)

    return (
        ("sitemap", home, [(row.token, row.updated) for row in rows], versions),
        "application/xml; charset=utf-8",
        make,
    )


def _index(config: Config, parts: int) -> bytes:
    root = etree.Element("sitemapindex", nsmap={None: SITEMAP})
    for number in range(1, parts + 1):
        sitemap = etree.SubElement(root, "sitemap")
        etree.SubElement(sitemap, "loc").text = config.absolute(f"/sitemap-{number}.xml")
    return _xml(root)


def _url(root: etree._Element, loc: str, modified: int) -> etree._Element:
    url = etree.SubElement(root, "url")
    etree.SubElement(url, "loc").text = loc
    etree.SubElement(url, "lastmod").text = rfc3339(datetime.fromtimestamp(modified, UTC))
    return url


def _news(config: Config, db: sqlite3.Connection, now: int) -> Made:
    """Articles of the last two days, at most 1,000 (the news sitemap's own limits)."""
    found = queries.rows(db, Selection(), now, limit=NEWS_URLS)
    rows = [row for row in found if row.published > now - NEWS_SECONDS]
    articles = queries.articles(db, [row.path for row in rows])

    def make() -> tuple[bytes, int]:
        root = etree.Element("urlset", nsmap={None: SITEMAP, "news": NEWS})
        for row, article in zip(rows, articles, strict=True):
            _news_url(root, config, row, article)
        return _xml(root), max((row.updated for row in rows), default=_EMPTY)

    return ("news", rows), "application/xml; charset=utf-8", make


def _news_url(root: etree._Element, config: Config, row: Row, article: Article) -> None:
    url = etree.SubElement(root, "url")
    etree.SubElement(url, "loc").text = config.absolute(permalink.share_path(row.token))
    news = etree.SubElement(url, f"{{{NEWS}}}news")
    publication = etree.SubElement(news, f"{{{NEWS}}}publication")
    etree.SubElement(publication, f"{{{NEWS}}}name").text = config.title
    spoken = article.language.lower()
    etree.SubElement(publication, f"{{{NEWS}}}language").text = (
        spoken if spoken in ("zh-cn", "zh-tw") else primary(article.language)
    )
    etree.SubElement(news, f"{{{NEWS}}}publication_date").text = rfc3339(article.published)
    etree.SubElement(news, f"{{{NEWS}}}title").text = article.title


def _xml(root: etree._Element) -> bytes:
    body: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=False)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + body
