"""The fast lane and Flask give the same status, headers and bytes to the same question."""

from __future__ import annotations

import io
from typing import Any

import pytest
from conftest import Maker
from newsroom import Newsroom, article
from werkzeug.test import EnvironBuilder, run_wsgi_app

from feeds.lane import FastLane
from feeds.web import create_app

PATHS = (
    "/feeds/rss.xml",
    "/feeds/atom.xml",
    "/feeds/feed.json",
    "/",
    "/s/a",
    "/feeds.opml",
    "/sitemap.xml",
    "/feeds/lang/ar/rss.xml",
    "/feeds/tag/س/rss.xml",
    "/tag/س",
)
ENCODINGS = ("", "gzip", "br", "gzip, deflate, br", "deflate", "gzip;q=0.5", "*", "identity", "br;q=0, gzip")


@pytest.fixture(scope="module")
def lanes(shared_newsroom: Maker) -> tuple[Any, FastLane]:
    room: Newsroom = shared_newsroom({"a.md": article("OpenAPI بالعربية", body="نص " * 300, tags="[س]")})
    app = create_app(room.config_path, watch=False)
    lane = app.wsgi_app
    assert isinstance(lane, FastLane)
    return lane._flask, lane


def _ask(lane: Any, path: str, headers: dict[str, str]) -> tuple[str, dict[str, str], bytes]:
    environ = EnvironBuilder(path=path, headers=headers, input_stream=io.BytesIO()).get_environ()
    body, status, found = run_wsgi_app(lane, environ, buffered=True)
    kept = {name.lower(): value for name, value in found if name.lower() != "date"}
    assert len(kept) == sum(name.lower() != "date" for name, _ in found), "a header is sent twice"
    return status.upper(), kept, b"".join(body)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("accepted", ENCODINGS)
def test_a_plain_get_is_the_same_in_both_lanes(lanes: tuple[Any, FastLane], path: str, accepted: str) -> None:
    flask, fast = lanes
    headers = {"Accept-Encoding": accepted} if accepted else {}
    slow = _ask(flask, path, headers)
    assert slow[0] == "200 OK" and _ask(fast, path, headers) == slow


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("accepted", ["", "gzip, br"])
def test_a_poll_with_our_etag_is_the_same_304_in_both_lanes(
    lanes: tuple[Any, FastLane], path: str, accepted: str
) -> None:
    flask, fast = lanes
    headers = {"Accept-Encoding": accepted} if accepted else {}
    headers["If-None-Match"] = _ask(flask, path, {})[1]["etag"]
    slow = _ask(flask, path, headers)
    assert slow[0] == "304 NOT MODIFIED" and slow[2] == b"" and _ask(fast, path, headers) == slow


def test_a_date_beside_our_etag_counts_nothing_in_both_lanes(lanes: tuple[Any, FastLane]) -> None:
    flask, fast = lanes
    etag = _ask(flask, "/feeds/rss.xml", {})[1]["etag"]
    headers = {"If-None-Match": etag, "If-Modified-Since": "Sat, 01 Jan 2000 00:00:00 GMT"}
    slow = _ask(flask, "/feeds/rss.xml", headers)
    assert slow[0] == "304 NOT MODIFIED" and _ask(fast, "/feeds/rss.xml", headers) == slow


@pytest.mark.parametrize("known", [True, False])
def test_asking_for_a_delta_changes_nothing_where_there_can_be_none(lanes: tuple[Any, FastLane], known: bool) -> None:
    """Readers built on feedparser send A-IM with each poll, also with the first."""
    flask, fast = lanes
    headers = {"A-IM": "feed", "Accept-Encoding": "gzip"}
    if known:
        headers["If-None-Match"] = _ask(flask, "/feeds/rss.xml", {})[1]["etag"]
    slow = _ask(flask, "/feeds/rss.xml", headers)
    assert slow[0][:3] == ("304" if known else "200") and _ask(fast, "/feeds/rss.xml", headers) == slow


def test_the_fast_lane_really_answers_what_pollers_send(
    lanes: tuple[Any, FastLane], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, fast = lanes
    etag = _ask(fast, "/feeds/rss.xml", {})[1]["etag"]
    _ask(fast, "/feeds/tag/س/rss.xml", {})

    def never(*_: Any) -> list[bytes]:
        raise AssertionError("this went to Flask")

    monkeypatch.setattr(fast, "_flask", never)
    assert _ask(fast, "/feeds/rss.xml", {"Accept-Encoding": "gzip, deflate, br"})[0] == "200 OK"
    assert _ask(fast, "/feeds/rss.xml", {"If-None-Match": etag})[0] == "304 NOT MODIFIED"
    dated = {"If-None-Match": etag, "If-Modified-Since": "Sat, 01 Jan 2000 00:00:00 GMT"}
    assert _ask(fast, "/feeds/rss.xml", dated)[0] == "304 NOT MODIFIED"
    assert _ask(fast, "/feeds/tag/س/rss.xml", {})[0] == "200 OK"
    assert _ask(fast, "/feeds/rss.xml", {"A-IM": "feed", "If-None-Match": etag})[0] == "304 NOT MODIFIED"
    with pytest.raises(AssertionError, match="went to Flask"):
        _ask(fast, "/feeds/rss.xml", {"If-None-Match": f'"x", {etag}'})
