"""`new` makes a content file that check accepts as it is."""

from __future__ import annotations

import pytest
from conftest import Maker
from folders import listing


@pytest.mark.parametrize(
    ("title", "args"),
    [
        ("افتتاح المتحف", ()),
        ('قال: "نعم" & #كلا', ()),
        ("Museum: open", ("--lang", "en")),
        ("../../x", ()),
        ("؟!", ("--lang", "fa")),
    ],
)
def test_new_makes_a_file_that_check_accepts(newsroom: Maker, title: str, args: tuple[str, ...]) -> None:
    room = newsroom()
    before = set(listing(room.folder))
    made = room.run("new", title, *args)
    assert made.code == 0, made.stderr
    (path,) = {path for path in set(listing(room.folder)) - before if not path.startswith("var")}
    assert path.startswith("content/") and path.endswith(".md")
    assert path in made.stdout
    report = room.run("check")
    assert (report.code, report.stdout) == (0, "")
    text = (room.folder / path).read_text("utf-8")
    assert "\nid: " in text


def test_new_gives_each_article_another_file_and_another_id(newsroom: Maker) -> None:
    room = newsroom()
    for _ in range(3):
        assert room.run("new", "عنوان واحد").code == 0
    files = sorted(room.content.rglob("*.md"))
    assert len(files) == 3
    ids = {line for file in files for line in file.read_text("utf-8").splitlines() if line.startswith("id: ")}
    assert len(ids) == 3
    assert room.run("check").code == 0


def test_new_in_a_folder_that_takes_no_file_says_so_in_one_line(newsroom: Maker) -> None:
    room = newsroom(content={"path": "/proc"})
    report = room.run("new", "عنوان")
    assert (report.code, report.stdout) == (2, "")
    assert report.stderr.startswith("nashra: cannot write, ") and report.stderr.count("\n") == 1


def test_new_without_a_title_is_refused(newsroom: Maker) -> None:
    room = newsroom()
    assert room.run("new").code == 2
    assert room.run("new", "").code != 0
    assert list(room.content.rglob("*")) == []
