"""RSS 2.0 with the Advisory Board's profile: spelling, no policy."""

from __future__ import annotations

import re
from functools import partial

from feeds.article import Author
from feeds.dates import rfc822, rfc3339
from feeds.extension import (
    ATOM,
    CONTENT,
    DC,
    FH,
    MEDIA,
    SY,
    XML_LANG,
    Element,
    child,
    declared,
    generator,
    remove,
    style,
)
from feeds.feed import GENERATOR_NAME, GENERATOR_VERSION, MEDIA_TYPES, Entry, Feed, Format
from feeds.rssmedia import ITUNES, WEBFEEDS, channel_pictures, episode, item_media, show

_NAMESPACES = {"atom": ATOM, "content": CONTENT, "dc": DC, "sy": SY}
_PLAIN_TEXTS = re.compile(rb"<(title|category)(?: [^<>]*)?>[^<]*</")
_LIKE_REFERENCE = re.compile(rb"&amp;(?=#?\w+;)")


def render(feed: Feed, name: Format = "rss.xml") -> bytes:
    """The document as UTF-8 with an XML declaration; equal feeds give equal bytes."""
    made = generator(_namespaces(feed), partial(_channel, feed, name))
    made.title(feed.title)
    made.link(href=feed.home_url, rel="alternate")
    made.description(feed.description)
    made.language(feed.language)
    made.generator(f"{GENERATOR_NAME} {GENERATOR_VERSION}")
    if feed.rights:
        made.copyright(feed.rights)
    if feed.managing_editor:
        made.managingEditor(_contact(feed.managing_editor))
    if feed.web_master:
        made.webMaster(_contact(feed.web_master))
    made.ttl(feed.ttl_minutes)
    for entry in feed.entries:
        item = made.add_entry(order="append")
        item.title(entry.title)
        item.link(href=entry.url)
        item.guid(entry.guid, permalink=False)
        item.description(entry.summary or entry.title)
        if entry.content_html:
            item.content(entry.content_html, type="html")
        item.category([{"term": term, "scheme": feed.taxonomy} for term in entry.categories])
        item.nashra.spell = partial(_item, feed, entry)
    return declared(_hexadecimal(made.rss_str(encoding="UTF-8")))


def _namespaces(feed: Feed) -> dict[str, str]:
    """Those that the document uses: validators warn about the mere name of one that they do not know."""
    extra = {
        "fh": FH if feed.is_archive or feed.is_complete else "",
        "itunes": ITUNES if feed.show else "",
        "media": MEDIA if any(entry.image or entry.enclosures for entry in feed.entries) else "",
        "webfeeds": WEBFEEDS if feed.look.icon or feed.look.cover or feed.look.vector_logo or feed.accent_color else "",
    }
    return _NAMESPACES | {prefix: uri for prefix, uri in extra.items() if uri}


def _contact(person: Author) -> str:
    """Advisory Board profile: `address (real name)`."""
    return f"{person.email} ({person.name})"


def _hexadecimal(document: bytes) -> bytes:
    """Advisory Board profile, character data: in plain texts an `&` that looks like the beginning of a
    reference is a hexadecimal one, which readers that unescape twice show as it is."""
    return _PLAIN_TEXTS.sub(lambda found: _LIKE_REFERENCE.sub(b"&#x26;", found.group()), document)


def _channel(feed: Feed, name: Format, channel: Element) -> None:
    style(channel.getparent(), feed.style_path)
    remove(channel, "lastBuildDate", f"{{{ATOM}}}link")
    child(channel, "lastBuildDate", rfc822(feed.updated))
    kind = MEDIA_TYPES[name]
    _link(channel, "self", feed.url(name), kind)
    for relation in feed.relations:
        _link(channel, relation.rel, feed.url(name, relation.folder), kind)
    for hub in feed.hubs:
        _link(channel, "hub", hub)
    if feed.is_archive:
        child(channel, f"{{{FH}}}archive")
    if feed.is_complete:
        child(channel, f"{{{FH}}}complete")
    # What ttl says in minutes, for readers that know only the module.
    child(channel, f"{{{SY}}}updatePeriod", "hourly")
    child(channel, f"{{{SY}}}updateFrequency", str(60 // feed.ttl_minutes))
    channel_pictures(feed, channel)
    if feed.show:
        show(feed.show, channel)


def _link(channel: Element, rel: str, href: str, kind: str = "") -> None:
    child(channel, f"{{{ATOM}}}link", href=href, rel=rel, type=kind)


def _item(feed: Feed, entry: Entry, item: Element) -> None:
    if entry.language != feed.language:
        item.set(XML_LANG, entry.language)
    child(item, "pubDate", rfc822(entry.published))
    if entry.updated != entry.published:
        child(item, f"{{{ATOM}}}updated", rfc3339(entry.updated))
    for author in entry.authors or feed.authors:
        child(item, f"{{{DC}}}creator", author.name)
    child(item, f"{{{DC}}}language", entry.language)
    if entry.source and entry.source.url:
        child(item, "source", entry.source.title, url=entry.source.url)
    if entry.enclosures:  # one only, RSS profile "enclosure"; the others are media:content
        first = entry.enclosures[0]
        child(item, "enclosure", url=first.url, length=str(first.length_bytes), type=first.media_type)
    item_media(entry, item)
    if feed.show:
        episode(entry, feed.authors, item)
