"""HTML as a small tree of our own: a tokenizer that is linear for any input, and a serializer.

A parser that follows all of the HTML standard stands in `sanitize`; here is only what reads its
tidy output back, and what looks at hostile input before it. Nothing here decides what is safe.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

# HTML Living Standard 13.1.2: void elements have no end tag; raw text elements hold no tags.
VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"})  # fmt: skip
RAW_TEXT = frozenset({"script", "style", "title", "textarea", "xmp", "iframe", "noembed", "noframes"})

BLOCKS = frozenset((
    "aside", "blockquote", "caption", "dd", "details", "div", "dl", "dt", "figcaption", "figure", "h1", "h2",
    "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "summary", "table", "tbody", "td", "tfoot", "th",
    "thead", "tr", "ul",
))  # fmt: skip

_BARE_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*+)>")  # nearly all of them
_NO_TAG = re.compile(r"<[!?]|</[^a-zA-Z]")
_TAG_START = re.compile(r"<(/?)([a-zA-Z][^\s/>]*+)")
_ATTRIBUTE = re.compile(
    r"""[\s/]*+(=?[^\s/>=]++|=)(?:\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|((?!["'])[^\s>]++|["'][^\s>]*+|)))?+"""
)
_TAG_END = re.compile(r"[\s/=]*+>")
_RAW_END = {name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE) for name in RAW_TEXT}


@dataclass(slots=True)
class Element:
    """One element; `children` are elements and texts (unescaped)."""

    name: str
    attrs: dict[str, str] = field(default_factory=dict)
    children: list[Node] = field(default_factory=list)


Node: TypeAlias = Element | str


@dataclass(frozen=True, slots=True)
class Tag:
    """A start or end tag in a source text. `raw` is the text of a raw text element."""

    name: str
    attrs: dict[str, str]
    closing: bool = False
    raw: str = ""
    position: int = 0


def tokens(source: str) -> Iterator[Tag | str]:
    """Tags and texts (as they stand, still escaped) in order, comments and declarations left out.
    A tag that never ends is text. Linear: no place of the source is searched twice in vain."""
    absent: set[str] = set()
    position = 0
    while position < len(source):
        opening = source.find("<", position)
        if opening < 0:
            break
        if opening > position:
            yield source[position:opening]
        position = opening
        tag: Tag | None
        if bare := _BARE_TAG.match(source, position):
            tag, after = Tag(bare[2].lower(), {}, closing=bool(bare[1]), position=position), bare.end()
        elif _NO_TAG.match(source, position):
            text, position = _declaration(source, position, absent)
            if text:
                yield text
            continue
        else:
            started = _TAG_START.match(source, position)
            tag, after = _tag(source, started) if started else (None, position)
            if started and tag is None:
                break  # end of the source inside a tag
        if tag is None:
            yield "<"
            position += 1
            continue
        position = after
        if tag.name in RAW_TEXT and not tag.closing:
            raw, position = _raw_text(source, tag.name, position, absent)
            tag = Tag(tag.name, tag.attrs, raw=raw, position=tag.position)
        yield tag
    if position < len(source):
        yield source[position:]


def _tag(source: str, started: re.Match[str]) -> tuple[Tag | None, int]:
    attrs: dict[str, str] = {}
    position = started.end()
    while not (end := _TAG_END.match(source, position)):
        found = _ATTRIBUTE.match(source, position)
        if not found:
            return None, position
        position = found.end()
        value = next((group for group in found.groups()[1:] if group is not None), "")
        attrs.setdefault(found[1].lower(), html.unescape(value))
    return Tag(started[2].lower(), attrs, closing=bool(started[1]), position=started.start()), end.end()


def _declaration(source: str, position: int, absent: set[str]) -> tuple[str, int]:
    """The text that a comment, doctype or CDATA section leaves, and the place behind it."""
    for opener, closer in (("<!--", "-->"), ("<![CDATA[", "]]>"), ("<", ">")):
        if source.startswith(opener, position) and closer not in absent:
            # `<!-->` is a whole comment (HTML 13.2.5.43).
            end = source.find(closer, position + (2 if opener == "<!--" else len(opener)))
            if end < 0:
                absent.add(closer)
                if opener == "<!--":
                    return "", len(source)
                continue
            text = source[position + len(opener) : end] if opener == "<![CDATA[" else ""
            return html.escape(text, quote=False), end + len(closer)
    return "&lt;", position + 1


def _raw_text(source: str, name: str, position: int, absent: set[str]) -> tuple[str, int]:
    end = None if name in absent else _RAW_END[name].search(source, position)
    if end is None:
        absent.add(name)
        # What follows an unclosed script is script; other elements were only forgotten.
        return "", len(source) if name in ("script", "style") else position
    closed = source.find(">", end.end())
    return source[position : end.start()], closed + 1 if closed >= 0 else len(source)


def build(source: str) -> Element:
    """The tree of well-formed HTML; the root is a `div` without attributes."""
    root = Element("div")
    stack = [root]
    for token in tokens(source):
        if isinstance(token, str):
            stack[-1].children.append(html.unescape(token))
        elif token.closing:
            if len(stack) > 1 and stack[-1].name == token.name:
                stack.pop()
        else:
            element = Element(token.name, dict(token.attrs))
            stack[-1].children.append(element)
            if token.name not in VOID:
                stack.append(element)
    return root


def serialize(nodes: Iterable[Node]) -> str:
    """HTML of the nodes, the same bytes for the same tree; a line break stands between blocks."""
    out: list[str] = []
    _serialize(nodes, out)
    return "".join(out)


def _serialize(nodes: Iterable[Node], out: list[str]) -> None:
    at_start = True
    for node in nodes:
        if isinstance(node, str):
            out.append(html.escape(node, quote=False))
            at_start = False
            continue
        # A reader that strips the tags must not join the words of two blocks.
        if node.name in BLOCKS and not at_start and not out[-1].endswith("\n"):
            out.append("\n")
        at_start = False
        out.append(start_tag(node.name, node.attrs))
        if node.name not in VOID:
            _serialize(node.children, out)
            out.append(f"</{node.name}>")


def start_tag(name: str, attrs: dict[str, str]) -> str:
    return f"<{name}" + "".join(f' {key}="{_quoted(value)}"' for key, value in attrs.items()) + ">"


def _quoted(value: str) -> str:
    return html.escape(value, quote=False).replace('"', "&quot;")


def text_of(nodes: Iterable[Node], *, without: frozenset[str] = frozenset()) -> str:
    """The visible text; blocks and line breaks end a line, elements named in `without` are left out."""
    out: list[str] = []
    _text(nodes, without, out)
    return "".join(out)


def _text(nodes: Iterable[Node], without: frozenset[str], out: list[str]) -> None:
    for node in nodes:
        if isinstance(node, str):
            out.append(node)
        elif node.name == "br":
            out.append("\n")
        elif node.name not in without:
            _text(node.children, without, out)
            if node.name in BLOCKS:
                out.append("\n")


def copy(node: Node) -> Node:
    """A tree of its own with the same content."""
    if isinstance(node, str):
        return node
    return Element(node.name, dict(node.attrs), [copy(child) for child in node.children])


def walk(nodes: Iterable[Node]) -> Iterator[Element]:
    """Every element, in document order."""
    stack: list[Node] = list(nodes)[::-1]
    while stack:
        node = stack.pop()
        if isinstance(node, Element):
            yield node
            stack.extend(reversed(node.children))
