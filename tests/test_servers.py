"""The same application under granian, gunicorn and Flask's own server gives the same answers."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable

import httpx
import pytest
from conftest import Maker
from folders import free_port
from newsroom import ROOT, article

CONTENT = {"a.md": article("OpenAPI بالعربية", tags="[س]"), "b.md": article("ثان", date="2025-04-01")}
PATHS = ("/feeds/rss.xml", "/feeds/atom.xml", "/feeds/feed.json", "/", "/s/a", "/feeds/tag/%D8%B3/rss.xml")
# What stands on the request line, and what it gets (RFC 9112 section 3.2).
TARGETS = {
    b"/robots.txt": 200, b"http://evil.example": 200, b"http://evil.example?x=1": 200, b"http://evil.example/s/a": 200,
    b"robots.txt": 400, b"feeds/rss.xml": 400, b"robots.txt:80": 400, b"mailto:a@b": 400, b"a@b": 400, b"?x=1": 400, b"*": 400,
}  # fmt: skip
SERVERS: dict[str, Callable[[int], list[str]]] = {
    "flask": lambda port: ["-m", "flask", "--app", "app", "run", "--port", str(port)],
    "gunicorn": lambda port: ["-m", "gunicorn", "--workers", "2", "--bind", f"127.0.0.1:{port}", "app:app"],
}


@pytest.mark.parametrize("name", SERVERS)
def test_any_server_gives_the_bytes_and_validators_of_serve(newsroom: Maker, name: str) -> None:
    ours = newsroom(CONTENT, serve=True)
    theirs = newsroom(CONTENT)
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, *SERVERS[name](port)],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "FEEDS_CONFIG": str(theirs.config_path)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
            _wait(client)
            for path in PATHS:
                expected, found = ours.ok(path), client.get(path, headers={"Accept-Encoding": "identity"})
                assert found.status_code == 200 and found.content == expected.body
                for header in ("ETag", "Last-Modified", "Content-Type"):
                    assert found.headers[header] == expected.headers[header]
                assert found.headers["Server"] in ("gunicorn", "Werkzeug")  # and no version
                again = client.get(path, headers={"If-None-Match": found.headers["ETag"]})
                assert (again.status_code, again.content) == (304, b"")
            for target, status in TARGETS.items():
                assert _status(port, target) == _status(ours.port, target) == status, target
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(10)


def _status(port: int, target: bytes) -> int:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(b"GET " + target + b" HTTP/1.1\r\nHost: news.example\r\nConnection: close\r\n\r\n")
        with http.client.HTTPResponse(connection) as response:
            response.begin()
            return response.status


def _wait(client: httpx.Client, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if client.get("/healthz").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError("the server does not answer")
