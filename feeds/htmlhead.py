"""An HTML document's head as front matter, and its body as a fragment. No meaning is given to a field."""

from __future__ import annotations

import re

from lxml import etree
from lxml import html as lxml_html

from feeds.nodes import Mapping, Node, Scalar

# (name or property of a meta element, our key), the first one that has a value wins.
_META = (
    ("og:title", "title"), ("article:published_time", "date"), ("date", "date"), ("dc.date", "date"),
    ("dcterms.date", "date"), ("dcterms.created", "date"), ("pubdate", "date"), ("publish-date", "date"),
    ("article:modified_time", "updated"), ("dcterms.modified", "updated"), ("last-modified", "updated"),
    ("author", "author"), ("dc.creator", "author"), ("article:author", "author"), ("description", "summary"),
    ("og:description", "summary"), ("keywords", "tags"), ("news_keywords", "tags"), ("og:image", "image"),
    ("og:image:alt", "image_alt"), ("content-language", "lang"), ("dc.language", "lang"),
)  # fmt: skip


def is_document(text: str) -> bool:
    """Whether HTML is a whole document (it has a doctype, html, head, title, meta or body element)."""
    return re.search(r"<(?:!doctype\s+html|html|head|body|title|meta)\b", text[:4096], re.IGNORECASE) is not None


def split(text: str, first_line: int = 1) -> tuple[Mapping, str]:
    """Fields from the head with their lines, and the inside of the body element."""
    root = lxml_html.document_fromstring(f"{text} ", parser=lxml_html.HTMLParser(huge_tree=False, remove_comments=True))
    entries: dict[str, tuple[str, int, Node]] = {}

    def add(key: str, value: str | None, element: etree._Element) -> None:
        if value and value.strip() and key not in entries:
            line = first_line + (element.sourceline or 1) - 1
            entries[key] = (key, line, Scalar(value.strip(), line))

    add("lang", root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang"), root)
    add("dir", root.get("dir"), root)
    body = root.find("body")
    if body is not None:
        add("lang", body.get("lang"), body)
        add("dir", body.get("dir"), body)
    for title in root.iter("title"):
        add("title", title.text_content(), title)
    metas: dict[str, etree._Element] = {}
    for meta in root.iter("meta"):
        name = (
            meta.get("name") or meta.get("property") or meta.get("http-equiv") or meta.get("itemprop") or ""
        ).lower()
        if meta.get("content") and name not in metas:
            metas[name] = meta
    for name, key in _META:
        if name in metas:
            add(key, metas[name].get("content"), metas[name])
    for link in root.iter("link"):
        if "canonical" in (link.get("rel") or "").lower().split() and re.match("https?:", link.get("href") or ""):
            add("canonical", link.get("href"), link)
    for element in root.iter("time"):
        add("date", element.get("datetime"), element)
    return Mapping(tuple(entries.values()), first_line), _inner(body)


def _inner(body: etree._Element | None) -> str:
    if body is None:
        return ""
    pieces = [_escape(body.text or "")]
    pieces.extend(etree.tostring(child, encoding="unicode", method="html") for child in body)
    return "".join(pieces)


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
