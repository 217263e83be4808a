"""Hostile or foreign HTML → a tree that holds nothing but the allow-list.

First a linear pass over the tags, without any promise of safety, that keeps the readable part of
what the allow-list would lose (frames, lazy pictures, the text of drawings) and bounds depth. Then
nh3, which parses as browsers do and is the guarantor. Then the tree.
"""

from __future__ import annotations

import html
from collections import Counter

import nh3

from feeds.datauri import decode, is_data
from feeds.markup import allowed
from feeds.markup.embeds import page_of
from feeds.markup.htmltree import BLOCKS, RAW_TEXT, VOID, Element, Tag, build, start_tag, tokens, walk
from feeds.text import legal

MAX_DEPTH = 32

# Elements whose end tag may be left out; they nest only through the others, so those bound them.
_IMPLIED = frozenset({"p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "caption", "rt", "rp"})
_LAZY = ("data-src", "data-lazy-src", "data-original", "data-lazy")
_LAZY_SRCSET = ("data-srcset", "data-lazy-srcset", "data-original-set")


def sanitize(source: str) -> tuple[Element, tuple[int, ...]]:
    """The tree of the source (a root `div` round it), and for each picture left out because it is
    embedded as `data:` and no good its number among such pictures. URLs stay as written, of any form; their
    schemes are http, https, mailto, tel or none, and `data:` of a picture alone."""
    gate = _Gate()
    for token in tokens(source):
        gate.take(token)
    return _tree(gate.html(), gate.held), tuple(gate.embedded)


def safe(source: str) -> str:
    """The source with the allow-list enforced and as a browser would read it; a fixed point where
    one is reached in a few steps (taking one element out can change how the rest is parsed)."""
    for _ in range(4):
        before = source
        source = nh3.clean(
            source,
            tags=set(allowed.ELEMENTS),
            attributes={name: set(names) for name, names in allowed.ATTRIBUTES.items()},
            clean_content_tags={"script", "style"},
            link_rel=None,
            url_schemes=set(allowed.URL_SCHEMES),
        )
        if source == before:
            break
    return source


def _tree(source: str, held: dict[str, str]) -> Element:
    root = build(safe(source))
    ids: set[str] = set()
    for element in walk([root]):
        element.children = [_characters(child) if isinstance(child, str) else child for child in element.children]
        element.attrs = {key: _characters(value) for key, value in element.attrs.items()}
        if element.name == "img" and element.attrs.get("src") in held:
            element.attrs["src"] = held[element.attrs["src"]]
        identity = element.attrs.get("id", "")
        if identity in ids:
            del element.attrs["id"]
        elif identity:
            ids.add(identity)
    return root


def _characters(text: str) -> str:
    return legal(text).replace("\ufeff", "")


class _Gate:
    """The pass over the tags of one source."""

    def __init__(self) -> None:
        self.embedded: list[int] = []
        self.held: dict[str, str] = {}  # data URIs of good pictures, by what stands for them on the way through nh3
        self._out: list[str] = []
        self._open: list[tuple[str, bool, int]] = []  # name, whether it was let through, its table scope
        self._counts: list[Counter[str]] = [Counter()]  # one more inside each table (HTML 13.2.4.2: scope)
        self._depth = 0
        self._doomed: list[tuple[str, int, int]] = []
        self._embedded_seen = 0
        self._after_lazy = False

    def html(self) -> str:
        return "".join(self._out)

    def take(self, token: Tag | str) -> None:
        if isinstance(token, str):
            self._out.append(token.replace("<", "&lt;"))
            return
        name = allowed.RENAMED.get(token.name, token.name)
        if name == "noscript":
            self._noscript(token)
        elif name in allowed.DROPPED_WITH_CONTENT:
            self._doom(token)
        elif token.closing:
            self._close(name)
        elif token.name in RAW_TEXT and token.name != "xmp":
            self._raw(token)
        elif name == "img":
            self._picture(token.attrs)
        elif name in allowed.ELEMENTS:
            self._start(name, token)

    def _start(self, name: str, token: Tag) -> None:
        attrs = dict(token.attrs)
        if name == "a" and "href" not in attrs and "name" in attrs:
            attrs.setdefault("id", attrs["name"])
        if name == "div" and ("footnotes" in attrs.get("class", "").split() or attrs.get("role") == "doc-endnotes"):
            attrs["data-role"] = "notes"
        if name in ("audio", "video"):
            attrs["controls"] = ""
            attrs = _lazy(attrs)
        if name == "source":
            attrs = _lazy(attrs)
        attrs = {key: value for key, value in attrs.items() if not is_data(value) or key in ("alt", "title")}
        attrs = {} if name in allowed.FORMATTING else allowed.attributes(name, attrs)
        tag = start_tag(name, attrs)
        if name in VOID or name in _IMPLIED:
            self._out.append(tag)
        elif self._depth >= MAX_DEPTH:
            self._push(name, kept=False)
            self._out.append("<p>" if name in BLOCKS else "")
        else:
            self._push(name, kept=True)
            self._out.append(tag)
        if token.name == "xmp":
            self._out.append(html.escape(token.raw, quote=False))
            self._close(name)

    def _push(self, name: str, *, kept: bool) -> None:
        self._open.append((name, kept, len(self._counts) - 1))
        self._counts[-1][name] += 1
        self._depth += kept
        if name == "table":
            self._counts.append(Counter())

    def _close(self, name: str) -> None:
        if name in _IMPLIED:
            self._out.append(f"</{name}>")
            return
        if name == "table" and len(self._counts) > 1:
            self._counts.pop()
        if not self._counts[-1][name]:
            return
        while True:
            last, kept, scope = self._open.pop()
            if scope < len(self._counts):
                self._counts[scope][last] -= 1
            self._depth -= kept
            if kept:
                self._out.append(f"</{last}>")
            if last == name:
                return

    def _raw(self, token: Tag) -> None:
        if token.name == "iframe":
            self._frame(token.attrs)

    def _frame(self, attrs: dict[str, str]) -> None:
        size = (attrs.get("width"), attrs.get("height"))
        page = page_of(next((attrs[key] for key in (*_LAZY, "src") if attrs.get(key)), ""))
        if page and not {"0", "1"} & set(size):
            label = attrs.get("title", "").strip() or page[1]
            self._out.append(f"<p>{start_tag('a', {'href': page[0]})}{html.escape(label, quote=False)}</a></p>")

    def _picture(self, attrs: dict[str, str]) -> None:
        self._after_lazy = any(attrs.get(key) for key in _LAZY + _LAZY_SRCSET)
        attrs = _lazy(attrs)
        if {attrs.get("width", "").removesuffix("px"), attrs.get("height", "").removesuffix("px")} <= {"0", "1"}:
            return  # a tracking pixel
        if is_data(attrs.get("srcset", "")):
            del attrs["srcset"]
        if is_data(attrs.get("src", "")):
            self._embedded_seen += 1
            if decode(attrs["src"]):
                attrs["src"] = self._hold(attrs["src"])
            else:
                self.embedded.append(self._embedded_seen - 1)
                del attrs["src"]
        attrs.setdefault("alt", "")
        if attrs.get("src", "").strip() or attrs.get("srcset", "").strip():
            self._out.append(start_tag("img", allowed.attributes("img", attrs)))
        else:
            self._out.append(html.escape(attrs["alt"], quote=False))

    def _hold(self, uri: str) -> str:
        name = f"embedded.{len(self.held)}"  # no name of a media file, so one that is written so is nothing
        self.held[name] = uri
        return name

    def _noscript(self, token: Tag) -> None:
        """Behind a lazy picture it holds the same picture again."""
        if self._after_lazy or any(name == "noscript" for name, *_ in self._doomed):
            self._doom(token)

    def _doom(self, token: Tag) -> None:
        if not token.closing:
            self._doomed.append((token.name, len(self._out), len(self._open)))
        elif self._doomed and self._doomed[-1][0] == token.name:
            _, length, opened = self._doomed.pop()
            if opened <= len(self._open):
                while len(self._open) > opened:
                    self._close(self._open[-1][0])
                del self._out[length:]
            self._after_lazy = False


def _lazy(attrs: dict[str, str]) -> dict[str, str]:
    """A picture that a script would load, as one that the reader loads."""
    attrs = dict(attrs)
    for target, sources in (("src", _LAZY), ("srcset", _LAZY_SRCSET)):
        for key in sources:
            if attrs.get(key, "").strip() and not (is_data(attrs[key]) and target in attrs):
                attrs[target] = attrs[key]
                break
    return attrs
