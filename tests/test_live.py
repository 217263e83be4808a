"""A running newsroom: what an editor does to files, and what time does by itself, is served at once."""

from __future__ import annotations

import os
import time
from datetime import datetime, timedelta, timezone

import pictures
from cases import NOW
from conftest import Maker
from newsroom import Newsroom, article, configuration
from reading import instant

ZONE = timezone(timedelta(hours=3))


def _in(seconds: float) -> str:
    return (datetime.now(ZONE) + timedelta(seconds=seconds)).isoformat(timespec="seconds")


def _titles(room: Newsroom) -> list[list[str]]:
    return [[item.title for item in feed.items] for feed in room.feeds()]


def _served(room: Newsroom, *titles: str) -> bool:
    return _titles(room) == [list(titles)] * 3


# --- files ------------------------------------------------------------------------------------------


def test_a_new_a_changed_a_renamed_and_a_removed_file_are_out_within_a_second(newsroom: Maker) -> None:
    room = newsroom({"a.md": article("أول", id="a")}, serve=True)
    seconds = []
    room.write("b.md", article("ثان", id="b", date="2025-05-01"))
    seconds.append(room.eventually(lambda: _served(room, "ثان", "أول")))
    room.write("b.md", article("ثان معدل", id="b", date="2025-05-01"))
    seconds.append(room.eventually(lambda: _served(room, "ثان معدل", "أول")))
    room.rename("b.md", "أخبار/2025/c.md")
    time.sleep(1)
    assert _served(room, "ثان معدل", "أول"), "its front matter keeps the id"
    room.delete("أخبار/2025/c.md")
    seconds.append(room.eventually(lambda: _served(room, "أول")))
    assert room.share("b").status == 404
    assert sorted(seconds)[1] <= 1.5, seconds  # a second by the contract, the rest is this loop's own


def test_a_renamed_file_without_id_keeps_the_one_it_had(newsroom: Maker) -> None:
    room = newsroom({"a.md": article("أول")}, serve=True)
    room.rename("a.md", "b.md")
    room.eventually(lambda: "content/b.md:1: id: warning:" in room.log())
    assert _served(room, "أول") and room.rss().tokens == ["a"]
    assert room.share("b").status == 404


def test_a_whole_folder_comes_goes_and_moves(newsroom: Maker) -> None:
    room = newsroom({"a.md": article("أول")}, serve=True)
    away = room.folder / "away"
    (away / "deep").mkdir(parents=True)
    for n in range(3):
        (away / "deep" / f"{n}.md").write_text(article(f"خبر {n}", date=f"2025-04-2{n}"), "utf-8")
    os.rename(away, room.content / "new")
    room.eventually(lambda: len(room.rss().items) == 4)
    os.rename(room.content / "new", away)
    room.eventually(lambda: room.rss().tokens == ["a"])


def test_a_changed_picture_is_served_and_has_a_new_address(newsroom: Maker) -> None:
    room = newsroom({"a.md": article(image="p.png"), "p.png": pictures.png(4, 4)}, serve=True)
    before, etags = room.rss()["a"].enclosures[0].url, [room.ok(url).etag for url in room.feed_urls]
    room.write("p.png", pictures.png(9, 9, grey=7))
    room.eventually(lambda: room.rss()["a"].enclosures[0].url != before)
    assert room.ok(room.rss()["a"].enclosures[0].url).body == pictures.png(9, 9, grey=7)
    assert room.ok(before).body == pictures.png(9, 9, grey=7)
    assert all(room.ok(url).etag != etag for url, etag in zip(room.feed_urls, etags, strict=True))


def test_touching_a_file_changes_no_byte(newsroom: Maker) -> None:
    room = newsroom({"a.md": article("أول")}, serve=True)
    before = [(room.ok(url).body, room.ok(url).headers["Last-Modified"]) for url in room.feed_urls]
    room.touch("a.md")
    time.sleep(1.2)
    assert [(room.ok(url).body, room.ok(url).headers["Last-Modified"]) for url in room.feed_urls] == before


def test_last_modified_moves_forward_when_an_article_goes(newsroom: Maker) -> None:
    room = newsroom({"a.md": article("أول"), "b.md": article("ثان", date="2025-05-01")}, serve=True)
    url = room.feed_url("rss+xml")
    before = room.ok(url)
    room.delete("b.md")
    room.settle()
    after = room.get(url, {"If-Modified-Since": before.headers["Last-Modified"]})
    assert after.status == 200 and room.rss().tokens == ["a"]
    assert room.get(url, {"If-Modified-Since": after.headers["Last-Modified"]}).status == 304
    fresh = newsroom({"a.md": article("أول")}, serve=True)
    assert fresh.ok(url).body == after.body


# --- time -------------------------------------------------------------------------------------------


def test_a_scheduled_article_appears_by_itself_and_not_before(newsroom: Maker) -> None:
    due = _in(4)
    room = newsroom({"a.md": article("أول"), "s.md": article("مجدول", date=due, tags="[سر]")}, serve=True)
    before = room.ok(room.feed_url("rss+xml"))
    assert datetime.now(ZONE) < instant(due), "the machine was too slow to see the time before"
    assert room.rss().tokens == ["a"]
    assert room.share("s").status == room.get(room.tag_url("سر")).status == 404
    assert "مجدول" not in room.ok("/").text + room.ok("/sitemap.xml").text
    room.eventually(lambda: room.rss().tokens == ["s", "a"], within=9)
    assert instant(due) <= datetime.now(ZONE) <= instant(due) + timedelta(seconds=3)
    assert room.share("s").status == 200
    assert room.rss(room.tag_url("سر")).tokens == ["s"]
    after = room.ok(room.feed_url("rss+xml"))
    assert after.etag != before.etag
    assert room.get(room.feed_url("rss+xml"), {"If-Modified-Since": before.headers["Last-Modified"]}).status == 200


def test_an_article_expires_and_is_withdrawn_at_its_instant(newsroom: Maker) -> None:
    end = _in(4)
    files = {"a.md": article("أول"), "e.md": article("ينتهي", expires=end), "w.md": article("يسحب", withdrawn=end)}
    room = newsroom(files, serve=True)
    assert datetime.now(ZONE) < instant(end), "the machine was too slow to see the time before"
    assert set(room.rss().tokens) == {"a", "e", "w"}
    room.eventually(lambda: room.rss().tokens == ["a"], within=9)
    assert instant(end) <= datetime.now(ZONE) <= instant(end) + timedelta(seconds=3)
    assert room.share("e").status == room.share("w").status == 410


def test_a_draft_that_is_released_is_out(newsroom: Maker) -> None:
    room = newsroom({"d.md": article("مسودة", draft="true"), "_drafts/x.md": article("أخرى")}, serve=True)
    assert _served(room)
    room.write("d.md", article("مسودة"))
    room.eventually(lambda: _served(room, "مسودة"))
    room.write("d.md", article("مسودة", draft="true"))
    room.eventually(lambda: _served(room))


def test_a_stopped_clock_still_sees_files(newsroom: Maker) -> None:
    room = newsroom({"a.md": article("أول"), "s.md": article("مجدول", date=_in(1))}, at=NOW, serve=True)
    time.sleep(1.5)
    assert _served(room, "أول")
    room.write("b.md", article("ثان", date="2025-05-01"))
    room.eventually(lambda: _served(room, "ثان", "أول"))


def test_without_watching_nothing_changes(newsroom: Maker) -> None:
    room = newsroom({"a.md": article("أول")}).serve("--no-watch")
    room.write("b.md", article("ثان", date="2025-05-01"))
    time.sleep(1.5)
    assert _served(room, "أول")


# --- faults -----------------------------------------------------------------------------------------


def test_a_good_file_that_breaks_keeps_its_last_good_version_and_is_logged_once(newsroom: Maker) -> None:
    room = newsroom({"a.md": article("سليم"), "ok.md": article("أول", date="2025-04-01")}, serve=True)
    room.write("a.md", '---\ntitle: "غير مغلق\ndate: 2025-04-29\n---\nنص\n')
    room.eventually(lambda: "content/a.md:" in room.log())
    assert _served(room, "سليم", "أول")
    assert room.share("a").status == 200
    room.write("ok.md", article("أول معدل", date="2025-04-01"))
    room.eventually(lambda: _served(room, "سليم", "أول معدل"))
    assert len([line for line in room.log().splitlines() if line.startswith("content/a.md:")]) == 1
    assert room.health()["problems"] == 1
    room.write("a.md", article("سليم معدل"))
    room.eventually(lambda: _served(room, "سليم معدل", "أول معدل"))
    assert room.health()["problems"] == 0


def test_a_file_that_was_never_good_is_left_out_and_listed(newsroom: Maker) -> None:
    room = newsroom({"a.md": article("أول")}, serve=True)
    room.write("b.md", article("بلا تاريخ", date=None))
    room.eventually(lambda: "content/b.md:" in room.log())
    assert _served(room, "أول")
    assert room.health()["problems"] == 1 and room.share("b").status == 404


def test_a_broken_config_on_a_running_server_keeps_the_last_good_one(newsroom: Maker) -> None:
    room = newsroom({"a.md": article("أول")}, serve=True)
    room.config_path.write_text("site: {title: [\n", "utf-8")
    room.eventually(lambda: "config.yaml:" in room.log())
    assert room.rss().title == "صحيفة المثال" and _served(room, "أول")
    room.write("b.md", article("ثان", date="2025-05-01"))
    room.eventually(lambda: _served(room, "ثان", "أول"))
    room.config_path.write_text(configuration(site={"title": "اسم جديد"}), "utf-8")
    room.eventually(lambda: room.rss().title == "اسم جديد")


def test_a_broken_config_refuses_to_start(newsroom: Maker) -> None:
    room = newsroom(config="site: {title: ن, url: https://n.example, language: ar, titel: x}\n")
    report = room.run("serve", "--port", "1")
    assert report.code != 0
    assert "config.yaml:1: " in report.stderr and "titel" in report.stderr
    assert "Traceback" not in report.stderr and report.stdout == ""


def test_the_server_stops_when_it_is_asked_to(newsroom: Maker) -> None:
    room = newsroom({"a.md": article()}, serve=True)
    start = time.monotonic()
    room.stop()
    assert time.monotonic() - start < 5
    assert "Traceback" not in room.log()


# --- many workers -----------------------------------------------------------------------------------


def test_every_worker_serves_a_change(newsroom: Maker) -> None:
    room = newsroom({"a.md": article("أول")}).serve("--workers", "2")
    room.write("b.md", article("ثان", date="2025-05-01"))
    room.eventually(lambda: _served(room, "ثان", "أول"))
    time.sleep(1)
    assert all(room.rss().tokens == ["b", "a"] for _ in range(12))


def test_the_generation_goes_on_growing_over_a_change_of_the_config(newsroom: Maker) -> None:
    room = newsroom({"a.md": article("أول")}).serve()
    room.write("b.md", article("ثان"))
    room.settle()
    before = room.health()["generation"]
    text = room.config_path.read_text("utf-8")
    room.config_path.write_text(text.replace("صحيفة المثال", "صحيفة أخرى"), "utf-8")
    room.eventually(lambda: "صحيفة أخرى" in room.ok("/feeds/rss.xml").text)
    assert room.health()["generation"] > before
