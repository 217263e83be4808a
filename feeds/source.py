"""Bytes of a content file → decoded text → front matter with line numbers, and a body.

No meaning is given to a field here; all scalars stay text.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from feeds.nodes import Mapping, NodeError, parse_toml, parse_yaml
from feeds.problems import FieldError
from feeds.text import legal

MAX_FILE_BYTES = 4 * 1024 * 1024  # a picture in a text may take most of it
MAX_FRONT_MATTER_CHARACTERS = 128 * 1024

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_UNSEEN = "\u200b\u200e\u200f\u2060"  # what editors of right-to-left text leave at the edges of lines
_OPENING = re.compile(rf"\s*^[{_UNSEEN}]*(---|\+\+\+)[ \t{_UNSEEN}]*$\n?", re.MULTILINE)


class SourceError(FieldError):
    """A file that cannot be read as text and front matter; `line` counts from 1."""

    def __init__(self, line: int, field: str, message: str) -> None:
        super().__init__(field, message)
        self.line = line


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file taken apart. `body_line` is the line of the file on which the body begins."""

    fields: Mapping
    body: str
    body_line: int
    fence: str  # `---` or `+++`, `""` without front matter
    warnings: tuple[tuple[int, str, str], ...] = ()  # (line, field, message)


def read(data: bytes, fallback_encoding: str) -> Source:
    """Raises SourceError when the bytes are no text or the front matter is broken."""
    text, warnings = decode(data, fallback_encoding)
    return split(text, warnings)


def decode(data: bytes, fallback_encoding: str) -> tuple[str, tuple[tuple[int, str, str], ...]]:
    """The text of a file, legal and with LF line ends, and warnings (line, field, message).

    A byte order mark decides; without one the file is UTF-8, a few broken sequences included.
    Where broken sequences outnumber whole ones, it is `fallback_encoding`. Raises SourceError.
    """
    if len(data) > MAX_FILE_BYTES:
        raise SourceError(1, "content", f"is larger than {MAX_FILE_BYTES} bytes; split it: '{len(data)} bytes'")
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _decoded(data[len(bom) :], encoding)
    if _is_wide(data):
        raise SourceError(1, "content", "is UTF-16 without a byte order mark; save it as UTF-8: 'NUL bytes'")
    if data.count(0) * 10 > len(data):
        raise SourceError(1, "content", "is no text; save it as UTF-8: 'NUL bytes'")
    try:
        return legal(data.decode("utf-8")), ()
    except UnicodeDecodeError:
        loose = data.decode("utf-8", "replace")
    broken = loose.count("\ufffd") - data.count("\ufffd".encode())
    whole = sum(1 for character in loose if character > "\x7f") - broken
    return _decoded(data, "utf-8" if whole >= broken else fallback_encoding)


def _is_wide(data: bytes) -> bool:
    """Whether NUL bytes stand as in UTF-16: in one byte of many pairs (spaces, line ends, Latin
    letters) and never in the other. Arabic letters have none, so there need not be many."""
    even, odd = data[::2].count(0), data[1::2].count(0)
    return min(even, odd) == 0 and max(even, odd) >= 3 and max(even, odd) * 50 > len(data)


def _decoded(data: bytes, encoding: str) -> tuple[str, tuple[tuple[int, str, str], ...]]:
    try:
        return legal(data.decode(encoding)), ()
    except UnicodeDecodeError as error:
        first = error.start
        line = data[:first].decode(encoding, "replace").count("\n") + 1
        text = data.decode(encoding, "replace")
        count = text.count("\ufffd")
        # A file cut in the middle of a character loses that character and nothing else.
        text = text.rstrip("\ufffd") if error.end >= len(data) - 3 and count <= 3 else text
        shown = data[first : first + 8].hex(" ")
        message = f"has {count} broken {encoding} sequences, read as U+FFFD; save the file as UTF-8: '{shown}'"
        return legal(text), ((line, "content", message),)


def split(text: str, warnings: tuple[tuple[int, str, str], ...] = ()) -> Source:
    """Front matter between `---` (YAML) or `+++` (TOML) lines at the head, and the rest."""
    opening = _OPENING.match(text)
    if opening is None:
        return Source(fields=Mapping((), 1), body=text, body_line=1, fence="", warnings=warnings)
    fence = opening.group(1)
    opened_at = text.count("\n", 0, opening.start(1)) + 1
    end = r"(?:---|\.\.\.)" if fence == "---" else r"\+\+\+"  # YAML 1.2 section 9.1.2: `...` ends a document
    closing = re.compile(rf"^[{_UNSEEN}]*{end}[ \t{_UNSEEN}]*$\n?", re.MULTILINE).search(text, opening.end())
    if closing is None:
        raise SourceError(opened_at, "front matter", f"is not closed; end it with a line of its own: '{fence}'")
    block = text[opening.end() : closing.start()]
    if len(block) > MAX_FRONT_MATTER_CHARACTERS:
        raise SourceError(opened_at, "front matter", f"is too long; keep it short: '{len(block)} characters'")
    try:
        fields = (parse_yaml if fence == "---" else parse_toml)(block, opened_at + 1)
    except NodeError as error:
        raise SourceError(error.line, error.key or "front matter", error.message) from error
    return Source(
        fields=fields,
        body=text[closing.end() :],
        body_line=text.count("\n", 0, closing.end()) + 1,
        fence=fence,
        warnings=warnings,
    )
