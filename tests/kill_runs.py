"""The service killed at random moments of its work, and what must be true of the next one over the same folder."""

from __future__ import annotations

import random
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from pathlib import Path

import httpx
import pictures
from folders import listing
from newsroom import Newsroom, article
from reading import json_feed, xml

TAGS = ("سياسة", "اقتصاد", "C++", "رأي", "ثقافة وفن")
MOMENTS = ("first read", "start", "refresh")
REFRESH_SECONDS = 1.5
ASKED = ("/feeds/rss.xml", "/feeds/atom.xml", "/feeds/feed.json", "/", "/feeds/lang/ar/rss.xml")
LONGEST_START_SECONDS = 20.0
MOST_STATE_FILES = 40  # a lock, two databases with what SQLite keeps beside them, the drawings that were asked for


@dataclass(kw_only=True)
class Told:
    """What a client keeps of one URL; `modified` in seconds since 1970 UTC."""

    etag: str
    modified: float


@dataclass(kw_only=True)
class Killer:
    """One folder, changed and its service killed again and again. Everything random comes from the seed."""

    folder: Path
    seed: int
    articles: int
    faults: list[str] = field(default_factory=list)
    starts: list[float] = field(default_factory=list)  # seconds

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)
        self._serial = 0
        self._names: set[str] = set()
        self._told: dict[str, Told] = {}
        self._generation = 0
        self.room = Newsroom(self.folder / "room", {"p.png": pictures.png(9, 9)})
        for _ in range(self.articles):
            self._write(self._new_name())

    def run(self, kills: int) -> Iterator[str]:
        """One line for each kill, after all has been looked at."""
        try:
            for number in range(kills):
                moment = "first read" if number == 0 else self._random.choice(MOMENTS)
                # A start takes as long as the last one did, on this machine at this hour.
                usual = self.starts[-1] if self.starts else 1.5
                pause = self._random.uniform(0, REFRESH_SECONDS if moment == "refresh" else usual)
                known = len(self.faults)
                held = self._kill(moment, pause)
                self._look()
                self.faults[known:] = [f"kill {number + 1}: {fault}" for fault in self.faults[known:]]
                found = len(self.faults) - known
                yield f"{moment}, {pause:.3f} s, {held}, up in {self.starts[-1]:.2f} s, {found} faults"
        finally:
            self.room.stop()

    def _kill(self, moment: str, pause: float) -> str:
        """Returns what the state folder held then."""
        if moment == "first read":
            self.room.stop()
            _empty(self.room.folder / "var")
            self._told, self._generation = {}, 0
        if moment == "start":
            self.room.stop()
        self._change()
        if moment != "refresh":
            self.room.start()
        with self._asking(moment):
            time.sleep(pause)
            try:
                self.room.kill()
            except ProcessLookupError:  # unless somebody else has taken the port, it ended by itself
                if "in use" not in self.room.log().lower():
                    self.faults.append(f"ended by itself:\n{self.room.log()}")
                self.room.stop()
        sizes = {path.suffix: path.stat().st_size >> 10 for path in self.room.folder.glob("var/catalogue-*")}
        return f"catalogue {sizes.get('.sqlite', 0)} kB, WAL {sizes.get('.sqlite-wal', 0)} kB"

    # --- the editor -----------------------------------------------------------------------------------

    def _change(self) -> None:
        for _ in range(self._random.randint(5, self.articles // 4)):
            what = self._random.choice(("add", "edit", "edit", "delete", "rename"))
            name = self._random.choice(sorted(self._names))
            if what == "add" or len(self._names) < self.articles // 2:
                self._write(self._new_name())
            elif what == "edit":
                self._write(name)
            else:
                self._names.remove(name)
                if what == "delete":
                    self.room.delete(name)
                else:
                    new = self._new_name()
                    self.room.rename(name, new)
                    self._names.add(new)

    def _new_name(self) -> str:
        self._serial += 1
        return f"{self._random.choice('abc')}/n{self._serial}.md"

    def _write(self, name: str) -> None:
        self._serial += 1
        serial = self._serial
        body = " ".join(f"كلمة{self._random.randrange(900)}" for _ in range(self._random.randint(20, 400)))
        self._names.add(name)
        self.room.write(name, article(
            f"خبر {serial}", body, tags=f"[{self._random.choice(TAGS)}]", author=f"كاتب {serial % 3}",
            date=f"2025-0{1 + serial % 4}-{1 + serial % 27:02}T10:{serial % 60:02}:00Z",
            image="/p.png" if serial % 9 == 0 else None,
        ))  # fmt: skip

    # --- the clients ----------------------------------------------------------------------------------

    @contextmanager
    def _asking(self, moment: str) -> Iterator[None]:
        """Somebody asks all the time, also for what is drawn."""
        end = threading.Event()
        thread = threading.Thread(target=self._ask, args=(self.room.port, moment, end))
        thread.start()
        try:
            yield
        finally:
            end.set()
            thread.join()

    def _ask(self, port: int, moment: str, end: threading.Event) -> None:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=5, trust_env=False) as client:
            while not end.is_set():
                for path in (*ASKED, f"/s/n{self._random.randrange(self._serial)}/card.png"):
                    try:
                        answer = client.get(path)
                    except httpx.TransportError:
                        end.wait(0.02)
                        continue
                    if answer.status_code == 503 and moment != "refresh" and "Retry-After" in answer.headers:
                        continue  # what could miss an article while a first read goes on
                    if answer.status_code >= 500:
                        self.faults.append(f"{path} was {answer.status_code}")
                    elif answer.status_code == 200 and path in ASKED:
                        self._hear(path, answer.headers)

    def _hear(self, path: str, headers: httpx.Headers) -> None:
        """Last-Modified moves forward with every change of the bytes, and never back."""
        stamp = headers.get("Last-Modified")
        if stamp is None:
            return
        modified, before = parsedate_to_datetime(stamp).timestamp(), self._told.get(path)
        if before and modified < before.modified + (headers["ETag"] != before.etag):
            self.faults.append(f"Last-Modified of {path} goes from {before.modified} to {modified}")
        self._told[path] = Told(etag=headers["ETag"], modified=modified)

    # --- the looks ------------------------------------------------------------------------------------

    def _look(self) -> None:
        """Starts the service again and writes down everything that is not as it must be."""
        content, began = listing(self.room.content), time.monotonic()
        self.room.serve()
        self.starts.append(time.monotonic() - began)
        if self.starts[-1] > LONGEST_START_SECONDS:
            self.faults.append(f"took {self.starts[-1]:.1f} s to start")
        self.room.eventually(lambda: self.room.health()["status"] == "ok", within=60)  # the rest of a first read
        self._compare()
        generation = self.room.health()["generation"]
        if generation < self._generation:
            self.faults.append(f"the generation goes from {self._generation} to {generation}")
        self._generation = generation
        if "Traceback" in self.room.log():
            self.faults.append(f"wrote {self.room.log()}")
        if listing(self.room.content) != content:
            self.faults.append("content has changed")
        kept = [path.name for path in self.room.folder.glob("var/**/*")]
        if len(kept) > MOST_STATE_FILES + self._serial or len([name for name in kept if _is_draft(name)]) > 8:
            self.faults.append(f"the state grows: {kept}")

    def _compare(self) -> None:
        """Everything is, to the byte, what a service gives that has never been disturbed and remembers the same ids of
        files that were renamed."""
        fresh = Newsroom(self.folder / f"fresh{len(self.starts)}", content={"path": str(self.room.content)})
        _copy(self.room.folder / "var" / "names.sqlite", fresh.folder / "var" / "names.sqlite")
        fresh.inside()
        try:
            for path in _paths(fresh):
                wanted, found = fresh.ok(path), self.room.get(path)
                if (found.status, found.body, found.etag) != (200, wanted.body, wanted.etag):
                    self.faults.append(f"{path} is {found.status} and not what content says")
                if path.endswith(".xml"):
                    xml(found.body)
                self._hear(path, found.headers)
        finally:
            fresh.stop()


def _paths(room: Newsroom) -> Iterator[str]:
    yield from ASKED
    yield from ("/page/2", "/feeds/page/2/atom.xml", "/feeds/archive/1/rss.xml", "/sitemap.xml", "/feeds.opml")
    for outline in xml(room.ok("/feeds.opml").body).iter("outline"):
        if outline.get("xmlUrl"):
            yield room.local(outline.get("xmlUrl"))
    for token in json_feed(room.ok("/feeds/feed.json").body).tokens[:4]:
        yield f"/s/{token}"


def _copy(database: Path, to: Path) -> None:
    to.parent.mkdir()
    with closing(sqlite3.connect(database)) as db, closing(sqlite3.connect(to)) as copy:
        db.backup(copy)


def _empty(folder: Path) -> None:
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir():
            path.rmdir()
        else:
            path.unlink()


def _is_draft(name: str) -> bool:
    return name.rpartition(".")[2].isdigit()
