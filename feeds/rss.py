"""RSS 2.0 with the Advisory Board's profile: spelling, no policy."""

from __future__ import annotations

from functools import partial

from feeds.dates import rfc822
from feeds.extension import ATOM, CONTENT, DC, FH, MEDIA, SY, XML_LANG, Element, child, generator, remove
from feeds.feed import GENERATOR_NAME, GENERATOR_VERSION, MAX_AGE_SECONDS, MEDIA_TYPES, Entry, Feed
from feeds.media import medium

_NAMESPACES = {"atom": ATOM, "content": CONTENT, "dc": DC, "fh": FH, "media": MEDIA, "sy": SY}


def render(feed: Feed) -> bytes:
    """The document as UTF-8 with an XML declaration; equal feeds give equal bytes."""
    made = generator(_NAMESPACES, partial(_channel, feed))
    made.title(feed.title)
    made.link(href=feed.home_url, rel="alternate")
    made.description(feed.description)
    made.language(feed.language)
    made.generator(f"{GENERATOR_NAME} {GENERATOR_VERSION}")
    if feed.rights:
        made.copyright(feed.rights)
    made.ttl(MAX_AGE_SECONDS // 60)
    for entry in feed.entries:
        item = made.add_entry(order="append")
        item.title(entry.title)
        item.link(href=entry.url)
        item.guid(entry.guid, permalink=False)
        item.description(entry.summary or entry.title)
        if entry.content_html:
            item.content(entry.content_html, type="html")
        item.category([{"term": term} for term in entry.categories])
        item.nashra.spell = partial(_item, feed, entry)
    document: bytes = made.rss_str(encoding="UTF-8")
    return document.replace(b"<?xml version='1.0' encoding='UTF-8'?>", b'<?xml version="1.0" encoding="UTF-8"?>', 1)


def _channel(feed: Feed, channel: Element) -> None:
    remove(channel, "lastBuildDate", f"{{{ATOM}}}link")
    child(channel, "lastBuildDate", rfc822(feed.updated))
    kind = MEDIA_TYPES["rss.xml"]
    _link(channel, "self", feed.url("rss.xml"), kind)
    for relation in feed.relations:
        _link(channel, relation.rel, feed.url("rss.xml", relation.folder), kind)
    for hub in feed.hubs:
        _link(channel, "hub", hub)
    if feed.is_archive:
        child(channel, f"{{{FH}}}archive")
    if feed.is_complete:
        child(channel, f"{{{FH}}}complete")
    # Advisory Board: what ttl says in minutes, for readers that know only the module.
    child(channel, f"{{{SY}}}updatePeriod", "hourly")
    child(channel, f"{{{SY}}}updateFrequency", str(3600 // MAX_AGE_SECONDS))
    icon = feed.icon
    if (
        icon
        and icon.media_type in ("image/png", "image/jpeg", "image/gif")
        and 0 < icon.width <= 144
        and icon.height <= 400
    ):
        image = child(channel, "image")
        child(image, "url", icon.url)
        child(image, "title", feed.title)
        child(image, "link", feed.home_url)
        child(image, "width", str(icon.width))
        child(image, "height", str(icon.height))


def _link(channel: Element, rel: str, href: str, kind: str = "") -> None:
    child(channel, f"{{{ATOM}}}link", href=href, rel=rel, type=kind)


def _item(feed: Feed, entry: Entry, item: Element) -> None:
    if entry.language != feed.language:
        item.set(XML_LANG, entry.language)
    child(item, "pubDate", rfc822(entry.published))
    if entry.updated != entry.published:
        child(item, f"{{{ATOM}}}updated", entry.updated.isoformat())
    for author in entry.authors or feed.authors:
        child(item, f"{{{DC}}}creator", author.name)
    child(item, f"{{{DC}}}language", entry.language)
    if entry.source and entry.source.url:
        child(item, "source", entry.source.title, url=entry.source.url)
    if entry.enclosures:  # one only, RSS profile "enclosure"; the others are media:content
        first = entry.enclosures[0]
        child(item, "enclosure", url=first.url, length=str(first.length_bytes), type=first.media_type)
    _media(entry, item)


def _media(entry: Entry, item: Element) -> None:
    image = entry.image
    for enclosure in entry.enclosures:
        if image and enclosure.url == image.url:
            continue
        child(
            item, f"{{{MEDIA}}}content", url=enclosure.url, type=enclosure.media_type, medium=medium(enclosure.media_type),
            fileSize=_number(enclosure.length_bytes), duration=_number(enclosure.duration_seconds),
        )  # fmt: skip
    if image is None:
        return
    size = {"width": _number(image.width), "height": _number(image.height)}
    if image.media_type.startswith("image/"):
        content = child(
            item, f"{{{MEDIA}}}content", url=image.url, type=image.media_type, medium="image",
            fileSize=_number(image.length_bytes), **size,
        )  # fmt: skip
        if image.alt:
            child(content, f"{{{MEDIA}}}title", image.alt, type="plain")
        if image.caption:
            child(content, f"{{{MEDIA}}}description", image.caption, type="plain")
    child(item, f"{{{MEDIA}}}thumbnail", url=image.url, **size)


def _number(value: int) -> str:
    return str(value) if value else ""
