"""/metrics: counts of all processes together, right in both lanes, in a form that Prometheus reads."""

from __future__ import annotations

import time
from collections.abc import Iterable

import pytest
import service_process
from conftest import Maker
from newsroom import Newsroom, article
from prometheus_client.openmetrics.parser import text_string_to_metric_families as strictly
from prometheus_client.parser import text_string_to_metric_families as plainly

ON = {"server": {"metrics": True}}
KINDS = {"rss", "atom", "json", "page", "search", "article", "picture", "media", "asset", "document", "health",
         "metrics", "other"}  # fmt: skip
Series = dict[tuple[str, frozenset[tuple[str, str]]], float]


def _series(text: str) -> Series:
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in plainly(text)
        for sample in family.samples
    }


def _value(found: Series, name: str, **labels: str) -> float:
    """The sum over what is not named."""
    return sum(value for (each, having), value in found.items() if each == name and having >= set(labels.items()))


def _kinds(found: Series) -> set[str]:
    return {value for _, labels in found for name, value in labels if name == "kind"}


@pytest.fixture(scope="module")
def room(shared_newsroom: Maker) -> Newsroom:
    files = {"a.md": article("أول"), "b.md": article("ثان", tags="[س]"), "bad.md": "---\ntitle: خبر\n---\nنص\n"}
    return shared_newsroom(files, inside=True, **ON)


def _ask(room: Newsroom) -> Series:
    return _series(room.ok("/metrics").text)


def test_there_are_none_unless_the_config_wants_them(newsroom: Maker) -> None:
    room = newsroom({"a.md": article()}).inside()
    assert room.get("/metrics").status == 404
    (fault,) = newsroom({"a.md": article()}, server={"metrics": "perhaps"}).check().faults
    assert (fault.field, fault.severity) == ("server.metrics", "error")


def test_the_form_is_what_a_client_asks_for_and_is_kept_by_nobody(room: Newsroom) -> None:
    plain = room.get("/metrics")
    assert (plain.status, plain.headers["Cache-Control"]) == (200, "no-store")
    assert plain.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    assert len(list(plainly(plain.text))) > 10
    wanted = {"Accept": "application/openmetrics-text; version=1.0.0"}
    open_metrics = room.get("/metrics", wanted)
    assert open_metrics.headers["Content-Type"].startswith("application/openmetrics-text; version=1.0.0")
    assert {family.name for family in strictly(open_metrics.text)} >= {"nashra_requests", "nashra_refresh_seconds"}
    head = room.head("/metrics")
    assert (head.status, head.raw) == (200, b"") and int(head.headers["Content-Length"]) > 1000
    assert room.request("POST", "/metrics").status == 405


def test_both_lanes_are_counted_by_kind_and_status_with_their_bytes(room: Newsroom) -> None:
    before = _ask(room)
    answers = [room.get("/feeds/atom.xml") for _ in range(3)]  # made, then twice by the fast lane
    etag = answers[0].etag
    answers += [room.get("/feeds/atom.xml", {"If-None-Match": etag}) for _ in range(2)]
    answers += [room.get("/feeds/atom.xml", {"If-None-Match": f'"x", {etag}'}), room.head("/feeds/atom.xml")]
    after = _ask(room)

    def grown(name: str, **labels: str) -> float:
        return _value(after, name, kind="atom", **labels) - _value(before, name, kind="atom", **labels)

    assert grown("nashra_requests_total") == len(answers)
    assert grown("nashra_requests_total", lane="fast", status="200") == 2
    assert grown("nashra_requests_total", lane="fast", status="304") == 2
    assert grown("nashra_requests_total", lane="slow", status="304") == 1
    assert grown("nashra_requests_total", lane="slow", status="200") == 2
    assert grown("nashra_response_body_bytes_total") == sum(len(answer.raw) for answer in answers)


def test_what_is_there_and_what_was_done_is_told(room: Newsroom) -> None:
    found = _ask(room)
    assert (_value(found, "nashra_articles"), _value(found, "nashra_problems")) == (2, 1)
    assert _value(found, "nashra_status", status="ok") == _value(found, "nashra_status") == 1
    assert _value(found, "nashra_files_total", change="added") == 3
    assert _value(found, "nashra_refreshes_total", outcome="changed") == 1
    assert _value(found, "nashra_refreshes_total", outcome="failed") == 0
    assert _value(found, "nashra_refresh_seconds_count") == 1 and 0 < _value(found, "nashra_refresh_seconds_sum") < 60
    assert abs(_value(found, "nashra_refreshed_timestamp_seconds") - time.time()) < 300
    assert _value(found, "nashra_processes", role="publisher") == _value(found, "nashra_processes") == 1
    for path in ("/s/a", "/s/b", "/s/a"):
        room.ok(path)
    later = _ask(room)
    made = _value(later, "nashra_cache_misses_total", cache="documents")
    assert made - _value(found, "nashra_cache_misses_total", cache="documents") == 2
    assert _value(later, "nashra_cache_evictions_total") == 0


PATHS = ("/feeds/rss.xml", "/feeds/feed.json", "/", "/tag/س", "/search/نص", "/feeds/search/نص/rss.xml", "/s/a",
         "/s/a/card.png", "/media/none.png", "/assets/nashra.css", "/feeds.opml", "/healthz", "/metrics", "/feed",
         "/nothing")  # fmt: skip


def test_no_client_can_make_a_label(room: Newsroom) -> None:
    for path in PATHS:
        room.get(path)
    before = _ask(room)
    assert _kinds(before) == KINDS
    secret = "secret-"
    for number in range(60):
        for path in (f"/{secret}{number}", f"/s/{secret}{number}", f"/feeds/tag/{secret}{number}/rss.xml"):
            room.get(path, {"User-Agent": secret, "Authorization": secret, "Host": secret})
    answer = room.ok("/metrics")
    grown = set(_series(answer.text)) - set(before)
    assert len(grown) <= 4 and secret not in answer.text, grown  # 404s of two kinds and their bytes
    assert _kinds(_series(answer.text)) == KINDS


def test_they_stand_below_the_path_of_the_site_too(newsroom: Maker) -> None:
    room = newsroom({"a.md": article()}, site={"url": "https://news.example/نشرة"}, **ON).inside()
    for _ in range(2):
        room.ok("/%D9%86%D8%B4%D8%B1%D8%A9/feeds/rss.xml")
    found = _series(room.ok("/%D9%86%D8%B4%D8%B1%D8%A9/metrics").text)
    assert _value(found, "nashra_requests_total", kind="rss", status="200") == 2
    assert room.get("/metrics").status == 200


def test_whichever_process_is_asked_tells_the_counts_of_all(newsroom: Maker) -> None:
    room = newsroom({"a.md": article()}, **ON)
    with service_process.running(room, "--workers", "2") as service:
        for _ in range(40):
            assert service.ask("/feeds/rss.xml")[0] == 200
        room.write("b.md", article("ثان"))
        service.eventually(lambda: service.health()["articles"] == 2)
        time.sleep(1.5)  # each process adds what it has counted once a second
        scrapes = [_series(service.ask("/metrics")[1]) for _ in range(16)]
        assert {_value(found, "nashra_requests_total", kind="rss") for found in scrapes} == {40.0}
        assert {_value(found, "nashra_files_total", change="added") for found in scrapes} == {2.0}
        assert {_value(found, "nashra_processes", role="publisher") for found in scrapes[-4:]} == {1.0}
        assert {_value(found, "nashra_processes", role="follower") for found in scrapes[-4:]} == {1.0}
        assert _is_rising(_value(found, "nashra_requests_total", kind="metrics") for found in scrapes)
    with service_process.running(room) as service:  # and they grow on
        assert _value(_series(service.ask("/metrics")[1]), "nashra_requests_total", kind="rss") == 40


def _is_rising(values: Iterable[float]) -> bool:
    found = list(values)
    return found == sorted(found) and found[-1] > found[0]
