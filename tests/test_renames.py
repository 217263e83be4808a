"""A renamed file whose text is the same keeps its id, and `check` says how to make that last."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from answers import Fault
from cases import NOW
from click.testing import CliRunner
from conftest import Maker
from newsroom import Newsroom, article, configuration
from reading import TOMBSTONE

from feeds.cli import main

START = datetime.fromisoformat(NOW).timestamp()
DAY = 86400.0


@dataclass
class Desk:
    """A newsroom whose time stands still unless it is moved."""

    room: Newsroom
    now: float = START
    told: list[str] = field(default_factory=list)

    def start(self) -> Desk:
        self.room.by_hand(lambda: self.now)
        return self

    def take_in(self, *paths: str) -> None:
        self.now += 1
        self.room.take_in(*paths)

    @property
    def tokens(self) -> set[str]:
        """Of all formats, which agree."""
        found = [feed.tokens for feed in self.room.feeds()]
        assert found[0] == found[1] == found[2] and len(set(found[0])) == len(found[0])
        return set(found[0])

    def token_of(self, title: str) -> str:
        (found,) = [item.token for item in self.room.json().items if item.title == title]
        return found

    def warnings(self, path: str) -> list[str]:
        """What `check` says about the id of a file: `line: message`."""
        at = datetime.fromtimestamp(self.now, UTC).isoformat()
        done = CliRunner().invoke(main, ["--config", str(self.room.config_path), "check", "--at", at])
        assert done.exit_code == 0, done.output
        faults = [Fault.parse(line) for line in done.stdout.splitlines()]
        assert all(fault.severity == "warning" for fault in faults)
        return [
            f"{each.line}: {each.message}" for each in faults if (each.path, each.field) == (f"content/{path}", "id")
        ]


@pytest.fixture
def desk(newsroom: Maker) -> Callable[..., Desk]:
    def make(files: Any = None, **options: Any) -> Desk:
        return Desk(room=newsroom(files or {"a.md": article("أول")}, **options)).start()

    return make


Desks = Callable[..., Desk]


@pytest.mark.parametrize("new", ["b.md", "أخبار/2025/خبر.md", "2025/a.md", "post.ar.md", "x/index.md", "b.markdown"])
@pytest.mark.parametrize("events", [((),), (("a.md", "NEW"),), (("a.md",), ("NEW",)), (("NEW",), ("a.md",))])
def test_a_renamed_file_keeps_its_id_however_the_system_tells_of_it(desk: Desks, new: str, events: Any) -> None:
    each = desk({"a.md": article("أول"), "other.md": article("ثان")})
    before = [feed["a"] for feed in each.room.feeds()]
    each.room.rename("a.md", new)
    for paths in events:
        each.take_in(*(new if path == "NEW" else path for path in paths))
        assert each.tokens - {"a"} == {"other"}, "gone for a moment perhaps, never another"
    for old, item in zip(before, (feed["a"] for feed in each.room.feeds()), strict=True):
        assert (item.id, item.link, item.title, item.published) == (old.id, old.link, old.title, old.published)
    assert each.room.share("a").status == 200
    assert each.room.atom().root.findall(f"{TOMBSTONE}deleted-entry") == []


def test_a_file_that_was_deleted_and_comes_back_under_another_name_keeps_its_id(desk: Desks) -> None:
    each = desk()
    text = (each.room.content / "a.md").read_bytes()
    each.room.delete("a.md")
    each.take_in("a.md")
    assert each.tokens == set()
    each.now += 80 * DAY
    each.start()
    each.room.write("b.md", text)
    each.take_in("b.md")
    assert each.tokens == {"a"}


@pytest.mark.parametrize("days", [0, 80])
def test_a_renamed_file_that_goes_and_comes_back_still_has_its_id(desk: Desks, days: int) -> None:
    each = desk()
    each.room.rename("a.md", "b.md")
    each.take_in()
    text = (each.room.content / "b.md").read_bytes()
    each.room.delete("b.md")
    each.take_in()
    each.now += days * DAY
    each.room.write("b.md", text)
    each.take_in()
    assert each.tokens == {"a"}


def test_a_program_that_saves_by_deleting_and_writing_anew_changes_no_id(desk: Desks) -> None:
    each = desk()
    each.room.rename("a.md", "b.md")
    each.take_in()
    each.room.delete("b.md")
    each.take_in("b.md")
    each.room.write("b.md", article("أول معدل"))
    each.take_in("b.md")
    assert each.tokens == {"a"}


def test_another_article_under_a_name_that_was_given_up_is_a_new_one(desk: Desks) -> None:
    each = desk()
    each.room.rename("a.md", "b.md")
    each.take_in()
    each.room.delete("b.md")
    each.take_in()
    each.room.write("b.md", article("آخر", date="2025-04-01"))
    each.take_in()
    assert each.tokens == {"b"}


def test_a_file_that_was_gone_for_longer_than_that_is_a_new_one(desk: Desks) -> None:
    each = desk({"a.md": article("أول"), "c.md": article("ثان")})
    text = (each.room.content / "a.md").read_bytes()
    each.room.delete("a.md")
    each.take_in("a.md")
    each.now += 91 * DAY
    each.room.write("c.md", article("ثان معدل"))
    each.take_in("c.md")
    each.room.write("b.md", text)
    each.take_in("b.md")
    assert each.tokens == {"b", "c"}


def test_a_rename_while_the_service_is_down_is_seen(desk: Desks) -> None:
    each = desk()
    each.room.stop()
    each.room.rename("a.md", "b.md")
    assert each.start().tokens == {"a"}


def test_a_rename_is_seen_over_a_change_of_the_settings_and_of_this_package(desk: Desks) -> None:
    """Each has a catalogue file of its own, which begins empty."""
    each = desk({"a.md": article("أول"), "c.md": article("ثان")})
    each.room.rename("c.md", "d.md")
    each.take_in()
    each.room.stop()
    each.room.rename("a.md", "b.md")
    each.room.config_path.write_text(configuration(site={"title": "اسم جديد"}), "utf-8")
    assert each.start().tokens == {"a", "c"}
    each.room.stop()
    for path in (each.room.folder / "var").glob("catalogue-*"):
        path.unlink()
    assert each.start().tokens == {"a", "c"}


def test_the_id_stays_through_edits_restarts_and_further_renames(desk: Desks) -> None:
    each = desk()
    each.room.rename("a.md", "b.md")
    each.take_in()
    each.room.write("b.md", article("عنوان آخر", "متن آخر", date="2025-04-01"))
    each.take_in("b.md")
    assert each.token_of("عنوان آخر") == "a"
    each.start()
    each.room.rename("b.md", "c/d.md")
    each.take_in("b.md")
    each.take_in("c/d.md")
    assert each.token_of("عنوان آخر") == "a"
    each.start()
    each.room.write("c/d.md", article("ثالث"))
    each.take_in()
    assert each.tokens == {"a"}


def test_a_file_that_is_renamed_back_needs_no_memory(desk: Desks) -> None:
    each = desk()
    for old, new in (("a.md", "b.md"), ("b.md", "a.md")):
        each.room.rename(old, new)
        each.take_in()
        assert each.tokens == {"a"}
    assert each.warnings("a.md") == []


def test_a_copy_beside_its_model_is_an_article_of_its_own(desk: Desks) -> None:
    each = desk()
    each.room.write("b.md", (each.room.content / "a.md").read_bytes())
    each.take_in()
    assert each.tokens == {"a", "b"}
    each.now += 3600
    each.room.delete("a.md")
    each.take_in()
    assert each.tokens == {"b"}, "readers know the copy by its own id"


def test_a_copy_whose_model_goes_at_once_was_a_move_in_two_steps(desk: Desks) -> None:
    each = desk()
    shutil.copytree(each.room.content, each.room.content / "new", ignore=shutil.ignore_patterns("new"))
    each.room.rename("new/a.md", "new/b.md")
    each.take_in("new")
    each.room.delete("a.md")
    each.take_in("a.md")
    assert each.tokens == {"a"} and each.room.share("b").status == 404
    assert len(each.warnings("new/b.md")) == 1


@pytest.mark.parametrize("away", [article("أول", draft="true"), article("أول", date="لا أدري")])
def test_a_move_in_two_steps_is_also_seen_of_what_is_not_to_be_seen(desk: Desks, away: str) -> None:
    each = desk()
    each.room.write("a.md", away)
    each.take_in()
    each.room.write("b.md", away)
    each.take_in()
    each.room.delete("a.md")
    each.take_in()
    each.room.write("b.md", article("أول"))
    each.take_in()
    assert each.tokens == {"a"}


@pytest.mark.parametrize("restart", [False, True])
def test_two_files_that_change_places_keep_their_ids(desk: Desks, restart: bool) -> None:
    each = desk({"a.md": article("أول"), "b.md": article("ثان")})
    if restart:
        each.room.stop()
    each.room.rename("a.md", "tmp")
    each.room.rename("b.md", "a.md")
    each.room.rename("tmp", "b.md")
    each.start() if restart else each.take_in()
    assert (each.token_of("أول"), each.token_of("ثان")) == ("a", "b")


def test_files_that_are_numbered_anew_keep_their_ids(desk: Desks) -> None:
    each = desk({f"{n}.md": article(f"خبر {n}", date=f"2025-04-0{n}") for n in (1, 2, 3)})
    for n in (3, 2, 1):
        each.room.rename(f"{n}.md", f"{n + 1}.md")
    each.room.write("1.md", article("جديد", date="2025-04-09"))
    each.take_in()
    assert [each.token_of(f"خبر {n}") for n in (1, 2, 3)] == ["1", "2", "3"]
    assert each.token_of("جديد") == "1-2"


def test_a_name_that_is_used_again_does_not_take_an_id_away(desk: Desks) -> None:
    """The editor's `today.md`, put away each day under a name of its own."""
    each = desk({"today.md": article("الأحد", date="2025-04-27")})
    for name, title, day in (("27", "الاثنين", 28), ("28", "الثلاثاء", 29)):
        each.room.rename("today.md", f"{name}.md")
        each.room.write("today.md", article(title, date=f"2025-04-{day}"))
        each.take_in()
    assert [each.token_of(title) for title in ("الأحد", "الاثنين", "الثلاثاء")] == ["today", "today-2", "today-3"]
    assert "'id: today-3'" in each.warnings("today.md")[0]


def test_an_edit_beside_a_copy_of_the_old_text_keeps_the_id(desk: Desks) -> None:
    each = desk()
    old = (each.room.content / "a.md").read_bytes()
    each.room.write("a-old.md", old)
    each.room.write("a.md", article("أول معدل"))
    each.take_in()
    assert (each.token_of("أول معدل"), each.token_of("أول")) == ("a", "a-old")


def test_an_edit_that_is_undone_gives_no_former_id_back(desk: Desks) -> None:
    """Renamed and edited at once, the file is a new one; its first text coming back later is an edit of that."""
    each = desk()
    each.room.rename("a.md", "b.md")
    each.room.write("b.md", article("أول", "متن آخر"))
    each.take_in()
    assert each.tokens == {"b"}
    each.room.write("b.md", article("أول"))
    each.take_in()
    assert each.tokens == {"b"}


def test_of_two_files_with_one_name_only_the_published_one_passes_its_id_on(desk: Desks) -> None:
    each = desk({"x/a.md": article("أول"), "y/a.md": article("ثان")})
    assert each.token_of("أول") == "a"
    each.room.rename("y/a.md", "y/b.md")
    each.take_in()
    assert (each.token_of("أول"), each.token_of("ثان")) == ("a", "b")
    each.room.rename("y/b.md", "y/a.md")
    each.take_in()
    each.room.rename("x/a.md", "x/c.md")
    each.take_in("x")
    assert each.token_of("أول") == "a"
    assert each.token_of("ثان") in ("a-2", "b")


def test_a_draft_and_a_scheduled_article_have_no_id_to_keep(desk: Desks) -> None:
    each = desk({"a.md": article("مسودة", draft="true"), "s.md": article("مجدول", date="2030-01-01")})
    for old, new in (("a.md", "b.md"), ("s.md", "t.md")):
        each.room.rename(old, new)
    each.take_in()
    each.room.write("b.md", article("مسودة"))
    each.now = datetime.fromisoformat("2030-01-02T00:00:00+03:00").timestamp()
    each.take_in()
    assert each.tokens == {"b", "t"}
    assert each.warnings("b.md") == each.warnings("t.md") == []


def test_an_article_that_is_taken_back_and_renamed_comes_back_with_its_id(desk: Desks) -> None:
    each = desk()
    each.room.write("a.md", article("أول", draft="true"))
    each.take_in()
    each.room.rename("a.md", "b.md")
    each.take_in()
    assert each.tokens == set()
    each.room.write("b.md", article("أول"))
    each.take_in()
    assert each.tokens == {"a"}


def test_a_tombstone_stays_that_of_the_article_when_the_file_is_renamed(desk: Desks) -> None:
    each = desk({"a.md": article("أول", withdrawn="2025-05-01")})
    each.room.rename("a.md", "b.md")
    each.take_in()
    (stone,) = each.room.atom().root.findall(f"{TOMBSTONE}deleted-entry")
    assert stone.get("ref") == "tag:news.example,2025:a"
    assert (each.room.share("a").status, each.room.share("b").status) == (410, 404)


def test_a_file_that_is_renamed_while_it_is_broken_keeps_its_last_good_version_and_its_id(desk: Desks) -> None:
    each = desk({"a.md": article("سليم", "نص سليم.", tags="[وسم]")})
    each.room.write("a.md", article("معطوب", date="لا أدري"))
    each.take_in()
    each.room.rename("a.md", "b.md")
    each.take_in()
    assert each.token_of("سليم") == "a"
    assert each.room.rss(each.room.tag_url("وسم")).tokens == ["a"]
    each.room.write("b.md", article("أصلح"))
    each.take_in()
    assert each.token_of("أصلح") == "a"


def test_an_empty_file_is_nobody(desk: Desks) -> None:
    each = desk()
    each.room.write("a.md", "\n")
    each.take_in()
    each.room.delete("a.md")
    each.room.write("b.md", "\n")
    each.take_in()
    each.room.write("b.md", article("ثان"))
    each.take_in()
    assert each.tokens == {"b"}


# --- explicit ids and what check says -----------------------------------------------------------------


def test_an_id_in_the_file_wins_and_travels_by_itself(desk: Desks) -> None:
    each = desk({"a.md": article("أول", id="fixed")})
    each.room.rename("a.md", "b.md")
    each.take_in()
    assert each.tokens == {"fixed"} and each.warnings("b.md") == []
    each.room.rename("b.md", "c.md")
    each.room.write("c.md", article("أول", id="other"))
    each.take_in()
    assert each.tokens == {"other"}


YAML, HTML = article("أول"), "<!doctype html><title>أول</title><meta name='date' content='2025-04-29'><p>نص</p>"
TOML = '+++\ntitle = "أول"\ndate = 2025-04-29\n+++\nنص\n'
RAW = "29 أبريل 2025\nأول\nنص الخبر.\n"


@pytest.mark.parametrize(
    ("old", "new", "text", "wanted", "mend"),
    [
        ("a.md", "b.md", YAML, "'id: a'", lambda text: text.replace("---\n", "---\nid: a\n", 1)),
        ("خبر.md", "b.md", YAML, "'id: خبر'", lambda text: text.replace("---\n", "---\nid: خبر\n", 1)),
        ("a# b.md", "b.md", YAML, "'id: \"a# b\"'", lambda text: text.replace("---\n", '---\nid: "a# b"\n', 1)),
        ("a.md", "b.md", TOML, "'id = \"a\"'", lambda text: text.replace("+++\n", '+++\nid = "a"\n', 1)),
        ("a.txt", "b.txt", RAW, "'---', 'id: a', '---'", lambda text: f"---\nid: a\n---\n{text}"),
        (
            "a.html", "b.html", HTML, '\'<meta name="nashra-id" content="a">\'',
            lambda text: text.replace("<p>", '<meta name="nashra-id" content="a"><p>'),
        ),
    ],
)  # fmt: skip
def test_check_names_the_very_line_and_the_line_makes_it_last(
    desk: Desks, old: str, new: str, text: str, wanted: str, mend: Callable[[str], str]
) -> None:
    each = desk({old: text})
    before = each.room.json().items[0]
    each.room.rename(old, new)
    expected = [f"1: {wanted}"]
    assert [f"{line[:3]}{wanted}" for line in each.warnings(new) if line.endswith(wanted)] == expected, "before serve"
    each.take_in()
    (line,) = each.warnings(new)
    assert line.startswith("1: ") and line.endswith(wanted)
    bodies = [each.room.ok(url).body for url in each.room.feed_urls]
    each.room.write(new, mend(text))
    each.take_in()
    assert each.warnings(new) == []
    assert [each.room.ok(url).body for url in each.room.feed_urls] == bodies
    each.room.stop()
    shutil.rmtree(each.room.folder / "var")
    after = each.start().room.json().items[0]
    assert (after.id, after.title, after.content_html) == (before.id, before.title, before.content_html)


def test_without_the_line_the_id_goes_with_the_state_and_check_has_nothing_to_say(desk: Desks) -> None:
    each = desk()
    each.room.rename("a.md", "b.md")
    each.take_in()
    each.room.stop()
    shutil.rmtree(each.room.folder / "var")
    assert each.warnings("b.md") == []
    assert each.start().tokens == {"b"}


def test_check_changes_nothing_and_the_warning_is_logged_once(desk: Desks, tmp_path: Path, capfd: Any) -> None:
    each = desk()
    each.room.rename("a.md", "b.md")
    files = _copied(each.room.folder, tmp_path / "before")
    assert len(each.room.check("--at", NOW).about("content/b.md")) == 1
    assert _copied(each.room.folder, tmp_path / "after") == files
    capfd.readouterr()
    each.take_in()
    each.take_in()
    lines = [line for line in capfd.readouterr().err.splitlines() if line.startswith("content/b.md:1: id: warning: ")]
    assert len(lines) == 1 and lines[0].endswith("'id: a'")
    assert each.room.health()["problems"] == 1


def _copied(folder: Path, to: Path) -> dict[str, bytes]:
    """All files but for the locks of who reads, copied by a process of its own: SQLite forgets its locks where this one
    closes a file (sqlite.org/howtocorrupt.html section 2.2)."""
    subprocess.run(["cp", "-r", folder, to], check=True)
    found = (path for path in to.rglob("*") if path.is_file() and not path.name.endswith("-shm"))
    return {path.relative_to(to).as_posix(): path.read_bytes() for path in found}


# --- the memory itself --------------------------------------------------------------------------------


@pytest.mark.parametrize("garbage", [b"", b"no database" * 200])
def test_a_lost_memory_names_files_anew_at_once(desk: Desks, garbage: bytes) -> None:
    """Not at some later edit, when nobody would know why."""
    each = desk({"a.md": article("أول"), "c.md": article("ثان")})
    each.room.rename("a.md", "b.md")
    each.take_in()
    each.room.stop()
    (each.room.folder / "var" / "names.sqlite").write_bytes(garbage)
    assert each.start().tokens == {"b", "c"}
    each.room.rename("c.md", "d.md")
    each.take_in()
    assert each.tokens == {"b", "c"}


def test_an_end_between_the_memory_and_the_catalogue_loses_nothing(desk: Desks, tmp_path: Any) -> None:
    each = desk()
    each.room.stop()
    catalogue = {path: path.read_bytes() for path in (each.room.folder / "var").glob("catalogue-*")}
    each.room.rename("a.md", "b.md")
    each.start().room.stop()
    for path in (each.room.folder / "var").glob("catalogue-*"):
        path.unlink()
    for path, data in catalogue.items():
        path.write_bytes(data)
    assert each.start().tokens == {"a"}


def test_an_export_beside_a_running_service_has_the_same_ids(desk: Desks) -> None:
    each = desk()
    each.room.rename("a.md", "b.md")
    each.take_in()
    report = each.room.run("export", "out", "--at", NOW)
    assert report.code == 0, report.stderr
    assert (each.room.folder / "out" / "feeds" / "rss.xml").read_bytes() == each.room.ok("/feeds/rss.xml").body


def test_the_memory_holds_what_is_there_and_no_more(desk: Desks) -> None:
    each = desk({f"{n}.md": article(f"خبر {n}") for n in range(5)})
    each.room.rename("1.md", "x.md")
    each.take_in()
    os.unlink(each.room.content / "2.md")
    each.take_in()
    with sqlite3.connect(each.room.folder / "var" / "names.sqlite") as db:
        rows = db.execute("SELECT path, id, origin, gone IS NOT NULL FROM names ORDER BY path").fetchall()
    db.close()
    assert rows == [
        ("0.md", "0", "name", 0), ("2.md", "2", "name", 1), ("3.md", "3", "name", 0), ("4.md", "4", "name", 0),
        ("x.md", "1", "memory", 0),
    ]  # fmt: skip
