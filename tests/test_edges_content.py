"""What a request or a file may try at the edge: to leave content/, to write a header, to lead elsewhere, to poison a cache."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

import nginx_process
import pictures
import pytest
import raw_http
from conftest import Maker
from http_site import SITE, serve_site
from newsroom import Newsroom, article
from nginx_process import Nginx
from raw_http import Reply


@pytest.fixture(scope="module")
def room(shared_newsroom: Maker) -> Newsroom:
    return serve_site(shared_newsroom)


# --- out of the folder ------------------------------------------------------------------------------

PREFIXES = ("", "media/", "media/img/", "s/", "s/tags/", "assets/", "feeds/", "feeds/tag/", "feeds/page/", "tag/", "lang/", "author/", "search/", "static/")  # fmt: skip
UP = (
    "../", "%2e%2e/", "%2E%2E%2F", "..%2f", ".%2e/", "%252e%252e%252f", "%25252e%25252e/", "..%c0%af", "%c0%ae%c0%ae/", "%e0%80%ae%e0%80%ae/", "%f0%80%80%ae/",
    "..\\", "..%5c", "%2e%2e%5c", "..%00/", "..%0d/", "..;/", "....//", "..././", "./../", "/../", "%2f..%2f", "\u2025/", "%ef%bc%8e%ef%bc%8e/", "..%u2215", "\u202e../",
)  # fmt: skip
ABSOLUTE = ("/etc/passwd", "%2fetc%2fpasswd", "//etc/passwd", "/%2fetc/passwd", "file:///etc/passwd", "C:\\boot.ini", "proc/self/environ", "%2fproc%2fself%2fenviron")  # fmt: skip


def test_no_spelling_of_a_path_leads_out_of_the_folder(room: Newsroom) -> None:
    secrets = [room.config_path.read_bytes()[:40], b"root:", b"timezone:", b"PATH=", b"---\ntitle"]
    targets = [
        f"/{prefix}{up * times}{name}"
        for prefix in PREFIXES
        for up in UP
        for times, name in ((1, "config.yaml"), (2, "config.yaml"), (8, "etc/passwd"))
    ]
    targets += [f"/{prefix}{name}" for prefix in PREFIXES for name in ABSOLUTE]
    data = b"".join(b"GET " + target.encode() + b" HTTP/1.1\r\nHost: news.example\r\n\r\n" for target in targets)
    seen: list[Reply] = []
    for start in range(0, len(targets), 100):  # many on one connection
        requests = data.split(b"\r\n\r\n")[start : start + 100]
        talk = raw_http.exchange(
            room.port, b"\r\n\r\n".join([*(each for each in requests if each), b""]), min(100, len(targets) - start)
        )
        seen += talk.replies
    assert len(seen) == len(targets) > 1000
    for target, reply in zip(targets, seen, strict=True):
        assert reply.status in (301, 400, 404), (target, reply.status)
        assert reply.status != 301 or reply.header("location").startswith(f"{SITE}/")
        assert not any(secret in reply.body for secret in secrets), target


# --- header lines -----------------------------------------------------------------------------------

INJECTED = ("\r\nX-Injected: 1\r\n\r\n<script>", "\nX-Injected: 1", "\rX-Injected: 1", "\u2028X-Injected: 1", "\u560a\u560dX-Injected: 1", "\x00\r\nX-Injected: 1", "%0d%0aX-Injected: 1")  # fmt: skip
KNOWN = {
    "content-type", "content-length", "content-disposition", "vary", "x-content-type-options", "cache-control", "etag", "last-modified", "date", "server", "connection", "link",
    "access-control-allow-origin", "x-robots-tag", "content-security-policy", "referrer-policy", "permissions-policy", "cross-origin-opener-policy",
    "cross-origin-resource-policy", "location", "accept-ranges",
}  # fmt: skip


@pytest.fixture(scope="module")
def injected(shared_newsroom: Maker) -> Newsroom:
    files: dict[str, str | bytes] = {"ok.md": article(tags="[plain]")}
    for number, text in enumerate(INJECTED):
        said = json.dumps(f"a{number}{text}")
        fields = {
            "tags": f"[{said}]",
            "author": said,
            "summary": said,
            "aliases": f"[{json.dumps('/old' + str(number) + text)}, {said}]",
            "lang": "ar",
            "image_alt": said,
        }
        files[f"t{number}.md"] = article(f"خبر {number}{text}", **fields)
        files[f"i{number}.md"] = article(
            "خبر",
            id=said,
            canonical=json.dumps(f"https://x.example/{text}"),
            enclosure=json.dumps({"url": f"https://x.example/{text}.mp3"}),
        )
    for name in (
        "a%0d%0aX-Injected: 1.png",
        'a";X-Injected: 1;.png',
        "a\u2028X-Injected: 1.png",
        "a\u560a\u560dX-Injected.png",
    ):
        files[f"img/{name}"] = pictures.png(3, 2)
    return shared_newsroom(files, at="2026-01-10T09:00:00+03:00", serve=True)


def test_nothing_in_a_file_becomes_a_header_line(injected: Newsroom) -> None:
    listed = [item.link for item in injected.json("/feeds/feed.json").items]
    tags = sorted({tag for item in injected.json("/feeds/feed.json").items for tag in item.categories})
    assert len(listed) == 2 * len(INJECTED) + 1 and len(tags) > 5
    paths = [injected.local(url) for url in listed] + ["/", "/feeds/rss.xml", "/feeds.opml", "/sitemap.xml"]
    paths += [injected.local(injected.tag_url(tag)) for tag in tags] + [
        f"{path}/card.png" for path in paths if path.startswith("/s/")
    ]
    paths += [f"/media/img/{quote(path.name)}" for path in (injected.content / "img").iterdir()]
    paths += [quote(f"/old{number}{text}") for number, text in enumerate(INJECTED)]
    for path in paths:
        reply = raw_http.get(injected.port, path.encode())
        assert reply.status in (200, 301) or path.startswith("/old"), (path, reply.status)
        assert {name for name, _ in reply.lines} <= KNOWN, path


@pytest.mark.parametrize(
    "target",
    [
        "/feeds/tag/{}/rss.xml", "/feeds/lang/ar{}/rss.xml", "/lang/AR{}", "/tag/PLAIN{}", "/S/ok{}", "/s/ok{}/", "/feed{}", "/search?q={}", "/search/{}", "/feeds/search/{}/rss.xml",
        "/oembed?url=https://news.example/s/ok{}", "/media/img/a.png?v={}", "/{}", "/feeds/page/2{}/rss.xml", "/assets/nashra.css?v={}", "/favicon.ico?{}", "/s/ok/card.png?{}",
    ],
)  # fmt: skip
def test_nothing_in_an_address_becomes_a_header_line(injected: Newsroom, target: str) -> None:
    for text in INJECTED[:-1]:
        reply = raw_http.get(injected.port, target.format(quote(text)).encode())
        assert reply.status in (200, 301, 303, 308, 400, 404)
        assert {name for name, _ in reply.lines} <= KNOWN
        assert not reply.header("location") or reply.header("location").startswith(f"{SITE}/")


# --- elsewhere --------------------------------------------------------------------------------------

ALIASES = ("https://evil.example/x", "//evil.example/x", "\\\\evil.example\\x", "/\\evil.example", "javascript:alert(1)", "/ok\r\nLocation: //evil.example", "/%2f%2fevil.example", "/@evil.example", "/.evil.example", "///evil.example", "/\t/evil.example", " //evil.example")  # fmt: skip
TARGETS = (
    "//evil.example", "//evil.example/", "///evil.example/", "/\\evil.example/", "/%5cevil.example/", "/\\/evil.example/", "/%2fevil.example/", "/%2f%2fevil.example/", "/.//evil.example/", "/..//evil.example/", "/;@evil.example/",
    "/@evil.example/", "/%09/evil.example/", "/%0a/evil.example/", "/https://evil.example/", "/https:/evil.example/", "/javascript:alert(1)/", "/S//evil.example/", "/s/ok//", "/s/ok/?//evil.example", "/lang//evil.example", "/LANG/ar//evil.example/",
    "/TAG/plain", "/Tag//evil.example", "/TAG/plain/", "/feed/?x=//evil.example", "/search?q=//evil.example", "/search?q=https://evil.example/", "/?url=//evil.example", "/lang/AR", "/rss/", "/%2e/evil.example/", "/S/ok%23@evil.example/",
)  # fmt: skip


@pytest.fixture(scope="module")
def moved(shared_newsroom: Maker) -> Newsroom:
    files = {"ok.md": article(tags="[plain]", aliases=json.dumps(ALIASES))}
    return shared_newsroom(files, at="2026-01-10T09:00:00+03:00", serve=True)


def test_every_redirect_leads_to_this_site(moved: Newsroom) -> None:
    hops = 0
    for target in (
        *TARGETS,
        *(quote(alias) for alias in ALIASES if alias.startswith("/")),
        *(alias for alias in ALIASES if alias.isprintable() and " " not in alias),
    ):
        reply = raw_http.get(moved.port, target.encode()) if target.startswith(("/", "http")) else None
        if reply is not None and (location := reply.header("location")):
            hops += 1
            assert (
                location.startswith(f"{SITE}/") and urlsplit(location).netloc == "news.example" and "\\" not in location
            )
    assert hops > 8


@pytest.fixture(scope="module")
def exported(moved: Newsroom, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nginx]:
    if nginx_process.MISSING:
        pytest.skip(nginx_process.MISSING)
    public, prefix = tmp_path_factory.mktemp("public"), tmp_path_factory.mktemp("nginx")
    assert moved.run("export", str(public)).code == 0
    with nginx_process.running(prefix, "nginx.conf", {"/srv/nashra/public": str(public)}) as started:
        yield started


def test_every_redirect_of_an_exported_tree_leads_to_this_site(exported: Nginx) -> None:
    hops = 0
    for target in (*TARGETS, *(quote(alias) for alias in ALIASES if alias.startswith("/"))):
        reply = raw_http.get(exported.port, target.encode())
        if location := reply.header("location"):
            hops += 1
            assert location.startswith((f"{SITE}/", "/")), (target, location)
            # WHATWG URL: a backslash is a slash, and tabs and line ends are not there.
            assert not location.replace("\\", "/").startswith("//") and location.isprintable(), (target, location)
        assert {name for name, _ in reply.lines} <= {*KNOWN, "allow"}
    assert hops > 8


# --- caches -----------------------------------------------------------------------------------------

PATHS = ("/", "/feeds/rss.xml", "/s/tags", "/feed", "/lang/FA", "/nothing", "/s/gone", "/media/img/p.png", "/s/tags/card.png", "/feeds.opml", "/robots.txt", "/assets/nashra.css")  # fmt: skip
UNKEYED = (
    "X-Forwarded-Host: evil.example", "X-Forwarded-Proto: ftp", "X-Forwarded-Prefix: /evil", "X-Forwarded-Port: 1", "X-Forwarded-Scheme: http", "X-Forwarded-For: 127.0.0.1", "X-Forwarded-Server: evil.example",
    "Forwarded: for=127.0.0.1;host=evil.example;proto=ftp", "X-Original-URL: /s/fa", "X-Rewrite-URL: /s/fa", "X-Original-Host: evil.example", "X-Host: evil.example", "X-HTTP-Host-Override: evil.example",
    "X-HTTP-Method-Override: POST", "X-HTTP-Method: DELETE", "X-Script-Name: /evil", "Script-Name: /evil", "X-Real-IP: 127.0.0.1", "True-Client-IP: 127.0.0.1", "Front-End-Https: on", "X-Url-Scheme: ftp",
    "Accept-Language: fa", "Accept: application/json", "Accept-Charset: utf-16", "Accept-Encoding: zstd", "Cookie: a=1; session=2", "Authorization: Basic eA==", "User-Agent: feedparser/6", "Origin: https://evil.example", "Referer: https://evil.example/",
    "If-Match: *", "If-Unmodified-Since: Sat, 01 Jan 2050 00:00:00 GMT", 'If-Range: "x"', "Range: lines=0-1", "TE: trailers", "Max-Forwards: 0", "Pragma: no-cache", "Cache-Control: no-cache", "Cache-Control: only-if-cached", "Via: 1.1 x",
    "Save-Data: on", "Sec-Fetch-Mode: navigate", "Sec-Purpose: prefetch", "A-IM: feed", "Prefer: return=minimal", "Depth: 1", "Destination: http://evil.example/", "Content-Type: text/x", "Content-Length: 0", "X-Wap-Profile: http://evil.example/", "Proxy: http://evil.example:1",
)  # fmt: skip


def _without_date(reply: Reply) -> tuple[int, list[tuple[str, str]], bytes]:
    return reply.status, sorted(line for line in reply.lines if line[0] != "date"), reply.body


@pytest.mark.parametrize("path", PATHS)
def test_no_header_that_caches_do_not_look_at_changes_a_byte(room: Newsroom, path: str) -> None:
    plain = [_without_date(raw_http.get(room.port, path.encode())) for _ in range(2)]
    assert plain[0] == plain[1]
    for line in (*UNKEYED, "Host-Override: evil.example"):
        assert _without_date(raw_http.get(room.port, path.encode(), line.encode())) == plain[0], line


@pytest.mark.parametrize("path", [path for path in PATHS if path != "/feed"])
def test_a_query_that_says_nothing_changes_nothing(room: Newsroom, path: str) -> None:
    plain = _without_date(raw_http.get(room.port, path.encode()))
    for query in (
        "?utm_source=x&utm_medium=y",
        "?fbclid=1",
        "?_method=POST",
        "?page=2",
        "?lang=fa",
        "?format=json",
        "?callback=alert",
        "?jsonp=x",
        "?%00",
        "?a[]=1",
        "?" + "a=b&" * 2000,
    ):
        assert _without_date(raw_http.get(room.port, path.encode() + query.encode())) == plain, query


@pytest.mark.parametrize("path", PATHS)
def test_an_answer_says_what_it_varies_by(room: Newsroom, path: str) -> None:
    plain = raw_http.get(room.port, path.encode(), b"Accept-Encoding: identity")
    packed = raw_http.get(room.port, path.encode(), b"Accept-Encoding: gzip, br")
    differs = plain.body != packed.body
    assert plain.header("vary") == packed.header("vary") == ("Accept-Encoding" if differs else packed.header("vary"))
    assert not differs or plain.header("etag") == packed.header("etag")


def test_no_cache_keeps_a_refusal_that_another_part_of_the_request_earned(room: Newsroom) -> None:
    asked = [
        (400, b"/robots.txt", (b"Host: evil.example",), b"GET"),  # a second one
        (405, b"/robots.txt", (), b"POST"),
        (405, b"/robots.txt", (), b"PROPFIND"),
        (412, b"/feeds/rss.xml", (b'If-Match: "x"',), b"GET"),
        (412, b"/media/img/p.png", (b'If-Match: "x"',), b"GET"),
        (412, b"/s/tags/card.png", (b'If-Match: "x"',), b"GET"),
        (416, b"/media/img/p.png", (b"Range: bytes=9999-",), b"GET"),
        (400, b"/search?q=%20%2E", (), b"GET"),
    ]  # fmt: skip
    for status, target, lines, method in asked:
        reply = raw_http.get(room.port, target, *lines, method=method)
        assert (reply.status, reply.header("cache-control")) == (status, "no-store"), target
        assert not reply.header("etag") and not reply.header("last-modified")


# --- ranges (RFC 9110 section 14) -------------------------------------------------------------------

HUGE = "9" * 5000
RANGES: list[tuple[str, int, tuple[int, int] | None]] = [
    ("bytes=0-0", 206, (0, 0)), ("bytes=-1", 206, (-1, -1)), ("bytes=5-", 206, (5, -1)), ("bytes=0-99999", 206, (0, -1)), ("BYTES=0-0", 206, (0, 0)), ("bytes= 1-2 ", 206, (1, 2)),
    ("bytes=0-" + HUGE, 206, (0, -1)), ("bytes=-" + HUGE, 206, (0, -1)), ("bytes=-99999", 206, (0, -1)),  # section 14.1.2: all of it
    ("bytes=-0", 416, None), ("bytes=99999-", 416, None), (f"bytes={HUGE}-", 416, None), ("bytes=99999-" + HUGE, 416, None),
    *((value, 200, None) for value in ("lines=0-1", "bytes=5-2", "bytes=a-b", "bytes=", "bytes", "bytes=--1", "bytes=+0-+1", "bytes=0x0-0x1", "bytes=1_0-2_0", "bytes=0-0;", "bytes=0.0-1", "bytes=-", "none", "bytes 0-1", "bytes=0-0, x")),
    ("bytes=0-0,2-2", 200, None), ("bytes=" + ",".join(["0-"] * 3000), 200, None), ("bytes=" + ",".join(f"{n}-{n}" for n in range(2000)), 200, None),
]  # fmt: skip


@pytest.mark.parametrize(("value", "status", "part"), RANGES, ids=[value[:24] for value, *_ in RANGES])
def test_a_range_gives_one_part_or_is_ignored(
    room: Newsroom, value: str, status: int, part: tuple[int, int] | None
) -> None:
    whole = (Path(room.content) / "img/p.png").read_bytes()
    reply = raw_http.get(room.port, b"/media/img/p.png", b"Range: " + value.encode())
    assert reply.status == status
    if part:
        first, last = (each % len(whole) for each in part)
        assert reply.body == whole[first : last + 1]
        assert reply.header("content-range") == f"bytes {first}-{last}/{len(whole)}"
    elif status == 200:
        assert reply.body == whole and not reply.header("content-range")
    else:
        assert reply.header("content-range") == f"bytes */{len(whole)}"
    for path in (b"/feeds/rss.xml", b"/s/tags/card.png", b"/"):
        assert raw_http.get(room.port, path, b"Range: " + value.encode()).status == 200
