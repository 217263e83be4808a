"""The newsroom under load: a folder of articles, the real server over it, and an editor who never rests."""

from __future__ import annotations

import io
import os
import random
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sample
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
SITE = "https://news.example"
_LEAST, _MOST = 60, 160  # articles that come and go
_BREAKS = (
    "---\ntitle: خبر\ndate: 2025-02-30\n---\nنص\n",  # no such day
    "---\ntitle: خبر\n---\nنص\n",  # no date
    "---\ntitle: [خبر\ndate: 2025-02-03\n",  # half front matter
    "---\ntitle: خبر\ndate: 2025-02-03\nid: a1\n---\nنص\n",  # somebody else's id
    b"\xff\xfe\xff",  # half a letter
)


class Room:
    """Written once; `start` serves it, with the log in `log`. All paths of articles are `content/…/TOKEN.md`.
    `settled` of them are touched by nobody."""

    def __init__(self, folder: Path, *, settled: int, workers: int = 1) -> None:
        self.folder = folder
        self.content = folder / "content"
        self.log = folder / "stderr.log"
        self.port = 0
        self.tags = [f"وسم {n}" for n in range(12)]
        self.authors = [f"كاتب {n}" for n in range(8)]
        self.settled = [f"a{n}" for n in range(settled)]
        self._process: subprocess.Popen[bytes] | None = None
        for number, token in enumerate(self.settled):
            picture = f"image: p{number % 10}.png\nimage_alt: صورة {number}\n" if number % 3 == 0 else ""
            _put(self.content / "old" / f"{token}.md", self.article(number, front=picture))
        for number in range(10):
            _put(self.content / "old" / f"p{number}.png", painted(number))
        rng = random.Random(1)
        _put(self.content / "old" / "talk.mp3", b"ID3\x03\0\0\0\0\0\0" + rng.randbytes(6_000_000))
        _put(self.content / "old" / "note.mp3", b"ID3\x03\0\0\0\0\0\0" + rng.randbytes(400_000))
        _put(
            folder / "config.yaml",
            sample.CONFIG.replace("items: 50", "items: 30") + f"server: {{workers: {workers}}}\n",
        )

    def article(self, number: int, *, front: str = "", when: datetime | None = None, salt: int = 0) -> str:
        """One of bench's articles, of this room's tags and authors, at an instant or in some year gone by."""
        _, old, body = sample.article(number + salt * 100_000).split("---\n", 2)
        title = next(line for line in old.splitlines() if line.startswith("title:"))
        date = when.isoformat() if when else next(line for line in old.splitlines() if line.startswith("date:"))[6:]
        tag, author = self.tags[number % len(self.tags)], self.authors[number % len(self.authors)]
        return f"---\n{title}\ndate: {date}\ntags: [{tag}]\nauthor: {author}\n{front}---\n{body}"

    def start(self) -> None:
        """Raises RuntimeError when nothing answers within a minute."""
        command = [sys.executable, str(ROOT / "app.py"), "--config", str(self.folder / "config.yaml")]
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [*command, "serve", "--port", str(self.port)], stdout=subprocess.DEVNULL, stderr=log,
                start_new_session=True,
            )  # fmt: skip
        end = time.monotonic() + 60
        while time.monotonic() < end and self._process.poll() is None:
            if self.answers("/sitemap.xml"):  # which is there when everything has been read
                return
            time.sleep(0.1)
        raise RuntimeError(f"the server does not answer:\n{self.log.read_text('utf-8', 'replace')}")

    def answers(self, path: str = "/healthz") -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                return bool(answer.status == 200)
        except (OSError, urllib.error.URLError):
            return False

    @property
    def pid(self) -> int:
        """The process that `serve` is; its workers are its children."""
        assert self._process is not None
        return self._process.pid

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(30)


class Editor(threading.Thread):
    """Does something to the files `rate` times a second until `stop`. Not two runs are alike in time, all are in order."""

    def __init__(self, room: Room, *, rate: float = 2, seed: int = 1) -> None:
        super().__init__(name="editor", daemon=True)
        self.done: Counter[str] = Counter()
        self.published: dict[str, float] = {}  # when (monotonic) by token, of articles that should appear at once
        self._room = room
        self._every = 1 / rate
        self._rng = random.Random(seed)
        self._moving: dict[str, Path] = {}
        self._broken: set[str] = set()
        self._next = len(room.settled)
        self._halt = threading.Event()
        for _ in range(_LEAST):
            self._create()
        self.done.clear()
        self.published.clear()

    @property
    def tokens(self) -> list[str]:
        """Articles that are there now or were just now."""
        return list(self._moving)

    def run(self) -> None:
        due = time.monotonic()
        works: dict[Callable[[], str], int] = {
            self._change: 30, self._create: 20, self._delete: 12, self._rename: 8, self._break: 8, self._mend: 8,
            self._picture: 6, self._withdraw: 4, self._schedule: 4,
        }  # fmt: skip
        while not self._halt.wait(max(0.0, due - time.monotonic())):
            due += self._every
            (work,) = self._rng.choices(list(works), list(works.values()))
            if len(self._moving) > _MOST:
                work = self._delete
            elif len(self._moving) < _LEAST:
                work = self._create
            self.done[work()] += 1

    def stop(self) -> None:
        self._halt.set()
        self.join(10)

    def _any(self) -> str:
        return self._rng.choice(list(self._moving))

    def _create(self, *, ahead: float = -1, front: str = "") -> str:
        number, self._next = self._next, self._next + 1
        token = f"a{number}"
        path = self._room.content / "new" / f"{number % 7}" / f"{token}.md"
        when = datetime.now(UTC) + timedelta(seconds=ahead)
        self._write(path, self._room.article(number, when=when, front=front))
        self._moving[token] = path
        if ahead < 0:
            self.published[token] = time.monotonic()
        return "create"

    def _schedule(self) -> str:
        self._create(ahead=self._rng.randrange(1, 6), front=f"expires: {datetime.now(UTC) + timedelta(seconds=90)}\n")
        return "schedule"

    def _change(self) -> str:
        token = self._any()
        when = datetime.now(UTC) - timedelta(seconds=30)
        text = self._room.article(int(token[1:]), when=when, salt=self._rng.randrange(1, 1000))
        self._write(self._moving[token], text)
        self._broken.discard(token)
        return "change"

    def _delete(self) -> str:
        token = self._any()
        self._moving.pop(token).unlink()
        self._broken.discard(token)
        self.published.pop(token, None)
        return "delete"

    def _rename(self) -> str:
        token = self._any()
        old = self._moving[token]
        new = self._room.content / "moved" / f"{self._rng.randrange(5)}" / old.name
        new.parent.mkdir(parents=True, exist_ok=True)
        old.replace(new)
        self._moving[token] = new
        return "rename"

    def _break(self) -> str:
        token = self._any()
        text = self._rng.choice(_BREAKS)
        self._moving[token].write_bytes(text.encode() if isinstance(text, str) else text)
        self._broken.add(token)
        self.published.pop(token, None)
        return "break"

    def _mend(self) -> str:
        if not self._broken:
            return self._change()
        token = min(self._broken)
        self._broken.discard(token)
        self._write(self._moving[token], self._room.article(int(token[1:]), when=datetime.now(UTC)))
        return "mend"

    def _withdraw(self) -> str:
        token = self._any()
        self.published.pop(token, None)
        now = datetime.now(UTC)
        self._write(self._moving[token], self._room.article(int(token[1:]), when=now, front=f"withdrawn: {now}\n"))
        return "withdraw"

    def _picture(self) -> str:
        _put(self._room.content / "old" / f"p{self._rng.randrange(10)}.png", painted(self._rng.randrange(200)))
        return "picture"

    def _write(self, path: Path, text: str) -> None:
        """In one step, or, like one editor in four, over the old bytes while others read."""
        if self._rng.random() < 0.25:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        else:
            _put(path, text)


def painted(shade: int) -> bytes:
    """A PNG of 900 × 600."""
    out = io.BytesIO()
    Image.new("RGB", (900, 600), (shade % 256, 120, 90)).save(out, "PNG")
    return out.getvalue()


def _put(path: Path, data: str | bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.parent / f".{path.name}.{os.getpid()}"
    draft.write_bytes(data.encode() if isinstance(data, str) else data)
    draft.replace(path)
