"""One WebSub hub and what it has to be told (W3C Recommendation, section 7): again where it did not take it, and no
hub waits for another."""

from __future__ import annotations

import http.client
import logging
import threading
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from feeds import logs

_PAUSES = (1.0, 5.0, 30.0)  # before each further try
_TIMEOUT_SECONDS = 10.0
_LOOK_SECONDS = 0.3
# Every status is an answer. One that leads elsewhere is not followed: no config names that, and urllib makes a GET of it.
_OPENER = urllib.request.OpenerDirector()
for _handler in (urllib.request.ProxyHandler, urllib.request.HTTPHandler, urllib.request.HTTPSHandler):
    _OPENER.add_handler(_handler())


class UnreachableError(Exception):
    """Nobody answers there."""


@dataclass(slots=True, kw_only=True)
class Ping:
    """One that the hub has not taken yet: tries so far, and when the next is due."""

    tries: int = 0
    due: float = 0.0


class Hub:
    """Pings in a thread of its own until `ended` is set or it is told to stop. `elapsed` gives seconds that only grow."""

    def __init__(self, url: str, elapsed: Callable[[], float], ended: threading.Event) -> None:
        self._url = url
        self._elapsed = elapsed
        self._ended = ended
        self._stopped = False
        self._owed: dict[str, Ping] = {}  # by topic
        self._more = threading.Event()
        self._rests_until = 0.0
        threading.Thread(target=self._run, name="hub", daemon=True).start()

    def owe(self, topics: Iterable[str]) -> None:
        """They have new bytes, of which the hub is to be told."""
        self._owed |= {topic: Ping() for topic in topics}
        self._more.set()

    def owes(self, topic: str) -> bool:
        """Whether the hub may still be told of it."""
        return topic in self._owed

    def stop(self) -> None:
        self._stopped = True

    def _run(self) -> None:
        while not (self._ended.is_set() or self._stopped):
            self._more.wait(_LOOK_SECONDS)
            self._more.clear()
            self._tell()

    def _tell(self) -> None:
        """One ping for each topic that is due. One that was not taken is due again after a pause, three times; of a
        hub that cannot be reached all are."""
        for topic, ping in list(self._owed.items()):
            if self._ended.is_set() or self._stopped or self._elapsed() < self._rests_until:
                return
            if self._elapsed() < ping.due:
                continue
            try:
                status = publish(self._url, topic)
            except UnreachableError as error:
                self._rests_until = self._elapsed() + _PAUSES[min(ping.tries, len(_PAUSES) - 1)]
                for each in list(self._owed.items()):
                    self._failed(*each, str(error))
                return
            if 200 <= status < 300:
                self._forget(topic, ping)
            else:
                self._failed(topic, ping, f"HTTP {status}")

    def _failed(self, topic: str, ping: Ping, problem: str) -> None:
        if ping.tries < len(_PAUSES):
            ping.due = self._elapsed() + _PAUSES[ping.tries]
            ping.tries += 1
            return
        self._forget(topic, ping)
        message = f"hub {self._url} did not take {topic}: {problem}"
        logs.event("hub", message, logging.WARNING, hub=self._url, topic=topic)

    def _forget(self, topic: str, ping: Ping) -> None:
        if self._owed.get(topic) is ping:  # else it has new bytes again
            del self._owed[topic]


def publish(hub: str, topic: str) -> int:
    """POSTs one ping. The status of the answer; raises UnreachableError where there is none within ten seconds."""
    form = urllib.parse.urlencode({"hub.mode": "publish", "hub.url": topic}).encode()
    headers = {"User-Agent": "Nashra (WebSub publisher)"}
    try:
        question = urllib.request.Request(hub, data=form, headers=headers, method="POST")
        with _OPENER.open(question, timeout=_TIMEOUT_SECONDS) as answer:
            return int(answer.status)
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise UnreachableError(str(error)) from error
