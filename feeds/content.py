"""The content folder: which files are articles or media, what has changed, and what the changed ones give.

Only what changed is read again. Links that lead out of the folder are not followed.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from feeds import media, names, reading
from feeds.config import Config
from feeds.media import MediaFile
from feeds.problems import Problem, quote
from feeds.source import MAX_FILE_BYTES


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A file as the folder shows it. `stamp` changes whenever the file does; `group` is equal for
    translations that share a name (`""` for media)."""

    path: str
    kind: Literal["article", "media"]
    stamp: str
    group: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleFile:
    """What reading one article file gave, with the digest of its bytes."""

    found: Found
    digest: str
    shared: bool
    reading: reading.Reading


def scan(config: Config, below: Iterable[str] = ("",)) -> tuple[dict[str, Found], list[Problem]]:
    """All files at and below the given paths (relative, `""` is the whole folder), by path, and what
    is wrong with their names or kinds. Order never matters."""
    files: dict[str, Found] = {}
    problems: list[Problem] = []
    root = os.path.realpath(config.content_path)
    for path in below:
        start = os.path.join(root, path) if path else root
        if path and (names.is_hidden(path) or os.path.realpath(os.path.dirname(start)) != os.path.dirname(start)):
            continue
        for relative, entry in _walk(root, start):
            found = _examine(root, relative, entry, config, problems)
            if found:
                files[relative] = found
    return files, sorted(problems)


def _walk(root: str, start: str) -> Iterator[tuple[str, str]]:
    """(relative path, full path) of everything that is not hidden and no folder; links are not entered."""
    pending = [start]
    while pending:
        current = pending.pop()
        if os.path.isdir(current) and (not os.path.islink(current) or current == root):
            try:
                with os.scandir(current) as entries:
                    pending.extend(entry.path for entry in entries if not names.is_hidden(entry.name))
            except OSError:
                yield os.path.relpath(current, root), current
        elif os.path.lexists(current):
            yield os.path.relpath(current, root), current


def _examine(root: str, relative: str, full: str, config: Config, problems: list[Problem]) -> Found | None:
    def report(message: str) -> None:
        shown = os.fsencode(relative).decode("utf-8", "backslashreplace")
        base = reading.shown_path(shown, config)
        problems.append(Problem(path=base, line=1, field="file", message=f"{message}: {quote(shown)}"))

    legible = not re.search("[\x00-\x1f\x7f-\x9f\ud800-\udfff]", relative)
    kind = media.media_type(relative)
    name = names.parse(relative) if legible else None
    if os.path.islink(full):
        target = os.path.realpath(full)
        if not target.startswith(root + os.sep):
            report("is a link that leads outside the content folder and is not followed; copy the file")
            return None
        if os.path.isdir(full):
            report("is a link to a folder and is not followed; make it a folder")
            return None
    try:
        status = os.stat(full)
    except OSError as error:
        report(f"cannot be read, {error.strerror}")
        return None
    if stat.S_ISDIR(status.st_mode):
        report("is a folder that cannot be read; mend its permissions")
        return None
    if not legible:
        report("has a name that no address can hold; rename it")
        return None
    if not name and not kind:
        return None
    if not stat.S_ISREG(status.st_mode):
        report("is no regular file")
        return None
    stamp = f"{status.st_mtime_ns} {status.st_size} {status.st_ctime_ns} {status.st_ino}"
    if name is None:
        return Found(path=relative, kind="media", stamp=stamp)
    folder = os.path.dirname(relative)
    language = name.language or config.language
    return Found(path=relative, kind="article", stamp=stamp, group=f"{folder}/{name.stem}", language=language)


def read_article(
    found: Found, *, config: Config, find_media: Callable[[str], MediaFile | None], shared: bool
) -> ArticleFile:
    """Reads one file; one that cannot be read gives a problem. Never raises."""
    try:
        data = read_bytes(config.content_path, found.path)
    except OSError as error:
        problem = Problem(
            path=reading.shown_path(found.path, config), line=1, field="file",
            message=f"cannot be read, {error.strerror}: {quote(found.path)}",
        )  # fmt: skip
        return ArticleFile(
            found=found, digest="", shared=shared, reading=reading.Reading(article=None, problems=(problem,))
        )
    try:
        result = reading.read(found.path, data, config=config, media=find_media, shared=shared)
    except Exception as error:  # a fault of ours on one file must not take the others down
        traceback.print_exc()
        message = f"cannot be read, an error of Nashra's own; please report it: {quote(repr(error))}"
        shown = reading.shown_path(found.path, config)
        result = reading.Reading(article=None, problems=(Problem(path=shown, line=1, field="file", message=message),))
    return ArticleFile(found=found, digest=hashlib.sha256(data).hexdigest(), shared=shared, reading=result)


def read_bytes(root: Path, path: str) -> bytes:
    """The bytes of a regular file, and one more than the limit of a larger one. Raises OSError."""
    # O_NONBLOCK: a FIFO that took the file's place since the scan must not hold us.
    descriptor = os.open(root / path, os.O_RDONLY | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as stream:
        return stream.read(MAX_FILE_BYTES + 1)


def read_media(found: Found, config: Config) -> MediaFile | Problem:
    try:
        return media.inspect(config.content_path, found.path)
    except OSError as error:
        return Problem(
            path=reading.shown_path(found.path, config), line=1, field="file",
            message=f"cannot be read, {error.strerror}: {quote(found.path)}",
        )  # fmt: skip
