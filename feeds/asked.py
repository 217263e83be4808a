"""What a request must be before anybody looks at what it asks for: a target that is a path, one Host (RFC 9112
section 3.2), one range of bytes (RFC 9110 section 14.2). Pure functions of a WSGI environment's texts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

# RFC 3986 section 3.2.2, less the comma: servers join two Host lines with one.
_HOST = re.compile(r"(?:[A-Za-z0-9._~!$&'()*+;=%-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{0,5})?")
# RFC 9112 section 3.2: the origin, absolute and asterisk forms.
_TARGET = re.compile(r"/|[A-Za-z][A-Za-z0-9+.-]*://|\*\Z")
_RANGE = re.compile(r"bytes=[ \t]*(?:([0-9]+)-([0-9]*)|-([0-9]+))[ \t]*", re.IGNORECASE)
_MOST_DIGITS = 18
_LONGEST_HOST = 300  # RFC 1035 section 2.3.4 allows 253; what is longer is not kept either
_NO_PATH = "-"


def path(environ: Mapping[str, Any]) -> str:
    """PATH_INFO as it is to be understood: `/` for a URL that has no path (RFC 9110 section 4.2.3), and what is no path
    for a target that is none. Servers tell the target or, where it is no path, give an empty one (granian)."""
    found: str = environ.get("PATH_INFO", "")
    target = environ.get("RAW_URI") or environ.get("REQUEST_URI")
    if target and not _TARGET.match(target):
        return _NO_PATH
    return found or ("/" if target or environ.get("SCRIPT_NAME") else _NO_PATH)


def is_fit(environ: Mapping[str, Any]) -> bool:
    """False is 400: a target that is no path, no Host in HTTP/1.1, two Hosts, or one that is no host."""
    path = environ.get("PATH_INFO", "")
    if not path.startswith("/") and (path != "*" or environ["REQUEST_METHOD"] != "OPTIONS"):
        return False
    host = environ.get("HTTP_HOST", "")
    return is_host(host) or (not host and environ.get("SERVER_PROTOCOL", "") != "HTTP/1.1")


def is_host(text: str) -> bool:
    """Whether it is one host, with or without a port."""
    return len(text) <= _LONGEST_HOST and _is_host(text)


@lru_cache(256)
def _is_host(text: str) -> bool:
    return bool(_HOST.fullmatch(text))


def one_range(header: str, length_bytes: int) -> str:
    """The header's one range as `bytes=first-last` or `bytes=first-`, the end of a file counted from its
    beginning; `""` for what is to be ignored: another unit, many ranges, what is no range."""
    found = _RANGE.fullmatch(header)
    if not found or not length_bytes:
        return ""
    first, last, suffix = found.groups()
    if suffix is not None:  # the last bytes; of a shorter file all (section 14.1.2)
        return f"bytes={max(0, length_bytes - _number(suffix)) if _number(suffix) else length_bytes}-"
    if last and _number(last) < _number(first):
        return ""
    return f"bytes={_number(first)}-{_number(last) if last else ''}"


def _number(digits: str) -> int:
    """A number of bytes; one that no file can have is as good as any other."""
    digits = digits.lstrip("0") or "0"
    return int(digits) if len(digits) <= _MOST_DIGITS else int("9" * _MOST_DIGITS)
