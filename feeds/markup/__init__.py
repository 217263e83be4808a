"""A body → safe, absolute, direction-marked HTML.

`parse` once; its plain texts serve titles, summaries and the guess of the language; `finish` when
title, language, direction and the addresses are known.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote

from feeds.bidi import Direction
from feeds.markup import addresses, commonmark
from feeds.markup.addresses import Resolver
from feeds.markup.blocks import has_media, normalize, prune
from feeds.markup.directed import direct
from feeds.markup.htmltree import BLOCKS, Element, Node, copy, serialize, text_of, walk
from feeds.markup.pieces import Form
from feeds.markup.sanitize import sanitize
from feeds.text import fold, legal, one_line

_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_NOT_PROSE = _HEADINGS | {"aside", "caption", "figcaption", "hr", "pre", "summary", "table"}
_LOOSE_PROSE = frozenset({"li", "dd", "dt", "blockquote", "details"})
_NOTE = re.compile(r"#fn(?:ref)?[-:]?\w", re.IGNORECASE)
_CREDIT = re.compile(
    r"(?:ال)?(?:صورة|تصوير|مصدر الصورة|عدسة|عکس|تصویر|صورت|צילום|תמונה|photo|image|credit|foto)(?:\s+(?:by|de|par|von))?\s*[:：/]",
    re.IGNORECASE,
)
_LONGEST_CREDIT = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A body, parsed and safe, not yet absolute or directed. Plain texts keep their line breaks."""

    heading: str  # of the heading that the body begins with, "" if it begins otherwise
    text: str  # all that is visible, less code blocks
    prose: str  # paragraphs, list items and quotes, one a line; other text only if there is no prose
    warnings: tuple[tuple[int, str], ...]  # line from 1 within the body, message
    blocks: tuple[Node, ...] = field(repr=False, compare=False)


def parse(body: str, form: Form) -> Document:
    """The body of an article in one of its three forms. Never raises; linear time."""
    body = legal(body)
    source, warnings = _html(body, form)
    root, embedded = sanitize(source)
    places = [found.start() for found in re.finditer(r"data:", body, re.IGNORECASE)] if embedded else []
    for number in embedded:
        line = body.count("\n", 0, places[min(number, len(places) - 1)]) + 1 if places else 1
        warnings += ((line, "has a picture inside the text, left out; save it as a file beside the article: 'data:'"),)
    blocks = prune(normalize(root.children))
    _name_targets(blocks)
    return Document(
        heading=_heading(blocks),
        text=_lines(text_of(_without_notes(blocks), without=frozenset({"pre"}))),
        prose=_prose(blocks),
        warnings=tuple(sorted(warnings)),
        blocks=tuple(blocks),
    )


def finish(document: Document, *, title: str, language: str, direction: Direction, resolve: Resolver) -> str:
    """The final HTML: one `div` with `dir` and `lang` round all blocks, perhaps an invisible mark
    before it. A first heading that repeats the title is left out. The same bytes for the same
    input; "" if nothing is left to show. Does not change the document."""
    blocks = [copy(block) for block in document.blocks]
    if document.heading and fold(document.heading) == fold(title):
        del blocks[0]
    blocks = prune(addresses.resolve(blocks, resolve))
    for element in walk(blocks):
        element.attrs.pop("data-role", None)
    if not blocks:
        return ""
    mark, root = direct(blocks, language=language, direction=direction)
    return mark + serialize([root])


def _html(body: str, form: Form) -> tuple[str, tuple[tuple[int, str], ...]]:
    if form == "markdown":
        return commonmark.render(body)
    if form == "html":
        return body, ()
    paragraphs = re.split(r"\n[ \t]*+\n\s*+", body)
    return "".join(f"<p>{html.escape(paragraph, quote=False)}</p>" for paragraph in paragraphs), ()


def _heading(blocks: Sequence[Node]) -> str:
    first = blocks[0] if blocks else None
    return one_line(text_of(first.children)) if isinstance(first, Element) and first.name in _HEADINGS else ""


def _name_targets(blocks: Sequence[Node]) -> None:
    """Headings that a link in the text leads to get the id it names (GitHub's way of forming it)."""
    wanted = {
        unquote(element.attrs["href"][1:])
        for element in walk(blocks)
        if element.name == "a" and element.attrs.get("href", "").startswith("#")
    }
    wanted -= {element.attrs["id"] for element in walk(blocks) if "id" in element.attrs}
    if not wanted:
        return
    for element in walk(blocks):
        if element.name in _HEADINGS and "id" not in element.attrs:
            words = re.sub(r"[^\w\s-]", "", one_line(text_of(element.children)).lower())
            identity = re.sub(r"\s", "-", words)
            if identity in wanted:
                wanted.discard(identity)
                element.attrs["id"] = identity


def _prose(blocks: Sequence[Node]) -> str:
    found = list(_prose_lines(blocks, follows_picture=False))
    if not found:
        found = [_lines(text_of(_without_notes(blocks), without=frozenset({"pre"})))]
    return "\n".join(found)


def _prose_lines(blocks: Sequence[Node], *, follows_picture: bool) -> Iterable[str]:
    is_loose = follows_picture  # inline nodes directly inside an item or quote
    after_picture = False
    loose: list[Node] = []
    for block in blocks:
        if not (isinstance(block, Element) and block.name in BLOCKS):
            loose.append(block)
            continue
        if block.attrs.get("data-role") == "notes" or block.name in _NOT_PROSE:
            continue
        if block.name == "p":
            line = one_line(text_of(_without_notes(block.children)))
            if line and not _is_credit(block, line, after_picture):
                yield line
            after_picture = has_media([block]) and not line
        else:
            yield from _prose_lines(block.children, follows_picture=block.name in _LOOSE_PROSE)
            after_picture = block.name == "figure"
    if is_loose and (line := one_line(text_of(_without_notes(loose)))):
        yield line


def _is_credit(block: Element, line: str, after_picture: bool) -> bool:
    """A photographer's credit or a caption that stands as a paragraph."""
    if len(line) > _LONGEST_CREDIT:
        return False
    only = [child for child in block.children if not isinstance(child, str) or child.strip()]
    set_apart = len(only) == 1 and isinstance(only[0], Element) and only[0].name in ("em", "i", "small")
    return bool(_CREDIT.match(line)) or (after_picture and set_apart)


def _without_notes(nodes: Iterable[Node]) -> list[Node]:
    """The nodes without the numbers that lead to footnotes, and back."""
    kept: list[Node] = []
    for node in nodes:
        if isinstance(node, Element):
            links = [element for element in walk([node]) if element.name == "a"] if node.name in ("sup", "a") else []
            if links and all(_NOTE.match(link.attrs.get("href", "")) for link in links):
                continue
            node = Element(node.name, node.attrs, _without_notes(node.children))
        kept.append(node)
    return kept


def _lines(text: str) -> str:
    return re.sub(r"\s*\n\s*", "\n", text).strip()
