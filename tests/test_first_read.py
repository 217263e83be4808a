"""The first read of many articles: what is served meanwhile misses nothing, and all of it comes out as if read in one go."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote, unquote

import pictures
import pytest
from by_hand import Hand
from conftest import Maker
from newsroom import Newsroom, article

from feeds import content, glance, inventory, known, permalink, reading, survey
from feeds.catalogue import Catalogue
from feeds.config import load
from feeds.firstread import FirstRead, first_read
from feeds.keeper import Keeper
from feeds.memory import Memory
from feeds.queries import Selection
from feeds.readers import Readers
from feeds.refresh import plan, refresh
from feeds.representation import Absent, Representation
from feeds.site import Site
from feeds.validators import Validators

NOW = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp())
COUNT = 1050  # more than are worth reading in parts
CORPUS = Path(__file__).parent / "corpus"


def _newsroom(newsroom: Maker) -> Newsroom:
    """Articles over three years: raw text and Markdown, two languages, three tags; some withdrawn, drafts, without a
    date that a quick look finds, with a number of the year first or last; and one that is broken."""
    files = {}
    for number in range(COUNT):
        day = f"{2023 + number * 7 % 3}-{1 + number * 5 % 12:02}-{1 + number % 28:02}"
        if number % 50 == 1:
            year, month, date = day.split("-")
            files[f"n{number}.txt"] = f"{date}/{month}/{year}\n\nخبر رقم {number}\n\nنص الخبر رقم {number}.\n"
        elif number % 50 == 2:
            files[f"n{number}.md"] = f"---\ntitle: خبر {number}\npubDate: {day}\ntags: [نادر]\n---\nنص {number}\n"
        else:
            more = "draft: true\n" if number % 97 == 5 else "lang: en\n" if number % 10 == 3 else ""
            tag = "كثير" if number % 2 else "قليل" if number % 9 == 0 else "وسط"
            files[f"n{number}.md"] = f"---\ntitle: خبر {number}\ndate: {day}\ntags: [{tag}]\n{more}---\nنص {number}\n"
    files["broken.md"] = article("مكسور", date="2025-02-30")
    return newsroom(files, feeds={"items": 20})


def _site(room: Newsroom, catalogue: Catalogue) -> Site:
    db = Catalogue(catalogue.path, writable=False).connection
    return Site(load(room.config_path), db, Validators())


def _rows(catalogue: Catalogue) -> dict[str, list[tuple[object, ...]]]:
    tables = ("files", "articles", "labels", "aliases", "uses", "media")
    return {table: sorted(catalogue.connection.execute(f"SELECT * FROM {table}"), key=repr) for table in tables}


def _addresses(site: Site) -> list[str]:
    found = [
        document
        for document in survey.documents(site.config, site.db, NOW)
        if document.kind in ("feed", "list", "share")
    ]
    assert found
    return [unquote(document.path) for document in found]


def _ids(site: Site, selection: Selection) -> list[str] | int:
    answer = site.answer(unquote(f"{permalink.feed_path(selection.kind, selection.key)}/feed.json"), NOW)
    if isinstance(answer, Representation):
        return [item["id"] for item in json.loads(answer.body)["items"]]
    assert isinstance(answer, Absent)
    return answer.status


def test_no_feed_misses_an_article_while_the_rest_is_read(newsroom: Maker) -> None:
    room = _newsroom(newsroom)
    config = load(room.config_path)
    with (
        closing(Catalogue(room.folder / "whole.sqlite")) as whole,
        closing(Catalogue(room.folder / "parts.sqlite")) as db,
    ):
        refresh(config, whole, now=NOW)
        final = _site(room, whole)
        selections = [*inventory.selections(final.db, NOW)]
        right = {selection: _ids(final, selection) for selection in selections}
        assert len(selections) >= 7 and all(isinstance(ids, list) for ids in right.values()), right
        parts, shown = 0, 0
        for _ in first_read(config, db, now=NOW, part=100):
            parts += 1
            site = _site(room, db)
            found = {selection: _ids(site, selection) for selection in selections}
            assert all(ids in (right[selection], 503) for selection, ids in found.items()), parts
            shown += sum(ids != 503 for ids in found.values())
            if parts == 1:
                assert found[Selection()] == right[Selection()], "the main feed is there first"
                assert found[Selection(kind="tag", key="نادر")] != 404
        assert parts >= 8 and len(selections) < shown < parts * len(selections)
        assert found == right
        assert _rows(db) == _rows(whole)


def test_unfinished_is_503_for_everything_that_could_miss_something(newsroom: Maker) -> None:
    room = _newsroom(newsroom)
    with closing(Catalogue(room.folder / "parts.sqlite")) as db:
        work = first_read(load(room.config_path), db, now=NOW)
        next(work)
        site = _site(room, db)
        for path in ("/sitemap.xml", "/feeds.opml", "/sitemap-news.xml", "/feeds/page/2/rss.xml", "/feeds/archive/1/atom.xml",
                     "/tag/نادر", "/feeds/tag/نادر/rss.xml", "/feeds/search/خبر/rss.xml", "/s/there-is-none", "/page/40",
                     "/nothing"):  # fmt: skip
            answer = site.answer(path, NOW)
            assert isinstance(answer, Absent) and answer.status == 503, path
        feed = site.answer("/feeds/atom.xml", NOW)
        assert isinstance(feed, Representation)
        assert b"prev-archive" not in feed.body and b'rel="last"' not in feed.body, (
            "nobody knows yet how many there are"
        )
        assert b"fh:complete" not in feed.body, "and it is not all there is"
        assert isinstance(site.answer("/robots.txt", NOW), Representation)
        for _ in work:
            pass
        site.notice(NOW)
        for path in _addresses(site):
            assert not isinstance(site.answer(path, NOW), Absent), path
        missing = site.answer("/nothing", NOW)
        assert isinstance(missing, Absent) and missing.status == 404


def test_a_first_read_that_was_cut_off_goes_on_where_it_ended(newsroom: Maker) -> None:
    room = _newsroom(newsroom)
    config = load(room.config_path)
    with closing(Catalogue(room.folder / "whole.sqlite")) as whole:
        refresh(config, whole, now=NOW)
        with closing(Catalogue(room.folder / "parts.sqlite")) as first:
            work = first_read(config, first, now=NOW, part=100)
            for _ in range(3):
                next(work)
            taken_in = first.connection.execute("SELECT count(*) FROM files").fetchone()[0]
        with closing(Catalogue(room.folder / "parts.sqlite")) as second:
            seen: list[int] = []
            for _ in first_read(config, second, now=NOW, progress=lambda done, total: seen.append(total)):
                pass
            assert 100 < taken_in < COUNT and set(seen) == {COUNT + 1 - taken_in}, "what was read is not read again"
            assert _rows(second) == _rows(whole)


def _shown(db: Catalogue) -> dict[str, tuple[str, ...]]:
    """Title and text of every article, by path; without drafts."""
    rows = db.connection.execute("SELECT path, token, data FROM articles WHERE draft = 0")
    return {path: (token, str(data)) for path, token, data in rows}


def test_no_part_of_a_first_read_puts_what_it_read_before_in_the_place_of_a_change(newsroom: Maker) -> None:
    files: dict[str, str | bytes] = {
        f"{folder}/{n:03}.md": article(f"خبر {folder} {n}", f"نص {n} ![](/media/{folder}.png)", date=f"2024-0{month}-{n % 28 + 1:02}")
        for month, folder in enumerate(("a", "b", "c"), 1)
        for n in range(300)
    } | {f"{folder}.png": pictures.png(4, 4) for folder in ("a", "b", "c")}  # fmt: skip
    room = newsroom(files)
    config = load(room.config_path)
    # The oldest, which are read last, and may be read ahead of the changes.
    edited, gone, draft, withdrawn, renamed, partner = (f"a/{n:03}.md" for n in (28, 56, 84, 112, 140, 168))
    with (
        closing(Catalogue(room.folder / "parts.sqlite")) as db,
        closing(Catalogue(room.folder / "whole.sqlite")) as whole,
    ):
        work, memory = FirstRead(), Memory()
        work.begin(config, db, memory, now=NOW, began_ns=time.time_ns(), progress=lambda *_: None, ahead=None, part=50)
        while len(_shown(db)) < 500:
            work.go_on()
        assert work.is_left and not any(path.startswith("a/") for path in _shown(db))
        time.sleep(0.5)  # so that they read ahead as far as they do
        room.write(edited, article("معدل", date="2024-01-01"))
        room.delete(gone)
        room.write(draft, article("مسودة", date="2024-01-01", draft="true"))
        room.write(withdrawn, article("مسحوب", date="2024-01-01", withdrawn="2024-02-01"))
        room.rename(renamed, "a/moved.md")
        room.write(partner.replace(".md", ".en.md"), article("Partner", date="2024-01-01"))
        room.write("a.png", pictures.png(9, 5))
        (room.content / "a/more").mkdir()
        room.write("a/more/x.md", article("زيادة", date="2024-01-01"))
        shutil.rmtree(room.content / "b")
        below = [
            edited,
            gone,
            draft,
            withdrawn,
            renamed,
            "a/moved.md",
            partner.replace(".md", ".en.md"),
            "a.png",
            "a/more",
            "b",
        ]
        work.overtake(below)
        refresh(config, db, memory, now=NOW, below=below)
        while work.is_left:
            found = _shown(db)
            assert "معدل" in found[edited][1] and "مسحوب" in found[withdrawn][1] and "a/moved.md" in found
            assert not {gone, draft, renamed} & found.keys() and not any(path.startswith("b/") for path in found)
            work.go_on()
        refresh(config, db, memory, now=NOW, below=work.again())
        refresh(config, whole, now=NOW)
        assert _rows(db) == _rows(whole)


def test_what_a_first_read_overtook_is_remembered_as_it_is(newsroom: Maker) -> None:
    """Over a new catalogue with the memory of before: files that were there, are new, or have come back meanwhile."""
    room = newsroom({f"{n:03}.md": article(f"خبر {n}", f"نص {n}", date=f"2024-01-{n % 28 + 1:02}") for n in range(600)})
    config, memory = load(room.config_path), Memory()
    memory.renew(room.folder / "names.sqlite")
    with closing(Catalogue(room.folder / "before.sqlite")) as before:
        refresh(config, before, memory, now=NOW)
    back = (room.content / "300.md").read_bytes()
    room.delete("300.md")
    room.write("new.md", article("جديد", date="2024-01-01"))
    with closing(Catalogue(room.folder / "after.sqlite")) as after:
        work = FirstRead()
        work.begin(
            config, after, memory, now=NOW + 10, began_ns=time.time_ns(), progress=lambda *_: None, ahead=None, part=50
        )
        assert work.is_left
        room.write("new.md", article("جديد ومعدل", date="2024-01-01"))
        room.write("300.md", back + b"x")
        below = ["new.md", "300.md"]
        work.overtake(below)
        refresh(config, after, memory, now=NOW + 20, below=below)
        work.finish()
        refresh(config, after, memory, now=NOW + 2000, below=work.again())
        found = {path: memory.get(path) for path in below}
        assert {path: each.id for path, each in found.items() if each} == {"new.md": "new", "300.md": "300"}
        assert all(each and each.gone is None for each in found.values())
    memory.close()


def test_a_site_that_is_not_whole_takes_nobody_s_place(newsroom: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    """As where the process that read for a changed config was killed, and this one only waited for it."""
    room = newsroom({"a.md": article()})
    hand = Hand(room.config_path, lambda: float(NOW))
    before = hand.site
    room.config_path.write_text(room.config_path.read_text("utf-8").replace("صحيفة", "جريدة"), "utf-8")
    with monkeypatch.context() as patched:
        patched.setattr(Keeper, "is_whole", False)
        hand.reload_config()
        assert hand.site is before
    hand.look()
    assert hand.site is not before
    hand.close()


def test_a_503_says_when_to_come_back(newsroom: Maker) -> None:
    room = newsroom({"a.md": article("أول")}).inside()
    (path,) = (room.folder / "var").glob("catalogue-*.sqlite")
    with sqlite3.connect(path) as other:
        other.execute("UPDATE meta SET value = '4102444800' WHERE key = 'horizon'")
    answer = room.get("/feeds/rss.xml")
    assert answer.status == 503
    assert int(answer.headers["retry-after"]) > 0 and answer.headers["cache-control"] == "no-store"
    assert "الموقع يُجهَّز الآن" in answer.text
    with sqlite3.connect(path) as other:
        other.execute("UPDATE meta SET value = '' WHERE key = 'horizon'")
    assert room.get("/feeds/rss.xml").status == 200


@pytest.mark.parametrize("kill", [False, True], ids=["all well", "children killed"])
def test_children_read_what_this_process_would(newsroom: Maker, kill: bool) -> None:
    files: dict[str, str | bytes] = {
        f"a{number}.md": article(f"خبر {number}", body="**نص** ![](p.png)") for number in range(300)
    }
    files |= {
        "bad.md": article("x", date="غدا"),
        "latin.txt": "2025-05-01\n\nTitle\n\nText".encode("utf-16"),
        "p.png": b"no picture",
    }
    room = newsroom(files)
    catalogue = Catalogue(None)
    made = plan(load(room.config_path), catalogue, Memory(), ("",), NOW)
    assert len(made.jobs) == 302
    others = _children()  # such as the process that commands of tests are forks of
    with closing(Readers(made.media)) as readers:
        answers = readers.read(made.jobs)
        found = [next(answers)]
        children = _children() - others
        assert children, "so many are read by children"
        if kill:
            for child in children:
                os.kill(child, signal.SIGKILL)
        found += answers
    assert found == [made.media.read(job) for job in made.jobs]
    assert not _children() - others, "nobody stays behind"


def _children() -> set[int]:
    if not sys.platform.startswith("linux"):
        pytest.skip("asks Linux for the children of this process")
    tasks = Path(f"/proc/{os.getpid()}/task").iterdir()
    return {int(child) for task in tasks for child in (task / "children").read_text().split()}


def test_a_file_whose_bytes_are_known_is_not_read_again(newsroom: Maker) -> None:
    room = newsroom({"a.md": article("أول"), "b.md": article("ثان")})
    config = load(room.config_path)
    with closing(Catalogue(None)) as catalogue:
        refresh(config, catalogue, now=NOW)
        before = known.stamps(catalogue.connection, ("",))
        os.utime(room.content / "a.md", (1, 1))
        made = plan(config, catalogue, Memory(), ("",), NOW)
        assert [(job.found.path, made.media.read(job).reading) for job in made.jobs] == [("a.md", None)]
        assert refresh(config, catalogue, now=NOW) is False
        after = known.stamps(catalogue.connection, ("",))
        assert after["a.md"] != before["a.md"] and after["b.md"] == before["b.md"]


# --- the quick look ---------------------------------------------------------------------------------


def _dated(text: str) -> Iterator[tuple[str, str]]:
    yield "a.txt", f"{text}\n\nعنوان الخبر\n\nنص الخبر.\n"
    yield "b.txt", f"عنوان الخبر\n{text}\n\nنص الخبر.\n"
    yield "c.md", f"---\ntitle: x\ndate: {json.dumps(text, ensure_ascii=False)}\n---\nنص\n"
    yield "d.md", f"---\ntitle: x\ndate: {text}\n---\nنص\n"
    yield "e.txt", f"آخر تحديث: 2001-01-01\n{text}\nعنوان\n\nنص الخبر.\n"
    yield "f.md", f"---\ntitle: x\nsummary: |\n  date: 1999-01-01\ndate: {text}\n---\nنص\n"


def test_nothing_is_newer_than_a_quick_look_says(newsroom: Maker) -> None:
    room = newsroom({})
    config = load(room.config_path)
    rows = json.loads((CORPUS / "dates.json").read_text("utf-8"))
    texts = sorted({row["text"] for row in rows if isinstance(row, dict) and row.get("text")})
    assert len(texts) > 50
    looked, told = 0, 0
    for text in [*texts, "2025-04-30", "2025-04-30 23:59", "2025-04-30T23:59:59-12:00", "1446-10-05", "2025-04-30x"]:
        for name, written in _dated(text):
            room.write(name, written)
            most = glance.newest(config, name)
            read = reading.read(
                name, content.read_bytes(config.content_path, name), config=config, media=lambda _: None
            )
            if read.article is not None:
                looked, told = looked + 1, told + (most != glance.UNKNOWN)
                assert read.article.published.timestamp() <= most, (name, text)
    assert told * 4 > looked > 200, "and it says something"


def test_the_quick_look_is_infinite_where_it_cannot_tell(newsroom: Maker) -> None:
    room = newsroom(
        {
            "no-date.md": "---\ntitle: x\n---\nنص",
            "two.md": "---\ndate: 2020-01-01\ndate: 2021-01-01\n---\nنص",
            "hijri.md": "---\ndate: 1446-10-05\n---\nنص",
            "cut.md": "---\ntitle: " + "x" * 5000 + "\ndate: 2020-01-01\n---\nنص",
            "toml.md": "+++\ndate = 2020-01-01\n+++\nنص",
            "prose.txt": "عنوان بلا تاريخ\n\nنص",
        }
    )
    config = load(room.config_path)
    for path in sorted(room.content.iterdir()):
        assert glance.newest(config, path.name) == glance.UNKNOWN, path.name
    assert glance.newest(config, quote("not-there.md")) == glance.UNKNOWN


MANY = {f"a{n}.md": article(f"خبر {n}", "نص " * 400, date=f"2025-01-{n % 28 + 1:02}") for n in range(1500)}


@pytest.mark.parametrize("workers", ["1", "2"])
def test_while_a_changed_config_has_all_read_again_the_site_of_before_answers(newsroom: Maker, workers: str) -> None:
    """Whole, in every process; and what is asked for meanwhile does not have the new catalogue made twice."""
    room = newsroom(MANY)
    room.serve("--workers", workers)
    paths = [b"/sitemap.xml", b"/page/60", b"/feeds/page/60/rss.xml"]
    room.eventually(lambda: all(room.raw(path).status == 200 for path in paths * 4), within=60)
    room.config_path.write_text(room.config_path.read_text("utf-8").replace("صحيفة", "جريدة"), "utf-8")
    statuses, titles = Counter[int](), Counter[bool]()
    end = time.monotonic() + 30
    while time.monotonic() < end and not (titles[True] > 40 and statuses.total() > 100):
        statuses.update(room.raw(path).status for path in (*paths, b"/feeds.opml"))
        titles["جريدة" in room.raw(b"/feeds/rss.xml").text] += 1
    assert titles[False] and titles[True] > 40 and set(statuses) == {200}
    assert "made anew" not in room.log()


def test_a_changed_path_of_the_site_counts_when_the_site_changes(newsroom: Maker) -> None:
    room = newsroom(MANY).serve()
    room.eventually(lambda: room.raw(b"/page/60").status == 200, within=60)
    room.config_path.write_text(
        room.config_path.read_text("utf-8").replace("https://news.example", "https://news.example/news"), "utf-8"
    )
    moved, end = False, time.monotonic() + 30
    while not moved and time.monotonic() < end:
        number = round(time.monotonic() * 1000) % 1500
        if room.raw(f"/s/a{number}".encode()).status != 200:
            answer = room.raw(f"/news/s/a{number}".encode())
            assert answer.status == 200 and f"https://news.example/news/s/a{number}" in answer.text
            moved = True
    assert moved
