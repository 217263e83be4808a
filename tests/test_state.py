"""The state folder broken, full, locked, foreign or gone: the service starts and answers what content says."""

from __future__ import annotations

import base64
import fcntl
import os
import random
import re
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from email.utils import parsedate_to_datetime
from pathlib import Path

import pictures
import pytest
from conftest import Maker
from newsroom import REFRESH, Newsroom, article

from feeds import problems
from feeds.config import load
from feeds.keeper import Keeper
from feeds.refresh import refresh
from feeds.state import State

INLINE = f"![x](data:image/png;base64,{base64.b64encode(pictures.png(5, 5)).decode()})"
CONTENT: dict[str, str | bytes] = {
    **{
        f"{n}.md": article(
            f"خبر {n}", f"نص {n} " * 60 + (INLINE if n % 7 == 0 else ""), date=f"2025-03-{1 + n % 28:02}T{n % 24:02}:00:00Z",
            tags=f"[وسم{n % 4}]", author=f"كاتب {n % 3}", image="p.png" if n % 5 == 0 else None,
        )
        for n in range(45)
    },
    "p.png": pictures.png(7, 7),
    "bad.md": article("بلا تاريخ", date=None),
    "old.md": article("منته", expires="2025-04-30T00:00:00Z", aliases="[/old]"),
}  # fmt: skip
PATHS = (
    *(f"/feeds{folder}/{name}" for folder in ("", "/tag/وسم1", "/author/كاتب-2") for name in ("rss.xml", "atom.xml", "feed.json")),
    "/feeds/page/2/rss.xml", "/feeds/archive/1/atom.xml", "/feeds.opml", "/sitemap.xml", "/", "/page/2", "/tag/وسم1", "/s/5", "/s/7",
    "/feeds/search/خبر/rss.xml", "/media/p.png",
)  # fmt: skip
HOLDER = """import sqlite3, sys, time
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
time.sleep(float(sys.argv[2]))"""
Damage = Callable[[Path], None]


def _garble(path: Path, seed: int, times: int = 6) -> None:
    """Changes single bits anywhere."""
    random_, data = random.Random(seed), bytearray(path.read_bytes())
    for _ in range(times):
        data[random_.randrange(len(data))] ^= 1 << random_.randrange(8)
    path.write_bytes(data)


def _overwrite(path: Path, seed: int) -> None:
    """Puts noise over a page."""
    random_, data = random.Random(seed), bytearray(path.read_bytes())
    page = 4096 * random_.randrange(len(data) // 4096)
    data[page : page + 4096] = random_.randbytes(4096)
    path.write_bytes(data)


def _replace(path: Path, script: str) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as db:
        db.executescript(script)


def _beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)


# What happens to a database, and whether it has to be made anew for it.
DAMAGES: dict[str, tuple[Damage, bool]] = {
    "emptied": (lambda path: path.write_bytes(b""), False),
    "cut in half": (lambda path: os.truncate(path, path.stat().st_size // 2), True),
    "no database": (lambda path: path.write_bytes(b"not a database " * 400), True),
    "other tables": (lambda path: _replace(path, "CREATE TABLE cats (name TEXT); INSERT INTO cats VALUES ('x');"), True),
    "tables of the same names": (
        lambda path: _replace(path, "CREATE TABLE meta (a); CREATE TABLE articles (b); CREATE TABLE validators (c);"), True,
    ),
    "a version of its own": (lambda path: _execute(path, "PRAGMA user_version = 99"), False),
    "a column too many": (lambda path: _execute(path, f"ALTER TABLE {_table(path)} ADD COLUMN more TEXT"), True),
    "a WAL of noise": (lambda path: _noise(_beside(path, "-wal")), False),
    "a journal of noise": (lambda path: _noise(_beside(path, "-journal")), False),
}  # fmt: skip


def _execute(path: Path, sql: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute(sql)


def _table(path: Path) -> str:
    return "articles" if path.name.startswith("catalogue") else "validators"


def _noise(path: Path) -> None:
    path.write_bytes(random.Random(1).randbytes(9000))


class Damaged:
    """A newsroom that has answered everything once, and whose databases are then broken."""

    def __init__(self, room: Newsroom) -> None:
        self.room = room.inside()
        self.answers = {path: self.room.ok(path) for path in PATHS}
        self.told = {path: answer.headers.get("Last-Modified", "") for path, answer in self.answers.items()}
        self.generation = self.room.health()["generation"]
        self._kept = room.folder / "kept"
        self.stop()
        shutil.copytree(room.folder / "var", self._kept)

    def stop(self) -> None:
        """Returns when nobody has the role any more."""
        self.room.stop()
        with open(self.room.folder / "var" / "publisher.lock", "rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)

    def again(self, name: str, damage: Damage) -> Path:
        """The state as it was, in files of their own, with one database damaged; and the service over it."""
        var = self.room.folder / "var"
        shutil.rmtree(var)
        shutil.copytree(self._kept, var, ignore=shutil.ignore_patterns("*-shm"))
        for path in var.glob("*.sqlite"):
            with closing(sqlite3.connect(path)) as db:
                db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (path,) = var.glob(f"{name}*.sqlite")
        damage(path)
        self.room.inside()
        return path

    def is_whole(self) -> bool:
        """Whether every answer is what it was."""
        return all(self.room.get(path).body == answer.body for path, answer in self.answers.items())


@pytest.fixture(scope="module")
def damaged(shared_newsroom: Maker) -> Damaged:
    return Damaged(shared_newsroom(CONTENT))


@pytest.fixture
def broken(damaged: Damaged) -> Iterator[Damaged]:
    yield damaged
    damaged.stop()


def _said(text: str) -> list[str]:
    """Messages of the service's own, without their times; problems of content and refreshes are not among them."""
    assert "Traceback" not in text, text
    lines = re.findall(r"^nashra: \S+ (.*)$", text, re.MULTILINE)
    return [f"nashra: {line}" for line in lines if not REFRESH.search(line)]


# --- the catalogue ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_catalogue_is_made_anew_and_said_to_be_in_one_line(
    broken: Damaged, name: str, capfd: pytest.CaptureFixture[str]
) -> None:
    damage, is_hopeless = DAMAGES[name]
    path = broken.again("catalogue", damage)
    assert broken.is_whole()
    assert broken.room.health()["generation"] >= broken.generation
    said = _said(capfd.readouterr().err)
    assert len(said) == is_hopeless, said
    for line in said:
        assert re.fullmatch(
            rf"nashra: the catalogue is .*; it is made anew from the content: '{re.escape(str(path))}'", line
        )


@pytest.mark.parametrize("seed", range(8))
def test_bits_that_change_by_themselves_are_found_and_nothing_wrong_is_served_for_long(
    broken: Damaged, seed: int, capfd: pytest.CaptureFixture[str]
) -> None:
    broken.again("catalogue", lambda path: _overwrite(path, seed) if seed % 4 == 0 else _garble(path, seed))
    broken.room.eventually(broken.is_whole, within=15)
    assert {broken.room.get(path).status for path in PATHS} == {200}
    assert len(_said(capfd.readouterr().err)) <= 1


@pytest.mark.parametrize("seconds", [1, 60])
def test_a_catalogue_that_another_program_locks_is_waited_for_and_at_last_replaced(
    broken: Damaged, seconds: int, capfd: pytest.CaptureFixture[str]
) -> None:
    holders: list[subprocess.Popen[str]] = []

    def lock(path: Path) -> None:
        words = [sys.executable, "-c", HOLDER, str(path), str(seconds)]
        holders.append(subprocess.Popen(words, stdout=subprocess.PIPE, text=True))
        assert holders[0].stdout and holders[0].stdout.readline() == "held\n"

    try:
        path = broken.again("catalogue", lock)
        assert broken.is_whole()
    finally:
        holders[0].kill()
        holders[0].communicate()
    wanted = f"nashra: the catalogue is locked by another program; it is made anew from the content: '{path}'"
    assert _said(capfd.readouterr().err) == ([wanted] if seconds > 10 else [])


def test_what_nobody_asks_for_is_looked_at_too(broken: Damaged, capfd: pytest.CaptureFixture[str]) -> None:
    def rename(path: Path) -> None:
        """In one of the places where the name of a tag stands."""
        data = path.read_bytes()
        name = "وسم1".encode()
        places = [found.start() for found in re.finditer(re.escape(name), data)]
        assert len(places) > 1
        path.write_bytes(data[: places[-1]] + "وسم9".encode() + data[places[-1] + len(name) :])

    broken.again("catalogue", rename)
    log: list[str] = []
    broken.room.eventually(lambda: bool(log.append(capfd.readouterr().err) or _said("".join(log))), within=15)
    assert "is broken" in _said("".join(log))[0]
    broken.room.eventually(broken.is_whole)


def test_a_question_that_outlived_its_catalogue_does_not_cost_the_next_one(tmp_path: Path) -> None:
    seconds = 100.0
    config = load(Newsroom(tmp_path, {"a.md": article()}).config_path)
    keeper = Keeper(
        State(tmp_path / "var"), lambda: 1_750_000_000, lambda: seconds,
        lambda catalogue: bool(refresh(config, catalogue, now=1_750_000_000)), lambda: None, alone=False,
    )  # fmt: skip
    stop, fault = threading.Event(), problems.Damage("is broken (a page)")
    keeper.open(config, stop)
    seconds += 60
    assert keeper.met(fault) and keeper.is_outdated(), "a new one is due"
    keeper.open(config, stop)
    assert keeper.met(fault), "asked of the one before, answered late"
    seconds += 60
    assert not keeper.is_outdated()
    assert keeper.met(fault) and keeper.is_outdated()
    keeper.close()


# --- what clients were told -------------------------------------------------------------------------


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_record_of_validators_costs_nothing_but_itself(
    broken: Damaged, name: str, capfd: pytest.CaptureFixture[str]
) -> None:
    damage, is_hopeless = DAMAGES[name]
    path = broken.again("validators", damage)
    assert broken.is_whole()
    for url, told in broken.told.items():
        stamp = broken.room.ok(url).headers.get("Last-Modified")
        assert not told or not stamp or parsedate_to_datetime(stamp) >= parsedate_to_datetime(told), url
    said = _said(capfd.readouterr().err)
    assert len(said) == is_hopeless, said
    for line in said:
        assert re.match(r"nashra: the record of what clients were told is ", line) and line.endswith(
            f"made anew: '{path}'"
        )


def test_a_memory_of_ids_that_is_taken_away_while_it_runs_is_filled_again(newsroom: Maker) -> None:
    room = newsroom({"a.md": article("أول"), "b.md": article("ثان")}, serve=True)
    time.sleep(3)  # the first looks are over
    for path in (room.folder / "var").glob("names.sqlite*"):
        path.unlink()
    time.sleep(3)
    room.rename("a.md", "z.md")
    room.settle()
    assert room.get("/s/a").status == 200, "its id is what it was"


def test_another_folder_in_the_place_of_the_content_is_seen(newsroom: Maker) -> None:
    room = newsroom({"a.md": article("أول")}, serve=True)
    time.sleep(3)  # the first looks are over
    other = room.folder / "other"
    other.mkdir()
    (other / "a.md").write_text(article("أول"), "utf-8")
    room.content.rename(room.folder / "before")
    other.rename(room.content)
    time.sleep(0.5)
    room.write("b.md", article("ثان"))
    assert room.eventually(lambda: room.get("/s/b").status == 200, within=10) < 10


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_content_folder_that_is_a_link_may_be_turned_elsewhere(newsroom: Maker, workers: str) -> None:
    """As programs that bring out a site do, in one step or in two."""
    room = newsroom({"a.md": article("أول"), "b.md": article("ثان")})
    for name in ("one", "two", "three"):
        shutil.copytree(room.content, room.folder / name)
    shutil.rmtree(room.content)
    room.content.symlink_to("one")
    room.serve("--workers", workers)
    time.sleep(1)
    (room.folder / "two" / "c.md").write_text(article("ثالث"), "utf-8")
    (room.folder / "next").symlink_to("two")
    (room.folder / "next").rename(room.content)
    room.eventually(lambda: all({"a", "b", "c"} == {*room.rss().tokens} for _ in range(6)), within=10)
    (room.folder / "two" / "a.md").unlink()
    room.eventually(lambda: all({"b", "c"} == {*room.rss().tokens} for _ in range(6)), within=10)
    room.content.unlink()
    time.sleep(0.5)
    assert room.rss().tokens, "what was there is served"
    room.content.symlink_to("three")
    room.eventually(lambda: all({"a", "b"} == {*room.rss().tokens} for _ in range(6)), within=10)
    assert "Traceback" not in room.log() and room.log().count("the content folder is") == 2


def test_a_link_may_lead_to_what_is_not_there_yet(newsroom: Maker) -> None:
    room = newsroom({"a.md": article("أول")})
    shutil.copytree(room.content, room.folder / "one")
    shutil.rmtree(room.content)
    room.content.symlink_to("one")
    room.serve()
    room.content.unlink()
    room.content.symlink_to("two")
    time.sleep(1)
    assert room.rss().tokens == ["a"], "what was there is served"
    (room.folder / "new").mkdir()
    (room.folder / "new" / "b.md").write_text(article("ثان"), "utf-8")
    (room.folder / "new").rename(room.folder / "two")
    room.eventually(lambda: room.rss().tokens == ["b"], within=10)


def test_while_another_program_holds_the_memory_of_ids_no_article_gets_another(newsroom: Maker) -> None:
    room = newsroom({"a.md": article("أول"), "b.md": article("ثان")}, serve=True)
    room.rename("a.md", "z.md")
    room.settle()
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(room.folder / "var" / "names.sqlite"), "4"], stdout=subprocess.PIPE
    )
    with holder:
        assert holder.stdout is not None and holder.stdout.readline() == b"held\n"
        room.write("z.md", article("أول ومعدل"))
        room.write("c.md", article("ثالث"))
        seen = set[str]()
        room.eventually(lambda: bool(seen.update(room.json().tokens) or "c" in seen), within=15)
    assert seen == {"a", "b", "c"} and "ومعدل" in room.share("a").text and room.share("z").status == 404
    assert "the memory of ids is locked by another program" in room.log() and "made anew" not in room.log()
    assert "Traceback" not in room.log()
