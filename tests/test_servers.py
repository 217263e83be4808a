"""The same application under granian, gunicorn and Flask's own server gives the same answers."""

from __future__ import annotations

import os
import signal
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
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(10)


def _wait(client: httpx.Client, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if client.get("/healthz").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError("the server does not answer")
