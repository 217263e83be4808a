"""Front matter nodes → values of our fields. Faults are collected with their lines, none stops the others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from feeds import bidi, keys, permalink
from feeds.article import Author
from feeds.nodes import Mapping, Node, Scalar, Sequence, shown
from feeds.problems import Severity, quote
from feeds.text import legal, one_line, plain, slug

_TRUE, _FALSE = frozenset(("true", "yes", "on", "1", "y")), frozenset(("false", "no", "off", "0", "n"))
# What stands at the edges of a value and is no part of it: white space, direction controls, ZWSP, word joiner.
_EDGES = " \t\n\r\f\v\xa0\u061c\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069"
_NESTED = ("taxonomies", "extra", "params")  # Hugo and Zola keep fields of ours in these tables
_UNPUBLISHED = frozenset(("draft", "private", "pending", "future", "trash"))


@dataclass(slots=True)
class Faults:
    """What is wrong with one file so far: (line, field, message, severity)."""

    found: list[tuple[int, str, str, Severity]] = field(default_factory=list)

    def error(self, line: int, name: str, message: str) -> None:
        self.found.append((line, name, message, "error"))

    def warn(self, line: int, name: str, message: str) -> None:
        self.found.append((line, name, message, "warning"))

    @property
    def fatal(self) -> bool:
        return any(severity == "error" for *_, severity in self.found)


class FrontMatter:
    """Fields by canonical name, the best-ranked spelling of each."""

    def __init__(self, tree: Mapping, faults: Faults) -> None:
        self._faults = faults
        self._nodes: dict[str, tuple[int, Node]] = {}
        self._lines: dict[str, int] = {}  # also of fields that are empty
        self._draft_flag: Scalar | None = None
        self._drafts: list[Node] = []
        self._others: dict[str, Node] = {}
        best: dict[str, int] = {}
        for depth, (key, line, node) in _flat(tree):
            name = keys.canonical(key)
            if key.lower() == "published" and isinstance(node, Scalar) and _trimmed(node).lower() in _TRUE | _FALSE:
                self._draft_flag = node
                continue
            if not name:
                self._others.setdefault(key.lower(), node)
                close = keys.misspelt(key) if not depth else ""
                if close:
                    faults.warn(line, key, f"is no field of ours; did you mean {close}? {quote(key)}")
                continue
            if name == "draft":
                self._drafts.append(node)
            rank = keys.rank(key) + 100 * depth
            self._lines.setdefault(name, line)
            if _is_empty(node, name) or best.get(name, 10_000) <= rank:
                continue
            best[name] = rank
            self._nodes[name] = (line, node)

    def line(self, name: str) -> int:
        """Line of the field, also of an empty one; 1 for a field that is not there."""
        return self._nodes[name][0] if name in self._nodes else self._lines.get(name, 1)

    def text(self, name: str) -> str:
        """One line of clean text without unpaired or overriding direction controls; `""` when absent."""
        node = self._scalar(name)
        return plain(node.text) if node else ""

    def raw(self, name: str) -> str:
        """The text of the field without what is invisible at its edges; `""` when absent."""
        node = self._scalar(name)
        return _trimmed(node) if node else ""

    def node(self, name: str) -> Node | None:
        return self._nodes[name][1] if name in self._nodes else None

    def flag(self, name: str, default: bool) -> bool:
        """`default` when absent, or no truth value, which is a fault."""
        node = self.node(name)
        return default if node is None else self._switch(node, name, default)

    def draft(self) -> bool:
        """`draft`, `hidden`, `published: false`, and other generators' `status: draft`: any of them
        hides, whatever the others say."""
        status = self._others.get("status")
        unpublished = isinstance(status, Scalar) and _trimmed(status).lower() in _UNPUBLISHED
        withheld = self._draft_flag is not None and _trimmed(self._draft_flag).lower() in _FALSE
        switches = [self._switch(node, "draft", False) for node in self._drafts]  # all, for their faults
        return any(switches) or withheld or unpublished

    def _switch(self, node: Node, name: str, default: bool) -> bool:
        value = shown(node).strip(_EDGES).lower()
        if isinstance(node, Scalar) and (node.empty or not value):
            return default
        if value not in _TRUE | _FALSE:
            self._faults.error(node.line, name, f"must be true or false: {quote(shown(node))}")
            return default
        return value in _TRUE

    def tags(self) -> tuple[str, ...]:
        """Categories first, then tags; each once (by its address), in file order, without direction controls."""
        names: dict[str, str] = {}
        for name in ("categories", "tags"):
            for text, line in self._texts(name, separators="[,،]"):
                tag = one_line(bidi.strip(one_line(text)))
                if tag and not slug(tag):
                    self._faults.warn(line, name, f"has nothing that an address can hold; dropped: {quote(text)}")
                elif tag:
                    names.setdefault(slug(tag), tag)
        return tuple(names.values())

    def authors(self) -> tuple[Author, ...]:
        """Each name once, in file order; an address that is none is dropped with a warning."""
        found: dict[str, Author] = {}
        for node in _items(self.node("author")):
            author = self._author(node)
            if author:
                found.setdefault(author.name, author)
        return tuple(found.values())

    def _author(self, node: Node) -> Author | None:
        if isinstance(node, Mapping):
            name, email, url = (_child(node, key) for key in ("name", "email", "url"))
        elif isinstance(node, Scalar):
            match = re.fullmatch(r"(.*?)\s*<([^<>\s]+@[^<>\s]+)>", node.text.strip())
            name, email, url = (match.group(1), match.group(2), "") if match else (node.text, "", "")
        else:
            message = f"must be a name, a list of names, or maps with name, email, url: {quote(shown(node))}"
            self._faults.error(node.line, "author", message)
            return None
        name = one_line(bidi.strip(one_line(name)))
        if not name:
            if isinstance(node, Mapping):
                self._faults.warn(node.line, "author", f"has no name; dropped: {quote(email or url)}")
            return None
        if email and not re.fullmatch(r"[^\s@<>()]+@[^\s@<>()]+", email):
            self._faults.warn(node.line, "author", f"has no valid e-mail address; dropped: {quote(email)}")
            email = ""
        if url:
            try:
                url = permalink.encode_url(url)
            except ValueError:
                self._faults.warn(node.line, "author", f"has no absolute URL; dropped: {quote(url)}")
                url = ""
        return Author(name=name, email=email, url=url)

    def paths(self, name: str) -> Iterator[tuple[str, int]]:
        """Values that are paths or URLs: a text or a list of texts."""
        for node in _items(self.node(name)):
            if isinstance(node, Scalar) and _trimmed(node):
                yield _trimmed(node), node.line
            elif not isinstance(node, Scalar):
                self._faults.error(node.line, name, f"must be a path or a list of paths: {quote(shown(node))}")

    def maps(self, name: str, main: tuple[str, ...]) -> Iterator[tuple[dict[str, str], int]]:
        """Values that are a text, a map, or a list of both; a text stands under the first key of `main`."""
        for node in _items(self.node(name)):
            if isinstance(node, Scalar) and _trimmed(node):
                yield {main[0]: _trimmed(node)}, node.line
            elif isinstance(node, Mapping):
                values = {key.lower(): _trimmed(child) for key, _, child in node.entries if isinstance(child, Scalar)}
                found = next((values[key] for key in main if values.get(key)), "")
                if found:
                    yield {**values, main[0]: found}, node.line
                else:
                    self._faults.warn(node.line, name, f"has no {main[0]}; dropped: {quote(shown(node))}")

    def choice(self, name: str, accepted: tuple[str, ...]) -> str:
        """One of the accepted words in lower case; `""` when absent, or wrong, which is a fault."""
        node = self._scalar(name)
        value = _trimmed(node).lower() if node else ""
        if node and value and value not in accepted:
            self._faults.error(node.line, name, f"must be {' or '.join(accepted)}: {quote(node.text)}")
            return ""
        return value

    def _scalar(self, name: str) -> Scalar | None:
        node = self.node(name)
        if node is None or isinstance(node, Scalar):
            return node
        self._faults.error(node.line, name, f"must be one text: {quote(shown(node))}")
        return None

    def _texts(self, name: str, separators: str) -> Iterator[tuple[str, int]]:
        node = self.node(name)
        if isinstance(node, Scalar):
            for part in re.split(separators, node.text):
                yield part, node.line
            return
        for item in _items(node):
            if isinstance(item, Scalar):
                yield item.text, item.line
            elif isinstance(item, Mapping) and (label := _child(item, "name") or _child(item, "title")):
                yield label, item.line
            else:
                message = f"must be a list of texts, or a text with commas: {quote(shown(item))}"
                self._faults.error(item.line, name, message)


def _trimmed(node: Scalar) -> str:
    return legal(node.text).strip(_EDGES)


def _flat(tree: Mapping) -> Iterator[tuple[int, tuple[str, int, Node]]]:
    for key, line, node in tree.entries:
        if key.lower() in _NESTED and isinstance(node, Mapping):
            for entry in node.entries:
                yield 1, entry
        else:
            yield 0, (key, line, node)


def _is_empty(node: Node, name: str) -> bool:
    if not isinstance(node, Scalar):
        return not (node.items if isinstance(node, Sequence) else node.entries)
    return not bidi.strip(one_line(node.text)) or (node.empty and name != "title")  # nothing that can be seen


def _items(node: Node | None) -> tuple[Node, ...]:
    if node is None:
        return ()
    return node.items if isinstance(node, Sequence) else (node,)


def _child(node: Mapping, key: str) -> str:
    child = next((child for name, _, child in node.entries if name.lower() == key), None)
    return legal(child.text).strip() if isinstance(child, Scalar) and not child.empty else ""
