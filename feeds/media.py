"""Media files of content/: which are served, their type by content, size, dimensions and duration."""

from __future__ import annotations

import hashlib
import re
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from PIL import Image as Pillow
from tinytag import TinyTag, TinyTagException

from feeds import svg
from feeds.datauri import BROKEN
from feeds.inside import open_inside

# Suffixes that are served; anything else below content/ is nobody's business.
TYPES = {
    ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".gif": "image/gif", ".webp": "image/webp",
    ".avif": "image/avif", ".svg": "image/svg+xml", ".ico": "image/x-icon", ".bmp": "image/bmp", ".tiff": "image/tiff",
    ".tif": "image/tiff",
    ".mp3": "audio/mpeg", ".m4a": "audio/mp4", ".aac": "audio/aac", ".ogg": "audio/ogg", ".oga": "audio/ogg",
    ".opus": "audio/ogg", ".wav": "audio/wav", ".flac": "audio/flac",
    ".mp4": "video/mp4", ".m4v": "video/mp4", ".webm": "video/webm", ".ogv": "video/ogg", ".mov": "video/quicktime",
    ".pdf": "application/pdf", ".epub": "application/epub+zip", ".zip": "application/zip", ".csv": "text/csv",
    ".doc": "application/msword", ".xls": "application/vnd.ms-excel", ".ppt": "application/vnd.ms-powerpoint",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".odt": "application/vnd.oasis.opendocument.text", ".vtt": "text/vtt", ".srt": "application/x-subrip",
}  # fmt: skip
HEAVY_BYTES = 600_000  # unfurlers drop heavier pictures (WhatsApp)
UNFURLED = ("image/jpeg", "image/png", "image/webp", "image/gif")  # what a share picture may be
_MAGIC = (
    (0, b"\xff\xd8\xff", "image/jpeg"), (0, b"\x89PNG\r\n\x1a\n", "image/png"), (0, b"GIF8", "image/gif"),
    (8, b"WEBP", "image/webp"), (4, b"ftypavif", "image/avif"), (0, b"BM", "image/bmp"), (0, b"%PDF-", "application/pdf"),
    (0, b"ID3", "audio/mpeg"), (0, b"fLaC", "audio/flac"), (8, b"WAVE", "audio/wav"), (4, b"ftypM4A", "audio/mp4"),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaFile:
    """One file below content/. Sides in pixels, as shown; `fingerprint` changes with its bytes; 0 where a number is
    not known."""

    path: str
    media_type: str
    length_bytes: int
    fingerprint: str
    width: int = 0
    height: int = 0
    duration_seconds: int = 0


def media_type(path: str) -> str:
    """The type that a name or URL path stands for, `""` for what is not served."""
    suffix = re.search(r"\.[A-Za-z0-9]+$", path)
    return TYPES.get(suffix.group().lower(), "") if suffix else ""


def medium(kind: str) -> str:
    """Media RSS `medium` of a type."""
    head = kind.partition("/")[0]
    return head if head in ("image", "audio", "video") else "document"


def inspect(root: Path, path: str) -> MediaFile:
    """Reads one file once. Raises OSError when it cannot be read."""
    digest = hashlib.sha256()
    length = 0
    start = b""
    with open_inside(root, path) as stream:
        while block := stream.read(1 << 20):
            start = start or block
            length += len(block)
            digest.update(block)
        kind = media_type(path)
        if kind.partition("/")[0] in ("image", "audio", "application"):  # SVG, text and containers have no such mark
            kind = next((seen for at, mark, seen in _MAGIC if start[at : at + len(mark)] == mark), kind)
        width, height = (0, 0)
        if kind == "image/svg+xml":
            width, height = svg.size(start)
        elif kind.startswith("image/"):
            width, height = _dimensions(stream)
        sounds = kind.startswith(("audio/", "video/")) and _may_sound(start)
        duration = _duration(path, stream) if sounds else 0
    return MediaFile(
        path=path, media_type=kind, length_bytes=length, fingerprint=digest.hexdigest()[:12],
        width=width, height=height, duration_seconds=duration,
    )  # fmt: skip


def _dimensions(stream: BinaryIO) -> tuple[int, int]:
    try:
        stream.seek(0)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an oversized picture is only measured, never decoded
            with Pillow.open(stream) as picture:
                width, height = picture.size
                # The method of a PNG would decode it all to look for what may stand behind the pixels.
                if Pillow.Image.getexif(picture).get(0x0112) in (5, 6, 7, 8):  # Exif orientation: shown on its side
                    width, height = height, width
                return width, height
    except BROKEN:
        return 0, 0


def _may_sound(start: bytes) -> bool:
    """Whether a file begins as sound or film does; anything else would be searched to its end for a first frame."""
    frame = len(start) > 1 and start[0] == 0xFF and start[1] & 0xE0 == 0xE0  # MPEG audio, ADTS
    return frame or start[4:8] == b"ftyp" or start.startswith((b"ID3", b"fLaC", b"OggS", b"RIFF", b"\x1aE\xdf\xa3"))


def _duration(path: str, stream: BinaryIO) -> int:
    try:
        stream.seek(0)
        return round(TinyTag.get(path, file_obj=stream).duration or 0)
    except (OSError, TinyTagException, ValueError, LookupError, ArithmeticError):
        return 0
