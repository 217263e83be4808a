"""The content folder: which files are articles or media, what has changed, and what the changed ones give.

Only what changed is read again. Links that lead out of the folder are not followed.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import traceback
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from feeds import inside, media, names, reading, search, stored, walking
from feeds.config import Config
from feeds.media import MediaFile
from feeds.problems import Problem, quote
from feeds.source import MAX_FILE_BYTES
from feeds.walking import Ahead


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A file as the folder shows it. `stamp` changes whenever the file does; `group` is equal for
    translations that share a name (`""` for media)."""

    path: str
    kind: Literal["article", "media"]
    stamp: str
    group: str = ""
    language: str = ""

    @property
    def changed_ns(self) -> int:
        """The last change of the file or its name, in nanoseconds since 1970 UTC."""
        return int(self.stamp.split()[2])


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """What a look at the folder showed. `stamps` has every article and media file, `files` those whose
    stamp is not the known one, `problems` what is wrong with names and kinds."""

    stamps: dict[str, str] = field(default_factory=dict)
    files: dict[str, Found] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleFile:
    """What reading one article file gave, with the digest of its bytes. `data` is the article as it is
    stored and `words` what a search finds it by, `""` where there is none. `reading` is None where the bytes
    are those that were known: then nothing else was looked at."""

    found: Found
    digest: str
    shared: bool
    reading: reading.Reading | None
    data: str = ""
    words: str = ""


def scan(
    config: Config, below: Iterable[str] = ("",), known: Mapping[str, str] | None = None, ahead: Ahead | None = None
) -> Scan:
    """All files at and below the given paths (relative, `""` is the whole folder). `known` has the stamps
    of files that need no second look, `ahead` a walk that has been begun before. Order never matters."""
    result = Scan()
    known = known or {}
    root = os.path.realpath(config.content_path)
    for path in below:
        start = os.path.join(root, path) if path else root
        if path and (walking.is_hidden(path) or os.path.realpath(os.path.dirname(start)) != os.path.dirname(start)):
            continue
        walked = ahead.of(start) if ahead else None
        for relative, stamp in walking.walk(root, start) if walked is None else walked:
            if stamp and known.get(relative) == stamp:
                result.stamps[relative] = stamp
                continue
            found = _examine(root, relative, config, result.problems)
            if found:
                result.files[relative] = found
                result.stamps[relative] = found.stamp
    result.problems.sort()
    return result


def _examine(root: str, relative: str, config: Config, problems: list[Problem]) -> Found | None:
    full = os.path.join(root, relative)

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
    stamp = walking.stamp(status)
    if name is None:
        return Found(path=relative, kind="media", stamp=stamp)
    folder = os.path.dirname(relative)
    language = name.language or config.language
    return Found(path=relative, kind="article", stamp=stamp, group=f"{folder}/{name.stem}", language=language)


def read_article(
    found: Found,
    *,
    config: Config,
    find_media: Callable[[str], MediaFile | None],
    shared: bool,
    known: str = "",
    remembered: str = "",
) -> ArticleFile:
    """Reads one file; one that cannot be read gives a problem. `known` is the digest of bytes that need no
    reading again. Never raises."""
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
    digest = hashlib.sha256(data).hexdigest()
    if digest == known:
        return ArticleFile(found=found, digest=digest, shared=shared, reading=None)
    dump, words = "", ""
    try:
        result = reading.read(found.path, data, config=config, media=find_media, shared=shared, remembered=remembered)
        if result.article is not None:
            dump, words = stored.dump(result.article), search.document(result.article)
    except Exception as error:  # a fault of ours on one file must not take the others down
        traceback.print_exc()
        message = f"cannot be read, an error of Nashra's own; please report it: {quote(repr(error))}"
        shown = reading.shown_path(found.path, config)
        result = reading.Reading(article=None, problems=(Problem(path=shown, line=1, field="file", message=message),))
    return ArticleFile(found=found, digest=digest, shared=shared, reading=result, data=dump, words=words)


def read_bytes(root: Path, path: str, most: int = MAX_FILE_BYTES + 1) -> bytes:
    """The bytes of a regular file, by default one more than the limit of a larger one. Raises OSError."""
    with inside.open_inside(root, path) as stream:
        return stream.read(most)


def read_media(found: Found, config: Config) -> MediaFile | Problem:
    try:
        return media.inspect(config.content_path, found.path)
    except OSError as error:
        return Problem(
            path=reading.shown_path(found.path, config), line=1, field="file",
            message=f"cannot be read, {error.strerror}: {quote(found.path)}",
        )  # fmt: skip
