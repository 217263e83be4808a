"""Hostile file systems: links, pipes, odd names, shut doors, and files that change while they are read."""

from __future__ import annotations

import hashlib
import os
import re
import socket
import threading
import time

import pictures
import pytest
import reading
from conftest import Maker
from fuzz_promises import text_faults
from hostile import FEEDS, NOW, holds, read_all
from newsroom import article

from feeds import content, inside, media

UNPRIVILEGED = ("setpriv", "--bounding-set", "-dac_override,-dac_read_search") if os.geteuid() == 0 else ()

# --- the file system --------------------------------------------------------------------------------


def test_links_pipes_sockets_and_devices_are_named_and_not_followed(newsroom: Maker) -> None:
    room = newsroom({"ok.md": article(), "d/in.md": article()}, at=NOW)
    secret = room.folder / "secret.md"
    secret.write_text(article("سر"))
    (room.folder / "outside").mkdir()
    (room.folder / "outside" / "x.md").write_text(article("سر"))
    content = room.content
    links = {
        "out.md": secret, "up.md": "../secret.md", "etc.md": "/etc/passwd", "zero.md": "/dev/zero", "outside": room.folder / "outside",
        "parent": "..", "here": ".", "d/circle": "../d", "self.md": "self.md", "a.md": "b.md", "b.md": "a.md", "gone.md": "absent.md",
        "pic.png": "/etc/passwd",
    }  # fmt: skip
    for name, target in links.items():
        (content / name).symlink_to(target)
    os.mkfifo(content / "pipe.md")
    os.mkfifo(content / "pipe.png")
    with socket.socket(socket.AF_UNIX) as listening:
        before = os.getcwd()
        os.chdir(content)  # the path of a socket is short
        try:
            listening.bind("sock.md")
        finally:
            os.chdir(before)
        report = read_all(room, seconds=10.0)
    for name in (*links, "pipe.md", "pipe.png", "sock.md"):
        faults = report.about(f"content/{name}")
        assert [(fault.line, fault.severity) for fault in faults] == [(1, "error")], (name, faults)
    room.serve()
    assert set(holds(room)) == {"ok", "in"}
    assert "سر" not in room.ok(FEEDS[0]).text and room.get("/media/pic.png").status == 404
    assert room.exit_code is None


def test_names_that_no_address_can_hold_are_reported_on_one_line(newsroom: Maker) -> None:
    room = newsroom({"ok.md": article()}, at=NOW)
    text = article().encode()
    names = [
        b"a\nb.md",
        b"c\rd.md",
        b"e\x1b[31m.md",
        b"f\xff\xfe.md",
        b"g\xed\xa0\x80.md",
        b"h\x7f.md",
        b"i\xc2\x85.md",
        b"j\x01.png",
    ]
    for name in names:
        (room.content / os.fsdecode(name)).write_bytes(text)
    os.mkdir(os.path.join(os.fsencode(room.content), b"k\xff"))
    (room.content / os.fsdecode(b"k\xff/x.md")).write_bytes(text)
    report = read_all(room)
    errors = [fault for fault in report.faults if fault.severity == "error"]
    assert len(errors) == len(names) + 1
    assert all(text_faults(fault.path + fault.message) == [] for fault in errors)
    assert holds(room.inside()) == ["ok"]


def test_odd_names_that_an_address_can_hold_are_published_under_plain_permalinks(newsroom: Maker) -> None:
    names = [
        "م" * 120 + ".md",
        "a b.md",
        "%2e%2e.md",
        "a%00b.md",
        "\u202egpj.md",
        "'\"<b>.md",
        "?x=1.md",
        "#x.md",
        "&amp;.md",
        "\\x.md",
        "..md",
        "con.md",
        "-rf.md",
        "*.md",
        "é.md",
        "$(id).md",
    ]
    room = newsroom({**{name: article() for name in names}, "ok.md": article()}, at=NOW)
    errors = [fault for fault in read_all(room).faults if fault.severity == "error"]
    room.inside()
    hidden = [name for name in names if name.startswith(".")]
    assert len(holds(room)) == len(names) - len(hidden) - len(errors) + 1 and not errors
    for item in room.json().items:
        assert re.fullmatch(r"https://news\.example/s/[A-Za-z0-9._-]{1,64}", item.link)
        assert room.ok(item.link).html.title


def test_unreadable_files_and_folders_are_named_and_harm_no_other(newsroom: Maker) -> None:
    room = newsroom({"ok.md": article(), "no.md": article(), "no.png": b"x", "shut/a.md": article()}, at=NOW)
    for name, mode in (("no.md", 0), ("no.png", 0), ("shut", 0)):
        os.chmod(room.content / name, mode)
    try:
        report = room.run("check", before=UNPRIVILEGED)
    finally:
        os.chmod(room.content / "shut", 0o755)
    for name in ("no.md", "no.png", "shut"):
        assert [(fault.line, fault.field) for fault in report.about(f"content/{name}")] == [(1, "file")], name
    assert not report.about("content/ok.md") and report.stderr == ""


@pytest.mark.parametrize(
    "kind", ["a link to a file outside", "a link to a device", "a pipe", "a folder", "a link to itself"]
)
def test_what_took_the_place_of_a_file_since_the_folder_was_looked_at_is_not_read(newsroom: Maker, kind: str) -> None:
    room = newsroom({"a.md": article(), "p.png": b"x", "inside.md": article("داخل")})
    (room.folder / "secret").write_text("سر")
    for name in ("a.md", "p.png"):
        path = room.content / name
        path.unlink()
        if kind == "a pipe":
            os.mkfifo(path)
        elif kind == "a folder":
            path.mkdir()
        else:
            path.symlink_to(
                {"a link to a file outside": room.folder / "secret", "a link to a device": "/dev/zero"}.get(kind, path)
            )
        with pytest.raises(OSError):
            inside.open_inside(room.content, name)
        with pytest.raises(OSError):
            content.read_bytes(room.content, name)
        with pytest.raises(OSError):
            media.inspect(room.content, name)
    (room.content / "link.md").symlink_to("inside.md")
    assert "داخل" in content.read_bytes(room.content, "link.md").decode()


def test_links_that_take_the_place_of_files_while_the_server_runs_show_nothing_of_other_folders(
    newsroom: Maker,
) -> None:
    room = newsroom(
        {"a.md": article("قديم", body="![](img/p.png)"), "img/p.png": pictures.png(3, 2), "ok.md": article()},
        at=NOW,
        serve=True,
    )
    outside = room.folder / "outside"
    outside.mkdir()
    (outside / "a.md").write_text(article("سر"))
    (outside / "p.png").write_bytes(pictures.png(9, 9))
    picture = room.ok("/media/img/p.png").body
    os.rename(room.content / "img", room.folder / "moved")
    (room.content / "img").symlink_to(outside)
    (room.folder / "link").symlink_to(outside / "a.md")
    os.replace(room.folder / "link", room.content / "a.md")
    room.eventually(lambda: "leads outside" in room.log())
    room.write("later.md", article("بعد"))
    room.eventually(lambda: "later" in room.json().tokens)
    answer = room.get("/media/img/p.png")
    assert answer.status == 404 or answer.body == picture
    assert "سر" not in room.ok(FEEDS[0]).text and room.share("a").status in (200, 404)
    assert "Traceback" not in room.log()


# --- files that change while they are read ----------------------------------------------------------


def test_a_file_that_is_written_slowly_is_whole_in_the_end_and_its_last_good_version_stays(newsroom: Maker) -> None:
    room = newsroom({"a.md": article("قديم"), "ok.md": article()}, at=NOW, serve=True)
    whole = article("جديد", "نص " * 2_000).encode()
    with open(room.content / "a.md", "wb", buffering=0) as stream:
        stream.write(whole[:20])  # in the middle of the front matter
        time.sleep(0.7)
        assert room.json()["a"].title == "قديم"
        stream.write(whole[20:-5])
        time.sleep(0.3)
        assert set(holds(room)) == {"a", "ok"}
        stream.write(whole[-5:])
    room.eventually(lambda: room.json()["a"].title == "جديد" and room.json()["a"].content.text.count("نص") == 2_000)
    assert "Traceback" not in room.log()


def test_a_picture_that_is_copied_slowly_is_whole_in_the_end(newsroom: Maker) -> None:
    whole = pictures.png(600, 400, 200_000)
    room = newsroom({"a.md": article(body="![](p.png)", image="p.png"), "ok.md": article()}, at=NOW, serve=True)
    with open(room.content / "p.png", "wb", buffering=0) as stream:
        for start in range(0, len(whole), 70_000):
            stream.write(whole[start : start + 70_000])
            time.sleep(0.25)
            assert set(holds(room)) == {"a", "ok"}
            assert whole.startswith(room.get("/media/p.png").raw) or room.get("/media/p.png").status == 404
    fingerprint = hashlib.sha256(whole).hexdigest()[:12]
    room.eventually(lambda: f"/media/p.png?v={fingerprint}" in room.json()["a"].content_html)
    assert room.ok("/media/p.png").body == whole and 'width="600"' in room.ok(FEEDS[0]).text
    assert "Traceback" not in room.log()


def test_a_folder_that_is_replaced_whole_is_whole_in_the_end(newsroom: Maker) -> None:
    """As deployments by link or rename do, and rsync with its hidden names."""
    room = newsroom(
        {f"d/{n}.md": article(f"قديم {n}") for n in range(20)} | {"ok.md": article()},
        at=NOW,
        serve=True,
        feeds={"items": 30},
    )
    fresh = room.folder / "fresh"
    fresh.mkdir()
    for n in range(20):
        (fresh / f".{n}.md.Xa1b2C").write_text(article(f"جديد {n}"))
        os.replace(fresh / f".{n}.md.Xa1b2C", fresh / f"{n}.md")
    os.rename(room.content / "d", room.folder / "old")
    os.rename(fresh, room.content / "d")
    room.eventually(
        lambda: {item.title for item in room.json().items if item.token != "ok"} == {f"جديد {n}" for n in range(20)}
    )
    assert not [line for line in room.log().splitlines() if not line.startswith("nashra: ")], room.log()


def test_what_editors_leave_beside_a_file_while_they_save_is_never_published(newsroom: Maker) -> None:
    room = newsroom({"a.md": article("قديم"), "ok.md": article()}, at=NOW, serve=True)
    drafts = (".a.md.swp", "a.md~", ".#a.md", "#a.md#", "a.md.tmp", "a.md.part", "4913", "a.md.bak", ".goutputstream-X")
    for number, draft in enumerate(drafts):
        (room.content / draft).write_text(article(f"جديد {number}"))
        time.sleep(0.02)
        os.replace(room.content / draft, room.content / "a.md")
        room.eventually(lambda number=number: room.json()["a"].title == f"جديد {number}")  # type: ignore[misc]
        assert set(holds(room)) == {"a", "ok"}
    assert not [line for line in room.log().splitlines() if not line.startswith("nashra: ")], room.log()


def test_a_storm_of_changes_leaves_what_is_there_in_the_end(newsroom: Maker) -> None:
    room = newsroom({"ok.md": article()}, at=NOW, serve=True)
    stop = threading.Event()

    def storm(kind: int) -> None:
        number = 0
        while not stop.is_set():
            path = room.content / f"s{kind}-{number % 5}.md"
            number += 1
            if number % 3 == 0:
                path.unlink(missing_ok=True)
            elif number % 3 == 1:
                path.write_text("---\ntitle: " if number % 2 else article(f"عاصفة {number}"))
            else:
                path.with_suffix(".tmp").write_text(article(f"عاصفة {number}"))
                path.with_suffix(".tmp").replace(path)
            time.sleep(0.002)

    threads = [threading.Thread(target=storm, args=(kind,)) for kind in range(2)]
    for thread in threads:
        thread.start()
    end = time.monotonic() + 2.0
    while time.monotonic() < end:
        for url, read in zip(FEEDS, (reading.rss, reading.atom, reading.json_feed), strict=True):
            assert "ok" in read(room.ok(url).body).tokens
        time.sleep(0.1)
    stop.set()
    for thread in threads:
        thread.join()
    for kind in range(2):
        room.write(f"s{kind}-0.md", article("آخر"))
        for number in range(1, 5):
            (room.content / f"s{kind}-{number}.md").unlink(missing_ok=True)
    room.eventually(lambda: set(room.json().tokens) == {"ok", "s0-0", "s1-0"} and room.json()["s1-0"].title == "آخر")
    assert "Traceback" not in room.log() and room.exit_code is None
