"""A request as it stands on the socket, where it is one of the plain ones (RFC 9112)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from feeds.asked import is_host

# Sections 3 and 5: the request line and the headers, nothing folded, nothing behind them.
_HEAD = re.compile(
    rb"(GET|HEAD) (/[!\"$-~]*) HTTP/1\.1\r\n((?:[!#$%&'*+.^_`|~0-9A-Za-z-]+:[\t -~\x80-\xff]*\r\n)+)\r\n"
)
_ANY_HEAD = re.compile(
    rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+) [!-~\x80-\xff]+ HTTP/1\.1\r\n((?:[!#$%&'*+.^_`|~0-9A-Za-z-]+:[\t -~\x80-\xff]*\r\n)*)\r\n"
)
_DOUBTFUL = re.compile(rb"(?<=\n)(?![ \t])(?=[^\n:_]*+_)[^\n:]*+:[^\n]*+\n")  # in linear time
_HEAD_END = re.compile(rb"\n\r?\n")
_LENGTH = re.compile(rb"[0-9]{1,18}")
# What makes a request more than its head, or its connection more than one of HTTP/1.1.
_MORE = frozenset((b"content-length", b"transfer-encoding", b"expect", b"upgrade", b"trailer", b"http2-settings"))
_KEPT = frozenset((b"", b"keep-alive", b"upgrade", b"http2-settings", b"te"))  # that granian does not heed, or is usual
_OPEN = frozenset((b"transfer-encoding", b"expect", b"trailer"))  # whose end is not told by a length
_WEIGHED = frozenset((b"range", b"if-range", b"if-match", b"if-unmodified-since"))
_ONCE = frozenset((b"accept-encoding", b"if-none-match"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A whole GET or HEAD. `path` is decoded as WSGI does it (latin-1); `plain` where the fast lane may know the
    answer from path, Accept-Encoding and If-None-Match alone."""

    method: bytes
    path: str
    accepted: str
    condition: str | None
    plain: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Framed:
    """Where a request ends: `body_bytes` after its head, or, for the `last` one of a connection, with that."""

    method: bytes
    body_bytes: int
    last: bool


def frame(head: bytes) -> Framed | None:
    """Of a whole head that is no plain one (RFC 9112 section 6.3). None for what is none of HTTP/1.1. What is doubtful is the last."""
    found = _ANY_HEAD.fullmatch(head)
    if found is None:
        return None
    fields, twice = _fields(found[2])
    length = fields.get(b"content-length", b"0")
    last = not (
        _OPEN.isdisjoint(fields) and twice.isdisjoint((b"host", b"content-length", b"connection"))
        and is_host(fields.get(b"host", b"").decode("latin-1")) and _LENGTH.fullmatch(length)
        and _KEPT.issuperset(each.strip() for each in fields.get(b"connection", b"").lower().split(b","))
    )  # fmt: skip
    return Framed(method=found[1], body_bytes=0 if last else int(length), last=last)


def may_go_on(data: bytes, at: int) -> bool:
    """Whether what has come is the beginning of a head; lines that end without CR are for the server behind."""
    begins = data[at : at + 1].isalpha() or data[at:] == b"\r"
    return begins and data.find(b"\n\n", at) < 0 and data.find(b"\n\r\n", at) < 0


def cleaned(data: bytes) -> bytes:
    """A request, or its beginning, without headers that have `_` in their names: WSGI takes `Accept_Encoding` for `Accept-Encoding`, and a cache, for
    which they are two, would keep what one client was given by the first for those who send the second."""
    if b"_" not in data:
        return data
    start = len(data) - len(data.lstrip(b"\r\n"))
    end = found.start() + 1 if (found := _HEAD_END.search(data, start)) else len(data)
    return data[:start] + _DOUBTFUL.sub(b"", data[start:end]) + data[end:]


def _fields(lines: bytes) -> tuple[dict[bytes, bytes], set[bytes]]:
    """By names in small letters, and the names that stand there twice, of which the last counts."""
    fields: dict[bytes, bytes] = {}
    twice: set[bytes] = set()
    for line in lines.split(b"\r\n")[:-1]:
        name, _, value = line.partition(b":")
        name = name.lower()
        if name in fields:
            twice.add(name)
        fields[name] = value.strip(b" \t")
    return fields, twice


def parse(data: bytes) -> Asked | None:
    """None for everything but exactly one request without a body, on a connection that stays open after it."""
    head = _HEAD.fullmatch(data)
    if head is None:
        return None
    fields, twice = _fields(head[3])
    if b"host" in twice or not is_host(fields.get(b"host", b"").decode("latin-1")) or not _MORE.isdisjoint(fields):
        return None
    if b"connection" in twice or fields.get(b"connection", b"keep-alive").lower() != b"keep-alive":
        return None
    condition = fields.get(b"if-none-match")
    dated = condition is None and b"if-modified-since" in fields  # beside a tag it counts nothing (RFC 9110, 13.1.3)
    return Asked(
        method=head[1],
        path=unquote_to_bytes(head[2].partition(b"?")[0]).decode("latin-1"),
        accepted=fields.get(b"accept-encoding", b"").decode("latin-1"),
        condition=None if condition is None else condition.decode("latin-1"),
        plain=head[1] == b"GET" and not dated and twice.isdisjoint(_ONCE) and _WEIGHED.isdisjoint(fields),
    )
