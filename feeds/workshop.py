"""Makes the files of documents and puts them into an exported tree, each in one step."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from feeds import datauri, discovery, feedplan, inlined, layout, pageplan, pages, permalink, queries, sharepictures
from feeds.article import Article
from feeds.cards import Cards
from feeds.config import Config
from feeds.derived import Derivatives
from feeds.feedplan import Plan
from feeds.manifest import Entry, File
from feeds.pageplan import ListPlan
from feeds.pages.assets import ASSETS
from feeds.queries import Gone
from feeds.representation import CardAnswer, DerivedAnswer, Representation, etag_of
from feeds.survey import PICTURES, Document
from feeds.validators import Validators

SPARE = ".nashra-export.part"  # a folder for files that are not whole yet
_UNFIT = {errno.ENAMETOOLONG, errno.EILSEQ, errno.EINVAL}  # names that a file system cannot hold
_BLOCKED = (IsADirectoryError, NotADirectoryError, FileExistsError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one document. `blocked`: something else stands in its way that is perhaps to be removed."""

    path: str
    entry: Entry
    written: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    unchanged: int = 0
    blocked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One file to be. `modified` in seconds since 1970 UTC, 0 where nothing says it; `source` instead of the body."""

    name: str
    body: bytes = b""
    source: Path | None = None
    modified: int = 0
    key: str = ""


class Workshop:
    """`now` in seconds since 1970 UTC; `moved` is what `layout.settle` found."""

    def __init__(
        self, config: Config, db: sqlite3.Connection, state: Path, validators: Path, folder: Path, now: int,
        moved: Mapping[str, str],
    ) -> None:  # fmt: skip
        self._config, self._db, self._folder, self._now, self._moved = config, db, folder, now, moved
        self._validators = Validators()
        self._validators.renew(validators, now, mend=False)
        self._cards = Cards(state)
        self._derivatives = Derivatives(state, self._cards)
        self._spare = folder / SPARE / str(os.getpid())

    def put(self, document: Document, before: Entry | None, *, last_try: bool = False) -> Outcome:
        """Writes what differs. Raises OSError when the folder cannot be written."""
        known = {file.name: file for file in before.files} if before else {}
        files: list[File] = []
        written: list[str] = []
        refused: list[str] = []
        try:
            for piece in self._pieces(document, known):
                file, is_new = (piece, False) if isinstance(piece, File) else self._place(piece)
                if file is None:
                    refused.append(piece.name or document.name)
                    continue
                files.append(file)
                written += [file.name] if is_new else []
        except _BLOCKED:
            if last_try:
                raise
            return Outcome(path=document.path, entry=Entry(key="", files=()), blocked=True)
        return Outcome(
            path=document.path, entry=Entry(key="" if refused else document.key, files=tuple(files)), written=tuple(written),
            refused=tuple(refused), unchanged=len(files) - len(written),
        )  # fmt: skip

    def _pieces(self, document: Document, known: Mapping[str, File]) -> Iterator[Piece | File]:
        """Pieces, or files that stand and need not be made again."""
        if document.kind == "media":
            source = self._config.content_path / document.name.removeprefix("media/")
            if source.is_file():  # it may have been deleted since
                yield Piece(name=self._name(document.name), source=source)
            return
        body, modified, bare = self._make(document)
        name = self._name(document.name)
        old = known.get(name)
        whole = Piece(name=name, body=body, modified=modified)
        stood = old is not None and old.stands(self._folder) and self._has(whole)
        yield whole
        for suffix in () if bare or not name else layout.VARIANTS[1:]:
            variant = known.get(name + suffix)
            if stood and variant and variant.stands(self._folder):
                yield variant
                continue
            made = Representation(body=body, content_type="", etag="", modified=0)
            yield Piece(name=name + suffix, body=made.gzip if suffix == ".gz" else made.br, modified=modified)
        if document.kind == "share":
            yield from self._drawn(document.path, body, known)

    def _make(self, document: Document) -> tuple[bytes, int, bool]:
        """The body, the instant of its last change (0 for none) and whether it has no compressed variants."""
        config, db, now = self._config, self._db, self._now
        if isinstance(document.plan, Plan):
            plan = document.plan
            body, newest = feedplan.render(config, plan, pageplan.load(db, plan.rows, now))
            return body, self._modified(plan.path, body, newest), False
        if isinstance(document.plan, ListPlan):
            listed = document.plan
            body, newest = pageplan.render_list(config, listed, pageplan.load(db, listed.rows, now))
            return body, self._modified(listed.path, body, newest), False
        if document.kind == "share":
            shared = pageplan.share(config, db, self._article(document.path), now)
            body, newest = pageplan.render_share(config, shared)
            return body, self._modified(shared.path, body, newest), False
        if document.kind == "oembed":
            shared = pageplan.share(config, db, self._article(document.path), now)
            body = discovery.oembed(config, shared.article, shared.picture)
            return body, self._modified(document.path, body, int(shared.article.updated.timestamp())), True
        if document.kind == "document":
            made = discovery.document(config, db, document.path[1:], now)
            assert isinstance(made, tuple)
            body, newest = made[2]()
            return body, self._modified(document.path, body, newest), made[1].startswith("image/")
        return self._still(document)

    def _still(self, document: Document) -> tuple[bytes, int, bool]:
        """What no instant is known of."""
        if document.kind == "asset":
            return ASSETS[document.path][0], 0, False
        if document.kind == "inline":
            name = document.path.removeprefix(f"/media/{datauri.FOLDER}")
            return inlined.find(self._db, name) or b"", 0, True
        if document.kind == "gone":
            gone = queries.by_token(self._db, document.path.removeprefix(permalink.share_path("")), self._now)
            assert isinstance(gone, Gone)
            return pages.error_page(self._config, 410, gone), 0, False
        return (document.text, 0, True) if document.kind == "text" else (pages.error_page(self._config, 404), 0, False)

    def _article(self, path: str) -> Article:
        token = path.removeprefix(permalink.share_path("")).removeprefix("/oembed?")
        found = queries.by_token(self._db, token, self._now)
        assert isinstance(found, Article)
        return found

    def _modified(self, path: str, body: bytes, newest: int) -> int:
        return self._validators.modified(path, etag_of(body), newest)

    def _drawn(self, path: str, page: bytes, known: Mapping[str, File]) -> Iterator[Piece | File]:
        """The share picture, only where the page names it: drawing one takes a tenth of a second."""
        kinds: tuple[sharepictures.Kind, ...] = ("card", "picture")
        for kind, file in zip(kinds, PICTURES, strict=True):
            if f"{self._config.absolute(path)}/{file}".encode() not in page:
                continue
            found = sharepictures.answer(self._config, self._db, self._article(path), kind)
            name = self._name(f"{path[1:]}/{file}")
            old = known.get(name)
            if isinstance(found, CardAnswer):
                key, modified = found.card.etag, found.modified
            elif isinstance(found, DerivedAnswer):
                key, modified = found.derivative.etag, 0
            else:
                continue
            if old and old.key == key and old.stands(self._folder):
                yield old
            elif isinstance(found, CardAnswer):
                drawn = self._cards.picture(self._config, found.card, kept=False)
                yield Piece(name=name, body=drawn, modified=modified, key=key)
            else:
                made = self._derivatives.picture(self._config, found.derivative, kept=False)
                yield Piece(name=name, body=made, key=key)

    def _name(self, name: str) -> str:
        return self._moved.get(name, name)

    def _has(self, piece: Piece) -> bool:
        target = self._folder / piece.name
        try:
            if piece.source:
                return _same(piece.source, target)
            return target.stat().st_size == len(piece.body) and target.read_bytes() == piece.body
        except (FileNotFoundError, IsADirectoryError):
            return False

    def _place(self, piece: Piece) -> tuple[File | None, bool]:
        """The file as it is now, None where it cannot be, and whether it is new."""
        if not piece.name or not layout.is_safe(piece.name):
            return None, False
        target = self._folder / piece.name
        try:
            is_new = not self._has(piece)
            if is_new:
                self._write(target, piece)
            status = target.stat()
        except OSError as error:
            if error.errno not in _UNFIT:
                raise
            return None, False
        return File(name=piece.name, size_bytes=status.st_size, mtime_ns=status.st_mtime_ns, key=piece.key), is_new

    def _write(self, target: Path, piece: Piece) -> None:
        """Replaces it in one step. The time of the file moves forward, by which web servers and copying programs
        tell that its bytes are other ones."""
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            if piece.source:
                shutil.copyfile(piece.source, self._spare)
            else:
                self._spare.write_bytes(piece.body)
            modified = piece.modified or int(self._spare.stat().st_mtime)
            if target.exists():
                modified = max(modified, int(target.stat().st_mtime) + 1)
            os.utime(self._spare, (modified, modified))
            self._spare.replace(target)
        except OSError as error:
            self._spare.unlink(missing_ok=True)
            raise OSError(error.errno, error.strerror, str(target)) from error


def _same(one: Path, other: Path) -> bool:
    if one.stat().st_size != other.stat().st_size:
        return False
    with one.open("rb") as left, other.open("rb") as right:
        while block := left.read(1 << 20):
            if block != right.read(1 << 20):
                return False
    return True
