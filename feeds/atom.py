"""Atom 1.0 (RFC 4287) with paging, archives (RFC 5005) and tombstones (RFC 6721): spelling, no policy."""

from __future__ import annotations

from functools import partial

from feeds.dates import rfc3339
from feeds.extension import FH, MEDIA, TOMBSTONES, XML_LANG, Element, child, declared, generator, remove, style
from feeds.feed import GENERATOR_NAME, GENERATOR_URL, GENERATOR_VERSION, MEDIA_TYPES, Entry, Feed

_TOMBSTONE = f"{{{TOMBSTONES}}}"


def render(feed: Feed) -> bytes:
    """The document as UTF-8 with an XML declaration; equal feeds give equal bytes."""
    made = generator(_namespaces(feed), partial(_head, feed))
    made.id(feed.id)
    made.title(feed.title)
    made.subtitle(feed.description)
    made.updated(feed.updated)
    made.generator(GENERATOR_NAME, version=GENERATOR_VERSION, uri=GENERATOR_URL)
    made.author([_person(author.name, author.url, author.email) for author in feed.authors])
    if feed.rights:
        made.rights(feed.rights)
    for entry in feed.entries:
        item = made.add_entry(order="append")
        item.id(entry.guid)
        item.title(entry.title)
        item.link(href=entry.url, rel="alternate")
        item.updated(entry.updated)
        item.author([_person(author.name, author.url, author.email) for author in entry.authors])
        if entry.summary:
            item.summary(entry.summary, type="text")
        if entry.content_html:
            item.content(entry.content_html, type="html")
        item.nashra.spell = partial(_entry, feed, entry)
    return declared(made.atom_str(encoding="UTF-8"))


def _namespaces(feed: Feed) -> dict[str, str]:
    """Those that the document uses: validators warn about the mere name of one that they do not know."""
    used = {
        "at": TOMBSTONES if feed.tombstones else "",
        "fh": FH if feed.is_archive or feed.is_complete else "",
        "media": MEDIA if any(entry.image for entry in feed.entries) else "",
    }
    return {prefix: uri for prefix, uri in used.items() if uri}


def _person(name: str, url: str, email: str) -> dict[str, str]:
    return {"name": name} | ({"uri": url} if url else {}) | ({"email": email} if email else {})


def _head(feed: Feed, root: Element) -> None:
    root.set(XML_LANG, feed.language)
    style(root, feed.style_path)
    remove(root, "link")
    root.find("updated").text = rfc3339(feed.updated)
    kind = MEDIA_TYPES["atom.xml"]
    child(root, "link", href=feed.url("atom.xml"), rel="self", type=kind)
    child(root, "link", href=feed.home_url, rel="alternate", type="text/html")
    for relation in feed.relations:
        child(root, "link", href=feed.url("atom.xml", relation.folder), rel=relation.rel, type=kind)
    for hub in feed.hubs:
        child(root, "link", href=hub, rel="hub")
    if feed.look.icon:
        child(root, "icon", feed.look.icon.url)
    if feed.look.logo:
        child(root, "logo", feed.look.logo.url)
    if feed.is_archive:
        child(root, f"{{{FH}}}archive")
    if feed.is_complete:
        child(root, f"{{{FH}}}complete")
    for tombstone in feed.tombstones:
        deleted = child(root, f"{_TOMBSTONE}deleted-entry", ref=tombstone.ref, when=rfc3339(tombstone.when))
        if tombstone.reason:
            child(deleted, f"{_TOMBSTONE}comment", tombstone.reason)


def _entry(feed: Feed, entry: Entry, element: Element) -> None:
    element.set(XML_LANG, entry.language)
    element.find("updated").text = rfc3339(entry.updated)
    remove(element, "link")
    child(element, "published", rfc3339(entry.published))
    child(element, "link", href=entry.url, rel="alternate", type="text/html")
    for enclosure in entry.enclosures:
        child(
            element, "link", href=enclosure.url, rel="enclosure", type=enclosure.media_type,
            length=str(enclosure.length_bytes),
        )  # fmt: skip
    for term in entry.categories:
        child(element, "category", term=term, scheme=feed.taxonomy, label=term)
    if entry.source and entry.source.url:
        source = child(element, "source")
        child(source, "id", entry.source.url)
        child(source, "title", entry.source.title)
        child(source, "updated", rfc3339(entry.published))
        child(source, "link", href=entry.source.url, rel="alternate")
    if entry.image:
        image = entry.image
        size = {"width": str(image.width or ""), "height": str(image.height or "")}
        child(element, f"{{{MEDIA}}}thumbnail", url=image.url, **size)
