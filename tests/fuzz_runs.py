"""Runs of fuzzing: content, config and requests, each giving the faults it found with the input that shows them."""

from __future__ import annotations

import contextlib
import gzip
import io
import shutil
import socket
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote_to_bytes

import brotli
import reading
from fuzz_inputs import Inputs
from fuzz_promises import feed_faults, log_faults, page_faults
from newsroom import Newsroom, article

from feeds.config import load
from feeds.problems import ConfigError

NOW = "2026-01-10T09:00:00+03:00"
FEEDS = ("/feeds/rss.xml", "/feeds/atom.xml", "/feeds/feed.json")
SLOWEST_SECONDS = 2.0  # for one file of at most LONGEST bytes, on a busy machine


@dataclass(frozen=True, kw_only=True)
class Fault:
    """A promise that was broken, and by what."""

    what: str
    name: str
    data: bytes


@contextlib.contextmanager
def room(files: dict[str, str | bytes], **options: object) -> Iterator[tuple[Newsroom, io.StringIO]]:
    """An application of its own over the files, and what it writes on stderr."""
    folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
    log = io.StringIO()
    made = Newsroom(folder, files, at=NOW, feeds={"items": 500}, **options)  # type: ignore[arg-type]
    try:
        with contextlib.redirect_stderr(log):
            yield made.inside(), log
    finally:
        made.stop()
        shutil.rmtree(folder)


def contents(inputs: Inputs, count: int, batch: int = 100) -> Iterator[Fault]:
    """Many content files at once, in folders of `batch`."""
    for start in range(0, count, batch):
        files = {}
        for number in range(min(batch, count - start)):
            suffix, data = inputs.content()
            files[f"f{number}{suffix}"] = data
        yield from _guarded(files)


def _guarded(files: dict[str, bytes]) -> Iterator[Fault]:
    """The faults of a folder; where the folder takes the application down, of each of its files."""
    try:
        yield from list(files_faults(files))
    except Exception as error:
        if len(files) == 1:
            ((name, data),) = files.items()
            yield Fault(what=f"{type(error).__name__}: {error}", name=name, data=data)
        else:
            names = list(files)
            for part in (names[: len(names) // 2], names[len(names) // 2 :]):
                yield from _guarded({name: files[name] for name in part})


def files_faults(files: dict[str, bytes], pages: int = 4) -> Iterator[Fault]:
    """What is wrong with the feeds, pages and problems of a folder of files."""
    began = time.process_time()
    with room({**files, "ok.md": article("سليم", id="sound")}) as (made, log):
        bodies = [made.get(url) for url in FEEDS]
        if any(body.status != 200 for body in bodies):
            yield Fault(what=f"feeds answer {[body.status for body in bodies]}", name="", data=b"")
            return
        lines = {f"content/{name}": _lines(data) for name, data in files.items()}
        for token, what in feed_faults(*(body.body for body in bodies)):
            if not token and len(files) > 1:
                raise ValueError(what)  # which file it is shows where each stands alone
            yield _fault(what, "", files, token)
        with contextlib.suppress(Exception):
            tokens = reading.json_feed(bodies[2].body).tokens
            if "sound" not in tokens:
                yield Fault(what="the sound file is gone", name="", data=b"")
            for token in tokens[:pages]:
                answer = made.share(token)
                if answer.status != 200:
                    yield _fault(f"page answers {answer.status}", "", files, token)
                else:
                    for what in page_faults(answer.text):
                        yield _fault(f"page: {what}", "", files, token)
        for path, what in log_faults(log.getvalue(), lines):
            name = path.removeprefix("content/")
            yield Fault(what=what, name=name, data=files.get(name, b""))
    seconds = time.process_time() - began
    if seconds > SLOWEST_SECONDS and len(files) == 1:
        yield Fault(what=f"takes {seconds:.1f} s", name=next(iter(files)), data=next(iter(files.values())))
    elif len(files) > 1 and seconds > SLOWEST_SECONDS + 0.05 * len(files):
        for name, data in files.items():
            yield from (fault for fault in files_faults({name: data}) if fault.what.startswith("takes"))


def _fault(what: str, name: str, files: dict[str, bytes], token: str) -> Fault:
    alone = next(iter(files)) if len(files) == 1 else name
    named = next((each for each in files if each.rpartition(".")[0] == token), alone)
    return Fault(what=what, name=f"{named} {token}".strip(), data=files.get(named, b""))


def _lines(data: bytes) -> int:
    """At most how many lines the file has, whatever its encoding and line ends."""
    return 1 + data.count(b"\n") + data.count(b"\r") + data.count(b"\x85")


def configs(inputs: Inputs, count: int) -> Iterator[Fault]:
    """A config is refused with lines and keys, or taken; nothing else."""
    with tempfile.TemporaryDirectory(prefix="fuzz-") as name:
        path = Path(name) / "config.yaml"
        (Path(name) / "content").mkdir()
        for _ in range(count):
            data = inputs.config()
            path.write_bytes(data)
            began = time.process_time()
            try:
                problems = load(path).warnings
            except ConfigError as error:
                problems = error.problems
                if not problems:
                    yield Fault(what="refused without a problem", name="config.yaml", data=data)
            except Exception as error:
                yield Fault(what=f"{type(error).__name__}: {error}", name="config.yaml", data=data)
                continue
            for _, what in log_faults("\n".join(map(str, problems)), {"config.yaml": _lines(data)}):
                yield Fault(what=what, name="config.yaml", data=data)
            if time.process_time() - began > SLOWEST_SECONDS:
                yield Fault(what="slow", name="config.yaml", data=data)


def sample() -> dict[str, str | bytes]:
    """The content that requests are asked of."""
    files: dict[str, str | bytes] = {
        f"a{n}.md": article(f"خبر {n}", tags="[سياسة, C++]", author="كاتب") for n in range(9)
    }
    return files | {"gone.md": article(withdrawn="2025-05-02"), "en.md": article("News", lang="en", aliases="[/old]")}


def _known(made: Newsroom) -> tuple[str, ...]:
    home = made.ok("/").html
    links = {made.local(url) for url in home.urls if url.startswith(made.site_url)}
    return tuple(sorted(links | {"/s/a1", "/s/a1/card.png", "/s/gone", "/old", *FEEDS, "/feeds/tag/C++/rss.xml"}))


def requests(inputs: Inputs, count: int) -> Iterator[Fault]:
    """Requests of every kind, answered by the application in this process: never a 500, never another host."""
    with room(sample()) as (made, log):
        known = _known(made)
        tags = [made.get(url).etag for url in FEEDS]
        log.seek(0)
        log.truncate()
        for _ in range(count):
            method, path, headers = inputs.request(known)
            if inputs.random.random() < 0.3:
                headers["If-None-Match"] = inputs.random.choice(tags)
            shown = repr((method, path, headers)).encode()
            target, _, query = path.partition("?")
            environ = {  # what a WSGI server makes of the bytes (PEP 3333)
                "PATH_INFO": unquote_to_bytes(target.encode("utf-8", "surrogatepass")).decode("latin-1"),
                "QUERY_STRING": query.encode("utf-8", "surrogatepass").decode("latin-1"),
                "REQUEST_METHOD": method,
            }
            environ |= {f"HTTP_{n.upper().replace('-', '_')}": v.encode().decode("latin-1") for n, v in headers.items()}
            try:
                answer = ask(made, environ)
            except Exception as error:
                yield Fault(what=f"{type(error).__name__}: {error}", name="request", data=shown)
                continue
            for what in _answer_faults(*answer):
                yield Fault(what=what, name="request", data=shown)
            if log.tell() and log.getvalue():
                yield Fault(what=f"stderr: {log.getvalue()[-2000:]}", name="request", data=shown)
                log.seek(0)
                log.truncate()


def ask(made: Newsroom, environ: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
    from werkzeug.test import EnvironBuilder, run_wsgi_app

    base = EnvironBuilder("/", base_url="http://127.0.0.1/").get_environ()
    body, status, headers = run_wsgi_app(made._app.wsgi_app, base | environ)
    with contextlib.closing(body) if hasattr(body, "close") else contextlib.nullcontext():
        return int(status.split()[0]), {name.lower(): value for name, value in headers}, b"".join(body)


def _answer_faults(status: int, headers: dict[str, str], body: bytes) -> Iterator[str]:
    if status >= 500:
        yield f"answers {status}"
    if "set-cookie" in headers:
        yield "sets a cookie"
    if "location" in headers and not headers["location"].startswith("https://news.example/"):
        yield f"leads to {headers['location']!r}"
    for name, value in headers.items():
        if any(not (32 <= ord(c) < 127) for c in value):
            yield f"header {name}: {value!r}"
    if headers.get("content-type", "").startswith("text/html") and body:
        coded = {"gzip": gzip.decompress, "br": brotli.decompress}.get(headers.get("content-encoding", ""), bytes)
        body = coded(body)
        yield from (f"page: {what}" for what in page_faults(body.decode("utf-8")))
        if b"evil.example" in body:
            yield "names another host"


def raw_requests(inputs: Inputs, count: int) -> Iterator[Fault]:
    """Bytes over a socket to the real server, which answers, or closes, and lives."""
    folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
    made = Newsroom(folder, sample(), at=NOW).serve("--no-watch")
    try:
        known, before = _known(made), made.log()
        for _ in range(count):
            data = inputs.raw_request(known)
            answer = _send(made.port, data)
            if (answer and not answer.startswith(b"HTTP/1.1 ")) or answer[9:10] == b"5":
                yield Fault(what=f"answers {answer[:60]!r}", name="raw", data=data)
        if made.exit_code is not None or made.get("/healthz").status != 200:
            yield Fault(what="the server does not live", name="raw", data=b"")
        if made.log() != before:
            yield Fault(what=f"stderr: {made.log()[len(before) :][:2000]}", name="raw", data=b"")
    finally:
        made.stop()
        shutil.rmtree(folder)


def _send(port: int, data: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(data)
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_WR)  # what was cut short must not keep us waiting
        answer = b""
        with contextlib.suppress(ConnectionResetError, TimeoutError):
            while chunk := connection.recv(65536):
                answer += chunk
        return answer
