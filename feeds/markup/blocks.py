"""The tree as a plain sequence of blocks: no layout boxes, no text outside a block, nothing empty.

Directions are marked per block, and readers that unwrap a `div` would lose what stands on it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TypeGuard

from feeds import bidi
from feeds.markup.htmltree import BLOCKS, Element, Node, text_of, walk
from feeds.markup.strays import adopt

_INHERITED = ("dir", "lang", "data-role")
_LOOSE = frozenset({"li", "td", "th", "dt", "dd", "figcaption", "caption", "figure"})
_TIGHT = frozenset({"ul", "ol", "figcaption"})  # may stand beside bare text in a loose block
_INLINE_ONLY = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "summary", "p"})
_MEDIA = frozenset({"img", "audio", "video"})
_MAY_BE_EMPTY = frozenset({"td", "th", "br", "wbr", "hr", "img", "source", "audio", "video", "thead", "tbody", "tfoot"})
_PARAGRAPH_BREAK = re.compile(r"\n[ \t\r]*+\n\s*+")


def normalize(nodes: Sequence[Node]) -> list[Node]:
    """Blocks only, at every level where blocks may stand; `div` and bare `span` are taken apart."""
    return _flow(nodes, {}, "", wrap=True)


def prune(nodes: Iterable[Node]) -> list[Node]:
    """The nodes without elements that show nothing; white space at the edges of a block goes."""
    kept: list[Node] = []
    for node in nodes:
        if isinstance(node, Element):
            node.children = prune(node.children)
            if node.name in BLOCKS and node.name != "pre":
                _trim(node.children)
            if node.name not in _MAY_BE_EMPTY and not _shows(node):
                continue
        kept.append(node)
    return kept


def has_media(nodes: Iterable[Node]) -> bool:
    return any(element.name in _MEDIA for element in walk(nodes))


def _shows(node: Element) -> bool:
    if node.name not in BLOCKS and "id" in node.attrs:
        return True
    for child in node.children:
        if isinstance(child, Element):
            if child.name not in ("br", "wbr", "source"):
                return True
        elif child.strip():
            return True
    return node.name not in BLOCKS and any(isinstance(child, str) and child for child in node.children)


def _trim(children: list[Node]) -> None:
    while children and isinstance(children[0], str):
        children[0] = children[0].lstrip()
        if children[0]:
            break
        del children[0]
    while children and isinstance(children[-1], str):
        children[-1] = children[-1].rstrip()
        if children[-1]:
            break
        del children[-1]


def _flow(nodes: Sequence[Node], inherited: dict[str, str], parent: str, *, wrap: bool) -> list[Node]:
    """Blocks in order; runs of inline nodes become paragraphs unless they are all there is and
    `wrap` is false."""
    nodes = adopt(_split(nodes), parent)
    boxes = [node for node in nodes if isinstance(node, Element) and node.name in BLOCKS]
    if not wrap:
        if not boxes:
            return _inline(nodes)
        if all(box.name in _TIGHT for box in boxes):
            return [node for part in nodes for node in ([_block(part)] if _is_block(part) else _inline([part]))]
        if len(boxes) == 1 and boxes[0].name == "div" and _only(nodes, boxes[0]):
            return _flow(boxes[0].children, inherited | _heritage(boxes[0]), "", wrap=False)
    out: list[Node] = []
    run: list[Node] = []
    for node in nodes:
        if not (isinstance(node, Element) and node.name in BLOCKS):
            run.append(node)
            continue
        out += _paragraphs(run, inherited)
        run = []
        if node.name == "div":
            inside = _flow(node.children, inherited | _heritage(node), "", wrap=True)
            _hand_down_id(node, inside)
            out += inside
        else:
            node.attrs = {key: value for key, value in inherited.items() if key not in node.attrs} | node.attrs
            out.append(_block(node))
    return out + _paragraphs(run, inherited)


def _block(node: Element) -> Element:
    if node.name == "pre":
        return _code(node)
    if node.name in _INLINE_ONLY:
        node.children = _inline(_without_blocks(node.children))
    elif node.name in ("ul", "ol"):
        node.children = [_block(item) for item in _items(node.children)]
    elif node.name in ("table", "thead", "tbody", "tfoot", "tr", "dl"):
        node.children = _structure(node)
    elif node.name == "hr":
        node.children = []
    else:
        node.children = _flow(node.children, {}, node.name, wrap=node.name not in _LOOSE)
    return node


def _structure(node: Element) -> list[Node]:
    """Rows and cells, terms and descriptions; the groups (`div`) of a description list go."""
    children: list[Node] = []
    for child in node.children:
        if isinstance(child, str):
            continue
        if node.name == "dl" and child.name == "div":
            children += _structure(Element("dl", {}, child.children))
        elif child.name in BLOCKS and (node.name != "dl" or child.name in ("dt", "dd")):
            children.append(_block(child))
        elif node.name == "dl":
            children.append(_block(Element("dd", {}, [child])))
    return children


def _items(nodes: Sequence[Node]) -> list[Element]:
    items: list[Element] = []
    for node in nodes:
        if isinstance(node, str) and not node.strip():
            continue
        if isinstance(node, Element) and node.name == "li":
            items.append(node)
        elif isinstance(node, Element) and node.name in ("ul", "ol") and items:
            items[-1].children.append(node)  # a list that stands beside its item
        else:
            items.append(Element("li", {}, [node]))
    return items


def _code(node: Element) -> Element:
    """Text alone, for highlighting says nothing without its style sheet; no invisible control, for
    code is copied and must read as it runs."""
    lines = bidi.strip("".join(_code_text(node.children))).replace("\u200b", "").lstrip("\n").rstrip()
    attrs = {key: value for key, value in node.attrs.items() if key in ("id", "data-role")}
    has_code = any(element.name == "code" for element in walk(node.children))
    return Element("pre", attrs, [Element("code", {}, [lines])] if has_code and lines else [lines])


def _code_text(nodes: Iterable[Node]) -> Iterable[str]:
    for node in nodes:
        if isinstance(node, str):
            yield node
        elif node.name == "br":
            yield "\n"
        else:
            yield from _code_text(node.children)


def _inline(nodes: Sequence[Node], parent: str = "") -> list[Node]:
    """Inline nodes, a `span` that says nothing taken apart, `source` and the parts of a `ruby` only
    where they have a meaning."""
    out: list[Node] = []
    for node in nodes:
        if isinstance(node, Element):
            node.children = _inline(node.children, node.name)
            if node.name == "source" and parent not in ("picture", "video", "audio"):
                continue
            if (node.name in ("span", "a") and not node.attrs) or (node.name in ("rt", "rp") and parent != "ruby"):
                out += node.children
                continue
            if node.name == "picture":
                picture = next((child for child in node.children if getattr(child, "name", "") == "img"), None)
                if picture is None:
                    out += [child for child in node.children if getattr(child, "name", "") != "source"]
                    continue
        out.append(node)
    return out


def _split(nodes: Sequence[Node]) -> list[Node]:
    """Inline elements that hold blocks (a link round a figure) moved inside those blocks."""
    out: list[Node] = []
    for node in nodes:
        if isinstance(node, Element) and node.name not in BLOCKS and _holds_blocks(node):
            out += _distribute(node, node.children)
        elif not (isinstance(node, Element) and node.name == "source"):
            out.append(node)
    return out


def _distribute(outer: Element, nodes: Sequence[Node]) -> list[Node]:
    out: list[Node] = []
    attrs = dict(outer.attrs)
    for node in nodes:
        if isinstance(node, str) and not node.strip():
            out.append(node)
        elif isinstance(node, Element) and node.name not in BLOCKS and _holds_blocks(node):
            inner = _distribute(node, node.children)
            out += _distribute(Element(outer.name, attrs), inner)
        elif isinstance(node, Element) and node.name in BLOCKS:
            if node.name not in ("hr", "pre"):
                node.children = _distribute(Element(outer.name, attrs), node.children)
            out.append(node)
        else:
            out.append(Element(outer.name, dict(attrs), [node]))
        attrs.pop("id", None)
    return out


def _holds_blocks(node: Element) -> bool:
    return any(element.name in BLOCKS for element in walk(node.children))


def _without_blocks(nodes: Sequence[Node]) -> list[Node]:
    out: list[Node] = []
    for node in nodes:
        if isinstance(node, Element) and node.name in BLOCKS:
            out += [" ", *_without_blocks(node.children), " "]
        else:
            if isinstance(node, Element):
                node.children = _without_blocks(node.children)
            out.append(node)
    return out


def _paragraphs(run: list[Node], attrs: dict[str, str]) -> list[Node]:
    """Loose inline nodes as paragraphs; a blank line or two line breaks end one, as editors meant."""
    groups: list[list[Node]] = [[]]
    breaks = 0
    for node in run:
        if isinstance(node, Element):
            breaks = breaks + 1 if node.name == "br" else 0
            if breaks == 2:
                groups[-1].pop()
                groups.append([])
            elif breaks < 2:
                groups[-1].append(node)
            continue
        if breaks and not node.strip():
            continue
        breaks = 0
        first, *rest = _PARAGRAPH_BREAK.split(node)
        groups[-1].append(first)
        groups += [[text] for text in rest]
    return [
        Element("p", dict(attrs), _inline(group))
        for group in groups
        if text_of(group).strip() or any(map(_seen, group))
    ]


def _seen(node: Node) -> bool:
    return isinstance(node, Element) and (has_media([node]) or "id" in node.attrs)


def _is_block(node: Node) -> TypeGuard[Element]:
    return isinstance(node, Element) and node.name in BLOCKS


def _only(nodes: Sequence[Node], box: Element) -> bool:
    return all(node is box or (isinstance(node, str) and not node.strip()) for node in nodes)


def _heritage(node: Element) -> dict[str, str]:
    return {key: node.attrs[key] for key in _INHERITED if key in node.attrs}


def _hand_down_id(node: Element, inside: list[Node]) -> None:
    first = inside[0] if inside else None
    if "id" in node.attrs and isinstance(first, Element) and "id" not in first.attrs:
        first.attrs["id"] = node.attrs["id"]
