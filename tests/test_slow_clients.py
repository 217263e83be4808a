"""Whoever is slow, asks for much at once or does nothing keeps nobody else from the feeds."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress

import reading
from conftest import Maker
from folders import free_port
from newsroom import ROOT, Newsroom, article

from feeds.catalogue import Catalogue
from feeds.config import load
from feeds.refresh import refresh
from feeds.representation import Representation
from feeds.site import Site
from feeds.validators import Validators

LONG = b"ID3\3" + bytes(8_000_000)
SHORT = b"ID3\3" + bytes(700_000)
FEED = "/feeds/rss.xml"


def _slow(port: int, path: str) -> socket.socket:
    """Asks, and takes as little of the answer as TCP lets it."""
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    made.settimeout(20)
    made.connect(("127.0.0.1", port))
    made.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    return made


@contextmanager
def _readers(room: Newsroom, path: str, count: int) -> Iterator[list[bytes]]:
    """The first bytes that each of so many slow readers gets, who then read no further."""
    with ExitStack() as stack:
        clients = [stack.enter_context(_slow(room.port, path)) for _ in range(count)]
        yield [client.recv(1000) for client in clients]


def _seconds(room: Newsroom) -> float:
    began = time.monotonic()
    room.ok(FEED)
    return time.monotonic() - began


def test_slow_readers_of_long_files_leave_the_feeds_alone(newsroom: Maker) -> None:
    room = newsroom({"a.md": article(), "long.mp3": LONG}, serve=True)
    with _readers(room, "/media/long.mp3", 48) as heads:
        statuses = Counter(head[:12] for head in heads)
        assert _seconds(room) < 3
    assert statuses == {b"HTTP/1.1 200": 8, b"HTTP/1.1 503": 40}
    refused = next(head for head in heads if b" 503" in head).lower()
    assert b"retry-after: 10\r\n" in refused and b"cache-control: no-store\r\n" in refused
    room.eventually(lambda: room.get("/media/long.mp3").status == 200)
    assert room.get("/media/long.mp3").body == LONG
    assert room.get("/media/long.mp3", {"Range": "bytes=1-2000000"}).body == LONG[1:2_000_001]


def test_any_number_of_slow_readers_gets_pictures_and_other_short_files(newsroom: Maker) -> None:
    room = newsroom({"a.md": article(), "short.mp3": SHORT}, serve=True)
    with _readers(room, "/media/short.mp3", 48) as heads:
        assert Counter(head[:12] for head in heads) == {b"HTTP/1.1 200": 48}
        assert _seconds(room) < 3


def test_a_rush_for_share_cards_leaves_the_feeds_alone(newsroom: Maker) -> None:
    files = {f"a{n}.md": article(f"خبر {n}") for n in range(48)}
    room = newsroom(files, serve=True)
    _seconds(room)
    with ThreadPoolExecutor(48) as pool:
        cards = [pool.submit(room.raw, f"/s/a{n}/card.png".encode()) for n in range(48)]
        time.sleep(0.2)
        assert _seconds(room) < 3
        answers = [card.result() for card in cards]
        assert {answer.status for answer in answers} <= {200, 503}
        assert all(answer.headers["Retry-After"] == "10" for answer in answers if answer.status == 503)
        room.write("b.md", article("كلهم يريدون هذا"))
        room.eventually(lambda: room.share("b").status == 200)
        herd = list(pool.map(room.raw, [b"/s/b/card.png"] * 48))
    assert Counter(answer.status for answer in herd) == {200: 48}


# --- connections on which nothing moves --------------------------------------------------------------


@contextmanager
def _hasty(room: Newsroom, setting: str) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """`serve` with less patience, and where it listens."""
    port = free_port()
    program = f"import feeds.door as d; {setting}; from feeds.cli import main; main()"
    process = subprocess.Popen(
        [sys.executable, "-c", program, "--config", str(room.config_path), "serve", "--port", str(port)],
        cwd=ROOT, env=room.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        _connect(port).close()
        yield process, port
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(10)


def test_serve_ends_a_connection_that_never_begins(newsroom: Maker) -> None:
    room = newsroom({"a.md": article()})
    with (
        _hasty(room, "d.Door.__init__.__defaults__ = (1.0,)") as (_, port),
        _connect(port) as silent,
        _connect(port) as half,
    ):
        half.sendall(b"PRI * HTTP/2")
        assert silent.recv(1) == b"" and half.recv(1) == b""


def test_a_reader_who_has_stopped_does_not_keep_serve_from_ending(newsroom: Maker) -> None:
    room = newsroom({"a.md": article(), "long.mp3": LONG})
    with _hasty(room, "d.LINGER_SECONDS = 1") as (process, port), _slow(port, "/media/long.mp3") as reader:
        assert reader.recv(100)
        began = time.monotonic()
        process.terminate()
        assert process.wait(25) == 0 and time.monotonic() - began < 15


def _connect(port: int) -> socket.socket:
    end = time.monotonic() + 20
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=20)
        except OSError:
            assert time.monotonic() < end
            time.sleep(0.1)


# --- memory ------------------------------------------------------------------------------------------


def test_a_site_that_is_crawled_keeps_no_more_than_it_may(newsroom: Maker) -> None:
    """Whatever is asked for while nothing changes."""
    body = "نص طويل. " * 800
    room = newsroom({f"a{n}.md": article(f"خبر {n}", body, tags=f"[وسم {n}]") for n in range(60)})
    config, catalogue = load(room.config_path), Catalogue(room.folder / "c.sqlite")
    refresh(config, catalogue, now=2_000_000_000)
    site = Site(config, catalogue.connection, Validators(), kept_bytes=400_000)
    paths = [f"/s/a{n}" for n in range(60)] + [f"/feeds/tag/وسم-{n}/rss.xml" for n in range(60)]
    bodies = {}
    for path in paths:
        found = site.answer(path, 2_000_000_000)
        assert isinstance(found, Representation)
        bodies[path] = found.body
        del found
    assert sum(map(len, bodies.values())) > 2_000_000
    ready = [made for path in paths if (made := site.ready(path, 2_000_000_000))]
    assert 0 < sum(len(made.body) for made in ready) <= 400_000
    for path in paths:
        again = site.answer(path, 2_000_000_000)
        assert isinstance(again, Representation) and again.body == bodies[path]


def test_a_delta_is_made_once_for_all_who_have_the_same_bytes(newsroom: Maker) -> None:
    room, path = newsroom({"a.md": article("أول")}), "/feeds/rss.xml"
    config, catalogue = load(room.config_path), Catalogue(room.folder / "c.sqlite")
    validators = Validators()
    validators.renew(room.folder / "validators.sqlite", 2_000_000_000, mend=True)
    site = Site(config, Catalogue(room.folder / "c.sqlite", writable=False).connection, validators)
    etags = []
    for name in ("a", "b", "c"):
        room.write(f"{name}.md", article(f"خبر {name}", date=f"2025-05-0{ord(name) - 96}"))
        refresh(config, catalogue, now=2_000_000_000)
        found = site.answer(path, 2_000_000_000)
        assert isinstance(found, Representation)
        etags.append(found.etag)
    deltas = {etag: site.delta(path, etag, 2_000_000_000) for etag in etags}
    tokens = {etag: reading.rss(made.body).tokens for etag, made in deltas.items() if made}
    assert tokens == {etags[0]: ["c", "b"], etags[1]: ["c"]}
    assert [site.delta(path, etag, 2_000_000_000) is made for etag, made in deltas.items()] == [True] * 3
