"""A newsroom for tests: a folder of content, the real server over it, and eyes to read its answers."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
import reading
import yaml
from answers import Answer, Report
from folders import free_port
from html_page import Html
from reading import Feed
from warm_command import Forked, Warm

ROOT = Path(__file__).resolve().parent.parent
SITE: dict[str, Any] = {
    "title": "صحيفة المثال",
    "url": "https://news.example",
    "language": "ar",
    "timezone": "Asia/Riyadh",
    "id_domain": "news.example,2025",
}
START_SECONDS = 20.0
WARM = Warm()
REFRESH = re.compile(r" in \d+\.\d\d s(?::|$)")  # of the line that tells of one


class Newsroom:
    """A folder with config.yaml and content/, and a way to ask it: `serve()` starts the real
    server as another process, `inside()` makes the same application in this one."""

    def __init__(
        self,
        folder: Path,
        files: Mapping[str, str | bytes] | None = None,
        *,
        at: str | None = None,
        env: Mapping[str, str] | None = None,
        config: str | None = None,
        **sections: Mapping[str, Any],
    ) -> None:
        self.folder = folder
        self.content = folder / "content"
        self.content.mkdir(parents=True, exist_ok=True)
        self.config_path = folder / "config.yaml"
        self.at = at
        self.env = {"PATH": os.environ.get("PATH", ""), "HOME": str(folder), **(env or {})}
        self.site_url = str({**SITE, **sections.get("site", {})}["url"])
        self.config_path.write_bytes((configuration(**sections) if config is None else config).encode())
        for path, text in (files or {}).items():
            self.write(path, text)
        self.before: tuple[str, ...] = ()  # words of a program that runs the server
        self._process: subprocess.Popen[bytes] | Forked | None = None
        self._app: Any = None
        self._client: Any = None
        self._by_hand: Any = None
        self._http: httpx.Client | None = None
        self._generation = 0
        self.port = 0

    # --- the folder -----------------------------------------------------------------------------

    def write(self, path: str, text: str | bytes) -> Path:
        """Puts the file there in one step, as an editor does, so that nobody sees half of it."""
        target = self.content / path
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = self.folder / ".being-written"
        draft.write_bytes(text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text)
        os.replace(draft, target)
        return target

    def delete(self, path: str) -> None:
        (self.content / path).unlink()

    def rename(self, old: str, new: str) -> None:
        (self.content / new).parent.mkdir(parents=True, exist_ok=True)
        os.replace(self.content / old, self.content / new)

    def touch(self, path: str, timestamp: float | None = None) -> None:
        os.utime(self.content / path, None if timestamp is None else (timestamp, timestamp))

    # --- the commands ---------------------------------------------------------------------------

    def run(self, *args: str, timeout: float = 60, before: Iterable[str] = ()) -> Report:
        """Runs one command; `before` are the words of a program that runs it."""
        if not before and (forked := WARM.run(
            ["--config", str(self.config_path), *args], cwd=self.folder, env=self.env, timeout=timeout
        )):  # fmt: skip
            return Report(code=forked.returncode, stdout=forked.stdout, stderr=forked.stderr)
        command = [*before, sys.executable, str(ROOT / "app.py"), "--config", str(self.config_path), *args]
        done = subprocess.run(
            command, cwd=self.folder, env=self.env, capture_output=True, timeout=timeout, check=False, text=True
        )
        return Report(code=done.returncode, stdout=done.stdout, stderr=done.stderr)

    def check(self, *args: str) -> Report:
        return self.run("check", *(["--at", self.at] if self.at and "--at" not in args else []), *args)

    def start(self, *args: str) -> None:
        """Starts the server and does not wait for it."""
        clock = ["--at", self.at] if self.at else []
        self.port = free_port()
        self._start(["serve", "--port", str(self.port), *clock, *args])

    def serve(self, *args: str) -> Newsroom:
        """Starts the server and waits until it answers."""
        for _attempt in range(3):
            self.start(*args)
            if self._answers():
                self._generation = self.health()["generation"]
                return self
            self.stop()
            if "in use" not in self.log().lower():
                break
        raise AssertionError(f"the server does not answer (attempt {_attempt + 1}):\n{self.log()}")

    def inside(self) -> Newsroom:
        """The cheaper client: same application, no process, no socket."""
        from feeds.web import create_app

        at = datetime.fromisoformat(self.at) if self.at else None
        self._app = create_app(self.config_path, at=at, watch=False)
        self._client = self._app.test_client(use_cookies=False)
        return self

    def by_hand(self, clock: Callable[[], float]) -> Newsroom:
        """The same application with a clock of the test's own; it sees a change when `take_in` says so. Called
        again it is a restart."""
        from by_hand import Hand

        self.stop()
        self._by_hand = Hand(self.config_path, clock)
        self._client = self._by_hand.client
        return self

    def take_in(self, *paths: str) -> None:
        """What the watching thread does with events of these paths; without any it looks at everything."""
        self._by_hand.take_in(paths or ("",))

    def log(self) -> str:
        """What the server wrote on stderr so far."""
        path = self.folder / "stderr.log"
        return path.read_text("utf-8", "replace") if path.exists() else ""

    def stop(self) -> None:
        if self._http is not None:
            self._http.close()
            self._http = None
        if self._app is not None:
            self._app.extensions["nashra"].stop()
            self._app = self._client = None
        if self._by_hand is not None:
            self._by_hand.close()
            self._by_hand = self._client = None
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(5)
        self._process = None

    def kill(self) -> None:
        """SIGKILL for all processes of the server at once, as when the power goes."""
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(5)
        self._process = None
        if self._http is not None:
            self._http.close()
            self._http = None

    @property
    def pid(self) -> int:
        """Of the server's first process, and of its process group."""
        assert self._process is not None
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        return self._process.poll() if self._process else None

    def _start(self, args: list[str]) -> None:
        words = ["--config", str(self.config_path), *args]
        command = [*self.before, sys.executable, str(ROOT / "app.py"), *words]
        with open(self.folder / "stderr.log", "wb") as err, open(self.folder / "stdout.log", "wb") as out:
            forked = None if self.before else WARM.start(words, cwd=self.folder, env=self.env, out=out, err=err)
            self._process = forked or subprocess.Popen(
                command, cwd=self.folder, env=self.env, stdout=out, stderr=err, start_new_session=True
            )

    def _answers(self) -> bool:
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end and self.exit_code is None:
            try:
                if self.get("/healthz").status == 200:
                    return True
            except (httpx.TransportError, OSError):
                pass
            time.sleep(0.03)
        return False

    # --- asking ---------------------------------------------------------------------------------

    def get(self, url: str, headers: Mapping[str, str] | None = None, *, follow: bool = False) -> Answer:
        answer = self.request("GET", url, headers)
        hops = 0
        while follow and answer.status in (301, 302, 303, 307, 308):
            hops += 1
            assert hops <= 3, f"too many redirects from {url}"
            answer = self.request("GET", answer.headers["Location"], headers)
        return answer

    def head(self, url: str, headers: Mapping[str, str] | None = None) -> Answer:
        return self.request("HEAD", url, headers)

    def request(self, method: str, url: str, headers: Mapping[str, str] | None = None) -> Answer:
        """Never follows; an absolute URL must be one of the site's own."""
        path = self.local(url)
        sent = {"Accept-Encoding": "identity", **(headers or {})}
        if self._client is not None:
            with self._client.open(path, method=method, headers=sent, base_url="http://127.0.0.1/") as response:
                found = httpx.Headers(list(response.headers.items()))
                return Answer(status=response.status_code, headers=found, raw=response.get_data(), url=url)
        if self._http is None:
            self._http = httpx.Client(timeout=10, trust_env=False, verify=False)  # a plain local socket
        with self._http.stream(method, f"http://127.0.0.1:{self.port}{path}", headers=sent) as streamed:
            raw = b"".join(streamed.iter_raw())
            return Answer(status=streamed.status_code, headers=streamed.headers, raw=raw, url=url)

    def raw(self, target: bytes, headers: Iterable[tuple[str, str]] = (), method: str = "GET") -> Answer:
        """Sends the request target exactly as it is, byte for byte, over a socket."""
        lines = [f"{name}: {value}" for name, value in [("Host", "127.0.0.1"), ("Connection", "close"), *headers]]
        head = method.encode() + b" " + target + b" HTTP/1.1\r\n" + "\r\n".join(lines).encode() + b"\r\n\r\n"
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as connection:
            connection.sendall(head)
            with http.client.HTTPResponse(connection, method=method) as response:
                response.begin()
                found = httpx.Headers(response.getheaders())
                return Answer(status=response.status, headers=found, raw=response.read(), url=repr(target))

    def local(self, url: str) -> str:
        """The path and query of a URL of the site."""
        if url.startswith("/"):
            return url
        parts, site = urlsplit(url), urlsplit(self.site_url)
        assert (parts.scheme, parts.netloc) == (site.scheme, site.netloc), f"{url} leads outside {self.site_url}"
        return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")

    def health(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self.get("/healthz").body)
        return document

    def settle(self, within: float = 5.0) -> None:
        """Waits until the server has taken in what was changed, and everything of it."""
        end = time.monotonic() + within
        while (now := self.health()["generation"]) <= self._generation:
            assert time.monotonic() < end, f"no new generation within {within} s:\n{self.log()}"
            time.sleep(0.02)
        while True:
            time.sleep(0.12)
            if (later := self.health()["generation"]) == now:
                break
            now = later
        self._generation = now

    def eventually(self, promise: Callable[[], bool], within: float = 5.0) -> float:
        """Seconds until the promise holds; fails when it does not within that time."""
        start = time.monotonic()
        while not promise():
            assert time.monotonic() - start < within, f"not within {within} s:\n{self.log()}"
            time.sleep(0.03)
        return time.monotonic() - start

    # --- reading --------------------------------------------------------------------------------

    @property
    def home_url(self) -> str:
        return self.site_url.rstrip("/") + "/"

    @property
    def home(self) -> Html:
        return self.ok(self.home_url).html

    def feed_url(self, kind: str) -> str:
        """The address that the home page advertises for `rss+xml`, `atom+xml` or `feed+json`."""
        (url,) = [href for media_type, href in self.home.feeds if media_type == f"application/{kind}"]
        return url

    @property
    def feed_urls(self) -> list[str]:
        return [self.feed_url(kind) for kind in ("rss+xml", "atom+xml", "feed+json")]

    def ok(self, url: str) -> Answer:
        answer = self.get(url)
        assert answer.status == 200, f"{url}: {answer.status}"
        return answer

    def rss(self, url: str = "") -> Feed:
        return reading.rss(self.ok(url or self.feed_url("rss+xml")).body)

    def atom(self, url: str = "") -> Feed:
        return reading.atom(self.ok(url or self.feed_url("atom+xml")).body)

    def json(self, url: str = "") -> Feed:
        return reading.json_feed(self.ok(url or self.feed_url("feed+json")).body)

    def feeds(self) -> tuple[Feed, Feed, Feed]:
        return self.rss(), self.atom(), self.json()

    def tag_url(self, tag: str, name: str = "rss.xml") -> str:
        """Where the contract puts a tag's feed."""
        return f"{self.site_url.rstrip('/')}/feeds/tag/{quote(tag.replace(' ', '-'), safe='')}/{name}"

    def share(self, token: str) -> Answer:
        return self.get(f"{self.site_url.rstrip('/')}/s/{token}")

    def page(self, token: str) -> Html:
        return self.ok(f"{self.site_url.rstrip('/')}/s/{token}").html


def configuration(**sections: Mapping[str, Any]) -> str:
    """config.yaml as text: the usual site, each section laid over it."""
    document: dict[str, Any] = {"site": {**SITE, **sections.pop("site", {})}, **sections}
    document["site"] = {key: value for key, value in document["site"].items() if value is not None}
    return yaml.safe_dump(document, allow_unicode=True, sort_keys=False)


def article(title: str = "خبر", body: str = "نص قصير للتجربة.", **fields: object) -> str:
    """A Markdown file whose front matter has these fields; strings as they are, `date` a default one."""
    given = {"title": json.dumps(title, ensure_ascii=False), "date": "2025-04-29T10:00:00+03:00", **fields}
    lines = "".join(f"{key}: {value}\n" for key, value in given.items() if value is not None)
    return f"---\n{lines}---\n{body}\n"
