"""Bots that repost feeds: rss2email into a mail folder, feed2toot to a Mastodon server that is only a notebook."""

from __future__ import annotations

import email
import email.policy
import json
import re
import threading
from collections.abc import Sequence
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from clients.programs import need, run


class Rss2email:
    """r2e with HTML mail, the item's own date and a Maildir instead of a mail server."""

    def __init__(self, home: Path) -> None:
        need("r2e", package="rss2email")
        self.home = home
        (home / "r2e.cfg").write_text(
            "[DEFAULT]\nfrom = bot@example.com\nto = reader@example.com\nuse-8bit = True\nhtml-mail = True\n"
            "date-header = True\ndate-header-order = issued, modified\n"
            f"email-protocol = maildir\nmaildir-path = {home}/Mail\nmaildir-mailbox = in\n",
            "utf-8",
        )
        (home / "Mail").mkdir()
        self._read: set[str] = set()

    def subscribe(self, urls: Sequence[str]) -> None:
        for number, url in enumerate(urls):
            self._run("add", f"feed{number}", url)

    def poll(self) -> list[EmailMessage]:
        """The mails of this run in the order in which they were sent."""
        self._run("run")
        arrived = [path for path in (self.home / "Mail" / "in" / "new").glob("*") if path.name not in self._read]
        self._read |= {path.name for path in arrived}
        return [_mail(path) for path in sorted(arrived, key=_sequence)]

    def _run(self, *arguments: str) -> None:
        run("r2e", "-c", "r2e.cfg", "-d", "r2e.json", *arguments, home=self.home, alarm="[ERROR]")


def _mail(path: Path) -> EmailMessage:
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def _sequence(path: Path) -> tuple[float, int]:
    """Python's Maildir names files by second, microsecond, process and a counter."""
    found = re.match(r"(\d+)\.M(\d+)P\d+Q(\d+)", path.name)
    assert found, path.name
    return int(found[1]) + int(found[2]) / 1e6, int(found[3])


class Mastodon:
    """The three answers of Mastodon's API that a bot asks for; `taken()` is what was posted."""

    def __init__(self) -> None:
        self.posts: list[dict[str, str]] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _mastodon(self.posts))
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def taken(self) -> list[dict[str, str]]:
        posts = list(self.posts)
        self.posts.clear()
        return posts

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)


def _mastodon(posts: list[dict[str, str]]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            known = self.path.rstrip("/") in ("/api/v1/instance", "/api/v2/instance")
            self._answer({"uri": "social.example", "version": "4.2.0"} if known else {"error": "Not found"}, known)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode("utf-8")
            known = self.path == "/api/v1/statuses" and self.headers["Authorization"] == "Bearer a-token"
            if known:
                posts.append({name: value for name, (value,) in parse_qs(body, strict_parsing=True).items()})
            self._answer({"id": str(len(posts)), "created_at": "2025-05-03T00:00:00.000Z"}, known)

        def _answer(self, document: dict[str, str], known: bool) -> None:
            body = json.dumps(document).encode()
            self.send_response_only(200 if known else 404)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Nobody reads it."""

    return Handler


class Feed2toot:
    """feed2toot with the configuration of its manual: title and link, hashtags from the categories."""

    def __init__(self, home: Path, server: Mastodon) -> None:
        need("feed2toot")
        self.home, self.server = home, server
        (home / "client").write_text(f"an-id\na-secret\n{server.url}\n", "utf-8")
        (home / "user").write_text(f"a-token\n{server.url}\n", "utf-8")
        (home / "feed2toot.ini").write_text(
            f"[mastodon]\ninstance_url={server.url}\nuser_credentials={home}/user\nclient_credentials={home}/client\n"
            f"[cache]\ncachefile={home}/cache\n[lock]\nlock_file={home}/lock\n"
            f"[rss]\nuri_list={home}/uris\ntoot={{title}} {{link}}\n",
            "utf-8",
        )

    def subscribe(self, urls: Sequence[str]) -> None:
        (self.home / "uris").write_text("".join(f"{url}\n" for url in urls), "utf-8")

    def poll(self) -> list[str]:
        """The toots of this run in the order in which they were posted."""
        run("feed2toot", "-c", "feed2toot.ini", home=self.home)
        return [post["status"] for post in self.server.taken()]
