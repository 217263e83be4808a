"""The same application under other interfaces, for bench/settings.py: the fast lane by hand, a 404 for the rest."""

from __future__ import annotations

import os
import sys
from typing import Any

from feeds.web import create_app

wsgi = create_app(os.environ["FEEDS_CONFIG"], watch=False)
lane = wsgi.extensions["nashra.lane"]
wsgi.test_client(use_cookies=False).get("/feeds/rss.xml")  # makes it ready


async def rsgi(scope: Any, proto: Any) -> None:
    headers = scope.headers
    answer = lane.find(scope.path, headers.get("accept-encoding", ""), headers.get("if-none-match"))
    if answer is None:
        proto.response_empty(404, [])
    elif answer.body:
        proto.response_bytes(int(answer.status[:3]), answer.headers, answer.body[0])
    else:
        proto.response_empty(int(answer.status[:3]), answer.headers)


async def asgi(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] != "http":
        return
    found = dict(scope["headers"])
    condition = found.get(b"if-none-match")
    accepted = found.get(b"accept-encoding", b"").decode("latin-1")
    answer = lane.find(scope["path"], accepted, None if condition is None else condition.decode("latin-1"))
    status = int(answer.status[:3]) if answer else 404
    headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in answer.headers] if answer else []
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"".join(answer.body) if answer else b""})


if __name__ == "__main__":  # servers that are started by a call
    port = int(sys.argv[2])
    if sys.argv[1] == "fastpysgi":
        import fastpysgi

        fastpysgi.run(wsgi, host="127.0.0.1", port=port)
    elif sys.argv[1] == "bjoern":
        import bjoern

        bjoern.run(wsgi, "127.0.0.1", port)
    elif sys.argv[1] == "pyruvate":
        import pyruvate

        pyruvate.serve(wsgi, f"127.0.0.1:{port}", 16)
