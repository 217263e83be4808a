"""What every kind of answer tells a browser: one table, for both lanes of `serve`, nginx before it, and an exported tree."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import httpx
import nginx_process
import pictures
import pytest
from answers import Answer
from cases import NOW
from conftest import Maker
from newsroom import Newsroom, article
from pictures import png

SITE = "https://news.example"
DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9" onload="alert(1)"><style>*{fill:red}</style></svg>'
)
PAGE_POLICY = (
    "default-src 'none'; img-src http: https:; media-src http: https:; style-src 'self'; script-src 'self'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
PAGE = {
    "content-security-policy": PAGE_POLICY,
    "referrer-policy": "strict-origin-when-cross-origin",
    "permissions-policy": "camera=(), display-capture=(), geolocation=(), microphone=(), midi=(), payment=(), usb=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
OPEN = {"cross-origin-resource-policy": "cross-origin", "access-control-allow-origin": "*"}
XML = {**OPEN, "content-security-policy": "default-src 'none'; style-src 'self'; frame-ancestors 'none'"}
SVG = {**OPEN, "content-security-policy": "default-src 'none'; sandbox"}
# What each kind has; of these headers it has no other.
TOLD = {*PAGE, "access-control-allow-origin"}
KINDS: dict[str, tuple[int, str, dict[str, str]]] = {
    **dict.fromkeys(("/feeds/rss.xml", "/feeds/atom.xml", "/feeds/tag/plain/rss.xml", "/feeds/lang/ar/atom.xml", "/feeds/archive/1/atom.xml", "/feeds/page/2/rss.xml", "/feeds/social.xml"), (200, "GET", XML)),
    **dict.fromkeys(("/feeds.opml", "/sitemap.xml", "/sitemap-news.xml"), (200, "GET", XML)),
    **dict.fromkeys(("/feeds/feed.json", "/feeds/author/s/feed.json", "/feeds/social.json", "/robots.txt", "/favicon.ico", "/assets/nashra.css", "/assets/nashra.js", "/assets/feed.ar.css"), (200, "GET", OPEN)),
    **dict.fromkeys(("/media/p.png", "/media/s.mp3", "/media/d.pdf", "/media/d.docx", "/s/a/card.png", "/s/b/picture.jpg"), (200, "GET", OPEN)),
    "/media/d.svg": (200, "GET", SVG),
    **dict.fromkeys(("/", "/page/2", "/s/a", "/tag/plain", "/lang/ar", "/author/s"), (200, "GET", PAGE)),
    **{path: (404, "GET", {**PAGE, "access-control-allow-origin": "*"}) for path in ("/nothing", "/feeds/tag/none/rss.xml", "/media/none.png", "/s/none/card.png")},
    "/s/gone": (410, "GET", {**PAGE, "access-control-allow-origin": "*"}),
}  # fmt: skip
# What only a server that runs can answer.
LIVE: dict[str, tuple[int, str, dict[str, str]]] = {
    f"/oembed?url={SITE}/s/a": (200, "GET", OPEN),
    "/search?q=": (200, "GET", PAGE),
    "/search/x": (200, "GET", PAGE),
    "/feeds/search/x/rss.xml": (200, "GET", XML),
    "/feed": (308, "GET", OPEN),
    "/old": (301, "GET", OPEN),
    "/lang/AR": (301, "GET", OPEN),
    "/search?q=x": (303, "GET", OPEN),
    "/healthz": (200, "GET", {"cross-origin-resource-policy": "same-origin"}),
    "/feeds/rss.xml?": (405, "POST", {**PAGE, "access-control-allow-origin": "*"}),
    "/media/p.png?": (405, "PROPFIND", {**PAGE, "access-control-allow-origin": "*"}),
}
Ask = Callable[[str, str, dict[str, str]], Answer]


@pytest.fixture(scope="module")
def room(shared_newsroom: Maker) -> Newsroom:
    files: dict[str, str | bytes] = {
        "a.md": article(tags="[plain]", author="s", aliases="[/old]"),
        "b.md": article("ثان", date="2025-04-02", image="heavy.png"),
        "gone.md": article("سحب", withdrawn="2025-05-01"),
        "p.png": png(3, 2), "heavy.png": pictures.png(700, 500, 700_000), "d.svg": DRAWING, "s.mp3": b"ID3\x03" + bytes(99), "d.pdf": b"%PDF-1.4", "d.docx": b"PK",
    }  # fmt: skip
    return shared_newsroom(files, at=NOW, serve=True, feeds={"items": 1})


@pytest.fixture(scope="module", params=["serve", "nginx before serve", "an exported tree"])
def server(
    request: pytest.FixtureRequest, room: Newsroom, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Ask]]:
    if request.param == "serve":
        yield request.param, room.request
        return
    if nginx_process.MISSING:
        pytest.skip(nginx_process.MISSING)
    folder = tmp_path_factory.mktemp("nginx")
    with ExitStack() as stack:
        if request.param == "an exported tree":
            assert room.run("export", str(folder / "public"), "--at", NOW).code == 0
            changes = {"/srv/nashra/public": str(folder / "public")}
        else:
            changes = {"127.0.0.1:8000": f"127.0.0.1:{room.port}", "/var/cache/nginx/nashra": str(folder / "cache")}
        name = "nginx.conf" if request.param == "an exported tree" else "nginx-proxy.conf"
        yield request.param, stack.enter_context(nginx_process.running(folder, name, changes)).request


def _check(answer: Answer, expected: dict[str, str], *, exported: bool) -> None:
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    told = {name: answer.headers[name] for name in TOLD if name in answer.headers}
    if exported:  # opens all that it has, pages too
        expected = {**expected, "access-control-allow-origin": "*"}
    assert told == expected
    assert "unsafe" not in str(answer.headers) and "set-cookie" not in answer.headers
    assert (
        not any(character.isdigit() for character in answer.headers.get("Server", ""))
        and "X-Powered-By" not in answer.headers
    )
    names = [name for name, _ in answer.headers.multi_items()]
    assert len(names) == len(set(names)), names


@pytest.mark.parametrize("path", KINDS)
def test_every_kind_of_answer_has_its_headers_wherever_it_comes_from(server: tuple[str, Ask], path: str) -> None:
    name, ask = server
    status, method, expected = KINDS[path]
    for headers in ({}, {"Accept-Encoding": "gzip, br"}, {"X-A-Second": "time"}):
        answer = ask(method, path, headers)
        assert answer.status == status
        _check(answer, expected, exported=name == "an exported tree")
    if "ETag" in answer.headers and name == "serve":
        known = ask(method, path, {"If-None-Match": answer.etag})
        assert known.status == 304
        _check(known, expected, exported=False)


@pytest.mark.parametrize("path", LIVE)
def test_every_answer_that_only_a_running_server_has_has_its_headers(room: Newsroom, path: str) -> None:
    status, method, expected = LIVE[path]
    answer = room.request(method, path)
    assert answer.status == status
    _check(answer, expected, exported=False)


def test_a_script_of_another_site_may_ask_for_a_feed_with_its_own_headers(room: Newsroom) -> None:
    asked = {
        "Origin": "https://reader.example",
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "if-none-match",
    }
    answer = room.request("OPTIONS", "/feeds/rss.xml", asked)
    assert answer.status == 204 and answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "GET" in answer.headers["Access-Control-Allow-Methods"]
    assert "if-none-match" in answer.headers["Access-Control-Allow-Headers"].lower()
    assert "access-control-allow-credentials" not in answer.headers
    assert isinstance(answer.headers, httpx.Headers)
