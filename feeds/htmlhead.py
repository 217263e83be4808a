"""What an HTML document's head says of it, as front matter. No meaning is given to a field."""

from __future__ import annotations

import re

from lxml import etree
from lxml import html as lxml_html

from feeds.nodes import Mapping, Node, Scalar, Sequence

# (name, property or itemprop of a meta element, our key); the first one that has a value wins.
_META = (
    ("og:title", "title"), ("headline", "title"), ("dc.title", "title"), ("dcterms.title", "title"),
    ("article:published_time", "date"), ("date", "date"), ("datepublished", "date"), ("dc.date", "date"),
    ("dc.date.issued", "date"), ("dcterms.issued", "date"), ("dcterms.date", "date"), ("dc.date.created", "date"),
    ("dcterms.created", "date"), ("pubdate", "date"), ("publish-date", "date"), ("publish_date", "date"),
    ("publishdate", "date"), ("published", "date"), ("published_time", "date"), ("publication_date", "date"),
    ("article.published", "date"), ("og:article:published_time", "date"), ("parsely-pub-date", "date"),
    ("sailthru.date", "date"), ("citation_publication_date", "date"),
    ("article:modified_time", "updated"), ("datemodified", "updated"), ("dcterms.modified", "updated"),
    ("dc.date.modified", "updated"), ("last-modified", "updated"), ("lastmod", "updated"), ("revised", "updated"),
    ("author", "author"), ("dc.creator", "author"), ("dcterms.creator", "author"), ("article:author", "author"),
    ("parsely-author", "author"), ("citation_author", "author"),
    ("description", "summary"), ("og:description", "summary"), ("dc.description", "summary"),
    ("dcterms.description", "summary"), ("dcterms.abstract", "summary"),
    ("keywords", "tags"), ("news_keywords", "tags"), ("article:tag", "tags"), ("dc.subject", "tags"),
    ("dcterms.subject", "tags"),
    ("og:image", "image"), ("og:image:alt", "image_alt"),
    ("nashra-id", "id"),
    ("content-language", "lang"), ("dc.language", "lang"), ("dcterms.language", "lang"),
)  # fmt: skip
_SEVERAL = ("author", "tags")
_LOOKED_AT = 64 * 1024  # characters in which a document shows that it is one
_PUBLICATION = re.compile(r"(?:^|\s)(?:dt-|entry-)?(?:published|date-published)(?:\s|$)", re.IGNORECASE)


def is_document(text: str) -> bool:
    """Whether HTML is a whole document (it has a doctype, html, head, title, meta or body element)."""
    opening = r"<(?:!doctype\s+html|html|head|body|title|meta)\b"
    return re.search(opening, text[:_LOOKED_AT], re.IGNORECASE) is not None


def fields(text: str, first_line: int = 1) -> Mapping:
    """Fields from the head, each with its line. Never raises."""
    entries: dict[str, tuple[str, int, Node]] = {}

    def line_of(element: etree._Element) -> int:
        return first_line + (element.sourceline or 1) - 1

    def add(key: str, value: str | None, element: etree._Element) -> None:
        if value and value.strip() and key not in entries:
            entries[key] = (key, line_of(element), Scalar(value.strip(), line_of(element)))

    # As bytes, because lxml refuses a str whose XML declaration names an encoding.
    parser = lxml_html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        root = lxml_html.document_fromstring(f"{text} ".encode(), parser=parser)
    except etree.ParserError:  # nothing in it but comments
        return Mapping((), first_line)
    for element in (root, root.find("body")):
        if element is not None:
            add("lang", element.get("lang") or element.get("xml:lang"), element)
            add("dir", element.get("dir"), element)
    for title in root.iter("title"):
        if not any(parent.tag == "svg" for parent in title.iterancestors()):
            add("title", title.text_content(), title)
    metas = _metas(root)
    for name, key in _META:
        found = metas.get(name, [])
        if key == "author":
            found = [meta for meta in found if not re.match("https?:", meta.get("content").strip())]  # a profile
        if found and key in _SEVERAL and key not in entries:
            texts = [Scalar(part, line_of(meta)) for meta in found for part in _parts(meta.get("content"), key)]
            entries[key] = (key, line_of(found[0]), Sequence(tuple(texts), line_of(found[0])))
        elif found and key == "lang":
            add(key, found[0].get("content").partition(",")[0], found[0])
        elif found:
            add(key, found[0].get("content"), found[0])
    for link in root.iter("link"):
        if "canonical" in (link.get("rel") or "").lower().split() and re.match("https?:", link.get("href") or ""):
            add("canonical", link.get("href"), link)
    for element in root.iter("time"):
        # Only what says that it is the publication: a story names many other days.
        said = element.get("pubdate") is not None or (element.get("itemprop") or "").lower() == "datepublished"
        if said or _PUBLICATION.search(element.get("class") or ""):
            add("date", element.get("datetime"), element)
    return Mapping(tuple(entries.values()), first_line)


def _metas(root: etree._Element) -> dict[str, list[etree._Element]]:
    """The meta elements that have a content, by lower-case name."""
    found: dict[str, list[etree._Element]] = {}
    for meta in root.iter("meta"):
        names = (meta.get(attribute) for attribute in ("name", "property", "itemprop", "http-equiv"))
        name = next((name for name in names if name), "").strip().lower()
        if (meta.get("content") or "").strip():
            found.setdefault(name, []).append(meta)
    return found


def _parts(content: str, key: str) -> list[str]:
    return re.split("[,،]", content) if key == "tags" else [content]
