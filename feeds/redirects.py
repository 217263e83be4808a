"""What only leads elsewhere, as a static tree tells a web server: `_redirects.map` and `_site.conf` for nginx."""

from __future__ import annotations

import re
import sqlite3
from urllib.parse import quote, unquote

from feeds import discovery, inventory, layout, permalink, queries, routes
from feeds.config import Config
from feeds.feed import FORMAT_NAMES
from feeds.paging import counts
from feeds.routes import FeedRoute

_LONGEST_BYTES = 2000  # of an old address; nginx refuses to start with longer ones (map_hash_bucket_size)
_SUFFIXES = ("md", "markdown", "html", "txt")
_INDEXES = ("/index.md", "/index.html")


def moved(config: Config, db: sqlite3.Connection, now: int) -> dict[str, tuple[int, str]]:
    """Status and absolute URL by decoded path below site.url, at an instant (seconds since 1970 UTC)."""
    found = {f"/{old}": (308, config.absolute(new)) for old, new in routes.GUESSED.items()}
    icon = discovery.document(config, db, "favicon.ico", now)
    if isinstance(icon, str):
        found["/favicon.ico"] = (302, icon)
    base = unquote(config.base_path)
    for old, token in queries.aliases(db, now):
        target = (301, config.absolute(permalink.share_path(token)))
        found.setdefault(old, target)
        if base and old.startswith(base + "/"):
            found.setdefault(old.removeprefix(base), target)
    for path, token in queries.paths(db, now):
        for old in _spellings(f"/{path}"):
            found.setdefault(old, (301, config.absolute(permalink.share_path(token))))
    return found | _next_archives(config, db, now)


def redirect_map(found: dict[str, tuple[int, str]]) -> bytes:
    """Lines `"/old" "301 https://…/new";` for nginx's `map`, which takes no address twice, and upper case of ASCII for
    lower case; of such the first stands."""
    lines: dict[bytes, str] = {}
    for old, (status, new) in sorted(found.items()):
        if len(old.encode()) < _LONGEST_BYTES:
            lines.setdefault(old.encode().lower(), f'{_quoted(old)} "{status} {_plain(new)}";')
    return "".join(f"{line}\n" for line in lines.values()).encode()


def site_conf(config: Config) -> bytes:
    """What nginx has to know of site.url, inside `server`: where redirects lead, which permalink an oEmbed is of, and
    that all of the site stands below its path, which is taken away before anything else is looked at."""
    url, base = _plain(config.url), unquote(config.base_path)
    permalinks = config.absolute(permalink.share_path(""))
    asked = "|".join(re.escape(each) for each in (quote(permalinks, safe=""), permalinks))
    text = (
        f'set $nashra_url "{url}";\nset $nashra_embedded "";\n'
        f"if ($arg_url ~* {_quoted(f'^(?:{asked})([A-Za-z0-9._-]+)$')}) {{\n    set $nashra_embedded $1;\n}}\n"
    )
    if base:
        inside = re.escape(base)
        text += (
            f'if ($uri = {_quoted(base)}) {{\n    return 308 "{url}/";\n}}\n'
            f"if ($uri !~ {_quoted(f'^(?:{inside}/|/404[.]html$|/{layout.GONE})')}) {{\n    return 404;\n}}\n"
            # What a rewrite led to counts as internal, so it must not lead where nobody may ask.
            f"if ($uri ~ {_quoted(f'^{inside}/(?:404[.]html$|{layout.HIDDEN})')}) {{\n    return 404;\n}}\n"
            f"rewrite {_quoted(f'^{inside}(/.*)$')} $1 last;\n"
        )
    return text.encode()


def _spellings(path: str) -> list[str]:
    """Under which addresses a content file's path leads to its permalink: as it is, without its suffix, with `.html`,
    and its folder's where it is the index of one."""
    stem, _, suffix = path.rpartition(".")
    if suffix not in _SUFFIXES:
        return [path]
    folder = next((path.removesuffix(index) for index in _INDEXES if path.endswith(index)), "")
    return [each for each in (path, stem, f"{stem}.html", folder) if each]


def _next_archives(config: Config, db: sqlite3.Connection, now: int) -> dict[str, tuple[int, str]]:
    """The newest archive names one that is not written yet and leads to the feed until then."""
    found = {}
    for selection in inventory.selections(db, now):
        _, archives = counts(queries.count(db, selection, now), config.feeds.items)
        for name in FORMAT_NAMES if archives else ():
            route = FeedRoute(kind=selection.kind, key=selection.key, format=name, archive=archives + 1)
            target = f"{permalink.feed_path(selection.kind, selection.key)}/{name}"
            found[routes.address(route)] = (307, config.absolute(target))
    return found


def _plain(url: str) -> str:
    """A URL in which nginx sees no variable."""
    return url.replace("$", "%24")


def _quoted(text: str) -> str:
    """One word of nginx's configuration, in which no `$` stands for anything."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
