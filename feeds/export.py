"""The same bytes that `serve` answers, as a static tree: writes only what differs, removes what is gone.

Feeds and documents stand under their own path; a page for people under its path with `.html`; compressed
variants beside them as `.gz` and `.br`; pages of what is gone as `.gone.html`; redirects in `_redirects.map`,
one `"/old" "https://…/new";` a line, as nginx's `map` reads it (deploy/nginx.conf).
"""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from feeds import inlined, inventory, pages, permalink, queries, routes
from feeds.cards import Cards
from feeds.config import Config
from feeds.derived import Derivatives
from feeds.readers import Progress
from feeds.representation import CardAnswer, DerivedAnswer, Representation
from feeds.site import Site

MANIFEST = ".nashra-export"  # what an export wrote, so that it removes nothing of anybody else's
Drawings = tuple[Cards, Derivatives]
_PAGE = "text/html; charset=utf-8"
_LONGEST_OLD_BYTES = 2000  # of a redirect; nginx refuses to start with longer ones (map_hash_bucket_size)


@dataclass(slots=True)
class Report:
    """Paths relative to the folder, in the order of writing."""

    written: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    unchanged: int = 0
    refused: list[str] = field(default_factory=list)  # names that the file system cannot hold


def export(
    config: Config, site: Site, drawings: Drawings, folder: Path, now: int, progress: Progress | None
) -> Report:  # fmt: skip
    """Writes the whole site as it answers at `now` (seconds since 1970 UTC). Each file is replaced
    atomically. Raises OSError when the folder cannot be written."""
    report, db = Report(), site.db
    folder.mkdir(parents=True, exist_ok=True)
    manifest = folder / MANIFEST
    before = set(manifest.read_text("utf-8").splitlines()) if manifest.exists() else set()
    kept: set[str] = set()
    todo = list(inventory.addresses(config, db, now))
    for done, path in enumerate(todo, 1):
        answer = site.answer(path, now)
        if isinstance(answer, Representation):
            for name, body in _files(path, answer):
                _put(folder, name, body, answer.modified, kept, report)
            for name, body, modified in _drawn(config, site, drawings, path, answer, now):
                _put(folder, name, body, modified, kept, report)
        if progress:
            progress(done, len(todo))
    for name, body, modified in _others(config, db, now):
        _put(folder, name, body, modified, kept, report)
    for file in queries.all_media(db):
        _put(folder, f"media/{file}", (config.content_path / file).read_bytes(), 0, kept, report)
    for file in inlined.names(db):
        _put(folder, f"media/{inlined.FOLDER}{file}", inlined.find(db, file) or b"", 0, kept, report)
    for name in sorted(before - kept):
        (folder / name).unlink(missing_ok=True)
        report.removed.append(name)
        _prune(folder, name)
    _write(manifest, "".join(f"{name}\n" for name in sorted(kept)).encode())
    return report


def _files(path: str, answer: Representation) -> Iterator[tuple[str, bytes]]:
    name = path.strip("/")
    if answer.content_type == _PAGE:
        name = f"{name or 'index'}.html"
    yield name, answer.body
    if not answer.content_type.startswith("image/"):
        yield name + ".gz", answer.gzip
        yield name + ".br", answer.br


def _drawn(
    config: Config, site: Site, drawings: Drawings, path: str, page: Representation, now: int
) -> Iterator[tuple[str, bytes, int]]:
    """The share picture, only where the page names it: drawing one takes a tenth of a second."""
    cards, derivatives = drawings
    for name in ("card.png", "picture.jpg") if path.startswith("/s/") else ():
        if f"{config.absolute(path)}/{name}".encode() in page.body:
            found = site.answer(f"{path}/{name}", now)
            if isinstance(found, CardAnswer):
                yield f"{path}/{name}".strip("/"), cards.picture(config, found.card), found.modified
            elif isinstance(found, DerivedAnswer):
                yield f"{path}/{name}".strip("/"), derivatives.picture(config, found.derivative), 0


def _others(config: Config, db: sqlite3.Connection, now: int) -> Iterator[tuple[str, bytes, int]]:
    yield "404.html", pages.error_page(config, 404), 0
    for gone in queries.all_gone(db, now):
        yield f"s/{gone.token}.gone.html", pages.error_page(config, 410, gone), 0
    moved = {f"/{old}": config.absolute(new) for old, new in routes.GUESSED.items()}
    for alias, token in queries.aliases(db, now):
        moved.setdefault(alias, config.absolute(permalink.share_path(token)))
    yield "_redirects.map", _redirects(moved), 0


def _redirects(moved: dict[str, str]) -> bytes:
    """nginx's `map` takes no address twice, and upper case of ASCII for lower case; of such the first stands."""
    lines: dict[bytes, str] = {}
    for old, new in sorted(moved.items()):
        quoted = old.replace("\\", "\\\\").replace('"', '\\"')
        if len(quoted.encode()) < _LONGEST_OLD_BYTES:
            lines.setdefault(old.encode().lower(), f'"{quoted}" "{new}";')
    return "".join(f"{line}\n" for line in lines.values()).encode()


def _put(folder: Path, name: str, body: bytes, modified: int, kept: set[str], report: Report) -> None:
    target = folder / name
    if any(part in ("", ".", "..") or "\0" in part for part in name.split("/")):  # a tag may be called a/../b
        report.refused.append(name)
        return
    try:
        if target.is_file() and target.read_bytes() == body:
            report.unchanged += 1
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            _write(target, body)
            if modified:
                os.utime(target, (modified, modified))
            report.written.append(name)
    except OSError as error:
        if error.errno != errno.ENAMETOOLONG:
            raise
        report.refused.append(name)
        return
    kept.add(name)


def _write(target: Path, body: bytes) -> None:
    spare = target.with_name(f".{target.name[:40]}.{os.getpid()}")
    spare.write_bytes(body)
    spare.replace(target)


def _prune(folder: Path, name: str) -> None:
    """Removes folders that have become empty, up to the export's own."""
    for parent in (folder / name).parents:
        if parent == folder:
            return
        try:
            parent.rmdir()
        except OSError:
            return
