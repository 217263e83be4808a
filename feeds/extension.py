"""What feedgen lacks, spelled through its extension interface. No policy: `feed.py` has decided.

feedgen's gaps that are closed here: dates that default to the clock or switch the locale, links that
lose rel, type and length, one self link only in RSS, no xml:lang, no dc:creator without e-mail, no
archive and paging links, no tombstones, media groups of one, no atom:source id.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from feedgen.ext.base import BaseEntryExtension, BaseExtension
from feedgen.feed import FeedGenerator
from lxml import etree

Element = Any  # lxml elements have no types
ATOM = "http://www.w3.org/2005/Atom"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
DC = "http://purl.org/dc/elements/1.1/"
FH = "http://purl.org/syndication/history/1.0"  # RFC 5005 section 2
MEDIA = "http://search.yahoo.com/mrss/"
SY = "http://purl.org/rss/1.0/modules/syndication/"
TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"  # RFC 6721 section 2
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


class FeedExtension(BaseExtension):  # type: ignore[misc]
    """Hands the finished head of a document to `spell`, before the entries are appended."""

    namespaces: dict[str, str]
    spell: Callable[[Element], None]

    def extend_ns(self) -> dict[str, str]:
        return self.namespaces

    def extend_rss(self, rss: Element) -> Element:
        self.spell(rss[0])
        return rss

    def extend_atom(self, atom: Element) -> Element:
        self.spell(atom)
        return atom


class EntryExtension(BaseEntryExtension):  # type: ignore[misc]
    """Hands a finished item or entry to `spell`."""

    spell: Callable[[Element], None]

    def extend_rss(self, item: Element) -> Element:
        self.spell(item)
        return item

    def extend_atom(self, entry: Element) -> Element:
        self.spell(entry)
        return entry


def generator(namespaces: dict[str, str], spell: Callable[[Element], None]) -> FeedGenerator:
    """A feedgen generator with our extension under the name `nashra`."""
    made = FeedGenerator()
    made.register_extension("nashra", FeedExtension, EntryExtension)
    made.nashra.namespaces = namespaces
    made.nashra.spell = spell
    return made


def child(parent: Element, name: str, text: str | None = None, /, **attributes: str) -> Element:
    """Appends an element; attributes that are empty are left out."""
    made = etree.SubElement(parent, name, {key: value for key, value in attributes.items() if value})
    made.text = text
    return made


def style(root: Element, path: str) -> None:
    """A CSS sheet before the root (W3C "Associating Style Sheets with XML documents"); browsers are removing XSLT."""
    if path:
        root.addprevious(etree.ProcessingInstruction("xml-stylesheet", f'type="text/css" href="{path}"'))


def declared(document: bytes) -> bytes:
    """The document with the quotes round its declaration that everybody else writes."""
    return document.replace(b"<?xml version='1.0' encoding='UTF-8'?>", b'<?xml version="1.0" encoding="UTF-8"?>', 1)


def remove(parent: Element, *names: str) -> None:
    for name in names:
        for element in parent.findall(name):
            parent.remove(element)
