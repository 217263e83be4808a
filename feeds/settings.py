"""What one value of config.yaml may be: text → value, ValueError or FieldError for what it may not."""

from __future__ import annotations

import codecs
import re
from pathlib import Path
from zoneinfo import ZoneInfo

from feeds import language
from feeds.permalink import encode_url, has_scheme
from feeds.text import slug


def path_or_url(text: str) -> str:
    """A path below content/, without slashes at its ends, or an absolute http(s) URL as ASCII."""
    if has_scheme(text):
        return encode_url(text)
    if ".." in Path(text).parts or text.startswith("//"):
        raise ValueError
    return text.strip("/")


def site_url(text: str) -> str:
    """An absolute URL as ASCII, without query, fragment, user or a slash at the end."""
    url = encode_url(text)
    if "?" in url or "#" in url or "@" in text or "/../" in url + "/":
        raise ValueError
    return url.rstrip("/")


def zone(text: str) -> ZoneInfo:
    try:
        return ZoneInfo(text)
    except (OSError, LookupError) as error:
        raise ValueError from error


def encoding(text: str) -> str:
    try:
        if not codecs.lookup(text)._is_text_encoding:
            raise ValueError
        "".encode(text)
    except (LookupError, UnicodeError) as error:
        raise ValueError from error
    return text


def id_domain(text: str) -> str:
    # RFC 4151 section 2.1: DNS name or e-mail address, then a date.
    if not re.fullmatch(
        r"(?:[A-Za-z0-9._-]+@)?[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?,\d{4}(?:-\d\d(?:-\d\d)?)?", text
    ):
        raise ValueError
    return text


def email(text: str) -> str:
    if not re.fullmatch(r"[^\s@<>()]+@[^\s@<>()]+", text):
        raise ValueError
    return text


def handle(text: str) -> str:
    """A fediverse handle, with its `@`."""
    if not re.fullmatch(r"@?[A-Za-z0-9_.-]+@[A-Za-z0-9.-]+", text):
        raise ValueError
    return "@" + text.lstrip("@")


def x_handle(text: str) -> str:
    """A handle on X, with its `@`."""
    if not re.fullmatch(r"@?[A-Za-z0-9_]{1,15}", text):
        raise ValueError
    return "@" + text.lstrip("@")


def color(text: str) -> str:
    """`#B4002A` or `B4002A` as six upper-case hex digits."""
    found = re.fullmatch(r"#?([0-9A-Fa-f]{6})", text)
    if not found:
        raise ValueError
    return found.group(1).upper()


def feed_name(text: str) -> tuple[str, str]:
    """`tag/NAME`, `lang/CODE` or `author/NAME` as (kind, key): the slug of the name or the primary language."""
    kind, _, name = text.partition("/")
    key = language.primary(name) if kind == "lang" else slug(name)
    if kind not in ("tag", "lang", "author") or not key:
        raise ValueError
    return kind, key
