"""A few seconds of `make soak`, and that its checks can fail at all."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import formatdate
from pathlib import Path
from socket import create_server
from typing import Any

import pytest
from lxml import etree
from newsroom import ROOT

sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "bench")]

from soaking import checks, report  # noqa: E402
from soaking.gauge import Sample  # noqa: E402
from soaking.wire import Answer, Gone, IllFormed, once  # noqa: E402

HONEST = {
    "reader, ETag", "reader, Last-Modified", "reader, A-IM: feed", "reader, no validators", "person", "unfurler", "player",
    "searcher", "robot", "HTTP/2", "pipeline", "watcher",
}  # fmt: skip
ABUSERS = {"slow head", "slow reader", "broken pipe", "oversized head", "noise"}


def test_a_hundred_clients_get_no_5xx_and_nothing_ill_formed_while_files_change(tmp_path: Path) -> None:
    """One test, so that the load runs once."""
    figures = tmp_path / "figures.json"
    command = [
        sys.executable,
        str(ROOT / "scripts" / "soak.py"),
        "--seconds",
        "6",
        "--clients",
        "100",
        "--articles",
        "100",
    ]
    done = subprocess.run(
        [*command, "--json", str(figures)], capture_output=True, text=True, timeout=120, check=False
    )  # fmt: skip
    assert figures.exists(), done.stderr
    found: dict[str, Any] = json.loads(figures.read_text())
    assert (found["faults"], found["tracebacks"], done.returncode) == ({}, [], 0), done.stdout
    assert set(found["clients"]) == HONEST | ABUSERS and sum(found["clients"].values()) == 100
    assert {name.partition("|")[0] for name in found["statuses"]} >= HONEST
    assert [name for name in found["statuses"] if int(name.rpartition("|")[2]) >= 500] == []
    assert sum(found["edits"].values()) > 5 and found["parsed"] > 20
    assert found["descriptors_after"] <= found["descriptors_before"] + 8
    assert max(sample["pss"] for sample in found["samples"]) < 600_000_000
    _the_page_and_the_plot_show(found)


def _the_page_and_the_plot_show(found: dict[str, Any]) -> None:
    drawing = etree.fromstring(report.drawing([Sample(**sample) for sample in found["samples"]], found).encode())
    assert {"Memory of all processes", "MiB", "Open descriptors", "minutes"} <= {
        t.text for t in drawing.iter("{*}text")
    }
    page = report.page(found, "make soak")
    assert "| HTTP/2 | 6 |" in page and "None." in page and f"{found['memory_ratio']:.3f}" in page


# --- the checks ---------------------------------------------------------------------------------------


def _answer(body: bytes = b"{}", *, status: int = 200, asked: dict[str, str] | None = None, **headers: str) -> Answer:
    etag = f'W/"{hashlib.sha256(body).hexdigest()[:32]}"'
    usual = {
        "content-type": "application/json", "etag": etag, "vary": "Accept-Encoding", "cache-control": "max-age=1",
    } | {name.replace("_", "-"): value for name, value in headers.items()}  # fmt: skip
    return Answer(
        method="GET", path="/x.json", asked=asked or {}, status=status, body=body,
        headers=[(name, value) for name, value in usual.items() if value],
    )  # fmt: skip


def test_a_right_answer_has_no_faults() -> None:
    assert list(checks.faults(_answer(), {200})) == []
    packed = _answer(b"{}", content_encoding="gzip", asked={"Accept-Encoding": "gzip, br"})
    packed.body = gzip.compress(b"{}")
    assert list(checks.faults(packed, {200})) == []
    assert list(checks.faults(_answer(b"", status=304), {200, 304})) == []


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (_answer(status=502), "a 502"),
        (_answer(status=404), "status 404"),
        (_answer(etag='W/"00000000000000000000000000000000"'), "is not the hash"),
        (_answer(etag="bare"), "ETag bare"),
        (_answer(vary=""), "Vary"),
        (_answer(cache_control=""), "no Cache-Control"),
        (_answer(set_cookie="a=b"), "a cookie"),
        (_answer(last_modified=formatdate(time.time() + 86_400, usegmt=True)), "in the future"),
        (_answer(content_encoding="gzip"), "was not asked for"),
        (_answer(content_encoding="gzip", asked={"Accept-Encoding": "gzip"}), "cannot be decompressed"),
        (_answer(status=304, etag=""), "304 without ETag"),
        (_answer(status=301, location="http://127.0.0.1/"), "Location"),
        (_answer(status=226, im="feed", cache_control="max-age=1"), "a 226 with"),
    ],
)
def test_a_wrong_answer_has_a_fault(answer: Answer, fault: str) -> None:
    assert any(fault in each for each in checks.faults(answer, {200, 226, 301, 304, 502}))


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/rss+xml", b"<rss><channel>"),
        ("application/json", b'{"a": '),
        ("text/html", "<!doctype html><p>خبر</p></div>".encode()),
        ("image/png", b"\x89PNG\r\n\x1a\n..."),
    ],
)
def test_a_body_that_is_cut_or_crossed_is_ill_formed(kind: str, body: bytes) -> None:
    assert list(checks.whole(_answer(body, content_type=kind)))


@contextmanager
def _saying(said: bytes) -> Iterator[int]:
    """A server that says one thing to the first who asks."""
    with create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(said)

        thread = threading.Thread(target=serve)
        thread.start()
        yield int(listener.getsockname()[1])
        thread.join(10)


@pytest.mark.parametrize(
    ("said", "error"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhalf", IllFormed),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5", IllFormed),
        (b"HTTP/1.1 200 OK\r\nBad Name: x\r\nContent-Length: 0\r\n\r\n", IllFormed),
        (b"HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n", IllFormed),
        (b"HTTP/1.1 200 OK\r\n\r\nuntil the end", IllFormed),
        (b"", Gone),
    ],
)
def test_a_connection_that_breaks_the_protocol_is_noticed(said: bytes, error: type[Exception]) -> None:
    with _saying(said) as port, pytest.raises(error):
        asyncio.run(once(port, "GET", "/", {}))
