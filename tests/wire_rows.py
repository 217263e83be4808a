"""Requests as bytes, and what each must get: the RFC's sentence decides, not the server."""

from __future__ import annotations

from dataclasses import dataclass

HOST, CLOSE = b"Host: news.example\r\n", b"Connection: close\r\n"
BROKEN = (500, 502, 503, 504)  # 501 and 505 say something true of the request


@dataclass(frozen=True, kw_only=True)
class Row:
    """One of `statuses` is right for the last answer. `answers` is how many requests a recipient that keeps to the
    RFC sees. `same` is the path whose bytes a 200 has. `closes`: the connection must end with it. `waits`: a proxy
    may wait for more bytes. `long`: so long that the connection may end before the answer can be read (RFC 9112
    section 9.6). `front`: what nginx may say besides, being the one that is asked."""

    name: str
    section: str
    data: bytes
    statuses: tuple[int, ...]
    answers: int = 1
    same: str = ""
    closes: bool = False
    waits: bool = False
    long: bool = False
    front: tuple[int, ...] = (400,)


def _get(target: bytes = b"/robots.txt", *lines: bytes, host: bytes = HOST, method: bytes = b"GET") -> bytes:
    return (
        method + b" " + target + b" HTTP/1.1\r\n" + host + CLOSE + b"".join(line + b"\r\n" for line in lines) + b"\r\n"
    )


def _body(*lines: bytes, body: bytes = b"", method: bytes = b"POST", target: bytes = b"/robots.txt") -> bytes:
    """A request that could be kept open, with a body that holds another request where it is cut elsewhere."""
    return (
        method + b" " + target + b" HTTP/1.1\r\n" + HOST + b"".join(line + b"\r\n" for line in lines) + b"\r\n" + body
    )


SMUGGLED = b"GET /smuggled HTTP/1.1\r\n" + HOST + b"\r\n"
CHUNKED = b"Transfer-Encoding: chunked"


def _line(name: str, section: str, data: bytes, *statuses: int, **more: object) -> Row:
    return Row(name=name, section=section, data=data, statuses=statuses, same="/robots.txt", **more)  # type: ignore[arg-type]


LINES = (
    _line("HTTP/0.9", "9112 3", b"GET /\r\n\r\n", 400, waits=True),
    _line("HTTP/1.0 without a Host", "9112 3.2", b"GET /robots.txt HTTP/1.0\r\n\r\n", 200, closes=True),
    _line("HTTP/1.0 kept open", "9112 9.3", b"GET /robots.txt HTTP/1.0\r\nConnection: keep-alive\r\n\r\n" + b"GET /robots.txt HTTP/1.0\r\n\r\n", 200, answers=2),
    _line("HTTP/1.2", "9110 2.5", _get().replace(b"1.1", b"1.2"), 200, 400, 505),
    _line("HTTP/2.0 in words", "9110 15.6.6", _get().replace(b"1.1", b"2.0"), 400, 505, front=(400, 505)),
    _line("a version in small letters", "9112 2.3", _get().replace(b"HTTP/1.1", b"http/1.1"), 400),
    _line("an empty line before", "9112 2.2", b"\r\n\r\n" + _get(), 200),
    _line("two spaces", "9112 3", _get().replace(b"GET ", b"GET  "), 200, 400),
    _line("tabs for spaces", "9112 3", _get().replace(b"GET /robots.txt ", b"GET\t/robots.txt\t"), 200, 400),
    _line("a space in the target", "9112 3", _get(b"/robots.txt x"), 400),
    _line("a space after the version", "9112 3", _get().replace(b"1.1\r", b"1.1 \r"), 200, 400),
    _line("NUL in the target", "9112 3.2", _get(b"/robots.txt\0"), 400),
    _line("a fragment", "9112 3.2", _get(b"/robots.txt#x"), 200, 400, 404),
    _line("a target without slash", "9112 3.2", _get(b"feeds/rss.xml"), 400),
    _line("a target of one word", "9112 3.2", _get(b"robots.txt"), 400),
    _line("a host and port for a path", "9112 3.2.3", _get(b"robots.txt:80"), 400),
    _line("a query alone", "9112 3.2", _get(b"?x=1"), 400),
    _line("a target of one word after a good one", "9112 3.2", b"GET /robots.txt HTTP/1.1\r\n" + HOST + b"\r\n" + _get(b"robots.txt"), 400, answers=2),
    _line("a target of one word, HTTP/1.0", "9112 3.2", b"GET robots.txt HTTP/1.0\r\n\r\n", 400, closes=True),
    _line("an asterisk", "9112 3.2.4", _get(b"*"), 400),
    _line("OPTIONS of everything", "9110 9.3.7", _get(b"*", method=b"OPTIONS"), 200, 204),
    _line("a long target", "9110 15.5.15", _get(b"/" + b"a" * 70_000), 400, 414, long=True, front=(400, 414)),
    _line("absolute form", "9112 3.2.2", _get(b"http://evil.example/robots.txt", host=b"Host: evil.example\r\n"), 200),
    _line("absolute form, another Host", "9112 3.2.2", _get(b"http://evil.example/robots.txt"), 200),
    Row(name="absolute form, a host alone", section="9110 4.2.3", data=_get(b"http://evil.example"), statuses=(200,), same="/"),
    Row(name="absolute form, a query alone", section="9110 4.2.3", data=_get(b"http://evil.example?x=1"), statuses=(200,), same="/"),
    _line("absolute form, another scheme", "9110 7.4", _get(b"ftp://evil.example/robots.txt"), 200, 400, 421),
    _line("absolute form with a user", "9110 4.2.4", _get(b"http://u:p@evil.example/robots.txt"), 200, 400),
    _line("TLS", "9112 3", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
    *(
        _line(f"{method.decode()[:9]}", "9110 15.5.6", _get(method=method), 405)
        for method in (b"TRACE", b"TRACK", b"DEBUG", b"PROPFIND", b"SEARCH", b"PURGE", b"BAN", b"LINK", b"BREW", b"M-SEARCH", b"A" * 300)
    ),
    _line("a method in small letters", "9110 9.1", _get(method=b"get"), 405, 501),
    _line("HEAD in small letters", "9110 9.1", _get(method=b"head"), 405, 501),
    _line("a method of signs", "9110 9.1", _get(method=b"G<T"), 400),
    _line("CONNECT to a host", "9110 9.3.6", _get(b"evil.example:443", method=b"CONNECT"), 400, 405, 501),
    _line("CONNECT to a path", "9110 9.3.6", _get(method=b"CONNECT"), 400, 405, 501),
)  # fmt: skip

HEADS = (
    _line("no Host", "9112 3.2", _get(host=b""), 400),
    _line("two Hosts", "9112 3.2", _get(host=HOST + b"Host: evil.example\r\n"), 400),
    _line("two Hosts alike", "9112 3.2", _get(host=HOST + HOST), 400),
    _line("an empty Host", "9110 4.2.1", _get(host=b"Host:\r\n"), 400),
    _line("a Host with a path", "9112 3.2", _get(host=b"Host: news.example/x\r\n"), 400),
    _line("a Host with a user", "9110 4.2.4", _get(host=b"Host: news.example@evil.example\r\n"), 400, front=(200,)),
    _line("a Host of signs", "9112 3.2", _get(host=b"Host: <script>\r\n"), 400, front=(200,)),
    _line("a port of letters", "9112 3.2", _get(host=b"Host: news.example:x\r\n"), 400, front=(200,)),
    _line("another Host", "9110 7.2", _get(host=b"Host: evil.example\r\n"), 200),
    _line("a Host of IPv6", "9110 7.2", _get(host=b"Host: [::1]:80\r\n"), 200),
    _line("a line folded", "9112 5.2", _get(b"/robots.txt", b"X-A: 1\r\n folded"), 200, 400),
    _line("a first line folded", "9112 2.2", b"GET /robots.txt HTTP/1.1\r\n X: y\r\n" + HOST + CLOSE + b"\r\n", 200, 400),
    _line("line feeds alone", "9112 2.2", _get().replace(b"\r\n", b"\n"), 200, 400),
    _line("a line feed in a value", "9112 2.2", _get(b"/robots.txt", b"X-A: 1\nX-B: 2"), 200, 400),
    _line("a carriage return in a value", "9112 2.2", _get(b"/robots.txt", b"X-A: 1\rX-B: 2"), 400),
    _line("NUL in a value", "9110 5.5", _get(b"/robots.txt", b"X-A: 1\0"), 400),
    _line("a space before the colon", "9112 5.1", _get(b"/robots.txt", b"X-A : 1"), 400),
    _line("a Host with a space before the colon", "9112 5.1", _get(host=b"Host : news.example\r\n"), 400),
    _line("a line without colon", "9112 5", _get(b"/robots.txt", b"Xyz"), 200, 400),
    _line("a line without name", "9112 5", _get(b"/robots.txt", b": x"), 200, 400),
    _line("a name of signs", "9110 5.1", _get(b"/robots.txt", b"X(A): 1"), 200, 400),
    _line("lines without value", "9110 5.5", _get(b"/robots.txt", b"If-None-Match:", b"Range:", b"Accept-Encoding:", b"A-IM:", b"If-Modified-Since:", b"User-Agent:"), 200),
    _line("values that are no ASCII", "9110 5.5", _get(b"/robots.txt", b"User-Agent: \xd9\x85", b"If-None-Match: \xff", b"Cookie: \xe9=\xff", b"Accept: \x80"), 200),
    _line("names with underscores", "9110 5.1", _get(b"/robots.txt", b"Content_Length: 5", b"X_Forwarded_Host: evil.example", b"Transfer_Encoding: chunked"), 200),
    _line("a header of 8 kB", "9110 5.4", _get(b"/robots.txt", b"X-A: " + b"a" * 8000), 200, 431),
    _line("a header of 1 MB", "6585 5", _get(b"/robots.txt", b"X-A: " + b"a" * 1_000_000), 400, 431, long=True),
    _line("a thousand headers", "6585 5", _get(b"/robots.txt", *(b"X-%d: 1" % n for n in range(1000))), 200, 400, 431),
    _line("an expectation that nobody knows", "9110 10.1.1", _get(b"/robots.txt", b"Expect: 200-ok"), 200, 417),
    _line("another protocol", "9110 7.8", _get(b"/robots.txt", b"Upgrade: h2c", b"HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA"), 200),
    _line("another method in a header", "9110 9.1", _get(b"/robots.txt", b"X-HTTP-Method-Override: DELETE"), 200),
)  # fmt: skip

_INVALID = (400, 405)  # refused for its form, or for its method before anybody needs its form
FRAMES = (
    _line("a body that nobody wants", "9110 9.3.1", _body(b"Content-Length: 5", body=b"hello", method=b"GET"), 200),
    _line("a body and another request", "9112 9.3.2", _body(b"Content-Length: 5", body=b"hello") + _get(), 200, answers=2),
    _line("a length and chunks", "9112 6.1", _body(b"Content-Length: 6", CHUNKED, body=b"0\r\n\r\n" + SMUGGLED), *_INVALID, closes=True),
    _line("chunks and a length", "9112 6.1", _body(CHUNKED, b"Content-Length: 41", body=b"0\r\n\r\n" + SMUGGLED, method=b"GET"), 200, 400, closes=True),
    _line("two lengths", "9112 6.3", _body(b"Content-Length: 4", b"Content-Length: 0", body=SMUGGLED), 400, closes=True),
    _line("two lengths alike", "9112 6.3", _body(b"Content-Length: 4", b"Content-Length: 4", body=b"abcd"), *_INVALID),
    _line("a list of lengths", "9112 6.3", _body(b"Content-Length: 4, 4", body=b"abcd"), *_INVALID),
    _line("a length with a plus", "9112 6.3", _body(b"Content-Length: +4", body=SMUGGLED), 400, closes=True),
    _line("a length below nothing", "9112 6.3", _body(b"Content-Length: -1", body=SMUGGLED), 400, closes=True),
    _line("a length in hexadecimal", "9112 6.3", _body(b"Content-Length: 0x4", body=SMUGGLED), 400, closes=True),
    _line("a length without end", "9112 6.3", _body(b"Content-Length: 18446744073709551617", body=SMUGGLED), 400, 413, closes=True, front=(400, 413)),
    _line("an empty length", "9112 6.3", _body(b"Content-Length:", body=SMUGGLED), 400, closes=True),
    _line("100 GB to come", "9110 15.5.14", _body(b"Content-Length: 99999999999"), 405, 413, waits=True, front=(413,)),
    _line("chunks and another coding", "9112 6.3", _body(b"Transfer-Encoding: chunked, identity", body=b"0\r\n\r\n" + SMUGGLED), 400, 501, closes=True, front=(400, 501)),
    _line("a coding that nobody knows", "9112 6.1", _body(b"Transfer-Encoding: xchunked", body=b"0\r\n\r\n" + SMUGGLED), 400, 501, closes=True, front=(400, 501)),
    _line("a coding that is not chunks", "9112 6.3", _body(b"Transfer-Encoding: gzip", body=b"0\r\n\r\n" + SMUGGLED), 400, 501, closes=True, front=(400, 501)),
    _line("two lines of codings", "9112 6.3", _body(CHUNKED, b"Transfer-Encoding: identity", body=b"0\r\n\r\n" + SMUGGLED), 400, 501, closes=True, front=(400, 501)),
    _line("a coding after a tab", "9112 6.1", _body(b"Transfer-Encoding: \x0bchunked", body=b"0\r\n\r\n" + SMUGGLED), 400, 501, closes=True, front=(400, 501)),
    _line("a coding with a space before the colon", "9112 5.1", _body(b"Transfer-Encoding : chunked", b"Content-Length: 5", body=b"0\r\n\r\n" + SMUGGLED), 400, closes=True),
    _line("chunks in HTTP/1.0", "9112 6.1", _body(CHUNKED, body=b"0\r\n\r\n" + SMUGGLED).replace(b"1.1", b"1.0", 1), *_INVALID, closes=True),
    _line("good chunks", "9112 7.1", _body(CHUNKED, body=b"3;x=1\r\nabc\r\n0\r\nHost: evil.example\r\nContent-Length: 9\r\n\r\n", method=b"GET"), 200),
    *(
        _line(f"bad chunks: {what}", "9112 7.1", _body(CHUNKED, body=chunk + b"\r\nabc\r\n0\r\n\r\n" + SMUGGLED, method=b"GET"), 200, 400, closes=True, waits=True)
        for what, chunk in (("letters", b"zz"), ("below nothing", b"-1"), ("0x", b"0x3"), ("huge", b"f" * 17), ("a plus", b"+3"), ("a line feed in an extension", b"3;\nxx"))
    ),
    _line("bad chunks: no line end", "9112 7.1", _body(CHUNKED, body=b"3\r\nabcX0\r\n\r\n" + SMUGGLED, method=b"GET"), 200, 400, closes=True, waits=True),
    _line("three requests at once", "9112 9.3.2", (b"GET /robots.txt HTTP/1.1\r\n" + HOST + b"\r\n") * 2 + _get(), 200, answers=3),
    _line("a request after a bad one", "9112 2.2", b"GET /robots.txt HTTP/1.1\r\nX A: 1\r\n" + HOST + b"\r\n" + SMUGGLED, 400, closes=True),
)  # fmt: skip
ROWS = (*LINES, *HEADS, *FRAMES)
