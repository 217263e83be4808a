"""Which feeds hubs are told of: those that have new bytes (WebSub, W3C Recommendation, section 7).

Only hubs of config.yaml are ever spoken to, and only by the process that refreshes the catalogue.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from queue import Empty

from feeds import inventory, logs, permalink
from feeds.branding import Brand
from feeds.catalogue import Catalogue
from feeds.feed import FORMAT_NAMES
from feeds.hub import Hub
from feeds.problems import Damage
from feeds.queries import Selection
from feeds.representation import Representation
from feeds.routes import FeedRoute, address
from feeds.seats import BusyError
from feeds.site import Site
from feeds.validators import Validators

Clock = Callable[[], float]
_LOOK_SECONDS = 0.3
_LATER_SECONDS = 2  # after a round that failed
_SETTLE_SECONDS = 0.5  # a hub fetches at once, from any process: by then all of them have the change


class Announcer:
    """Pings after every change until it is stopped. What was announced last is kept in the state, so a
    restart announces what changed while nothing ran; with a fresh state nothing is announced.

    Only the feeds that `writer` has touched are looked at, and those that time has changed; all of them for a site that
    is new here, and when a picture changes that all have."""

    def __init__(
        self, site: Callable[[], Site], writer: Callable[[], Catalogue | None], validators: Validators, clock: Clock,
        elapsed: Clock, stop: threading.Event,
    ) -> None:  # fmt: skip
        self._site = site
        self._writer = writer
        self._validators = validators
        self._clock = clock
        self._elapsed = elapsed
        self._ended = stop
        self._hubs: dict[str, Hub] = {}
        self._untold: dict[str, str] = {}  # by topic, the ETag that not every hub has been told of
        self._pending: set[Selection] = set()
        self._seen: tuple[Site, int] | None = None
        self._said = ""
        self._known: tuple[Site, Brand, int] | None = None  # of what, and when (seconds since 1970 UTC), all was known

    def start(self) -> None:
        threading.Thread(target=self._run, name="announcer", daemon=True).start()

    def _run(self) -> None:
        while not self._ended.is_set():
            try:
                self._round()
            except Exception as error:  # whatever it was, the next change is to be told
                if repr(error) != self._said:
                    logs.failure("hub", "hubs could not be told; it is tried again", error)
                self._said = repr(error)
                self._ended.wait(_LATER_SECONDS)
            self._ended.wait(_LOOK_SECONDS)

    def _round(self) -> None:
        site = self._site()
        now = (site, site.epoch)
        self._meet(site.config.hubs)
        self._pending.update(inventory.named(self._touched()))
        if site.config.hubs and (self._seen != now or self._pending) and self._announce(site):
            self._seen = now
        self._write_down()

    def _touched(self) -> Iterator[tuple[str, str]]:
        writer = self._writer()
        with suppress(Empty):
            while writer is not None:
                yield from writer.touched.get_nowait()

    def _announce(self, site: Site) -> bool:
        """False where what was announced last cannot be known now. What was told, and not yet written down when the
        process ended, is told again."""
        try:
            now, ever, brand = int(self._clock()), self._validators.has_announced(), site.brand()
            selections = self._changed(site, brand, now)
            looked_at = site.overview.selections(now) if selections is None or not ever else selections
            topics = None if ever is None else changed_topics(site, self._validators, looked_at, now)
            # A record that was lost while we knew all of it is written anew, but for what has changed since.
            news = topics if ever else changed_topics(site, self._validators, selections or (), now)
        except (sqlite3.Error, Damage, BusyError):  # whoever keeps the catalogue meets it too
            return False
        if topics is None or news is None:
            return False
        for topic, etag in topics if not ever else ():
            self._validators.announce(topic, "" if (topic, etag) in news else etag)
        self._owe(news)
        self._known = (site, brand, now) if looked_at or selections is not None else None  # none: a first read goes on
        self._pending.clear()
        return True

    def _owe(self, topics: Sequence[tuple[str, str]]) -> None:
        new = {topic: etag for topic, etag in topics if self._untold.get(topic) != etag}
        if new and not self._ended.wait(_SETTLE_SECONDS):
            self._untold |= new
            for topic in new:  # also where the bytes of before come back while a hub is told
                self._validators.announce(topic, "")
            for hub in self._hubs.values():
                hub.owe(new)

    def _write_down(self) -> None:
        """What every hub has taken, or has refused too often."""
        for topic, etag in list(self._untold.items()):
            if not any(hub.owes(topic) for hub in self._hubs.values()):
                self._validators.announce(topic, etag)
                del self._untold[topic]

    def _meet(self, urls: Sequence[str]) -> None:
        for url in self._hubs.keys() - set(urls):
            self._hubs.pop(url).stop()
        for url in urls:
            self._hubs[url] = self._hubs.get(url) or Hub(url, self._elapsed, self._ended)

    def _changed(self, site: Site, brand: Brand, now: int) -> list[Selection] | None:
        """The feeds that can have changed since all was known; None where it may be any."""
        if self._known is None or self._known[:2] != (site, brand) or now < self._known[2]:
            return None
        return sorted(
            {*self._pending, *site.overview.crossed(self._known[2], now)}, key=lambda each: (each.kind, each.key)
        )


def changed_topics(
    site: Site, validators: Validators, selections: Sequence[Selection], now: int
) -> list[tuple[str, str]] | None:
    """(URL, ETag) of the documents of these feeds whose bytes differ from what was announced last; None where that is
    not known."""
    changed: list[tuple[str, str]] = []
    for selection in selections:
        for name in FORMAT_NAMES:
            answer = site.answer(address(FeedRoute(kind=selection.kind, key=selection.key, format=name)), now)
            url = site.config.absolute(f"{permalink.feed_path(selection.kind, selection.key)}/{name}")
            told = validators.announced(url)
            if told is None:
                return None
            if isinstance(answer, Representation) and told != answer.etag:
                changed.append((url, answer.etag))
    return changed
