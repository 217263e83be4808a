"""WebSub publishing (W3C Recommendation, section 7): hubs are told which feeds have new bytes.

Only hubs of config.yaml are ever spoken to, and only by the process that refreshes the catalogue.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from queue import Empty

from feeds import inventory, logs, permalink
from feeds.branding import Brand
from feeds.catalogue import Catalogue
from feeds.feed import FORMAT_NAMES
from feeds.problems import Damage
from feeds.queries import Selection
from feeds.representation import Representation
from feeds.routes import FeedRoute, address
from feeds.site import Site
from feeds.validators import Validators

Clock = Callable[[], float]
_LOOK_SECONDS = 0.3
_SETTLE_SECONDS = 0.5  # a hub fetches at once, from any process: by then all of them have the change
_PAUSES = (1.0, 5.0, 30.0)  # before each further try of a hub that does not take a ping
_TIMEOUT_SECONDS = 10.0


class Announcer:
    """Pings after every change until it is stopped. What was announced last is kept in the state, so a
    restart announces what changed while nothing ran; with a fresh state nothing is announced.

    Only the feeds that `writer` has touched are looked at, and those that time has changed; all of them for a site that
    is new here, and when a picture changes that all have."""

    def __init__(
        self, site: Callable[[], Site], writer: Callable[[], Catalogue | None], validators: Validators, clock: Clock,
        stop: threading.Event,
    ) -> None:  # fmt: skip
        self._site = site
        self._writer = writer
        self._validators = validators
        self._clock = clock
        self._ended = stop
        self._pending: set[Selection] = set()
        self._known: tuple[Site, Brand, int] | None = None  # of what, and when (seconds since 1970 UTC), all was known

    def start(self) -> None:
        threading.Thread(target=self._run, name="announcer", daemon=True).start()

    def _run(self) -> None:
        seen: tuple[Site, int] | None = None
        while not self._ended.is_set():
            site = self._site()
            now = (site, site.epoch)
            self._pending.update(inventory.named(self._touched()))
            if site.config.hubs and (seen != now or self._pending) and self._announce(site):
                seen = now
            self._ended.wait(_LOOK_SECONDS)

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
            selections = self._changed(site, brand, now) if ever else None
            looked_at = site.overview.selections(now) if selections is None else selections
            topics = None if ever is None else changed_topics(site, self._validators, looked_at, now)
        except (sqlite3.Error, Damage):  # whoever keeps the catalogue meets it too
            return False
        if topics is None:
            return False
        if topics and ever and self._ended.wait(_SETTLE_SECONDS):
            return True
        for topic, etag in topics:
            for hub in site.config.hubs if ever else ():
                self._ping(hub, topic)
            if self._ended.is_set():
                return True
            self._validators.announce(topic, etag)
        self._known = (site, brand, now) if looked_at or selections is not None else None  # none: a first read goes on
        self._pending.clear()
        return True

    def _changed(self, site: Site, brand: Brand, now: int) -> list[Selection] | None:
        """The feeds that can have changed since all was known; None where it may be any."""
        if self._known is None or self._known[:2] != (site, brand) or now < self._known[2]:
            return None
        return sorted(
            {*self._pending, *site.overview.crossed(self._known[2], now)}, key=lambda each: (each.kind, each.key)
        )

    def _ping(self, hub: str, topic: str) -> None:
        for pause in (*_PAUSES, 0.0):
            problem = publish(hub, topic)
            if not problem:
                return
            if not pause or self._ended.wait(pause):
                break
        message = f"hub {hub} did not take {topic}: {problem}"
        logs.event("hub", message, logging.WARNING, hub=hub, topic=topic)


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


def publish(hub: str, topic: str) -> str:
    """POSTs one ping. Returns `""` when the hub took it, else what went wrong."""
    form = urllib.parse.urlencode({"hub.mode": "publish", "hub.url": topic}).encode()
    question = urllib.request.Request(hub, data=form, method="POST")
    question.add_header("User-Agent", "Nashra (WebSub publisher)")
    try:
        with urllib.request.urlopen(question, timeout=_TIMEOUT_SECONDS) as answer:
            return "" if 200 <= answer.status < 300 else f"HTTP {answer.status}"
    except urllib.error.HTTPError as error:
        error.close()
        return f"HTTP {error.code}"
    except (OSError, ValueError) as error:
        return str(error)
