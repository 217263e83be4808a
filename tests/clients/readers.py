"""Feed readers behind one face: each subscribes to addresses, polls them, and tells what it shows."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar, Protocol

import feedparser
from reader import make_reader

from clients import programs
from clients.programs import NODE_MODULES, need, run

FORMATS = ("rss.xml", "atom.xml", "feed.json")
ENCLOSURES = frozenset((name, suffix) for name in FORMATS for suffix in ("png", "mp3"))


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One item as a reader has it; `enclosure` is empty when there is none or the reader does not keep it."""

    id: str
    title: str
    link: str
    at: datetime
    enclosure: str = ""
    content: str = ""


class Reader(Protocol):
    """`formats` are the documents it can read, `quiet_after` the number of polls after which every further one must
    be answered 304 (0: it never sends a validator), `keeps` the enclosures it keeps, by document and file suffix,
    `keeps_old_titles` whether an item whose title changes stays in its list a second time."""

    formats: Sequence[str]
    quiet_after: int
    keeps: frozenset[tuple[str, str]]
    keeps_old_titles: bool

    def subscribe(self, urls: Sequence[str]) -> None: ...

    def poll(self) -> list[tuple[str, str]]:
        """Fetches all; the (address, id) of everything that it announces as new or unread."""

    def shown(self, url: str) -> list[Seen]:
        """What it lists for that address, from the top."""


class Feedparser:
    """Universal Feed Parser, driven as its manual says: with the etag and modified of the last answer."""

    formats = FORMATS[:2]
    quiet_after = 1
    keeps = ENCLOSURES
    keeps_old_titles = False

    def __init__(self, home: Path) -> None:
        self.answers: dict[str, Any] = {}
        self.items: dict[str, list[Seen]] = {}

    def subscribe(self, urls: Sequence[str]) -> None:
        self.items = {url: [] for url in urls}

    def poll(self) -> list[tuple[str, str]]:
        new: list[tuple[str, str]] = []
        for url, known in self.items.items():
            last = self.answers.get(url, {})
            answer = feedparser.parse(url, etag=last.get("etag"), modified=last.get("modified"))
            self.answers[url] = answer
            assert not answer.bozo and answer.href == url, answer
            # It sends `A-IM: feed` by itself, but programs built on it (rss2email 3.13) take a 226 for an error.
            assert answer.status in (200, 304), f"{url}: {answer.status}"
            if answer.status == 200:
                assert answer.version in ("rss20", "atom10")
                self.items[url] = [_from_feedparser(entry) for entry in answer.entries]
                new += _unknown(url, known, self.items[url])
        return new

    def shown(self, url: str) -> list[Seen]:
        return self.items[url]


def _from_feedparser(entry: Any) -> Seen:
    return Seen(
        id=entry.id,
        title=entry.title,
        link=entry.link,
        at=datetime(*entry.published_parsed[:6], tzinfo=UTC),
        enclosure=next((file.href for file in entry.enclosures), ""),
        content=entry.content[0].value,
    )


class Lemon24:
    """The `reader` library: a database of feeds and entries, with a read mark of the user's."""

    formats = FORMATS
    quiet_after = 1
    keeps = ENCLOSURES
    keeps_old_titles = False

    def __init__(self, home: Path) -> None:
        self.reader = make_reader(str(home / "reader.sqlite"))

    def subscribe(self, urls: Sequence[str]) -> None:
        for url in urls:
            self.reader.add_feed(url)

    def poll(self) -> list[tuple[str, str]]:
        for result in self.reader.update_feeds_iter(scheduled=False):
            assert not isinstance(result.value, Exception), result
        unread = list(self.reader.get_entries(read=False))
        for entry in unread:
            self.reader.mark_entry_as_read(entry)
        return [(entry.feed_url, entry.id) for entry in unread]

    def shown(self, url: str) -> list[Seen]:
        return [
            Seen(
                id=entry.id,
                title=entry.title or "",
                link=entry.link or "",
                at=entry.published or datetime.min,
                enclosure=next((file.href for file in entry.enclosures), ""),
                content=entry.content[0].value,
            )
            for entry in self.reader.get_entries(feed=url)
        ]


class Newsboat:
    """newsboat without its screen: `-x reload`, its cache, and its list of read articles. A cache holds an id once,
    under the feed that had it last, so that each address gets a cache of its own."""

    formats = FORMATS[:2]
    quiet_after = 2  # it stores the validators when it saves a feed that it knew before
    keeps = frozenset(pair for pair in ENCLOSURES if pair[1] == "mp3")  # sound and video
    keeps_old_titles = False

    def __init__(self, home: Path) -> None:
        need("newsboat")
        self.home = home
        self.caches: dict[str, str] = {}
        (home / "config").write_text("", "utf-8")

    def subscribe(self, urls: Sequence[str]) -> None:
        self.caches = {url: f"cache{number}.db" for number, url in enumerate(urls)}

    def poll(self) -> list[tuple[str, str]]:
        return [(url, id) for url in self.caches for id in self._unread(url)]

    def _unread(self, url: str) -> list[str]:
        """Reloads the feed; the ids that are unread then, which are marked read as its user would."""
        (self.home / "urls").write_text(f"{url}\n", "utf-8")
        said = self._run(url, "-x", "reload", "print-unread")
        unread = [id for (id,) in self._rows(url, "select guid from rss_item where unread = 1")]
        assert said.split()[0] == str(len(unread)), said
        if unread:
            (self.home / "read").write_text("".join(f"{id}\n" for id in unread), "utf-8")
            self._run(url, "-I", "read")
        return unread

    def shown(self, url: str) -> list[Seen]:
        rows = self._rows(  # its article list is sorted by date
            url, "select guid, title, url, pubDate, enclosure_url, content from rss_item order by pubDate desc, id desc"
        )
        return [
            Seen(id=id, title=title, link=link, at=datetime.fromtimestamp(at, UTC), enclosure=file, content=content)
            for id, title, link, at, file, content in rows
        ]

    def _run(self, url: str, *arguments: str) -> str:
        cache = self.caches[url]
        return run("newsboat", "-q", "-u", "urls", "-C", "config", "-c", cache, *arguments, home=self.home)

    def _rows(self, url: str, query: str) -> list[Any]:
        with closing(sqlite3.connect(self.home / self.caches[url])) as database:
            return database.execute(query).fetchall()


class Sfeed:
    """sfeed_update with curl, and the lines of text that it keeps: one file of tab-separated values a feed."""

    formats = FORMATS[:2]
    quiet_after = 0
    keeps = ENCLOSURES
    keeps_old_titles = True  # it tells rows apart by id, title and link

    def __init__(self, home: Path) -> None:
        need("sfeed_update", package="sfeed")
        need("curl")
        self.home = home
        self.names: dict[str, str] = {}

    def subscribe(self, urls: Sequence[str]) -> None:
        self.names = {url: f"feed{number}" for number, url in enumerate(urls)}
        lines = "".join(f"  feed '{name}' '{url}'\n" for url, name in self.names.items())
        (self.home / "sfeedrc").write_text(f"sfeedpath='{self.home}/feeds'\nfeeds() {{\n{lines}}}\n", "utf-8")

    def poll(self) -> list[tuple[str, str]]:
        before = {url: self.shown(url) for url in self.names}
        run("sfeed_update", "sfeedrc", home=self.home)
        return [new for url in self.names for new in _unknown(url, before[url], self.shown(url))]

    def shown(self, url: str) -> list[Seen]:
        path = self.home / "feeds" / self.names[url]
        lines = path.read_text("utf-8").split("\n")[:-1] if path.exists() else []
        return [_from_tsv(*line.split("\t")) for line in lines]


def _from_tsv(at: str, title: str, link: str, content: str, _type: str, id: str, _author: str, *rest: str) -> Seen:
    """sfeed(5)."""
    when = datetime.fromtimestamp(int(at), UTC)
    return Seen(id=id, title=title, link=link, at=when, enclosure=rest[0], content=content)


class RssParser:
    """npm's rss-parser in a node of its own."""

    formats = FORMATS[:2]
    quiet_after = 0
    keeps = frozenset(pair for pair in ENCLOSURES if pair[0] == "rss.xml")
    keeps_old_titles = False
    SCRIPT: ClassVar = Path(__file__).with_name("rss_parser.js")

    def __init__(self, home: Path) -> None:
        need("node", package="nodejs npm")
        if not (NODE_MODULES / "rss-parser").is_dir():
            programs.missing("no rss-parser here; install npm and run `sh tests/npm.sh`")
        self.home = home
        self.items: dict[str, list[Seen]] = {}

    def subscribe(self, urls: Sequence[str]) -> None:
        self.items = {url: [] for url in urls}

    def poll(self) -> list[tuple[str, str]]:
        answer = run(
            str(shutil.which("node")), self.SCRIPT, *self.items, home=self.home, env={"NODE_PATH": str(NODE_MODULES)}
        )
        new: list[tuple[str, str]] = []
        for url, items in json.loads(answer).items():
            now = [_from_rss_parser(item) for item in items]
            new += _unknown(url, self.items[url], now)
            self.items[url] = now
        return new

    def shown(self, url: str) -> list[Seen]:
        return self.items[url]


def _from_rss_parser(item: dict[str, Any]) -> Seen:
    return Seen(
        id=item.get("guid") or item["id"],
        title=item["title"],
        link=item["link"],
        at=datetime.fromisoformat(item["isoDate"]),
        enclosure=item.get("enclosure", {}).get("url", ""),
        content=item.get("content:encoded") or item["content"],
    )


def _unknown(url: str, before: Sequence[Seen], after: Sequence[Seen]) -> list[tuple[str, str]]:
    known = {item.id for item in before}
    return [(url, item.id) for item in after if item.id not in known]


READERS: dict[str, type[Reader]] = {
    "feedparser": Feedparser,
    "reader": Lemon24,
    "newsboat": Newsboat,
    "sfeed": Sfeed,
    "rss-parser": RssParser,
}
