"""JSON Feed 1.1 (jsonfeed.org/version/1.1): spelling, no policy."""

from __future__ import annotations

import json
from typing import Any

from feeds.article import Author
from feeds.dates import rfc3339
from feeds.feed import Entry, Feed, Format

VERSION = "https://jsonfeed.org/version/1.1"


def render(feed: Feed) -> bytes:
    """The document as UTF-8, Arabic readable; equal feeds give equal bytes. No nulls, no empty texts."""
    return dump(document(feed, "feed.json"))


def dump(document: dict[str, Any]) -> bytes:
    """UTF-8 with a line for each value, so that a change shows as one."""
    return json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n"


def document(feed: Feed, name: Format) -> dict[str, Any]:
    """The members of the feed under the file name that it has there; empty ones are left out, but for `items`."""
    next_page = next((relation for relation in feed.relations if relation.rel == "next"), None)
    found = {
        "version": VERSION,
        "title": feed.title,
        "home_page_url": feed.home_url,
        "feed_url": feed.url(name),
        "description": feed.description,
        "language": feed.language,
        "icon": feed.look.large_icon.url if feed.look.large_icon else "",
        "favicon": feed.look.small_icon.url if feed.look.small_icon else "",
        "next_url": feed.url(name, next_page.folder) if next_page else "",
        "authors": _authors(feed.authors),
        "hubs": [{"type": "WebSub", "url": hub} for hub in feed.hubs],
        "items": [_item(entry) for entry in feed.entries],
    }
    return {key: value for key, value in found.items() if value or key == "items"}


def _item(entry: Entry) -> dict[str, Any]:
    item = {
        "id": entry.guid,
        "url": entry.url,
        "external_url": entry.external_url,
        "title": entry.title,
        "summary": entry.summary,
        "content_html": entry.content_html,
        "content_text": "" if entry.content_html else entry.summary or entry.title,
        "image": entry.image.url if entry.image else "",
        "banner_image": entry.banner.url if entry.banner else "",
        "date_published": rfc3339(entry.published),
        "date_modified": rfc3339(entry.updated),
        "authors": _authors(entry.authors),
        "tags": list(entry.categories),
        "language": entry.language,
        "attachments": [
            {
                key: value
                for key, value in (
                    ("url", enclosure.url),
                    ("mime_type", enclosure.media_type),
                    ("size_in_bytes", enclosure.length_bytes),
                    ("duration_in_seconds", enclosure.duration_seconds),
                )
                if value
            }
            for enclosure in entry.enclosures
        ],
    }
    return {key: value for key, value in item.items() if value}


def _authors(authors: tuple[Author, ...]) -> list[dict[str, str]]:
    return [{"name": author.name} | ({"url": author.url} if author.url else {}) for author in authors]
