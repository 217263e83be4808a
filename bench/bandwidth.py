"""Bytes that readers of each kind fetch in a day: 40 new articles, a poll every 30 minutes, the real server.

python bench/bandwidth.py [--articles 40] [--polls 48] [--docs] [--json FILE]

The day is one gone by, so that the server takes each article in as soon as its file is there, and no byte depends on
when this runs. Heads are counted as they come over the wire.
"""

from __future__ import annotations

import argparse
import json
import random
import socket
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib.metadata import version
from pathlib import Path

import plot
import sample
import servers

DAY = datetime.fromisoformat("2025-03-03T00:00:00+03:00")
STOCK, WORDS = 60, 360  # articles that are there before, and words that make 4 kB
FORMATS = {"RSS": "/feeds/rss.xml", "Atom": "/feeds/atom.xml", "JSON Feed": "/feeds/feed.json"}
ENCODINGS = {"plain": "identity", "gzip": "gzip", "br": "br"}
HABITS = {"nothing": "", "ETag": "etag", "A-IM": "feed"}
LABELS = {"nothing": "every time whole", "ETag": "If-None-Match", "A-IM": "If-None-Match, A-IM: feed"}


@dataclass(kw_only=True)
class Reader:
    """One subscriber on one connection. Bytes of the answers, heads and bodies apart."""

    path: str
    headers: dict[str, str]
    conditional: bool
    statuses: Counter[int] = field(default_factory=Counter)
    head: int = 0
    body: int = 0

    def poll(self, port: int, *, counted: bool = True) -> None:
        fields = "".join(f"{name}: {value}\r\n" for name, value in self.headers.items())
        with socket.create_connection(("127.0.0.1", port), timeout=20) as wire, wire.makefile("rb") as answer:
            wire.sendall(f"GET {self.path} HTTP/1.1\r\nHost: news.example\r\n{fields}\r\n".encode())
            lines = list(iter(answer.readline, b"\r\n"))
            status = int(lines[0].split()[1])
            named = dict(line.decode().lower().rstrip().split(": ", 1) for line in lines[1:])
            body = answer.read(0 if status == 304 else int(named["content-length"]))
        if self.conditional:
            self.headers["If-None-Match"] = next(
                line[6:].decode().rstrip() for line in lines if line[:5].lower() == b"etag:"
            )
        if counted:
            self.statuses[status] += 1
            self.head += sum(map(len, lines)) + 2
            self.body += len(body)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--articles", type=int, default=40)
    options.add_argument("--polls", type=int, default=48)
    options.add_argument("--docs", action="store_true", help="write docs/bandwidth.md, .svg and .json")
    options.add_argument("--json", type=Path)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="bandwidth-") as name:
        found = day(Path(name), chosen.articles, chosen.polls)
    text = json.dumps(found, indent=1, ensure_ascii=False) + "\n"
    if chosen.json:
        chosen.json.write_text(text, "utf-8")
    if chosen.docs:
        docs = servers.ROOT / "docs"
        (docs / "bandwidth.json").write_text(text, "utf-8")
        (docs / "bandwidth.svg").write_text(drawing(found), "utf-8")
        (docs / "bandwidth.md").write_text(page(found), "utf-8")
    print(table(found))


def day(folder: Path, articles: int, polls: int) -> dict[str, object]:
    """Polls at equal distances through the day, the first at midnight; all readers were there the day before."""
    config = folder / "config.yaml"
    config.write_text(sample.CONFIG.replace("feeds:\n  items: 50\n", ""), "utf-8")
    for number in range(STOCK):
        write(folder, number, DAY - timedelta(hours=7 * (STOCK - number)))
    due = sorted(random.Random(40).sample(range(6 * 60, 23 * 60), articles))  # minutes; nobody writes at night
    port = servers.free_port()
    command = [sys.executable, "app.py", "--config", str(config), "serve", "--port", str(port)]
    readers = {
        (label, habit, encoding): Reader(
            path=path, conditional=bool(asked),
            headers={"Accept-Encoding": accepted} | ({"A-IM": "feed"} if asked == "feed" else {}),
        )
        for label, path in FORMATS.items()
        for habit, asked in HABITS.items()
        for encoding, accepted in ENCODINGS.items()
    }  # fmt: skip
    written = STOCK
    with servers.running(command, port, "/sitemap.xml"):
        for reader in readers.values():
            reader.poll(port, counted=False)
        for poll in range(polls):
            while written - STOCK < articles and due[written - STOCK] <= poll * 24 * 60 // polls:
                write(folder, written, DAY + timedelta(minutes=due[written - STOCK]))
                written += 1
            wait(port, written)
            for reader in readers.values():
                reader.poll(port)
    rows = [
        {
            "format": label, "habit": habit, "encoding": encoding, "head": reader.head, "body": reader.body,
            "statuses": {str(status): count for status, count in sorted(reader.statuses.items())},
        }
        for (label, habit, encoding), reader in readers.items()
    ]  # fmt: skip
    return {"articles": written - STOCK, "polls": polls, "items": 20, "rows": rows}


def write(folder: Path, number: int, when: datetime) -> None:
    head, body = sample.article(number, WORDS).split("date: ", 1)
    path = folder / "content" / f"a{number}.md"
    path.parent.mkdir(exist_ok=True)
    draft = folder / "draft"
    draft.write_text(f"{head}date: {when.isoformat()}\n{body.split(chr(10), 1)[1]}", "utf-8")
    draft.replace(path)


def wait(port: int, articles: int) -> None:
    """Until so many are public, which is within five seconds."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz") as answer:
            if json.load(answer)["articles"] == articles:
                return
        time.sleep(0.05)
    raise TimeoutError(f"not {articles} articles")


def table(found: dict) -> str:
    """Markdown."""
    lines = []
    for label in FORMATS:
        rows = [row for row in found["rows"] if row["format"] == label]
        whole = rows[0]["head"] + rows[0]["body"]
        lines += [
            f"\n### {label}\n",
            "| asks with | encoding | 200 | 226 | 304 | bodies, bytes | heads, bytes | bytes per poll | of the first row |",
            "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
        ]
        for row in rows:
            counts = " | ".join(str(row["statuses"].get(status, "")) for status in ("200", "226", "304"))
            total = row["head"] + row["body"]
            lines.append(
                f"| {LABELS[row['habit']]} | {row['encoding']} | {counts} | {row['body']:,} | {row['head']:,} | "
                f"{total / found['polls']:,.0f} | {100 * total / whole:.1f} % |"
            )
    return "\n".join(lines).strip("\n")


def drawing(found: dict) -> str:
    groups: dict[str, dict[str, float]] = {}
    for row in found["rows"]:
        group = groups.setdefault(f"{row['format']}, {row['encoding']}", {})
        group[LABELS[row["habit"]]] = (row["head"] + row["body"]) / found["polls"]
    return plot.bars("Bytes per poll: a day of 40 new articles, polled every 30 minutes", "bytes", groups)


def page(found: dict) -> str:
    versions = ", ".join(f"{name} {version(name)}" for name in ("granian", "Brotli", "feedgen", "lxml"))
    return f"""# Bytes per poll

A newsroom publishes {found["articles"]} articles of 4 kB (Arabic, Markdown) between six in the morning and eleven at night; feeds hold the newest {found["items"]}. Each reader has subscribed
the day before and polls every 30 minutes, {found["polls"]} times. Measured with the real server; heads are counted as they come over the wire, requests and TCP are not.
Made by `python bench/bandwidth.py --docs`; running it again gives the same bytes, with the same versions ({versions}).

What a reader saves, it saves by itself: `If-None-Match` with the last `ETag` gives 304 where nothing is new, and with `A-IM: feed`
(RFC 3229) 226 with only the new entries. Weak validators stand for all encodings, so that each combines with gzip and br.

The articles are drawn at random from 38 words, which packs to an eighth; prose packs less, the feed of this repository's content/ to a third. With prose
the rows with gzip and br are two to three times as large, those without encoding and all proportions within an encoding stay.

![Bytes per poll](bandwidth.svg)

{table(found)}
"""


if __name__ == "__main__":
    main()
