"""The addresses that a body names, and the body with what they lead to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol

from feeds.markup.htmltree import Element, Node

# HTML 4.8.4.2.1: candidates are split at commas, but a URL may hold commas inside.
_CANDIDATE = re.compile(r"[\s,]*+([^\s]++)([^,]*+)")
_MEDIA = frozenset({"img", "audio", "video", "source"})
_WEB = ("https://", "http://")


class Resolver(Protocol):
    """What an address in the body leads to; the article's own folder and permalink are its business."""

    def link(self, href: str) -> str | None:
        """Absolute, percent-encoded URL of a link; None: not to be linked."""

    def media(self, src: str) -> str | None:
        """Absolute URL of a picture, sound or film; None: missing or not allowed."""


def candidates(srcset: str) -> list[tuple[str, str]]:
    """(URL, descriptor) of each candidate of a srcset; the descriptor may be empty."""
    found: list[tuple[str, str]] = []
    position = 0
    while match := _CANDIDATE.match(srcset, position):
        url = match[1]
        if url.endswith(","):
            position = match.end(1)
            found.append((url.rstrip(","), ""))
        else:
            position = match.end()
            found.append((url, " ".join(match[2].split())))
    return [(url, descriptor) for url, descriptor in found if url]


def resolve(nodes: Sequence[Node], resolver: Resolver) -> list[Node]:
    """The nodes with absolute addresses. A link that may not be one becomes its text, a picture that
    is not there its alternative text."""
    out: list[Node] = []
    for node in nodes:
        if isinstance(node, str):
            out.append(node)
            continue
        node.children = resolve(node.children, resolver)
        if "cite" in node.attrs:
            _set(node, "cite", resolver.link(node.attrs["cite"]))
        if node.name in _MEDIA:
            out += _media(node, resolver)
        elif node.name == "a" and "href" in node.attrs:
            _set(node, "href", resolver.link(node.attrs["href"]))
            out += [node] if "href" in node.attrs or "id" in node.attrs else node.children
        elif node.name == "picture" and not any(getattr(child, "name", "") == "img" for child in node.children):
            out += [child for child in node.children if getattr(child, "name", "") != "source"]
        else:
            out.append(node)
    return out


def _media(node: Element, resolver: Resolver) -> list[Node]:
    attrs = node.attrs
    for name in ("src", "poster"):
        if name in attrs:
            _set(node, name, resolver.media(attrs[name]))
    if "srcset" in attrs:
        found = [(resolver.media(url), descriptor) for url, descriptor in candidates(attrs["srcset"])]
        absolute = [(url, descriptor) for url, descriptor in found if url and url.startswith(_WEB)]
        _set(
            node,
            "srcset",
            ", ".join(f"{_in_list(url)} {descriptor}".strip() for url, descriptor in absolute),
            web=False,
        )
        if absolute and "src" not in attrs and node.name == "img":
            node.attrs = {"src": absolute[0][0]} | attrs
    has_source = any(getattr(child, "name", "") == "source" for child in node.children)
    if "src" in node.attrs or "srcset" in node.attrs or has_source:
        return [node]
    if node.name == "img":
        return [attrs["alt"]] if attrs.get("alt", "").strip() else []
    return [child for child in node.children if getattr(child, "name", "") != "source"]


def _set(node: Element, name: str, url: str | None, *, web: bool = True) -> None:
    allowed = _WEB + (("mailto:", "tel:") if name in ("href", "cite") else ())
    if url and (not web or url.startswith(allowed)):
        node.attrs[name] = url
    else:
        del node.attrs[name]


def _in_list(url: str) -> str:
    return url.replace(",", "%2C")
