"""An export that follows another one: it makes only what can have changed, and the tree is that of a first export."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pictures
import pytest
from conftest import Maker
from newsroom import ROOT, Newsroom, article

from feeds.catalogue import Catalogue
from feeds.config import load
from feeds.edition import MAKERS, READERS, edition, installed
from feeds.export import Report, export
from feeds.refresh import refresh
from feeds.state import State

AT = "2025-06-01T00:00:00+00:00"
OURS = (".nashra-export",)


def _tree(folder: Path) -> dict[str, bytes]:
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in files.items() if name not in OURS}


def _export(room: Newsroom, folder: Path, at: str = AT) -> Report:
    """What the command does, without a process of its own."""
    now, config, state = int(datetime.fromisoformat(at).timestamp()), load(room.config_path), room.folder / "var"
    state.mkdir(exist_ok=True)
    path = State(state).catalogue(config)
    writer, reader = Catalogue(path), Catalogue(path, writable=False)
    try:
        refresh(config, writer, now=now)
        return export(config, reader.connection, path, state, State(state).validators, folder, now)
    finally:
        writer.close()
        reader.close()


PICTURE = {"site": {"image": "site.png"}}  # instead of cards, which take their time
START: dict[str, str | bytes] = {
    "site.png": pictures.png(1200, 630),
    **{f"n{n}.md": article(f"خبر {n}", date=f"2025-04-0{n + 1}", tags="[وسم]", author="س") for n in range(4)},
    "post.ar.md": article("أصل", tags="[C++]"),
    "shown.md": article("صورة", image="p.png"),
    "soon.md": article("قريبا", date="2025-06-02T00:00:00+00:00"),
    "ends.md": article("ينتهي", expires="2025-06-03T00:00:00+00:00", tags="[وسم]"),
    "twice.md": article("يتغير", updated="2025-06-02T12:00:00+00:00"),
}
Edit = Callable[[Newsroom], object]
EDITS: list[tuple[str, str, Edit]] = [
    ("a body", AT, lambda room: room.write("n1.md", article("خبر 1", "نص آخر.", date="2025-04-02", tags="[وسم]"))),
    ("a title", AT, lambda room: room.write("n2.md", article("عنوان آخر", date="2025-04-03", tags="[وسم]", author="س"))),
    ("a tag's spelling", AT, lambda room: room.write("n0.md", article("خبر 0", date="2025-04-01", tags="[وسم, a/b]"))),
    ("a new one", AT, lambda room: room.write("new.md", article("جديد", date="2025-05-30"))),
    ("an old one", AT, lambda room: room.write("old.md", article("قديم", date="2020-01-01", aliases="[/was]"))),
    ("a translation", AT, lambda room: room.write("post.en.md", article("Translation", "English text."))),
    ("its language", AT, lambda room: room.write("post.en.md", article("Traduction", "Texte.", lang="fr"))),
    ("a picture that was missing", AT, lambda room: room.write("p.png", pictures.png(600, 400))),
    ("another picture", AT, lambda room: room.write("p.png", pictures.png(500, 400))),
    ("the picture of the site", AT, lambda room: room.write("site.png", pictures.png(800, 420))),
    ("a withdrawal", AT, lambda room: room.write("n3.md", article("خبر 3", withdrawn="2025-05-31", date="2025-04-04"))),
    ("a deletion", AT, lambda room: room.delete("old.md")),
    ("what was announced", "2025-06-02T06:00:00+00:00", lambda room: None),
    ("what changes by itself", "2025-06-02T13:00:00+00:00", lambda room: None),
    ("what ends by itself", "2025-06-03T01:00:00+00:00", lambda room: None),
    ("back in time", AT, lambda room: None),
    ("a name in the way", AT, lambda room: room.write("x.md", article("ملف", id="n1.html", image="p.svg"))),
    ("its picture", AT, lambda room: room.write("p.svg", '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')),
    ("nothing in the way", AT, lambda room: room.delete("n1.md")),
    ("the same again", AT, lambda room: room.write("n1.md", article("خبر 1", date="2025-04-02"))),
    ("the site's name", AT, lambda room: _config(room, "صحيفة المثال", "صحيفة أخرى")),
]  # fmt: skip


def _config(room: Newsroom, old: str, new: str) -> None:
    room.config_path.write_text(room.config_path.read_text("utf-8").replace(old, new), "utf-8")


def test_after_any_change_the_tree_is_that_of_a_first_export(newsroom: Maker, tmp_path: Path) -> None:
    room = newsroom(START, feeds={"items": 2}, **PICTURE)
    kept = tmp_path / "kept"
    _export(room, kept)
    for number, (name, at, edit) in enumerate(EDITS):
        edit(room)
        again = _export(room, kept, at)
        fresh = tmp_path / f"fresh{number}"
        first = _export(room, fresh, at)
        assert again.refused == first.refused == []
        assert _tree(kept) == _tree(fresh), name
        assert sorted(again.written) == again.written and not set(again.written) & set(again.removed), name
        assert len(first.written) == len(again.written) + again.unchanged, name


def test_a_document_with_the_same_key_is_not_made_again_unless_asked(newsroom: Maker, tmp_path: Path) -> None:
    room, out = newsroom({"a.md": article("أول")}), tmp_path / "out"
    room.run("export", str(out), "--at", AT)
    before, page = _tree(out), out / "s" / "a.html"
    status = page.stat()
    page.write_bytes(page.read_bytes().replace("أول".encode(), "اخر".encode()))
    os.utime(page, ns=(status.st_atime_ns, status.st_mtime_ns))  # nothing tells that it is another one
    assert room.run("export", str(out), "--at", AT).stdout == "" and _tree(out) != before
    told = room.run("export", str(out), "--at", AT, "--full")
    assert told.stdout == "written s/a.html\n" and _tree(out) == before


@pytest.mark.parametrize(
    "name", ["s/a.html", "s/a.html.br", "feeds/rss.xml.gz", "media/p.png", "s/b/card.png", "robots.txt"]
)
@pytest.mark.parametrize("harm", ["changed", "removed", "emptied", "touched"])
def test_what_was_done_to_a_file_by_hand_is_undone(tree: tuple[Newsroom, Path], name: str, harm: str) -> None:
    room, out = tree
    before, file = _tree(out), out / name
    if harm == "removed":
        file.unlink()
    elif harm == "touched":
        os.utime(file, (1, 1))
    else:
        file.write_bytes(b"" if harm == "emptied" else b"other bytes")
    report = _export(room, out)
    assert _tree(out) == before and report.written == ([] if harm == "touched" else [name])
    assert _export(room, out).written == []


@pytest.fixture(scope="module")
def tree(shared_newsroom: Maker, tmp_path_factory: pytest.TempPathFactory) -> tuple[Newsroom, Path]:
    room = shared_newsroom(
        {"a.md": article("أول", image="p.png"), "b.md": article("ثان"), "p.png": pictures.png(300, 200)}
    )
    out = tmp_path_factory.mktemp("out")
    _export(room, out)
    return room, out


def test_a_list_that_is_lost_or_broken_costs_only_time(newsroom: Maker, tmp_path: Path) -> None:
    room, out = newsroom(START, **PICTURE), tmp_path / "out"
    _export(room, out)
    before, manifest = _tree(out), out / ".nashra-export"
    (out / "theirs").write_text("not ours")
    whole = manifest.read_bytes()
    for broken in (
        b"",
        b"\xff\x00nonsense\n[]\n{}\n[1,2,3]\n" + whole[: len(whole) // 2],
        b'{"may":["../../escaped","theirs/../x"]}\n',
    ):
        (tmp_path / "escaped").write_text("outside")
        manifest.write_bytes(broken)
        report = _export(room, out)
        assert report.written == report.removed == []
        assert _tree(out) == before | {"theirs": b"not ours"} and (tmp_path / "escaped").exists()
    room.delete("n0.md")
    assert "s/n0.html" in _export(room, out).removed  # the list is whole again


def test_the_time_of_a_file_moves_on_with_its_bytes_even_where_the_state_is_lost(
    newsroom: Maker, tmp_path: Path
) -> None:
    room, out = newsroom({"a.md": article("أول")}), tmp_path / "out"
    room.run("export", str(out), "--at", AT)
    before = {name: (out / name).stat() for name in ("feeds/rss.xml", "s/a.html", "index.html", "s/a.html.gz")}
    for file in (room.folder / "var").iterdir():
        if file.is_file():
            file.unlink()
    room.write("a.md", article("ثان"))  # as many bytes, the same date
    room.run("export", str(out), "--at", AT)
    for name, old in before.items():
        assert int((out / name).stat().st_mtime) > int(old.st_mtime), name


MANY = {
    "site.png": pictures.png(1200, 630),
    "aside.md": article("جانب", id="0", feed="false"),
    **{f"n{n}.md": article(f"خبر {n}", date=f"2025-04-{n % 30 + 1:02}") for n in range(70)},
}


def _killed(room: Newsroom, out: Path, sign: str) -> None:
    """An export that ends when a file is there."""
    command = [sys.executable, str(ROOT / "app.py"), "--config", str(room.config_path), "export", str(out), "--at", AT]
    process = subprocess.Popen(command, env=room.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    end = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < end and not (out / sign).exists():
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL


def test_an_export_that_was_killed_is_gone_on_with_and_nothing_of_it_stays(newsroom: Maker, tmp_path: Path) -> None:
    """There are enough documents for helper processes, which outlive their parent by a moment."""
    room, out = newsroom(MANY, feeds={"items": 1}, **PICTURE), tmp_path / "out"
    _killed(room, out, "s/0.html")
    _killed(room, out, "feeds/rss.xml")
    whole = {path: path.stat().st_mtime_ns for path in (out / "s").glob("n*.html")}
    room.delete("aside.md")  # the one page that no other one knows of
    told = room.run("export", str(out), "--at", AT)
    assert told.code == 0 and "removed s/0.html\n" in told.stdout, told
    assert _tree(out) == _first(room, tmp_path / "fresh", before=("taskset", "-c", "0"))
    assert len(whole) > 50 and all(path.stat().st_mtime_ns == stamp for path, stamp in whole.items())


def _first(room: Newsroom, out: Path, before: tuple[str, ...] = ()) -> dict[str, bytes]:
    assert room.run("export", str(out), "--at", AT, before=before).code == 0
    return _tree(out)


def test_an_export_beside_a_server_begins_with_what_that_has_read(newsroom: Maker, tmp_path: Path) -> None:
    room = newsroom({"a.md": article("أول")}, serve=True)
    file = room.content / "a.md"
    status = file.stat()
    with file.open("r+b") as stream:  # nothing tells that it is another one
        stream.write(article("اخر").encode())
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
    room.write("b.md", article("جديد"))
    assert room.run("export", str(tmp_path / "out"), "--at", AT).code == 0
    assert "أول" in (tmp_path / "out" / "s" / "a.html").read_text("utf-8")
    assert "جديد" in (tmp_path / "out" / "s" / "b.html").read_text("utf-8")


def test_what_is_only_told_or_listened_to_makes_no_document_anew(newsroom: Maker) -> None:
    config = load(newsroom({}).config_path)
    told = replace(config, host="::", port=1, workers=9, metrics=True, log="json")
    assert edition(told) == edition(config) != edition(replace(config, title="أخرى"))


def test_another_version_of_a_library_that_reads_makes_another_catalogue(
    newsroom: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = load(newsroom({}).config_path)
    state = State(config.state_path)
    before, of_documents = state.catalogue(config), edition(config)
    found = installed(MAKERS | READERS)
    assert any(name.startswith("markdown_it_py-") for name in found)
    newer = [f"{name}.1" if name.startswith("markdown_it_py-") else name for name in found]
    monkeypatch.setattr(
        "feeds.edition.installed", lambda wanted: newer if wanted >= READERS else installed(wanted)
    )  # fmt: skip
    assert state.catalogue(config) != before
    assert edition(config) == of_documents  # the digest of each article decides which documents are made anew
    monkeypatch.undo()
    assert state.catalogue(config) == before
