"""What is kept in memory has a bound in bytes, and what was dropped is made again with equal bytes."""

from __future__ import annotations

import os
import random
import time
from concurrent.futures import ThreadPoolExecutor
from email.utils import formatdate, parsedate_to_datetime
from pathlib import Path
from weakref import WeakSet

import pytest
from newsroom import Newsroom, article

from feeds import asked, lane
from feeds.cache import Cache
from feeds.catalogue import Catalogue
from feeds.config import load
from feeds.lane import FastLane
from feeds.refresh import refresh
from feeds.representation import Representation
from feeds.seats import BusyError
from feeds.site import Site
from feeds.validators import Validators
from feeds.web import create_app

LETTERS = "ابتثجحخدذرزسشصضطظعغفقكلمنهوي "


def _text(number: int) -> bytes:
    """Letters without any sense, which nothing can compress to less than half."""
    rng = random.Random(number)
    return "".join(rng.choices(LETTERS, k=20_000)).encode()


def test_all_that_is_kept_stays_below_the_bound_with_every_variant_made() -> None:
    cache, bound = Cache(None, 1_000_000), 1_000_000
    alive: WeakSet[Representation] = WeakSet()
    for number in range(60):
        made = cache.keep(f"/{number}", number, lambda number=number: (_text(number), 0), "text/plain")  # type: ignore[misc]
        assert made.gzip and made.br
        alive.add(made)
        del made
        assert sum(len(each.body) + len(each.gzip) + len(each.br) for each in alive) <= bound
    assert 5 < len(alive) < 60


def test_what_was_asked_for_since_stays_when_what_was_not_goes() -> None:
    cache, asked = Cache(None, 1_000_000), []

    def make() -> tuple[bytes, int]:
        asked.append(1)
        return _text(0), 0

    hot = cache.keep("/hot", 0, make, "text/plain")
    for number in range(1, 60):
        hot.use.recent = True
        cache.keep(f"/{number}", number, lambda number=number: (_text(number), 0), "text/plain")  # type: ignore[misc]
    assert cache.keep("/hot", 0, make, "text/plain") is hot and asked == [1]


def test_a_site_forgets_what_was_dropped_and_makes_it_again_with_equal_bytes(tmp_path: Path) -> None:
    room = Newsroom(tmp_path, {f"{n}.md": article(body="نص " * 2000, tags=f"[وسم{n}]") for n in range(20)})
    config, catalogue = load(room.config_path), Catalogue(None)
    refresh(config, catalogue, now=0)
    site = Site(config, catalogue.connection, Validators(), kept_bytes=300_000)
    now = 1_800_000_000
    first = {}
    for path in [f"/feeds/tag/وسم{n}/{name}" for n in range(20) for name in ("rss.xml", "atom.xml", "feed.json")]:
        answer = site.answer(path, now)
        assert isinstance(answer, Representation)
        first[path] = (answer.body, answer.gzip, answer.etag, answer.modified)
        del answer
        ready = [found for path in first if (found := site.ready(path, now))]
        assert sum(len(each.body) + len(each.gzip) for each in ready) < 300_000
        del ready
    gone = [path for path in first if site.ready(path, now) is None]
    assert 20 < len(gone) < 60
    for path in gone:
        answer = site.answer(path, now)
        assert isinstance(answer, Representation)
        assert (answer.body, answer.gzip, answer.etag, answer.modified) == first[path]
    catalogue.close()


def test_what_the_fast_lane_sends_counts_as_asked_for(tmp_path: Path) -> None:
    app = create_app(Newsroom(tmp_path, {"a.md": article()}).config_path, watch=False)
    publisher, lane = app.extensions["nashra"], app.extensions["nashra.lane"]
    assert isinstance(lane, FastLane)
    with app.test_client(use_cookies=False) as client:
        client.get("/feeds/rss.xml")
        found = publisher.site.ready("/feeds/rss.xml", 0)
        found.use.recent = False
        assert lane.find("/feeds/rss.xml", "br", None) is not None
        assert found.use.recent
    publisher.stop()


@pytest.mark.parametrize("question", ["health", "oembed", "answer"])
def test_after_an_answer_that_knows_of_a_change_none_is_older(tmp_path: Path, question: str) -> None:
    """Else who waits for /healthz, or for a new permalink, could still get a 304 for the feed of before."""
    room = Newsroom(tmp_path, {"a.md": article("أول")})
    config, catalogue = load(room.config_path), Catalogue(tmp_path / "c.sqlite")
    refresh(config, catalogue, now=0)
    site = Site(config, Catalogue(tmp_path / "c.sqlite", writable=False).connection, Validators())
    now = 1_800_000_000
    site.notice(now)
    before = site.answer("/feeds/rss.xml", now)
    assert site.ready("/feeds/rss.xml", now) is before
    room.write("b.md", article("ثان"))
    refresh(config, catalogue, now=0)
    if question == "health":
        assert site.health(now, "")["articles"] == 2
    elif question == "oembed":
        site.oembed(config.absolute("/s/none"), now)
    else:
        site.answer("/feeds/atom.xml", now)
    assert site.ready("/feeds/rss.xml", now) is None
    assert site.answer("/feeds/rss.xml", now) != before
    catalogue.close()


@pytest.mark.parametrize("late", [1, 30])
def test_who_read_the_clock_before_something_came_due_gets_it_too(tmp_path: Path, late: int) -> None:
    """And does not leave the document of before to everybody else."""
    due = 1_748_736_000  # 2025-06-01T00:00:00Z
    room = Newsroom(tmp_path, {"a.md": article("أول"), "b.md": article("ثان", date="2025-06-01T00:00:00+00:00")})
    config, catalogue = load(room.config_path), Catalogue(None)
    refresh(config, catalogue, now=0)
    site = Site(config, catalogue.connection, Validators())
    assert "ثان" not in _document(site, due - late)
    site.notice(due)
    assert "ثان" in _document(site, due - late) and "ثان" in _document(site, due)
    assert "ثان" not in _document(site, due - 3600), "a clock that was put back is believed"
    catalogue.close()


def _document(site: Site, now: int) -> str:
    answer = site.answer("/feeds/rss.xml", now)
    assert isinstance(answer, Representation)
    return answer.body.decode()


def test_what_clients_send_at_length_is_not_kept(tmp_path: Path) -> None:
    app = create_app(Newsroom(tmp_path, {"a.md": article()}).config_path, watch=False)
    before = asked._is_host.cache_info().currsize, lane._encoding.cache_info().currsize
    with app.test_client(use_cookies=False) as client:
        for number in range(5):
            long = f"x{number}" * 2000
            assert client.get("/feeds/rss.xml", headers={"Accept-Encoding": long}).status_code == 200
            assert client.get("/feeds/rss.xml", headers={"Host": long}).status_code == 400
    after = asked._is_host.cache_info().currsize, lane._encoding.cache_info().currsize
    assert after[0] - before[0] <= 1 and after[1] - before[1] <= 1
    app.extensions["nashra"].stop()


def test_a_share_card_that_has_changed_is_no_304_for_a_date(tmp_path: Path) -> None:
    """The article's date is not that of the picture, which a new title changes."""
    app = create_app(Newsroom(tmp_path, {"a.md": article()}).config_path, watch=False)
    with app.test_client(use_cookies=False) as client:
        answer = client.get("/s/a/card.png")
        assert answer.status_code == 200 and "Last-Modified" not in answer.headers
        later = {"If-Modified-Since": "Fri, 01 Jan 2038 00:00:00 GMT"}
        assert client.get("/s/a/card.png", headers=later).status_code == 200
        assert client.get("/s/a/card.png", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    app.extensions["nashra"].stop()


def test_conditions_come_before_ranges_and_a_file_put_back_in_time_is_new(tmp_path: Path) -> None:
    """RFC 9110 section 13.2.2; `rsync -t` gives a file an old time."""
    room = Newsroom(tmp_path, {"a.md": article(), "x.mp3": b"ID3\3" + bytes(5000)})
    os.utime(room.content / "x.mp3", (1_000_000_000, 1_000_000_000))
    app = create_app(room.config_path, watch=False)
    with app.test_client(use_cookies=False) as client:
        etag = client.get("/media/x.mp3").headers["ETag"]
        part = {"Range": "bytes=0-9"}
        assert client.get("/media/x.mp3", headers=part).status_code == 206
        assert client.get("/media/x.mp3", headers=part | {"If-Match": etag}).status_code == 206
        assert client.get("/media/x.mp3", headers=part | {"If-Match": '"no"'}).status_code == 412
        assert client.get("/media/x.mp3", headers=part | {"If-None-Match": etag}).status_code == 304
        yesterday = {"If-Modified-Since": formatdate(time.time() - 86400, usegmt=True)}
        assert client.get("/media/x.mp3", headers=yesterday).status_code == 200
    app.extensions["nashra"].stop()


@pytest.mark.parametrize("how", ["in its place", "over it"])
@pytest.mark.parametrize("length", [5000, 3_000_000])
def test_other_bytes_than_those_taken_in_have_no_validators(tmp_path: Path, how: str, length: int) -> None:
    """Nobody may keep them under the tag of before, nor put them behind a beginning that they had."""
    old, new = b"ID3\3" + bytes(length), b"ID3\3" + b"\1" * length
    room = Newsroom(tmp_path, {"a.md": article(), "x.mp3": old})
    app = create_app(room.config_path, watch=False)
    with app.test_client(use_cookies=False) as client:
        with client.get("/media/x.mp3") as told:
            etag, date = told.headers["ETag"], formatdate(time.time() + 5, usegmt=True)
        if how == "over it":
            (room.content / "x.mp3").write_bytes(new)
        else:
            room.write("x.mp3", new)
        version = etag.strip('"')
        for headers in (
            {}, {"Range": "bytes=100-199"}, {"Range": "bytes=100-199", "If-Range": etag}, {"If-None-Match": etag},
            {"If-Modified-Since": date},
        ):  # fmt: skip
            with client.get(f"/media/x.mp3?v={version}", headers=headers) as answer:
                assert (answer.status_code, answer.data) == (200, new), headers
                assert answer.headers["Cache-Control"] == "no-store"
                assert not {"ETag", "Last-Modified", "Accept-Ranges"} & {*answer.headers.keys()}
        assert client.get("/media/x.mp3", headers={"If-Match": etag}).status_code == 412
        head = client.head("/media/x.mp3")
        assert (head.status_code, head.headers["Content-Length"]) == (200, str(len(new))) and "ETag" not in head.headers
    app.extensions["nashra"].stop()


def test_what_is_no_file_any_more_when_it_is_asked_for_is_not_there(tmp_path: Path) -> None:
    room = Newsroom(tmp_path, {"a.md": article(), "x.mp3": b"ID3\3", "y.mp3": b"ID3\3"})
    app = create_app(room.config_path, watch=False)
    for name in ("x.mp3", "y.mp3"):
        (room.content / name).unlink()
    os.mkfifo(room.content / "x.mp3")
    (room.content / "y.mp3").symlink_to(room.config_path)
    with app.test_client(use_cookies=False) as client:
        assert {client.get(f"/media/{name}").status_code for name in ("x.mp3", "y.mp3")} == {404}
    app.extensions["nashra"].stop()


def test_no_two_processes_give_one_instant_to_different_bytes(tmp_path: Path) -> None:
    told: dict[int, str] = {}
    each = [Validators() for _ in range(3)]
    for one in each:
        one.renew(tmp_path / "validators.sqlite", 0, mend=True)
    with ThreadPoolExecutor(len(each)) as together:
        for turn in range(150):
            etags = [f"{turn} {n}" for n in range(len(each))]
            found = list(together.map(lambda one, etag: one.modified("/x", etag, 5), each, etags))
            for etag, modified in zip(etags, found, strict=True):
                assert modified >= 5 and told.setdefault(modified, etag) == etag
    assert each[0].modified("/y", "y", 7) == each[1].modified("/y", "y", 7) == 7


def test_a_medium_that_changes_twice_in_a_second_is_never_taken_for_what_it_was(tmp_path: Path) -> None:
    """By a client that keeps nothing but Last-Modified."""
    room = Newsroom(tmp_path, {"a.md": article(), "x.mp3": b"ID3\3"})
    app = create_app(room.config_path)
    with app.test_client(use_cookies=False) as client:
        seen: dict[str, bytes] = {}
        end = time.monotonic() + 4
        number = 0
        while time.monotonic() < end:
            number += 1
            bytes_ = b"ID3\3" + bytes([number])
            room.write("x.mp3", bytes_)
            os.utime(room.content / "x.mp3", (2_000_000_000, 2_000_000_000))  # as a program may that keeps times
            wait = time.monotonic() + (0.35 if number % 4 else 1.7)
            while time.monotonic() < wait:
                answer = client.get("/media/x.mp3")
                if date := answer.headers.get("Last-Modified"):
                    assert parsedate_to_datetime(date).timestamp() <= time.time()
                    assert seen.setdefault(date, answer.data) == answer.data
                time.sleep(0.02)
        assert len(seen) > 0
    app.extensions["nashra"].stop()


def test_whoever_asks_a_site_that_was_replaced_is_asked_to_come_again(tmp_path: Path) -> None:
    """And its catalogue, which is gone, is not taken for a broken one."""
    room = Newsroom(tmp_path, {"a.md": article()})
    app = create_app(room.config_path)
    publisher = app.extensions["nashra"]
    before = publisher.site
    assert before.overview.document("sitemap.xml", int(time.time())) is not None
    room.config_path.write_text(room.config_path.read_text("utf-8").replace("صحيفة", "جريدة"), "utf-8")
    room.eventually(lambda: publisher.site is not before and len([*(tmp_path / "var").glob("catalogue-*.sqlite")]) == 1)
    with pytest.raises(BusyError):
        before.overview.document("sitemap.xml", int(time.time()))
    publisher.stop()
