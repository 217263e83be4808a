"""Pictures, sound and films in RSS: Media RSS, podcast and webfeeds elements. Spelling, no policy."""

from __future__ import annotations

from feeds.article import Author, Image
from feeds.extension import MEDIA, Element, child
from feeds.feed import Entry, Feed, Show
from feeds.language import joined
from feeds.media import medium

ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"
WEBFEEDS = "http://webfeeds.org/rss/1.0"


def channel_pictures(feed: Feed, channel: Element) -> None:
    badge = feed.look.badge
    if badge:
        image = child(channel, "image")
        child(image, "url", badge.url)
        child(image, "title", feed.title)
        child(image, "link", feed.home_url)
        if badge.width:
            child(image, "width", str(badge.width))
            child(image, "height", str(badge.height))
    if feed.look.cover:
        child(channel, f"{{{WEBFEEDS}}}cover", image=feed.look.cover.url)
    if feed.look.icon:
        child(channel, f"{{{WEBFEEDS}}}icon", feed.look.icon.url)
    if feed.look.vector_logo:
        child(channel, f"{{{WEBFEEDS}}}logo", feed.look.vector_logo.url)
    if feed.accent_color:
        child(channel, f"{{{WEBFEEDS}}}accentColor", feed.accent_color)


def show(made: Show, channel: Element) -> None:
    """Apple Podcasts, "A Podcaster's Guide to RSS"."""
    child(channel, f"{{{ITUNES}}}author", made.author)
    if made.owner:
        owner = child(channel, f"{{{ITUNES}}}owner")
        child(owner, f"{{{ITUNES}}}name", made.owner.name)
        child(owner, f"{{{ITUNES}}}email", made.owner.email)
    parent = channel
    for name in made.category:
        parent = child(parent, f"{{{ITUNES}}}category", text=name)
    child(channel, f"{{{ITUNES}}}explicit", "true" if made.explicit else "false")
    if made.artwork:
        child(channel, f"{{{ITUNES}}}image", href=made.artwork.url)


def episode(entry: Entry, site_authors: tuple[Author, ...], item: Element) -> None:
    if not entry.enclosures or not entry.enclosures[0].media_type.startswith(("audio/", "video/")):
        return
    authors = entry.authors or site_authors
    child(item, f"{{{ITUNES}}}author", joined((each.name for each in authors), entry.language))
    if entry.enclosures[0].duration_seconds:
        child(item, f"{{{ITUNES}}}duration", str(entry.enclosures[0].duration_seconds))
    if entry.artwork:
        child(item, f"{{{ITUNES}}}image", href=entry.artwork.url)


def item_media(entry: Entry, item: Element) -> None:
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
        _picture(image, item, size)
    child(item, f"{{{MEDIA}}}thumbnail", url=image.url, **size)


def _picture(image: Image, item: Element, size: dict[str, str]) -> None:
    content = child(
        item, f"{{{MEDIA}}}content", url=image.url, type=image.media_type, medium="image",
        fileSize=_number(image.length_bytes), **size,
    )  # fmt: skip
    if image.alt:
        child(content, f"{{{MEDIA}}}title", image.alt, type="plain")
    if image.caption:
        child(content, f"{{{MEDIA}}}description", image.caption, type="plain")
    if image.credit:
        child(content, f"{{{MEDIA}}}credit", image.credit, role="photographer")


def _number(value: int) -> str:
    return str(value) if value else ""
