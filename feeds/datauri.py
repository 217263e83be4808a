"""Pictures that stand inside a text as `data:` URIs (RFC 2397)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import struct
import warnings
from dataclasses import dataclass
from io import BytesIO
from urllib.parse import unquote_to_bytes

from PIL import Image

FOLDER = "inline/"  # below /media/, where what such a URI held has its address
LIMIT_BYTES = 2_000_000  # decoded
MOST_PIXELS = 50_000_000  # of a picture that anybody is to decode
SUFFIXES = {"JPEG": "jpg", "PNG": "png", "GIF": "gif", "WEBP": "webp"}
# What Pillow raises for broken, foreign and huge files.
BROKEN = (
    OSError, ValueError, SyntaxError, TypeError, LookupError, ArithmeticError, EOFError, MemoryError, struct.error,
    Image.DecompressionBombError, Image.DecompressionBombWarning,
)  # fmt: skip
_LONGEST_HEAD = 200
_BASE64 = re.compile(r";\s*base64\s*\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A picture that a text holds. `name` is made of its bytes and has the suffix of their type."""

    name: str
    data: bytes
    width: int
    height: int


def is_data(uri: str) -> bool:
    return uri.lstrip()[:5].lower() == "data:"


def decode(uri: str) -> Held | None:
    """The JPEG, PNG, GIF or WebP of a data URI, by its bytes, not its word; None for anything else, for more than
    `LIMIT_BYTES` or `MOST_PIXELS`, and for a single pixel, which stands for a picture that is elsewhere."""
    head, comma, body = uri.strip().partition(",")
    if not is_data(head) or not comma or len(head) > _LONGEST_HEAD or len(body) > 3 * LIMIT_BYTES:
        return None
    if not head[5:].strip().lower().startswith("image/"):
        return None
    data = unquote_to_bytes(body)
    if _BASE64.search(head):
        data = re.sub(rb"[ \t\r\n\f]+", b"", data)  # WHATWG Infra, forgiving-base64 decode
        try:
            data = base64.b64decode(data.rstrip(b"=") + b"=" * (-len(data.rstrip(b"=")) % 4), validate=True)
        except binascii.Error:
            return None
    return _held(data) if len(data) <= LIMIT_BYTES else None


def _held(data: bytes) -> Held | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # only measured, never decoded
            with Image.open(BytesIO(data), formats=tuple(SUFFIXES)) as opened:
                (width, height), kind = opened.size, opened.format or ""
    except BROKEN:
        return None
    # Pillow calls a JPEG with more than one picture MPO.
    suffix = SUFFIXES.get(kind, "jpg")
    if not 1 < width * height <= MOST_PIXELS:
        return None
    return Held(name=f"{_name(data)}.{suffix}", data=data, width=width, height=height)


def is_named_after(name: str, data: bytes) -> bool:
    """Whether `name` is that of these bytes."""
    return name.partition(".")[0] == _name(data)


def _name(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:24]
