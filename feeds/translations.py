"""Which articles are one another's translations: files that share a name, or a `translation_key`."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from feeds import permalink
from feeds.config import Config
from feeds.language import primary
from feeds.queries import LISTED

_ITSELF = "SELECT path FROM articles WHERE token = :token AND live = 1"
_FOUND = (
    "SELECT json_extract(a.data, '$.language'), a.token FROM ("
    f"SELECT path FROM files WHERE grouped IN (SELECT grouped FROM files WHERE path IN ({_ITSELF})) UNION "
    "SELECT path FROM labels WHERE kind = 'translation' AND key IN "
    f"(SELECT key FROM labels WHERE kind = 'translation' AND path IN ({_ITSELF}))) "
    f"AS p CROSS JOIN articles AS a ON a.path = p.path WHERE {LISTED} "  # CROSS: never begin with all articles
    "AND json_extract(a.data, '$.canonical') IS NULL ORDER BY a.token <> :token, 1, a.token"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Translation:
    """One language version; `language` is a whole BCP 47 tag."""

    language: str
    token: str


def of(db: sqlite3.Connection, token: str, now: int) -> tuple[Translation, ...]:
    """All visible versions of an article by language, itself among them; none where it is the only one.
    What was first published elsewhere names that address as its own and is no version of ours."""
    found: dict[str, Translation] = {}
    for language, name in db.execute(_FOUND, {"token": token, "now": now}):
        found.setdefault(language, Translation(language=language, token=name))
    complete = len(found) > 1 and any(each.token == token for each in found.values())
    return tuple(found[language] for language in sorted(found)) if complete else ()


def translated(db: sqlite3.Connection, now: int) -> set[str]:
    """Tokens of the articles that may have translations."""
    rows = db.execute(
        f"SELECT a.token FROM files AS f JOIN articles AS a ON a.path = f.path WHERE f.shared = 1 AND {LISTED} UNION "
        f"SELECT a.token FROM labels AS l JOIN articles AS a ON a.path = l.path WHERE l.kind = 'translation' AND {LISTED}",
        {"now": now},
    )
    return {token for (token,) in rows}


def alternates(config: Config, versions: tuple[Translation, ...]) -> tuple[tuple[str, str], ...]:
    """(hreflang, URL), the same set on every version as search engines ask; `x-default` is the version in
    the site's language, or the first."""
    if not versions:
        return ()
    chosen = next((each for each in versions if primary(each.language) == primary(config.language)), versions[0])
    found = [(each.language, each.token) for each in versions] + [("x-default", chosen.token)]
    return tuple((tag, config.absolute(permalink.share_path(token))) for tag, token in found)
