"""`export` writes what `serve` answers, only what differs, and nothing outside its folder."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from urllib.parse import quote

import brotli
import pictures
import pytest
from conftest import Maker
from newsroom import Newsroom, article

AT = "2025-06-01T00:00:00+00:00"
CONTENT = {
    **{f"n{n:02}.md": article(f"خبر {n}", date=f"2025-04-{n + 1:02}", tags="[كرة القدم]") for n in range(7)},
    "en.md": article(
        "English", body="Short English text for the page.", lang="en", tags="[C++, a/b, '..']", author="س"
    ),
    "gone.md": article("سحب", withdrawn="2025-05-01", date="2025-04-01"),
    "draft.md": article("سري", draft="true"),
    "p.png": pictures.png(3, 2),
}


def _tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def room(shared_newsroom: Maker) -> Newsroom:
    return shared_newsroom(CONTENT, at=AT, serve=True, feeds={"items": 3})


def test_every_document_has_the_bytes_that_are_served(room: Newsroom, tmp_path: Path) -> None:
    assert room.run("export", str(tmp_path), "--at", AT).code == 0
    tree = _tree(tmp_path)
    compared = 0
    for name, body in tree.items():
        if name.startswith((".", "_")) or name.endswith((".gz", ".br")) or name == "404.html":
            continue
        path = "/" + re.sub(r"(?:^|(?<=/))index\.html$|\.html$", "", name)
        for inner in ("/feeds/tag/", "/tag/"):  # a slash within a tag is not one of the path
            path = path.replace(inner + "a/b", inner + "a%2Fb")
        answer = room.get(quote(path, safe="/%"))
        assert (answer.status, answer.body) == (200, body), name
        compared += 1
        if name + ".gz" in tree:
            assert gzip.decompress(tree[name + ".gz"]) == brotli.decompress(tree[name + ".br"]) == body
    assert compared > 60


def test_every_address_that_is_named_is_in_the_tree(room: Newsroom, tmp_path: Path) -> None:
    room.run("export", str(tmp_path), "--at", AT)
    tree = _tree(tmp_path)
    opml = room.ok("/feeds.opml").text
    for url in re.findall(r'xmlUrl="([^"]+)"', opml):
        assert room.ok(url).body in tree.values()
    for url in re.findall(r"<loc>([^<]+)</loc>", room.ok("/sitemap.xml").text):
        assert room.ok(url).body in tree.values()
    assert room.share("gone").body == tree["_gone/s/gone.html"]
    assert not [name for name, body in tree.items() if "سري".encode() in body or "draft" in name]


def test_a_second_export_writes_only_what_differs_and_removes_what_is_gone(newsroom: Maker, tmp_path: Path) -> None:
    room = newsroom({"a.md": article("أول", tags="[س]"), "b.md": article("ثان", date="2025-04-01")}, at=AT)
    out = tmp_path / "out"
    room.run("export", str(out), "--at", AT)
    (out / "theirs.txt").write_text("not ours")
    stamps = {path: path.stat().st_mtime_ns for path in out.rglob("*")}
    again = room.run("export", str(out), "--at", AT)
    assert again.stdout == "" and {path: path.stat().st_mtime_ns for path in out.rglob("*") if path in stamps} == {
        **stamps, **{path: path.stat().st_mtime_ns for path in stamps if path.name.startswith(".nashra") or path == out}
    }  # fmt: skip
    room.delete("a.md")
    report = room.run("export", str(out), "--at", AT)
    assert "removed s/a.html" in report.stdout and "written feeds/rss.xml" in report.stdout
    assert "written s/b.html" not in report.stdout
    assert not (out / "tag").exists() and (out / "theirs.txt").exists()


def test_no_tag_leads_out_of_the_folder(newsroom: Maker, tmp_path: Path) -> None:
    room = newsroom({"a.md": article(tags="['../../../../x', '/etc/y', 'a/../../b']")}, at=AT)
    out = tmp_path / "deep" / "out"
    report = room.run("export", str(out), "--at", AT)
    assert report.code == 0 and "cannot hold the name" not in report.stderr
    assert (out / "tag" / "~.." / "~.." / "~.." / "~.." / "x.html").is_file() and (out / "tag/~/etc/y.html").is_file()
    assert {path.name for path in tmp_path.iterdir()} == {"deep"} and {p.name for p in out.parent.iterdir()} == {"out"}


def test_an_export_beside_a_server_of_other_settings_reads_for_itself(newsroom: Maker, tmp_path: Path) -> None:
    room = newsroom({"a.md": article("أول")}, serve=True)
    other = room.config_path.with_name("other.yaml")
    other.write_text(room.config_path.read_text("utf-8").replace("صحيفة المثال", "صحيفة أخرى"), "utf-8")
    room.config_path = other
    assert room.run("export", str(tmp_path / "out"), "--at", AT, timeout=20).code == 0
    assert "صحيفة أخرى" in (tmp_path / "out" / "feeds" / "rss.xml").read_text("utf-8")
