"""What holds for every answer, whatever stands in the files: each function gives the promises broken, in words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from html.parser import HTMLParser
from typing import Any

import reading
from answers import LINE
from html_page import Html
from lxml import etree

# XML 1.0 section 2.2 and what it discourages; a byte order mark has no business inside a text.
FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0d\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufeff"
    + "".join(chr(plane * 0x10000 + last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
    + "]"
)
ELEMENTS = frozenset(
    [
        "a",
        "abbr",
        "aside",
        "audio",
        "b",
        "bdi",
        "blockquote",
        "br",
        "caption",
        "cite",
        "code",
        "dd",
        "del",
        "details",
        "dfn",
        "div",
        "dl",
        "dt",
        "em",
        "figcaption",
        "figure",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "i",
        "img",
        "ins",
        "kbd",
        "li",
        "mark",
        "ol",
        "p",
        "picture",
        "pre",
        "q",
        "rp",
        "rt",
        "ruby",
        "s",
        "samp",
        "small",
        "source",
        "span",
        "strong",
        "sub",
        "summary",
        "sup",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "time",
        "tr",
        "u",
        "ul",
        "var",
        "video",
        "wbr",
    ]
)
ATTRIBUTES = frozenset(
    [
        "alt",
        "cite",
        "colspan",
        "controls",
        "data-kind",
        "datetime",
        "dir",
        "height",
        "href",
        "id",
        "lang",
        "media",
        "open",
        "poster",
        "reversed",
        "rowspan",
        "scope",
        "sizes",
        "src",
        "srcset",
        "start",
        "title",
        "type",
        "value",
        "width",
    ]
)
PARENTS = {
    "li": "ul ol", "dt": "dl", "dd": "dl", "figcaption": "figure", "source": "picture audio video", "summary": "details",
    "caption": "table", "tr": "table thead tbody tfoot", "td": "tr", "th": "tr", "thead": "table", "tbody": "table",
    "tfoot": "table", "rt": "ruby", "rp": "ruby",
}  # fmt: skip
VOID = frozenset({"br", "hr", "img", "source", "wbr"})
URLS = ("href", "src", "poster", "cite")
ADDRESS = re.compile(r"(?:https?://[^\s/\"'<>\\]+|mailto:|tel:)[^\s\"<>\\^`{|}\x00-\x1f]*", re.ASCII)


class _Tags(HTMLParser):
    """Reads one `content_html` without forgiving anything."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        parent = self.open[-1] if self.open else ""
        if tag not in ELEMENTS:
            self.faults.append(f"element <{tag}>")
        if tag in PARENTS and parent not in PARENTS[tag].split():
            self.faults.append(f"<{tag}> in <{parent}>")
        for name, value in attrs:
            if name not in ATTRIBUTES:
                self.faults.append(f"attribute {name} of <{tag}>")
            elif name in URLS and not ADDRESS.fullmatch(value or ""):
                self.faults.append(f"{name}={value!r} of <{tag}>")
            elif name == "srcset":
                for candidate in (value or "").split(", "):
                    if not ADDRESS.fullmatch(candidate.split(" ")[0]):
                        self.faults.append(f"srcset={value!r}")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> closes nothing")

    def handle_comment(self, data: str) -> None:
        self.faults.append(f"comment {data!r}")

    handle_decl = handle_pi = unknown_decl = handle_comment


def html_faults(fragment: str) -> list[str]:
    """A content_html as it stands, and as a browser reads it."""
    return list(_html_faults(fragment))


@lru_cache(maxsize=4)  # the same text often stands in files of two forms
def _html_faults(fragment: str) -> tuple[str, ...]:
    tags = _Tags()
    tags.feed(fragment)
    tags.close()
    faults = tags.faults + [f"<{name}> is not closed" for name in tags.open]
    for node in Html.parse(fragment).body.iter():
        if node.tag not in ELEMENTS and node.tag != "body":
            faults.append(f"a browser reads {node.tag}")
        faults += [f"a browser reads the attribute {name}" for name in node.keys() if name not in ATTRIBUTES]  # noqa: SIM118
    return tuple(faults)


def text_faults(text: str) -> list[str]:
    found = FORBIDDEN.search(text)
    return (
        [f"character U+{ord(found[0]):04X} in {text[max(0, found.start() - 30) : found.end() + 30]!r}"] if found else []
    )


def feed_faults(rss: bytes, atom: bytes, feed: bytes) -> Iterator[tuple[str, str]]:
    """(token or "", what is wrong) of three documents of one feed; well-formed, legal, equal, safe."""
    try:
        parsed = reading.rss(rss), reading.atom(atom), reading.json_feed(feed)
    except (AssertionError, ValueError, etree.XMLSyntaxError, KeyError, AttributeError, TypeError) as error:
        yield "", f"is no feed: {error!r}"
        return
    tokens = [document.tokens for document in parsed]
    if not tokens[0] == tokens[1] == tokens[2]:
        yield "", f"formats differ: {tokens}"
        return
    for document in parsed:
        for item in document.items:
            for text in _texts(item.node):
                for fault in text_faults(text):
                    yield item.token, fault
            for name, text in (("title", item.raw_title), *(("tag", tag) for tag in item.categories)):
                if not text or "  " in text or "\n" in text or text != text.strip():
                    yield item.token, f"{name} {text!r}"
            reading.instant(item.published)
    for first, second, third in zip(*(document.items for document in parsed), strict=True):
        if not first.content_html == second.content_html == third.content_html:
            yield first.token, "content differs"
        if not first.title == second.title == third.title:
            yield first.token, f"title differs: {first.title!r} {second.title!r} {third.title!r}"
        for fault in html_faults(third.content_html):
            yield third.token, fault


def _texts(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        for key, child in node.items():
            yield key
            yield from _texts(child)
    elif isinstance(node, list):
        for child in node:
            yield from _texts(child)
    elif isinstance(node, etree._Element):
        for element in node.iter():
            yield from (text for text in (element.text, element.tail, *element.attrib.values()) if text)


def page_faults(html: str) -> list[str]:
    """A page of people's: no script but ours, no event attribute, no address that runs something."""
    faults = text_faults(html)
    for node in Html.parse(html).root.iter():
        if not isinstance(node.tag, str):
            continue
        if node.tag == "script":
            if node.get("type") == "application/ld+json":
                json.loads("".join(node.itertext()))
            elif not node.get("src", "").startswith("/assets/"):
                faults.append("script")
        faults += [f"{name} of {node.tag}" for name in node.keys() if name.startswith("on")]  # noqa: SIM118
        for name in ("href", "src", "action", "poster"):
            value = node.get(name)
            if value is not None and not re.match(
                r"https?://|mailto:|tel:|/(?!/)|#|whatsapp:|tg:|data:image/svg", value
            ):
                faults.append(f"{name}={value!r} of {node.tag}")
        if node.tag in ("iframe", "object", "embed", "base", "frame"):
            faults.append(node.tag)
    return faults


REFRESHED = re.compile(r"nashra: \S+ [\d,]+ added in \d+\.\d\d s: .+")


def log_faults(log: str, lines: dict[str, int]) -> Iterator[tuple[str, str]]:
    """(path, what is wrong) of what was written on stderr; `lines` counts the lines of each file, by path."""
    for row in log.splitlines():
        if REFRESHED.fullmatch(row):
            continue
        found = LINE.fullmatch(row)
        if found is None or not found["field"].strip() or "error of Nashra's own" in row:
            yield (found["path"] if found else ""), f"stderr: {row!r}"
        elif not 1 <= int(found["line"]) <= lines.get(found["path"], 1):
            yield found["path"], f"has no such line: {row!r}"
