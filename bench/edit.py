"""From the write of one file to its new bytes in the feed, and the CPU spent, in archives of two sizes.

make bench-edit    # about 3 minutes, and the first time what reading the larger archive takes
python bench/edit.py [--sizes 1000 100000] [--edits 15] [--burst 1000]

A reader asks for the main feed as fast as it can, without a pause, on one connection; the time ends with the first
answer that holds the new title. The CPU seconds are those of the server, the answers to that reader among them.
Hugo's server leaves its feed of the home page as it was after an edit, so there the reader asks for the article's own
page."""

from __future__ import annotations

import argparse
import http.client
import os
import re
import shutil
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import machine
import sample
import servers
import start

PATH = "/feeds/rss.xml"


class Reader:
    """One connection that asks for one path."""

    def __init__(self, port: int, path: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._path = path
        self.errors = 0

    def get(self) -> bytes:
        try:
            self._connection.request("GET", self._path)
            answer = self._connection.getresponse()
            body = answer.read()
        except (OSError, http.client.HTTPException):
            self._connection.close()
            self.errors += 1
            return b""
        self.errors += answer.status != 200
        return body

    def until(self, wanted: bytes, seconds: float = 60) -> float:
        """Seconds until the answer holds this."""
        start = time.monotonic()
        while time.monotonic() < start + seconds:
            if wanted in self.get():
                return time.monotonic() - start
        raise TimeoutError(f"{wanted.decode()} is not served after {seconds:.0f} s")


def newest(folder: Path, size: int, count: int) -> list[Path]:
    """The articles that stand first in the feed."""
    numbers = sorted(range(size), key=sample.day, reverse=True)[:count]
    return [folder / "content" / sample.place(number) for number in numbers]


def write(path: Path, title: str) -> None:
    """In one step, as an editor does it; the date makes it the newest."""
    text = re.sub(r"(?m)^title: .*$", f"title: {title}", path.read_text("utf-8"), count=1)
    text = re.sub(r"(?m)^date: .*$", "date: 2025-01-01 00:00", text, count=1)
    draft = path.parent / ".being-written"
    draft.write_text(text, "utf-8")
    os.replace(draft, path)


def edits(name: str, process: object, reader: Reader, path: Path, count: int) -> list[object]:
    original = path.read_bytes()
    seconds, spent = [], 0.0
    try:
        for number in range(count + 1):
            time.sleep(0.4)
            title = f"عنوان {os.getpid()} {number}"
            if number == 1:  # the first one has warmed everything up
                spent = machine.cpu_seconds(process.pid)
            write(path, title)
            seconds.append(reader.until(title.encode()))
            time.sleep(0.2)
        spent = machine.cpu_seconds(process.pid) - spent
    finally:
        path.write_bytes(original)
    del seconds[0]
    most = sorted(seconds)[-max(1, len(seconds) // 10)]
    return [
        name, f"{statistics.median(seconds) * 1000:.0f}", f"{most * 1000:.0f}", f"{spent / count * 1000:.0f}",
        reader.errors,
    ]  # fmt: skip


class Watcher(threading.Thread):
    """Reads thirty times a second, which leaves the processors to the server, and keeps every feed that it saw, in
    order."""

    def __init__(self, reader: Reader, done: Callable[[bytes], bool]) -> None:
        super().__init__()
        self.seen: list[tuple[float, bytes]] = []
        self.stop = threading.Event()
        self._reader, self._done = reader, done

    def run(self) -> None:
        while not self.stop.wait(0.03):
            body = self._reader.get()
            if body and (not self.seen or self.seen[-1][1] != body):
                self.seen.append((time.monotonic(), body))

    def is_done(self) -> bool:
        return bool(self.seen) and self._done(self.seen[-1][1])


def burst(port: int, process: object, paths: list[Path]) -> list[object]:
    """All of them get a new title, written one after the other as fast as it goes. How long from the first write and
    from the last one until the feed is new, how many refreshes it took, and which feeds were neither old nor new."""
    originals = {path: path.read_bytes() for path in paths}
    title = f"دفعة {os.getpid()}"
    changed = {
        path: re.sub(r"(?m)^title: .*$", f"title: {title}", data.decode(), count=1) for path, data in originals.items()
    }
    reader, health = Reader(port, PATH), Reader(port, "/healthz")
    number = re.compile(rb'"generation": (\d+)')
    items = reader.get().count(b"<item>")
    before, cpu = int(number.search(health.get())[1]), machine.cpu_seconds(process.pid)
    watcher = Watcher(reader, lambda body: body.count(f"<title>{title}</title>".encode()) == items)
    watcher.start()
    start = time.monotonic()
    try:
        for path, text in changed.items():
            path.write_text(text, "utf-8")
        written = time.monotonic()
        while not watcher.is_done() and time.monotonic() < written + 60:
            time.sleep(0.05)
        time.sleep(1)
        spent = machine.cpu_seconds(process.pid) - cpu
        after = int(number.search(health.get())[1])
    finally:
        watcher.stop.set()
        watcher.join()
        for path, data in originals.items():
            path.write_bytes(data)
    end = watcher.seen[-1][0]
    time.sleep(5)
    return [
        f"{len(paths):,} files", f"{written - start:.2f}", f"{end - start:.2f}", after - before,
        len(watcher.seen) - 2, f"{spent:.1f}", reader.errors + health.errors,
    ]  # fmt: skip


def hugo(size: int, count: int) -> list[object]:
    """The peer: a generator that watches its content and serves what it made from memory."""
    with tempfile.TemporaryDirectory() as name:
        folder, port = Path(name), servers.free_port()
        shutil.copytree(sample.kept(size) / "content", folder / "content")
        start.hugo(folder)
        article = newest(folder, size, 1)[0]
        page = f"/{article.relative_to(folder / 'content').with_suffix('')}/"
        command = [
            machine.program("hugo"), "server", "--source", name, "--config", "config.toml", "--port", str(port), "--disableLiveReload"
        ]  # fmt: skip
        with servers.running(command, port, page) as process:
            row = f"Hugo's server, {size:,} articles (the article's page)"
            return edits(row, process, Reader(port, page), article, count)


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--sizes", type=int, nargs="*", default=[1000, 100_000])
    options.add_argument("--edits", type=int, default=15)
    options.add_argument("--burst", type=int, default=1000)
    chosen = options.parse_args()
    rows, bursts = [], []
    for size in chosen.sizes:
        folder, port = sample.kept(size), servers.free_port()
        with servers.running(servers.nashra(folder / "config.yaml", port, watch=True), port, PATH) as process:
            servers.settled(process)
            name = f"nashra, {size:,} articles"
            rows.append(edits(name, process, Reader(port, PATH), newest(folder, size, 1)[0], chosen.edits))
            bursts.append([f"{size:,}", *burst(port, process, newest(folder, size, chosen.burst))])
    if machine.program("hugo"):
        rows.append(hugo(min(chosen.sizes), chosen.edits))
    print(machine.line("watchfiles", programs=["hugo"]))
    print(f"Medians of {chosen.edits} edits of the first article of the feed; 50 articles in full stand in it.")
    machine.table(["server", "ms to new bytes", "slowest tenth, ms", "CPU ms an edit", "errors"], rows)
    columns = ["articles", "burst", "s to write", "s to new bytes", "refreshes", "mixtures seen", "CPU s", "errors"]
    machine.table(columns, bursts)


if __name__ == "__main__":
    main()
