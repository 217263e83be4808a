"""Simulated feed readers: each polls in its own way, keeps what it got by id, and updates it in place."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import reading
from answers import Answer
from reading import TOMBSTONE, Feed, Item

Way = Literal["etag", "date", "both", "delta"]
WORD = re.compile(r"w\d+x")
PARSE: dict[str, Callable[[bytes], Feed]] = {
    "rss.xml": reading.rss, "atom.xml": reading.atom, "feed.json": reading.json_feed,
}  # fmt: skip
Ask = Callable[[str, Mapping[str, str]], Answer]
Shown = tuple[str, str, str, str, str, tuple[str, ...]]


def shown(item: Item) -> Shown:
    """All that a reader shows of an item."""
    return (item.title, item.content_html, item.link, item.published, item.updated, item.categories)


def word(item: Item) -> str:
    """The one word that no other article has."""
    (found,) = set(WORD.findall(f"{item.title} {item.content_html}"))
    return str(found)


def deleted(feed: Feed, name: str) -> list[str]:
    """RFC 6721: ids that the feed tells readers to forget."""
    if name != "atom.xml":
        return []
    return [node.get("ref") for node in feed.root.findall(f"{TOMBSTONE}deleted-entry")]


@dataclass
class Reader:
    """`store` is what it has, by id; `ids` all ids under which it ever saw an article, by the article's word."""

    way: Way
    path: str
    etag: str = ""
    modified: str = ""
    body: bytes = b""  # of the last 200
    store: dict[str, Shown] = field(default_factory=dict)
    ids: dict[str, set[str]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]

    def poll(self, ask: Ask) -> Answer:
        """Asks as its kind does, and takes in what it is answered."""
        headers = {}
        if self.etag and self.way != "date":
            headers["If-None-Match"] = self.etag
        if self.modified and self.way in ("date", "both"):
            headers["If-Modified-Since"] = self.modified
        if self.way == "delta":
            headers["A-IM"] = "feed"
        answer = ask(self.path, headers)
        if answer.status in (200, 226):
            self._take(PARSE[self.name](answer.body))
            self.body = answer.body if answer.status == 200 else b""
            self.etag, self.modified = answer.etag, answer.headers.get("Last-Modified", "")
        elif answer.status == 304:
            self.modified = answer.headers.get("Last-Modified", self.modified)  # RFC 9111 section 4.3.4
        return answer

    def forget_validators(self) -> None:
        self.etag = self.modified = ""

    def _take(self, feed: Feed) -> None:
        for ref in deleted(feed, self.name):
            self.store.pop(ref, None)
        for item in feed.items:
            self.store[item.id] = shown(item)
            self.ids.setdefault(word(item), set()).add(item.id)
