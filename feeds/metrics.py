"""What Prometheus asks for: how much was answered, taken in and kept, at /metrics.

Requests are counted in memory, at a cost of half a microsecond, and joined with those of the other processes once a
second (`tally.py`). Labels have few values, none of them a client's.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric, SummaryMetricFamily
from prometheus_client.exposition import choose_encoder

from feeds import routes
from feeds.lane import Answer
from feeds.publisher import Publisher
from feeds.routes import FeedRoute, ListRoute, NamedRoute
from feeds.site import Site
from feeds.tally import Key, Tally

App = Callable[..., Iterable[bytes]]
Find = Callable[[str, str, str | None], Answer | None]
_FLUSH_SECONDS, _PRESENT_SECONDS = 1.0, 5.0
_STATUS = ("ok", "reading", "failing", "stuck")
_FEEDS = {"rss.xml": "rss", "social.xml": "rss", "atom.xml": "atom", "feed.json": "json", "social.json": "json"}
_NAMED = {"share": "article", "card": "picture", "picture": "picture", "guessed": "other"}
# Told from the beginning, so that the first of them is seen as a step.
_ZEROS: dict[Key, float] = {
    **{("nashra_refreshes", outcome): 0 for outcome in ("changed", "unchanged", "failed")},
    **{("nashra_files", change): 0 for change in ("added", "changed", "removed")},
    **{
        (f"nashra_cache_{what}", cache): 0
        for what in ("hits", "misses", "evictions")
        for cache in ("documents", "searches", "lists")
    },
}
# Name, what it is, labels.
_COUNTERS = (
    ("nashra_requests", "Requests answered.", ("lane", "kind", "status")),
    ("nashra_response_body_bytes", "Bytes of the bodies of answers, as sent.", ("lane", "kind")),
    ("nashra_refreshes", "Refreshes of the catalogue, as the log tells them.", ("outcome",)),
    ("nashra_files", "Files taken in, articles and media.", ("change",)),
    ("nashra_cache_hits", "Representations that were kept; the fast lane needs none of these looks.", ("cache",)),
    ("nashra_cache_misses", "Representations that had to be made.", ("cache",)),
    ("nashra_cache_evictions", "Representations that made room for others.", ("cache",)),
)


class Meter:
    """Of one process. `clock` gives seconds since 1970 UTC, which no `--at` stops."""

    def __init__(self, publisher: Publisher, tally: Tally, process: int, clock: Callable[[], float]) -> None:
        self._publisher = publisher
        self._tally = tally
        self._process = process
        self._clock = clock
        self._requests: defaultdict[tuple[str, str, int], int] = defaultdict(int)
        self._bytes: defaultdict[tuple[str, str], int] = defaultdict(int)
        self._site: Site = publisher.site
        self._before: defaultdict[Key, float] = defaultdict(float)  # of sites that are no more
        self._told: dict[Key, float] = {}
        self._told_at = 0.0
        self._lock = threading.Lock()
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(self)  # all that it needs is `collect`

    def start(self) -> None:
        threading.Thread(target=self._run, name="metrics", daemon=True).start()

    def _run(self) -> None:
        while not self._publisher.ended.wait(_FLUSH_SECONDS):
            self.flush()

    # --- counting -------------------------------------------------------------------------------------

    def fast(self, find: Find) -> Find:
        """In place of `FastLane.find`: what it finds is answered, with and without WSGI."""
        requests, sent, config = self._requests, self._bytes, self._publisher.config

        def counted(path: str, accepted: str, condition: str | None) -> Answer | None:
            answer = find(path, accepted, condition)
            if answer is not None:
                kind = _kind(path, config.base_path)
                if answer.body:
                    requests["fast", kind, 200] += 1
                    sent["fast", kind] += len(answer.body[0])
                else:
                    requests["fast", kind, 304] += 1
            return answer

        return counted

    def slow(self, flask: App) -> App:
        """Around what the fast lane does not answer; answers /metrics."""

        def counted(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
            kind = _kind.__wrapped__(environ.get("PATH_INFO", ""), self._publisher.config.base_path)
            if kind == "metrics" and environ["REQUEST_METHOD"] in ("GET", "HEAD"):
                return self._answer(environ, start_response)
            begun: list[Any] = []

            def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
                begun[:] = (status, headers)
                return start_response(status, headers, *error)

            body = flask(environ, start)
            status = int(begun[0][:3])
            self._requests["slow", kind, status] += 1
            if environ["REQUEST_METHOD"] != "HEAD" and status not in (204, 304):
                self._bytes["slow", kind] += next((int(v) for n, v in begun[1] if n.lower() == "content-length"), 0)
            return body

        return counted

    # --- telling --------------------------------------------------------------------------------------

    def flush(self) -> None:
        """Adds what has been counted since the last time to what all have."""
        with self._lock:
            now, totals = self._clock(), self._totals()
            new = {key: value - self._told.get(key, 0) for key, value in totals.items()}
            new = {key: value for key, value in new.items() if value}
            if not new and now - self._told_at < _PRESENT_SECONDS:
                return
            if self._tally.add(self._process, new, dict(self._state()), now):
                self._told, self._told_at = totals, now  # else the next time, with what has come since

    def _totals(self) -> dict[Key, float]:
        """Everything that this process has counted since it began."""
        pulse, totals = self._publisher.pulse, defaultdict[Key, float](float)
        for (lane, kind, status), count in self._requests.copy().items():
            totals["nashra_requests", lane, kind, str(status)] = count
        for (lane, kind), count in self._bytes.copy().items():
            totals["nashra_response_body_bytes", lane, kind] = count
        for (what, label), count in pulse.counts.copy().items():
            totals[f"nashra_{what}", label] = count
        totals["nashra_refresh_seconds",] = pulse.refresh_seconds
        if self._publisher.site is not self._site:
            for key, value in _cached(self._site):
                self._before[key] += value
            self._site = self._publisher.site
        for key, value in (*self._before.items(), *_cached(self._site)):
            totals[key] += value
        return dict(totals)

    def _state(self) -> Iterator[tuple[Key, float]]:
        """What is true of this process alone."""
        for name, cache in self._publisher.site.caches.items():
            yield ("nashra_cache_bytes", name), cache.used_bytes
        for role in ("publisher", "follower"):
            yield ("nashra_processes", role), float(self._publisher.pulse.leads == (role == "publisher"))

    def _answer(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        self.flush()
        encode, kind = choose_encoder(environ.get("HTTP_ACCEPT", ""))
        body = encode(self._registry)
        headers = [("Content-Type", kind), ("Content-Length", str(len(body))), ("Cache-Control", "no-store")]
        start_response("200 OK", headers)
        self._requests["slow", "metrics", 200] += 1
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]

    def collect(self) -> Iterator[Metric]:
        """What the registry asks for."""
        counts, health = _ZEROS | self._tally.counts(), self._publisher.health()
        for name, what, labels in _COUNTERS:
            counter = CounterMetricFamily(name, what, labels=labels)
            for key, value in sorted(counts.items()):
                if key[0] == name:
                    counter.add_metric(key[1:], value)
            yield counter
        refreshes = sum(
            int(value) for key, value in counts.items() if key[0] == "nashra_refreshes" and key[1] != "failed"
        )
        seconds = counts.get(("nashra_refresh_seconds",), 0.0)
        yield SummaryMetricFamily("nashra_refresh_seconds", "Time that refreshes took.", refreshes, seconds)
        present = self._tally.present(self._clock())
        for name, what, label in (
            ("nashra_cache_bytes", "Memory of kept representations, over all processes.", "cache"),
            ("nashra_processes", "Processes that serve, by their role; one of them publishes.", "role"),
        ):
            gauge = GaugeMetricFamily(name, what, labels=(label,))
            for key, value in sorted(present.items()):
                if key[0] == name:
                    gauge.add_metric(key[1:], value)
            yield gauge
        yield from _gauges(health)


def _gauges(health: dict[str, Any]) -> Iterator[Metric]:
    refreshed = datetime.fromisoformat(health["refreshed"]).timestamp()
    for name, what, value in (
        ("nashra_articles", "Articles that are public now.", health["articles"]),
        ("nashra_problems", "Problems of content files.", health["problems"]),
        ("nashra_generation", "Changes of the catalogue.", health["generation"]),
        ("nashra_refreshed_timestamp_seconds", "When the catalogue was refreshed last.", refreshed),
        ("nashra_publisher_idle_seconds", "Since the publisher's last sign of life.", health["idle_seconds"]),
    ):
        yield GaugeMetricFamily(name, what, value)
    status = GaugeMetricFamily("nashra_status", "How the service is: 1 for what /healthz says.", labels=("status",))
    for word in _STATUS:
        status.add_metric((word,), float(health["status"] == word))
    yield status


def _cached(site: Site) -> Iterator[tuple[Key, float]]:
    for name, cache in site.caches.items():
        yield ("nashra_cache_hits", name), cache.hits
        yield ("nashra_cache_misses", name), cache.misses
        yield ("nashra_cache_evictions", name), cache.evictions


@lru_cache(1024)
def _kind(raw: str, base: str) -> str:
    """Of the address that WSGI gives as `raw`, below the path of site.url: one of a few words."""
    path = raw.encode("latin-1", "replace").decode("utf-8", "replace")
    below = path.removeprefix(unquote(base)) if base else path
    if path in ("/healthz", "/metrics") or below in ("/healthz", "/metrics"):
        return path[-7:] if path.endswith("/metrics") else "health"
    route = routes.parse(below) if below.startswith("/") else None
    if isinstance(route, FeedRoute | ListRoute) and route.kind == "search":
        return "search"
    if isinstance(route, FeedRoute):
        return _FEEDS[route.format]
    if isinstance(route, ListRoute):
        return "page"
    if isinstance(route, NamedRoute):
        return _NAMED.get(route.what, route.what)
    return "other"
