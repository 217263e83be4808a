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

from feeds import inventory, pages, permalink, queries, routes
from feeds.cards import Cards
from feeds.config import Config
from feeds.refresh import Progress
from feeds.representation import CardAnswer, Representation
from feeds.site import Site

MANIFEST = ".nashra-export"  # what an export wrote, so that it removes nothing of anybody else's
_PAGE = "text/html; charset=utf-8"


@dataclass(slots=True)
class Report:
    """Paths relative to the folder, in the order of writing."""

    written: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    unchanged: int = 0
    refused: list[str] = field(default_factory=list)  # names that the file system cannot hold


def export(config: Config, site: Site, cards: Cards, folder: Path, now: int, progress: Progress | None) -> Report:
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
            card = site.answer(f"{path}/card.png", now) if path.startswith("/s/") else None
            # A card is drawn only where the page names it: it takes a tenth of a second.
            if isinstance(card, CardAnswer) and f"{config.absolute(path)}/card.png".encode() in answer.body:
                _put(
                    folder, f"{path}/card.png".strip("/"), cards.picture(config, card.card), card.modified, kept, report
                )
        if progress:
            progress(done, len(todo))
    for name, body, modified in _others(config, db, now):
        _put(folder, name, body, modified, kept, report)
    for file in queries.all_media(db):
        _put(folder, f"media/{file}", (config.content_path / file).read_bytes(), 0, kept, report)
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


def _others(config: Config, db: sqlite3.Connection, now: int) -> Iterator[tuple[str, bytes, int]]:
    yield "404.html", pages.error_page(config, 404), 0
    for gone in queries.all_gone(db, now):
        yield f"s/{gone.token}.gone.html", pages.error_page(config, 410, gone), 0
    lines = [f'"/{old}" "{config.absolute(new)}";' for old, new in routes.GUESSED.items()]
    for alias, token in queries.aliases(db, now):
        quoted = alias.replace("\\", "\\\\").replace('"', '\\"').replace("$", "${dollar}")
        lines.append(f'"{quoted}" "{config.absolute(permalink.share_path(token))}";')
    yield "_redirects.map", ("\n".join(sorted(lines)) + "\n").encode(), 0


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
