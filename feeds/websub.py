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
from collections.abc import Callable

from feeds import logs, permalink
from feeds.feed import FORMAT_NAMES
from feeds.problems import Damage
from feeds.representation import Representation
from feeds.site import Site
from feeds.validators import Validators

Clock = Callable[[], float]
_LOOK_SECONDS = 0.3
_PAUSES = (1.0, 5.0, 30.0)  # before each further try of a hub that does not take a ping
_TIMEOUT_SECONDS = 10.0


class Announcer:
    """Pings after every change until it is stopped. What was announced last is kept in the state, so a
    restart announces what changed while nothing ran; with a fresh state nothing is announced."""

    def __init__(self, site: Callable[[], Site], validators: Validators, clock: Clock, stop: threading.Event) -> None:
        self._site = site
        self._validators = validators
        self._clock = clock
        self._ended = stop

    def start(self) -> None:
        threading.Thread(target=self._run, name="announcer", daemon=True).start()

    def _run(self) -> None:
        seen: tuple[Site, int] | None = None
        while not self._ended.is_set():
            site = self._site()
            now = (site, site.epoch)
            if site.config.hubs and seen != now and self._announce(site):
                seen = now
            self._ended.wait(_LOOK_SECONDS)

    def _announce(self, site: Site) -> bool:
        """False where what was announced last cannot be known now. What was told, and not yet written down when the
        process ended, is told again."""
        try:
            topics = changed_topics(site, self._validators, int(self._clock()))
        except (sqlite3.Error, Damage):  # whoever keeps the catalogue meets it too
            return False
        for topic, etag in topics or ():
            for hub in site.config.hubs:
                self._ping(hub, topic)
            if self._ended.is_set():
                return True
            self._validators.announce(topic, etag)
        return topics is not None

    def _ping(self, hub: str, topic: str) -> None:
        for pause in (*_PAUSES, 0.0):
            problem = publish(hub, topic)
            if not problem:
                return
            if not pause or self._ended.wait(pause):
                break
        message = f"hub {hub} did not take {topic}: {problem}"
        logs.event("hub", message, logging.WARNING, hub=hub, topic=topic)


def changed_topics(site: Site, validators: Validators, now: int) -> list[tuple[str, str]] | None:
    """(URL, ETag) of the main feed and of those of languages, tags and authors whose bytes differ from what was
    announced last; None where that is not known. Where nothing ever was, all count as announced from now on."""
    known = validators.announced()
    if known is None:
        return None
    changed: list[tuple[str, str]] = []
    for selection in list(site.selections(now)):
        name = f"/{selection.kind}/{selection.key}" if selection.kind else ""
        for file in FORMAT_NAMES:
            answer = site.answer(f"/feeds{name}/{file}", now)
            url = site.config.absolute(f"{permalink.feed_path(selection.kind, selection.key)}/{file}")
            if isinstance(answer, Representation) and known.get(url) != answer.etag:
                changed.append((url, answer.etag))
    if known:
        return changed
    for url, etag in changed:
        validators.announce(url, etag)
    return []


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
