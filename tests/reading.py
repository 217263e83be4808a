"""Strict readers of what the service answers: RSS, Atom, JSON Feed and HTML pages as small typed values."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from html_page import Html
from lxml import etree

ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}"
DC = "{http://purl.org/dc/elements/1.1/}"
MEDIA = "{http://search.yahoo.com/mrss/}"
TOMBSTONE = "{http://purl.org/atompub/tombstones/1.0}"
XML = "{http://www.w3.org/XML/1998/namespace}"
MARKS = ("\u200e", "\u200f")

RFC822 = re.compile(
    r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) "
    r"\d{4} \d{2}:\d{2}:\d{2} [+-]\d{4}"
)
RFC3339 = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(Z|[+-]\d{2}:\d{2})")


@dataclass(frozen=True, kw_only=True)
class File:
    """An enclosure: `length` is the text that stands in the document, empty when there is none."""

    url: str
    media_type: str
    length: str = ""


@dataclass(frozen=True, kw_only=True)
class Item:
    """One item of any of the three formats; dates are the document's own text."""

    id: str
    raw_title: str
    link: str
    published: str
    updated: str = ""
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    content_html: str = ""
    summary: str = ""
    language: str = ""
    enclosures: tuple[File, ...] = ()
    node: Any = None

    @property
    def title(self) -> str:
        """The title without one leading direction mark."""
        return unmarked(self.raw_title)

    @property
    def token(self) -> str:
        """The part of the tag: URI behind its authority."""
        return self.id.rsplit(":", 1)[1]

    @property
    def published_at(self) -> datetime:
        return instant(self.published)

    @property
    def updated_at(self) -> datetime:
        return instant(self.updated)

    @property
    def content(self) -> Html:
        return Html.parse(self.content_html)


@dataclass(frozen=True, kw_only=True)
class Feed:
    """A parsed document: `updated` is lastBuildDate or feed/updated, empty in JSON Feed."""

    title: str
    home: str
    self_url: str
    language: str
    updated: str
    items: tuple[Item, ...]
    root: Any

    def __getitem__(self, token: str) -> Item:
        (found,) = [item for item in self.items if item.token == token]
        return found

    @property
    def tokens(self) -> list[str]:
        return [item.token for item in self.items]


def unmarked(text: str) -> str:
    return text[1:] if text.startswith(MARKS) else text


def instant(text: str) -> datetime:
    """RFC 822 as RSS has it, or RFC 3339; anything else is a fault of the document."""
    if RFC822.fullmatch(text):
        return parsedate_to_datetime(text)
    assert RFC3339.fullmatch(text), text
    return datetime.fromisoformat(text)


def xml(body: bytes) -> Any:
    """Strict XML 1.0: no recovery, no entities, no network, and the declaration is the first byte."""
    assert body.startswith(b"<?xml"), body[:20]
    parser = etree.XMLParser(resolve_entities=False, recover=False, no_network=True, load_dtd=False)
    return etree.fromstring(body, parser)


def rss(body: bytes) -> Feed:
    root = xml(body)
    assert root.tag == "rss" and root.get("version") == "2.0"
    (channel,) = root.findall("channel")
    (self_link,) = channel.findall(f"{ATOM}link[@rel='self']")
    return Feed(
        title=_one(channel, "title"),
        home=_one(channel, "link"),
        self_url=self_link.get("href"),
        language=_one(channel, "language"),
        updated=_one(channel, "lastBuildDate"),
        items=tuple(_rss_item(node) for node in channel.findall("item")),
        root=channel,
    )


def _rss_item(node: Any) -> Item:
    guid = node.find("guid")
    return Item(
        id=guid.text,
        raw_title=_one(node, "title"),
        link=_one(node, "link"),
        published=_one(node, "pubDate"),
        updated=node.findtext(f"{ATOM}updated", ""),
        authors=tuple(creator.text for creator in node.findall(f"{DC}creator")),
        categories=tuple(category.text for category in node.findall("category")),
        content_html=_one(node, f"{CONTENT}encoded") if node.find(f"{CONTENT}encoded") is not None else "",
        summary=_one(node, "description"),
        language=node.findtext(f"{DC}language") or node.get(f"{XML}lang") or "",
        enclosures=tuple(
            File(url=e.get("url"), media_type=e.get("type"), length=e.get("length", ""))
            for e in node.findall("enclosure")
        ),
        node=node,
    )


def atom(body: bytes) -> Feed:
    root = xml(body)
    assert root.tag == f"{ATOM}feed"
    (self_link,) = root.findall(f"{ATOM}link[@rel='self']")
    alternates = [link for link in root.findall(f"{ATOM}link") if link.get("rel", "alternate") == "alternate"]
    return Feed(
        title=_one(root, f"{ATOM}title"),
        home=alternates[0].get("href"),
        self_url=self_link.get("href"),
        language=root.get(f"{XML}lang", ""),
        updated=_one(root, f"{ATOM}updated"),
        items=tuple(_atom_entry(node) for node in root.findall(f"{ATOM}entry")),
        root=root,
    )


def _atom_entry(node: Any) -> Item:
    links = node.findall(f"{ATOM}link")
    (alternate,) = [link for link in links if link.get("rel", "alternate") == "alternate"]
    content = node.find(f"{ATOM}content")
    assert content is None or content.get("type") == "html"
    return Item(
        id=_one(node, f"{ATOM}id"),
        raw_title=_one(node, f"{ATOM}title"),
        link=alternate.get("href"),
        published=_one(node, f"{ATOM}published"),
        updated=_one(node, f"{ATOM}updated"),
        authors=tuple(_one(author, f"{ATOM}name") for author in node.findall(f"{ATOM}author")),
        categories=tuple(category.get("term") for category in node.findall(f"{ATOM}category")),
        content_html="" if content is None else content.text or "",
        summary=node.findtext(f"{ATOM}summary", ""),
        language=node.get(f"{XML}lang", ""),
        enclosures=tuple(
            File(url=link.get("href"), media_type=link.get("type", ""), length=link.get("length", ""))
            for link in links
            if link.get("rel") == "enclosure"
        ),
        node=node,
    )


def json_feed(body: bytes) -> Feed:
    document = json.loads(body.decode("utf-8"), parse_constant=_refuse)
    assert document["version"] == "https://jsonfeed.org/version/1.1"
    return Feed(
        title=document["title"],
        home=document["home_page_url"],
        self_url=document["feed_url"],
        language=document.get("language", ""),
        updated="",
        items=tuple(_json_item(item) for item in document["items"]),
        root=document,
    )


def _json_item(item: dict[str, Any]) -> Item:
    assert isinstance(item["id"], str)
    files = [File(url=item["image"], media_type="")] if "image" in item else []
    files += [
        File(url=a["url"], media_type=a["mime_type"], length=str(a.get("size_in_bytes", "")))
        for a in item.get("attachments", [])
    ]
    return Item(
        id=item["id"],
        raw_title=item["title"],
        link=item["url"],
        published=item["date_published"],
        updated=item.get("date_modified", ""),
        authors=tuple(author["name"] for author in item.get("authors", [])),
        categories=tuple(item.get("tags", [])),
        content_html=item.get("content_html", ""),
        summary=item.get("summary", ""),
        language=item.get("language", ""),
        enclosures=tuple(files),
        node=item,
    )


def _refuse(constant: str) -> None:
    raise ValueError(f"JSON has no {constant}")


def _one(node: Any, tag: str) -> str:
    """The text of the one child of that name; none or two is a fault."""
    (child,) = node.findall(tag)
    return child.text or ""
