"""Path → Representation: what each address answers. Instants are seconds since 1970 UTC, always passed in."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from threading import RLock
from urllib.parse import quote
from weakref import WeakValueDictionary

from feeds import (
    datauri,
    discovery,
    feedplan,
    inlined,
    language,
    pageplan,
    permalink,
    queries,
    routes,
    searchplan,
    sharepictures,
    sitepictures,
)
from feeds.article import Article, standing
from feeds.branding import Brand
from feeds.cache import CAPACITY_BYTES, Cache, Shelf
from feeds.catalogue import snapshot
from feeds.config import Config
from feeds.feedplan import Plan
from feeds.media import media_type
from feeds.overview import Overview
from feeds.pages.assets import ASSETS
from feeds.problems import FieldError
from feeds.queries import Selection
from feeds.representation import Absent, Answer, InlineAnswer, MediaAnswer, Moved, Representation, etag_of
from feeds.routes import FeedRoute, ListRoute, NamedRoute
from feeds.validators import Validators

_NEVER = 1 << 62
_LATE_SECONDS = 60  # an instant longer ago than that is a clock that was put back


@dataclass(frozen=True, slots=True, kw_only=True)
class List:
    """What the overview has; to be asked for without the lock."""

    name: str


class Site:
    """Answers for one config. Thread-safe: one lock is held while anything is made or looked up. Documents of
    about `kept_bytes` are kept, however many are asked for."""

    def __init__(
        self, config: Config, db: sqlite3.Connection, validators: Validators, kept_bytes: int = CAPACITY_BYTES
    ) -> None:
        self.config = config
        self.db = db
        self._edition = queries.meta(db, "edition")
        self._validators = validators
        self._cache = Cache(validators, kept_bytes)
        self._searches = Cache(None, searchplan.KEPT_BYTES)
        self._unchanging = Cache(None)
        self.overview = Overview(config, db, validators, kept_bytes * 3 // 2)
        self.caches = {"documents": self._cache, "searches": self._searches, "lists": self.overview.cache}
        self._lock = RLock()
        self._fresh = WeakValueDictionary[str, Representation]()  # what the cache drops is forgotten here too
        self._deltas = Shelf(kept_bytes // 8)
        self._version = self._as_of = -1
        self.epoch = 0  # grows whenever anything may have changed
        self.next_change = 0  # the instant at which all that is kept must be looked at again

    def ready(self, path: str, now: float) -> Representation | None:
        """The representation of a path if it is made and still true; takes no lock."""
        return self._fresh.get(path) if now < self.next_change else None

    def notice(self, now: int) -> None:
        """Looks whether the catalogue or the time has moved on; all that is kept is checked on next use then."""
        with self._lock:
            version = self.db.execute("PRAGMA data_version").fetchone()[0]
            now = max(now, self._as_of) if now >= self._as_of - _LATE_SECONDS else now
            if version != self._version or not self._as_of <= now < self.next_change:
                self._fresh = WeakValueDictionary[str, Representation]()
                self.epoch += 1
                self.next_change, self._as_of = queries.next_change(self.db, now) or _NEVER, now
                self._version = version

    @contextmanager
    def _view(self, now: int) -> Iterator[int]:
        """One state of the catalogue, at the instant that is given; nobody gets anything older from now on."""
        with self._lock, snapshot(self.db):
            self.notice(now)
            yield max(now, self._as_of)  # whoever read the clock before another looked is late

    def health(self, now: int, prefix: str) -> dict[str, object]:
        """How many articles are public, problems known, changes taken in, and when the last refresh was."""
        with self._view(now) as now:
            refreshed = int(queries.meta(self.db, "refreshed") or 0)
            return {
                "articles": queries.count(self.db, Selection(), now),
                "problems": len(queries.problems(self.db, prefix)),
                "generation": int(queries.meta(self.db, "generation") or 0),
                "refreshed": datetime.fromtimestamp(refreshed, UTC).isoformat(),
                "unread": queries.horizon(self.db) is not None,
            }

    def answer(self, path: str, now: int) -> Answer:
        """What a decoded path (below site.url, beginning with `/`) answers at an instant."""
        with self._view(now) as now:
            known = self._fresh
            if (fresh := known.get(path)) is not None:
                return fresh
            answer = self._answer(path, now)
            if isinstance(answer, Representation) and not routes.is_search(path):
                known[path] = answer
        if not isinstance(answer, List):
            return answer
        made = self.overview.document(answer.name, now)
        with self._lock:
            if made is not None:
                known[path] = made  # which nobody looks at any more if it has been overtaken
        return made or Absent()

    def brand(self) -> Brand:
        """Pictures that stand in every feed."""
        with self._lock:
            return sitepictures.brand(self.config, self.db)

    def oembed(self, url: str, now: int) -> Answer:
        """oEmbed of one of our permalinks, given as an absolute URL."""
        token = url.removeprefix(self.config.absolute(permalink.share_path("")))
        with self._view(now) as now:
            article = self._article(token, now) if token != url else Absent()
            if isinstance(article, Absent):
                return article
            stands, picture = standing(article, now), sharepictures.choose(self.config, self.db, article)

            def make() -> tuple[bytes, int]:
                return discovery.oembed(self.config, stands, picture), int(stands.updated.timestamp())

            path = f"/oembed?{token}"
            return self._cache.keep(path, ("oembed", stands, picture), make, "application/json; charset=utf-8")

    def _answer(self, path: str, now: int) -> Answer | List:
        route = routes.parse(path)
        if isinstance(route, FeedRoute | ListRoute) and route.kind == "search":
            answer: Answer | List = self._search(route, now)
        elif isinstance(route, FeedRoute):
            answer = self._feed(route, now)
        elif isinstance(route, ListRoute):
            answer = self._list(route, now)
        elif isinstance(route, NamedRoute):
            answer = self._named(route, now)
        else:
            answer = Absent()
        if isinstance(answer, Absent) and answer.status == 404:
            return self._old_address(path, now) or (answer if queries.horizon(self.db) is None else Absent(status=503))
        return answer

    def _search(self, route: FeedRoute | ListRoute, now: int) -> Answer:
        if not self.config.feeds.search or queries.horizon(self.db) is not None:
            return Absent()
        return searchplan.answer(self.config, self.db, self._searches, route, now)

    def _named(self, route: NamedRoute, now: int) -> Answer | List:
        if route.what == "share":
            return self._share(route.name, now)
        if route.what == "card" or route.what == "picture":
            return self._drawn(route.name, route.what, now)
        if route.what == "guessed":
            return Moved(location=self.config.absolute(routes.GUESSED[route.name]), status=308)
        if route.what == "media":
            return self._media(route.name)
        if route.what == "asset":
            asset = ASSETS.get(f"/assets/{route.name}")
            if asset is None:
                return Absent()
            headers = (("Cache-Control", "public, max-age=86400"),)  # also asked for without a fingerprint
            body, kind = asset
            return self._unchanging.keep(route.name, etag_of(body), lambda: (body, 0), kind, headers)
        return self._document(route.name, now)

    def _old_address(self, path: str, now: int) -> Moved | Absent | None:
        """Aliases, paths of content files, and other spellings of our own addresses: one hop."""
        token = queries.token_by_old_path(self.db, (path, self.config.base_path + path), now)
        if token:
            return Moved(location=self.config.absolute(permalink.share_path(token)), status=301)
        tidy = routes.tidy(path)
        if tidy == path:
            return None
        if isinstance(answer := self._answer(tidy, now), Moved | Absent):
            return answer
        return Moved(location=self.config.absolute(quote(tidy, safe="/")), status=301)

    def _feed(self, route: FeedRoute, now: int) -> Answer:
        made = self._plan(route, now)
        return self._rendered(made, now) if isinstance(made, Plan) else made

    def _plan(self, route: FeedRoute, now: int) -> Plan | Moved | Absent:
        selection = self._selection(route)
        if isinstance(selection, str):
            folder = permalink.feed_path("lang", selection, page=route.page, archive=route.archive)
            return Moved(location=self.config.absolute(f"{folder}/{route.format}"), status=301)
        return feedplan.plan(self.config, self.db, route, selection, now) if selection else Absent()

    def _rendered(self, made: Plan, now: int) -> Representation:
        found = self._cache.keep(
            made.path, made.inputs, lambda: feedplan.render(self.config, made, pageplan.load(self.db, made.rows, now)),
            feedplan.content_type(made), feedplan.headers(self.config, made.path, self.config.hubs),
        )  # fmt: skip
        if feedplan.is_first(made.route):
            self._validators.remember_shown(made.path, found.etag, feedplan.entry_keys(self._edition, made.rows))
        return found

    def delta(self, path: str, etag: str, now: int) -> Representation | None:
        """RFC 3229 with `feed` (RFC 5005's companion): the feed with only the entries that are new or
        changed since the bytes of that ETag; None where the ETag is not known or still true."""
        route = routes.parse(path)
        if not isinstance(route, FeedRoute) or route.kind == "search" or not feedplan.is_first(route):
            return None
        with self._view(now) as now:
            ready = self._fresh.get(path)
            if ready and (kept := self._deltas.get(f"{path} {etag} {ready.etag}")):
                return kept
            made = self._plan(route, now)
            if not isinstance(made, Plan):
                return None
            current = self._rendered(made, now)
            shown = None if current.etag == etag else self._validators.shown(made.path, etag)
            if shown is None:
                return None
            keys = feedplan.entry_keys(self._edition, made.rows)
            part = made.only([row for row in made.rows if shown.get(row.token) != keys[row.token]])
            body, _ = feedplan.render(self.config, part, pageplan.load(self.db, part.rows, now))
            delta = replace(current, body=body)
            self._deltas.put(f"{path} {etag} {current.etag}", delta)
            return delta

    def _list(self, route: ListRoute, now: int) -> Answer:
        selection = self._selection(route)
        if isinstance(selection, str):
            path = permalink.list_path("lang", selection, page=route.page)
            return Moved(location=self.config.absolute(path), status=301)
        made = pageplan.listing(self.config, self.db, selection, route.page, now) if selection else None
        if made is None:
            return Absent()
        return self._cache.keep(
            made.path,
            made.inputs,
            lambda: pageplan.render_list(self.config, made, pageplan.load(self.db, made.rows, now)),
            pageplan.CONTENT_TYPE,
        )

    def _share(self, token: str, now: int) -> Answer:
        article = self._article(token, now)
        if isinstance(article, Absent):
            return article
        made = pageplan.share(self.config, self.db, article, now)
        return self._cache.keep(
            made.path, made.inputs, lambda: pageplan.render_share(self.config, made), pageplan.CONTENT_TYPE
        )

    def _drawn(self, token: str, kind: sharepictures.Kind, now: int) -> Answer:
        article = self._article(token, now)
        return article if isinstance(article, Absent) else sharepictures.answer(self.config, self.db, article, kind)

    def _article(self, token: str, now: int) -> Article | Absent:
        found = queries.by_token(self.db, token, now)
        return found if isinstance(found, Article) else Absent(status=410, gone=found) if found else Absent()

    def _media(self, path: str) -> Answer:
        file = queries.find_media(self.db, path)
        if file:
            return MediaAnswer(file=file, stamp=queries.media_stamp(self.db, file.path))
        name = path.removeprefix(datauri.FOLDER)
        data = inlined.find(self.db, name) if name != path else None
        return InlineAnswer(data=data, content_type=media_type(name), etag=name) if data else Absent()

    def _document(self, name: str, now: int) -> Answer | List:
        if discovery.is_list(self.db, name, now):
            return List(name=name)
        made = discovery.small(self.config, self.db, name)
        if not isinstance(made, tuple):
            return Moved(location=made, status=302) if made else Absent()
        key, kind, body = made
        return self._cache.keep("/" + name, key, body, kind)

    def _selection(self, route: FeedRoute | ListRoute) -> Selection | str | None:
        """The selection of a route, the language to be redirected to, or None for no language."""
        if route.kind != "lang":
            return Selection(kind=route.kind, key=route.key)
        try:
            wanted = language.primary(language.normalize(route.key[:100]))
        except FieldError:
            return None
        return Selection(kind="lang", key=wanted) if wanted == route.key else wanted
