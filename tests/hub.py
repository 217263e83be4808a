"""A WebSub hub for tests."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs


class Hub:
    """A hub on loopback that writes down what it is told; it refuses the first `refusals` pings, and does `fetch`
    with each topic that it takes, as hubs do at once."""

    def __init__(self) -> None:
        self.pings: list[str] = []
        self.forms: list[dict[str, list[str]]] = []
        self.refusals = 0
        self.moved_to = ""
        self.gets = 0
        self.fetch: Callable[[str], object] = lambda topic: None
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                hub.forms.append({**form, "type": [self.headers["Content-Type"]]})
                if hub.moved_to:
                    self.send_response(302)
                    self.send_header("Location", hub.moved_to)
                    self.end_headers()
                    return
                refused = hub.refusals > 0
                hub.refusals -= refused
                if not refused:
                    hub.pings += form["hub.url"]
                    hub.fetch(form["hub.url"][0])
                self.send_response(503 if refused else 204)
                self.end_headers()

            def do_GET(self) -> None:
                hub.gets += 1
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def quiet(self, seconds: float = 1.5) -> list[str]:
        """What was told by the time nothing more has come for a while."""
        before, end = -1, time.monotonic() + 30
        while before != len(self.forms) and time.monotonic() < end:
            before = len(self.forms)
            time.sleep(seconds)
        told, self.pings = self.pings, []
        return sorted(told)
