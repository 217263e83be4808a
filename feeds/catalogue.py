"""The SQLite index of all files and articles: rebuildable at any time, written in one transaction by
one process, read by all. Instants are whole seconds since 1970 UTC. Questions are in `queries.py`.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from queue import SimpleQueue

from feeds import database, search, stored, totals
from feeds.article import Article
from feeds.content import ArticleFile, Found
from feeds.language import primary
from feeds.media import MediaFile
from feeds.permalink import token
from feeds.problems import Problem
from feeds.reading import Reading
from feeds.taken import Taken
from feeds.text import slug

_PATIENCE_SECONDS = 4  # of whoever finds it locked
# What no checksum covers stands in an index too: SQLite compares the two when soundness.py asks it to.
_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX meta_twice ON meta (value);
CREATE TABLE files (
  path TEXT PRIMARY KEY, stamp TEXT NOT NULL, grouped TEXT NOT NULL, language TEXT NOT NULL, shared INTEGER NOT NULL,
  digest TEXT NOT NULL, problems TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX files_grouped ON files (grouped, language, shared, digest);
CREATE INDEX files_problems ON files (path, problems) WHERE problems <> '[]';
CREATE TABLE uses (media TEXT NOT NULL, path TEXT NOT NULL, PRIMARY KEY (media, path)) WITHOUT ROWID;
CREATE INDEX uses_path ON uses (path);
CREATE TABLE articles (
  number INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, token TEXT NOT NULL, id TEXT NOT NULL, published INTEGER NOT NULL, updated INTEGER NOT NULL,
  expires INTEGER, withdrawn INTEGER, draft INTEGER NOT NULL, listed INTEGER NOT NULL, live INTEGER NOT NULL,
  lang TEXT NOT NULL, id_line INTEGER NOT NULL, digest TEXT NOT NULL, data TEXT NOT NULL);
CREATE VIRTUAL TABLE search USING fts5 (words, content = '', detail = none, columnsize = 0, tokenize = 'ascii');
CREATE INDEX articles_token ON articles (token, live, draft, id_line);
CREATE INDEX articles_order ON articles (live, listed, published DESC, id, expires, withdrawn);
CREATE INDEX articles_lang ON articles (lang, live, listed, published DESC, id, expires, withdrawn);
CREATE INDEX articles_updated ON articles (updated) WHERE updated <> published;
CREATE INDEX articles_expires ON articles (expires) WHERE expires IS NOT NULL;
CREATE INDEX articles_withdrawn ON articles (withdrawn) WHERE withdrawn IS NOT NULL;
CREATE INDEX articles_beaten ON articles (token) WHERE live = 0 AND draft = 0;
CREATE TABLE labels (
  kind TEXT NOT NULL, key TEXT NOT NULL, path TEXT NOT NULL, name TEXT NOT NULL, published INTEGER NOT NULL,
  id TEXT NOT NULL, PRIMARY KEY (kind, key, path)) WITHOUT ROWID;
CREATE INDEX labels_order ON labels (kind, key, published DESC, id, name);
CREATE INDEX labels_path ON labels (path);
CREATE TABLE aliases (alias TEXT NOT NULL, path TEXT NOT NULL, PRIMARY KEY (alias, path)) WITHOUT ROWID;
CREATE INDEX aliases_path ON aliases (path);
CREATE TABLE media (
  nfc TEXT NOT NULL, path TEXT PRIMARY KEY, stamp TEXT NOT NULL, media_type TEXT NOT NULL, length_bytes INTEGER NOT NULL,
  fingerprint TEXT NOT NULL, width INTEGER NOT NULL, height INTEGER NOT NULL, duration INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX media_nfc ON media (nfc, media_type, length_bytes, fingerprint, width, height, duration);
CREATE TABLE inline (name TEXT NOT NULL, path TEXT NOT NULL, data BLOB NOT NULL, PRIMARY KEY (name, path));
CREATE INDEX inline_path ON inline (path);
INSERT INTO meta VALUES ('generation', '0');
"""

DatabaseError = sqlite3.Error  # what any question to it may raise


@dataclass(slots=True, kw_only=True)
class Changes:
    """What one refresh found. Paths in `removed` may be articles or media. `articles` may be read while they are
    taken in. `horizon` is None once everything is in: before, all articles published after that instant are."""

    articles: Iterable[ArticleFile] = ()
    media: list[tuple[Found, MediaFile]] = field(default_factory=list)
    touched: list[Found] = field(default_factory=list)  # other stamp, equal bytes
    removed: list[str] = field(default_factory=list)
    moved: list[tuple[str, str]] = field(default_factory=list)  # (old, new) paths whose last good version goes along
    problems: list[Problem] = field(default_factory=list)  # of names and kinds, all there are
    horizon: int | None = None


class Catalogue:
    """Opened for writing by the publisher, read-only by everybody else. Each schema and each set of
    settings has a file of its own, so a new one is built whole before anybody reads it. Raises Damage
    for a file of another kind, sqlite3.Error for one that is broken or locked."""

    def __init__(self, path: Path | None, *, writable: bool = True) -> None:
        self.path = path
        self.taken = Taken()  # since whoever tells of it looked last
        self.touched = SimpleQueue[
            list[tuple[str, str]]
        ]()  # (kind, key) of feeds, of each refresh that has been taken in
        before = database.identity(path) if path else None  # of what is opened, or of one that is gone by now
        if path is not None and not writable:
            self.connection = database.look(path, patience_seconds=_PATIENCE_SECONDS)
        else:
            self.connection = database.connect(path, _SCHEMA + totals.SCHEMA, patience_seconds=_PATIENCE_SECONDS)
            self.connection.execute("PRAGMA synchronous = NORMAL")
            self.connection.executescript(totals.TOUCHED)
            _set(self.connection, "edition", path.stem if path else "")
        self.identity = before or (database.identity(path) if path else None)

    def close(self) -> None:
        self.connection.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield self.connection
        except BaseException:
            if self.connection.in_transaction:  # a full disk ends it by itself
                self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")

    def start_from(self, generation: int) -> None:
        """A new catalogue goes on counting where the one before it ended."""
        self.connection.execute(
            "UPDATE meta SET value = ?1 WHERE key = 'generation' AND CAST(value AS INTEGER) < ?1", (generation,)
        )

    def doubt(self) -> None:
        """All articles are read again at the next refresh, whatever their stamps say."""
        self.connection.execute("UPDATE files SET stamp = '', digest = ''")

    def apply(self, changes: Changes, refreshed: int) -> bool:
        """Takes a refresh in, all or nothing. True when anything that can be seen has changed; the
        generation grows then. `refreshed` is the instant of the refresh."""
        with self.transaction() as connection:
            before = connection.total_changes
            tokens = set(self._move(changes.moved)) | set(self._remove(changes.removed))
            for found, file in changes.media:
                self._put_media(found, file)
            touched = list(changes.touched)
            for each in changes.articles:
                if each.reading is None:
                    touched.append(each.found)
                else:
                    tokens |= self._put_article(each, each.reading)
            _set(connection, "problems", _dump_problems(changes.problems))
            _set(connection, "horizon", "" if changes.horizon is None else str(changes.horizon))
            visible = connection.total_changes > before
            for found in touched:
                table = "media" if found.kind == "media" else "files"
                connection.execute(f"UPDATE {table} SET stamp = ? WHERE path = ?", (found.stamp, found.path))
            self._elect(tokens)
            _set(connection, "refreshed", str(refreshed))
            _set(connection, "ready", "1")
            if visible:
                connection.execute("UPDATE meta SET value = CAST(value AS INTEGER) + 1 WHERE key = 'generation'")
        self.touched.put(totals.touched(self.connection))
        return visible

    def _move(self, paths: Iterable[tuple[str, str]]) -> Iterator[str]:
        for old, new in paths:
            for table in ("articles", "labels", "aliases", "inline"):
                self.connection.execute(f"UPDATE {table} SET path = ? WHERE path = ?", (new, old))
            for (name,) in self.connection.execute("SELECT token FROM articles WHERE path = ?", (new,)).fetchall():
                yield str(name)

    def _remove(self, paths: Iterable[str]) -> Iterator[str]:
        for path in paths:
            yield from self._drop_article(path)
            self.connection.execute("DELETE FROM files WHERE path = ?", (path,))
            self.connection.execute("DELETE FROM uses WHERE path = ?", (path,))
            self.connection.execute("DELETE FROM media WHERE path = ?", (path,))

    def _put_media(self, found: Found, file: MediaFile) -> None:
        self.connection.execute(
            "INSERT OR REPLACE INTO media VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                nfc(file.path), file.path, found.stamp, file.media_type, file.length_bytes, file.fingerprint,
                file.width, file.height, file.duration_seconds,
            ),
        )  # fmt: skip

    def _put_article(self, each: ArticleFile, result: Reading) -> set[str]:
        path = each.found.path
        tokens: set[str] = set()
        problems = list(result.problems)
        if result.article is not None:
            tokens |= set(self._drop_article(path)) | {self._insert_article(each, result.article, result.id_line)}
            self.connection.executemany(
                "INSERT INTO inline VALUES (?, ?, ?)", [(name, path, data) for name, data in result.inline]
            )  # fmt: skip
        elif self.connection.execute("SELECT 1 FROM articles WHERE path = ?", (path,)).fetchone():
            problems = [_kept(problem) for problem in problems]
        self.connection.execute(
            "INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                path, each.found.stamp, each.found.group, each.found.language, each.shared, each.digest,
                _dump_problems(problems),
            ),
        )  # fmt: skip
        self.connection.execute("DELETE FROM uses WHERE path = ?", (path,))
        self.connection.executemany("INSERT INTO uses VALUES (?, ?)", [(used, path) for used in result.used])
        return tokens

    def _insert_article(self, each: ArticleFile, article: Article, id_line: int) -> str:
        path, name = each.found.path, token(article.id)
        published = int(article.published.timestamp())
        number = self._number(path, published)
        self.connection.execute(
            "INSERT INTO articles VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?)",
            (
                number, path, name, article.id, published, int(article.updated.timestamp()), _seconds(article.expires),
                _seconds(article.withdrawn), article.draft, article.in_feeds, primary(article.language), id_line,
                hashlib.sha256(each.data.encode()).hexdigest(), each.data,
            ),
        )  # fmt: skip
        self.connection.execute("INSERT INTO search (rowid, words) VALUES (?, ?)", (number, each.words))
        labels = {("tag", slug(tag)): tag for tag in reversed(article.tags)}
        labels |= {("author", slug(author.name)): author.name for author in reversed(article.authors)}
        if article.translation_key:
            labels |= {("translation", article.translation_key): ""}
        self.connection.executemany(
            "INSERT INTO labels VALUES (?, ?, ?, ?, ?, ?)",
            [(kind, key, path, label, published, article.id) for (kind, key), label in labels.items() if key],
        )
        self.connection.executemany("INSERT INTO aliases VALUES (?, ?)", [(alias, path) for alias in article.aliases])
        return name

    def _number(self, path: str, published: int) -> int:
        """A free row number that grows with the date, so that the newest search results are read first."""
        digest = hashlib.sha256(path.encode("utf-8", "surrogatepass")).digest()
        number = (published << 24) + int.from_bytes(digest[:3], "big")
        while self.connection.execute("SELECT 1 FROM articles WHERE number = ?", (number,)).fetchone():
            number += 1
        return number

    def _drop_article(self, path: str) -> Iterator[str]:
        row = self.connection.execute("SELECT token, number, data FROM articles WHERE path = ?", (path,)).fetchone()
        if row:
            # An index without contents has to be told what it is to forget (sqlite.org/fts5.html section 6.3).
            self.connection.execute(
                "INSERT INTO search (search, rowid, words) VALUES ('delete', ?, ?)",
                (row[1], search.document_of(stored.members(row[2]))),
            )
            for table in ("articles", "labels", "aliases", "inline"):
                self.connection.execute(f"DELETE FROM {table} WHERE path = ?", (path,))
            yield row[0]

    def _elect(self, tokens: Iterable[str]) -> None:
        """Of several files with one id, the first in path order is published; drafts claim nothing."""
        for name in sorted(tokens):
            self.connection.execute(
                "UPDATE articles SET live = (draft = 0 AND path = (SELECT min(path) FROM articles "
                "WHERE token = :name AND draft = 0)) WHERE token = :name",
                {"name": name},
            )


@contextmanager
def snapshot(connection: sqlite3.Connection) -> Iterator[None]:
    """All questions inside see one state of the catalogue, whatever is taken in meanwhile."""
    connection.execute("BEGIN")
    try:
        yield
    finally:
        if connection.in_transaction:  # a broken page ends it by itself
            connection.execute("COMMIT")


def nfc(path: str) -> str:
    return unicodedata.normalize("NFC", path)


def load_problems(text: str) -> list[Problem]:
    return [Problem(**row) for row in json.loads(text)]


def _dump_problems(problems: Sequence[Problem]) -> str:
    names = ("path", "line", "field", "message", "severity")
    return json.dumps([{name: getattr(problem, name) for name in names} for problem in problems], ensure_ascii=False)


def _kept(problem: Problem) -> Problem:
    if problem.severity == "warning":
        return problem
    return Problem(
        path=problem.path, line=problem.line, field=problem.field,
        message=f"{problem.message} (the last good version of this file stays published)",
    )  # fmt: skip


def _set(connection: sqlite3.Connection, key: str, value: str) -> None:
    known = connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    if known != (value,):
        connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))


def _seconds(instant: datetime | None) -> int | None:
    return int(instant.timestamp()) if instant is not None else None
