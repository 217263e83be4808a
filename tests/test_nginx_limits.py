"""Rate limits of both nginx configurations, with the real nginx: a polite reader never meets them, a flood does."""

from __future__ import annotations

import re
import socket
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

import nginx_process
import pytest
from conftest import Maker
from newsroom import Newsroom, article
from nginx_process import Nginx

pytestmark = pytest.mark.skipif(bool(nginx_process.MISSING), reason=nginx_process.MISSING)
FEEDS = ("/feeds/rss.xml", "/feeds/atom.xml", "/feeds/feed.json")
LONG_BYTES = 24_000_000  # more than the buffers of a local socket hold
STATUS = re.compile(rb"HTTP/1\.1 (\d{3}) ")


def _room(newsroom: Maker) -> Newsroom:
    room = newsroom({f"{n}.md": article(f"خبر {n}") for n in range(3)})
    with (room.content / "long.pdf").open("wb") as file:
        file.truncate(LONG_BYTES)
    return room


def test_the_limits_of_an_exported_tree(newsroom: Maker, tmp_path: Path) -> None:
    room, public, prefix = _room(newsroom), tmp_path / "public", tmp_path / "nginx"
    prefix.mkdir()
    assert room.run("export", str(public)).code == 0
    changes = {"/srv/nashra/public": str(public)}
    with nginx_process.running(prefix, "nginx.conf", changes, limited=True) as nginx:
        _keeps_to_its_limits(nginx)


def test_the_limits_of_a_cache_before_serve(newsroom: Maker, tmp_path: Path) -> None:
    room = _room(newsroom).serve()
    changes = {"127.0.0.1:8000": f"127.0.0.1:{room.port}", "/var/cache/nginx/nashra": str(tmp_path / "cache")}
    with nginx_process.running(tmp_path, "nginx-proxy.conf", changes, limited=True) as nginx:
        searched, _ = _flood(nginx, "/feeds/search/%D9%86%D8%B5/rss.xml", 60)
        assert 20 <= searched[200] <= 30 and searched[429] >= 30, searched
        _keeps_to_its_limits(nginx)  # who searches too much still reads


def _keeps_to_its_limits(nginx: Nginx) -> None:
    # An office behind one address: twenty people open the home page, and as many readers poll three feeds.
    polite = Counter(nginx.get(path).status for path in ("/", "/assets/nashra.css", "/favicon.ico", *FEEDS) * 20)
    assert polite == {200: 120}
    _answers_at_a_time(nginx)
    flood, text = _flood(nginx, "/feeds/rss.xml", 700)
    assert flood[429] >= 300 and flood.keys() == {200, 429}, flood
    limited = next(head for head in text.split(b"\r\n\r\n") if b" 429 " in head).lower()
    assert b"retry-after: 10" in limited and b"cache-control: no-store" in limited
    time.sleep(1)  # less than it says, and one is served again
    assert nginx.get("/feeds/rss.xml").status == 200


def _answers_at_a_time(nginx: Nginx) -> None:
    """Fifty for one address, so that whoever reads slowly on purpose does not take all there are."""
    with ExitStack() as stack:
        found: Counter[int] = Counter()
        for _ in range(55):
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", nginx.port), timeout=20))
            connection.sendall(b"GET /media/long.pdf HTTP/1.1\r\nHost: news.example\r\n\r\n")
            begun = STATUS.match(connection.recv(64))
            found[int(begun[1]) if begun else 0] += 1
        assert found == {200: 50, 429: 5}


def _flood(nginx: Nginx, path: str, count: int) -> tuple[Counter[int], bytes]:
    """All at once over one connection; what came."""
    request = f"HEAD {path} HTTP/1.1\r\nHost: news.example\r\n"
    with socket.create_connection(("127.0.0.1", nginx.port), timeout=20) as connection:
        connection.sendall(f"{request}\r\n".encode() * (count - 1) + f"{request}Connection: close\r\n\r\n".encode())
        answer = b""
        while part := connection.recv(1 << 20):
            answer += part
    return Counter(int(status) for status in STATUS.findall(answer)), answer


def test_what_is_for_the_machine_itself_is_for_nobody_else() -> None:
    text = (nginx_process.DEPLOY / "nginx-proxy.conf").read_text("utf-8")
    private = re.search(r"location ~ \^/\(\?:healthz\|metrics\)\$ \{(.*?)\n    \}", text, re.DOTALL)
    assert private
    allowed = re.findall(r"(allow|deny) (\S+);", private[1])
    assert allowed == [("allow", "127.0.0.1"), ("allow", "::1"), ("deny", "all")]
