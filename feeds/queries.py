"""Questions to the catalogue. What is visible depends on an instant (seconds since 1970 UTC) that is always passed in."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from feeds import stored, totals
from feeds.article import Article
from feeds.catalogue import load_problems
from feeds.media import MediaFile
from feeds.problems import Damage, Problem, quote

Kind = Literal["", "tag", "lang", "author", "search"]
TOMBSTONE_DAYS = 90
NEWS_DAYS = 2  # how long an article stands in the news site map
_DAY = 86400
VISIBLE = (
    "a.live = 1 AND a.published <= :now AND (a.expires IS NULL OR a.expires > :now) "
    "AND (a.withdrawn IS NULL OR a.withdrawn > :now)"
)
LISTED = "a.listed = 1 AND " + VISIBLE
# The columns of a `Row` of an article `a`.
COLUMNS = (
    "a.path, a.token, a.published, CASE WHEN a.updated <= :now THEN a.updated ELSE a.published END AS updated, a.digest"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which articles a feed or page holds; `key` is the slug of a tag or author, or a primary language."""

    kind: Kind = ""
    key: str = ""

    def sql(self) -> str:
        """What stands between FROM and the conditions; articles are `a`."""
        if self.kind in ("tag", "author"):
            # CROSS: SQLite would begin with all articles, for it does not know how few a label has.
            return "labels AS l CROSS JOIN articles AS a ON a.path = l.path WHERE l.kind = :kind AND l.key = :key AND"
        return f"articles AS a WHERE {'a.lang = :key AND' if self.kind == 'lang' else ''}"

    def order(self, way: str = "DESC") -> str:
        """Total order: published descending, then id ascending; the other way round for archives."""
        table = "l" if self.kind in ("tag", "author") else "a"
        return f"ORDER BY {table}.published {way}, {table}.id {'ASC' if way == 'DESC' else 'DESC'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An article as lists need it; `digest` changes with anything of it that can be seen."""

    path: str
    token: str
    published: int
    updated: int  # as it stands at the instant asked for
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """A published article that was taken back, or has expired, at `when`. Its title is nobody's business."""

    token: str
    when: datetime
    withdrawn: bool
    reason: str


def rows(
    db: sqlite3.Connection, selection: Selection, now: int, *, limit: int, offset: int = 0, oldest_first: bool = False
) -> list[Row]:
    """Visible, listed articles in total order, newest first unless told otherwise."""
    found = db.execute(
        f"SELECT {COLUMNS} FROM {selection.sql()} {LISTED} {selection.order('ASC' if oldest_first else 'DESC')} "
        "LIMIT :limit OFFSET :offset",
        _values(selection, now) | {"limit": limit, "offset": offset},
    )
    return to_rows(found)


def to_rows(found: Iterable[tuple[Any, ...]]) -> list[Row]:
    """What a question for `COLUMNS` has found."""
    return [
        Row(path=path, token=name, published=published, updated=updated, digest=digest)
        for path, name, published, updated, digest in found
    ]


def count(db: sqlite3.Connection, selection: Selection, now: int) -> int:
    """Visible, listed articles; none for a search, which is not counted."""
    return totals.visible(db, selection.kind, selection.key, now)


def articles(db: sqlite3.Connection, paths: Sequence[str]) -> list[Article]:
    """The articles of these paths, which lists have named, in their order. Raises Damage."""
    return [_article(db, path) for path in paths]


def _article(db: sqlite3.Connection, path: str) -> Article:
    row = db.execute("SELECT data FROM articles WHERE path = ?", (path,)).fetchone()
    if row is None:
        raise Damage("is broken (an article in it is missing)")
    return stored.load(row[0])


def gone(db: sqlite3.Connection, selection: Selection, now: int) -> list[Gone]:
    """What was withdrawn or has expired in the last 90 days, the latest first (RFC 6721 section 3)."""
    found = db.execute(
        "SELECT a.token, coalesce(CASE WHEN a.withdrawn <= :now THEN a.withdrawn END, a.expires) AS gone_at, a.data "
        "FROM (SELECT number FROM articles WHERE withdrawn > :since AND withdrawn <= :now UNION "
        "SELECT number FROM articles WHERE expires > :since AND expires <= :now) AS ended "
        "CROSS JOIN articles AS a ON a.number = ended.number "
        f"WHERE a.live = 1 AND a.listed = 1 AND a.published <= :now{totals.belongs(selection.kind)} "
        "ORDER BY gone_at DESC, a.token LIMIT 200",
        _values(selection, now) | {"since": now - TOMBSTONE_DAYS * _DAY},
    )
    return [_gone(name, when, stored.load(data)) for name, when, data in found]


def by_token(db: sqlite3.Connection, name: str, now: int) -> Article | Gone | None:
    """The published article of a permalink, what became of it, or None for all that never was public."""
    row = db.execute(
        "SELECT a.published, a.expires, a.withdrawn, a.data FROM articles AS a WHERE a.token = ? AND a.live = 1",
        (name,),
    ).fetchone()
    if row is None or row[0] > now:
        return None
    article = stored.load(row[3])
    ended = [instant for instant in (row[2], row[1]) if instant is not None and instant <= now]
    return _gone(name, ended[0], article) if ended else article


def token_by_old_path(db: sqlite3.Connection, paths: Sequence[str], now: int) -> str:
    """The permalink token of an alias (any of `paths`), or of the content file that the first of them
    names; `""` when nothing public has it."""
    bare = paths[0].strip("/")
    stems = [bare] + [bare + suffix for suffix in (".md", ".markdown", ".html", ".txt", "/index.md", "/index.html")]
    if "." in bare:
        stems += [bare.rpartition(".")[0] + suffix for suffix in (".md", ".markdown", ".txt")]
    aliases = ["/" + path.strip("/") for path in paths]
    row = db.execute(
        f"SELECT a.token FROM (SELECT path FROM aliases WHERE alias IN ({_marks(aliases)}) UNION "
        f"SELECT path FROM articles WHERE path IN ({_marks(stems)})) AS p "
        "CROSS JOIN articles AS a ON a.path = p.path "  # CROSS: never begin with all articles
        "WHERE a.live = 1 AND a.published <= ? ORDER BY a.path LIMIT 1",
        (*aliases, *stems, now),
    ).fetchone()
    return str(row[0]) if row else ""


def _marks(values: Sequence[str]) -> str:
    return ", ".join("?" * len(values))


def labels(db: sqlite3.Connection, kind: Literal["tag", "author"], now: int) -> list[tuple[str, str]]:
    """(key, name) of every tag or author with a visible article, by key."""
    return db.execute(
        "SELECT l.key, min(l.name) FROM labels AS l JOIN articles AS a ON a.path = l.path "
        f"WHERE l.kind = :kind AND {LISTED} GROUP BY l.key ORDER BY l.key",
        {"kind": kind, "now": now},
    ).fetchall()


def label_name(db: sqlite3.Connection, selection: Selection, now: int, *, oldest: bool = False) -> str:
    """A tag's or author's name as the newest (or the oldest) visible article writes it; `""` for other selections."""
    if selection.kind not in ("tag", "author"):
        return ""
    order = selection.order("ASC" if oldest else "DESC")
    row = db.execute(
        f"SELECT l.name FROM {selection.sql()} {LISTED} {order} LIMIT 1", _values(selection, now)
    ).fetchone()
    return str(row[0]) if row else ""


def all_gone(db: sqlite3.Connection, now: int) -> list[Gone]:
    """Everything that was public and is not any more, however long ago."""
    found = db.execute(
        "SELECT token, coalesce(CASE WHEN withdrawn <= :now THEN withdrawn END, expires), data FROM articles "
        "WHERE live = 1 AND published <= :now AND (withdrawn <= :now OR expires <= :now) ORDER BY token",
        {"now": now},
    )
    return [_gone(name, when, stored.load(data)) for name, when, data in found]


def aliases(db: sqlite3.Connection, now: int) -> list[tuple[str, str]]:
    """(old path, token) of all aliases of what is or was public; of several, the first in path order has it."""
    found = db.execute(
        "SELECT x.alias, a.token, min(a.path) FROM aliases AS x JOIN articles AS a ON a.path = x.path "
        "WHERE a.live = 1 AND a.published <= ? GROUP BY x.alias ORDER BY x.alias",
        (now,),
    )
    return [(alias, token) for alias, token, _ in found]  # SQLite takes the token from the row of the minimum


def paths(db: sqlite3.Connection, now: int) -> list[tuple[str, str]]:
    """(path of the content file, token) of what is or was public, in path order."""
    return db.execute(
        "SELECT path, token FROM articles WHERE live = 1 AND published <= ? ORDER BY path", (now,)
    ).fetchall()


def languages(db: sqlite3.Connection, now: int) -> list[str]:
    """The primary languages of the visible articles, in order."""
    found = db.execute(f"SELECT DISTINCT a.lang FROM articles AS a WHERE {LISTED} ORDER BY a.lang", {"now": now})
    return [language for (language,) in found]


def next_change(db: sqlite3.Connection, now: int) -> int | None:
    """The next instant at which something appears, changes, ends or is no news any more by itself."""
    kept = TOMBSTONE_DAYS * _DAY
    found = db.execute(
        "SELECT min(at) FROM ("
        "SELECT min(published) AS at FROM articles WHERE live = 1 AND listed = 0 AND published > :now UNION ALL "
        "SELECT min(published) FROM articles WHERE live = 1 AND listed = 1 AND published > :now UNION ALL "
        "SELECT min(published) + :news FROM articles WHERE live = 1 AND listed = 1 AND published > :now - :news UNION ALL "
        "SELECT min(updated) FROM articles WHERE updated > :now AND updated <> published UNION ALL "
        "SELECT min(expires) FROM articles WHERE expires > :now UNION ALL "
        "SELECT min(expires) + :kept FROM articles WHERE expires > :now - :kept UNION ALL "
        "SELECT min(withdrawn) FROM articles WHERE withdrawn > :now UNION ALL "
        "SELECT min(withdrawn) + :kept FROM articles WHERE withdrawn > :now - :kept)",
        {"now": now, "kept": kept, "news": NEWS_DAYS * _DAY},
    ).fetchone()[0]
    return int(found) if found is not None else None


def find_media(db: sqlite3.Connection, path: str) -> MediaFile | None:
    """A media file by its path in NFC."""
    row = db.execute(
        "SELECT path, media_type, length_bytes, fingerprint, width, height, duration FROM media WHERE nfc = ? "
        "ORDER BY path LIMIT 1",
        (path,),
    ).fetchone()
    names = ("path", "media_type", "length_bytes", "fingerprint", "width", "height", "duration_seconds")
    return MediaFile(**dict(zip(names, row, strict=True))) if row else None


def media_stamp(db: sqlite3.Connection, path: str) -> str:
    """What changes with the file whose bytes were taken in."""
    row = db.execute("SELECT stamp FROM media WHERE path = ?", (path,)).fetchone()
    return str(row[0]) if row else ""


def meta(db: sqlite3.Connection, key: str) -> str:
    """What the catalogue says of itself: `generation`, `refreshed`, `ready`, `horizon`, `problems`, `edition`; `""` where
    it does not say it."""
    row = db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    return str(row[0]) if row else ""


def horizon(db: sqlite3.Connection) -> int | None:
    """None once everything has been read; before, all articles published after that instant are here."""
    value = meta(db, "horizon")
    return int(value) if value else None


def is_whole(found: Sequence[Row], limit: int, horizon: int) -> bool:
    """Whether the newest `limit` rows that were found so far are the newest of all."""
    return len(found) == limit and found[-1].published > horizon


def problems(db: sqlite3.Connection, prefix: str) -> list[Problem]:
    """All problems, in path and line order. `prefix` is what stands before a path below content/."""
    found = load_problems(meta(db, "problems") or "[]")
    for (text,) in db.execute("SELECT problems FROM files WHERE problems <> '[]'"):
        found.extend(load_problems(text))
    twice = db.execute(
        "SELECT a.path, a.id, a.id_line, b.path FROM articles AS a INDEXED BY articles_beaten CROSS JOIN articles AS b INDEXED BY articles_token ON b.token = a.token AND b.live = 1 "
        "WHERE a.live = 0 AND a.draft = 0"
    )
    for path, article_id, line, other in twice:
        message = f"is also the id of {prefix}{other}, which is published; give {prefix}{path} another id: {quote(article_id)}"
        found.append(Problem(path=prefix + path, line=line, field="id", message=message))
    return sorted(found)


def _gone(name: str, when: int, article: Article) -> Gone:
    withdrawn = article.withdrawn is not None and int(article.withdrawn.timestamp()) == when
    instant = article.withdrawn if withdrawn else article.expires
    return Gone(
        token=name,
        when=instant or datetime.fromtimestamp(when, UTC),
        withdrawn=withdrawn,
        reason=article.withdrawn_reason if withdrawn else "",
    )


def _values(selection: Selection, now: int) -> dict[str, object]:
    return {"kind": selection.kind, "key": selection.key, "now": now}
