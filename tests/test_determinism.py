"""The same content and config give the same bytes, whatever the machine, process, folder or environment."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from cases import NOW
from conftest import Maker
from corpus_files import mixed
from folders import moved
from newsroom import Newsroom

ENVIRONMENTS = {
    "another hash seed": {"PYTHONHASHSEED": "1"},
    "a third hash seed": {"PYTHONHASHSEED": "4294967295"},
    "another time zone": {"TZ": "America/New_York", "PYTHONHASHSEED": "0"},
    "another locale": {"LC_ALL": "ar_SA.UTF-8", "LANG": "fa_IR.UTF-8", "PYTHONHASHSEED": "2"},
    "no locale at all": {"LC_ALL": "C"},
}
FIXED = ["/", "/sitemap.xml", "/sitemap-news.xml", "/robots.txt", "/feeds.opml", "/page/2"]


def _everything(room: Newsroom) -> dict[str, tuple[int, str | None, bytes]]:
    """URL -> (status, ETag, body) of every page and feed that can be found from the OPML and the sitemap."""
    opml = room.ok("/feeds.opml").text
    feeds = re.findall(r'xmlUrl="([^"]+)"', opml)
    twins = [url.replace("rss.xml", name) for url in feeds for name in ("rss.xml", "atom.xml", "feed.json")]
    pages = re.findall(r"<loc>([^<]+)</loc>", room.ok("/sitemap.xml").text)
    found = {}
    for url in sorted({*FIXED, *feeds, *twins, *pages}):
        answer = room.get(url.replace("&amp;", "&"))
        found[url] = (answer.status, answer.headers.get("ETag"), answer.body)
    return found


@pytest.fixture(scope="module")
def first(shared_newsroom: Maker) -> tuple[Newsroom, dict[str, tuple[int, str | None, bytes]]]:
    room = shared_newsroom(mixed(), at=NOW, serve=True, env={"PYTHONHASHSEED": "0"})
    return room, _everything(room)


def _differences(one: dict[str, object], other: dict[str, object]) -> list[str]:
    return sorted(url for url in one.keys() | other.keys() if one.get(url) != other.get(url))


def test_there_is_enough_to_compare(first: tuple[Newsroom, dict[str, tuple[int, str | None, bytes]]]) -> None:
    answers = first[1]
    assert len(answers) > 60
    assert {status for url, (status, _, _) in answers.items() if url != "/page/2"} == {200}
    assert all(etag for url, (_, etag, _) in answers.items() if url != "/page/2")


@pytest.mark.parametrize("env", ENVIRONMENTS.values(), ids=ENVIRONMENTS.keys())
def test_the_environment_changes_no_byte(
    newsroom: Maker, first: tuple[Newsroom, dict[str, tuple[int, str | None, bytes]]], env: dict[str, str]
) -> None:
    other = newsroom(dict(reversed(mixed().items())), at=NOW, serve=True, env=env)
    assert _differences(first[1], _everything(other)) == []


def test_another_folder_and_a_second_start_change_no_byte(
    first: tuple[Newsroom, dict[str, tuple[int, str | None, bytes]]], tmp_path: Path
) -> None:
    copy = moved(first[0].folder, tmp_path / "اسم آخر مع فراغ")
    room = Newsroom(copy, at=NOW)
    try:
        assert _differences(first[1], _everything(room.serve())) == []
        room.stop()
        assert _differences(first[1], _everything(room.serve())) == [], "a start with a catalogue that is there"
    finally:
        room.stop()


def test_the_same_application_inside_this_process_gives_the_same_bytes(
    newsroom: Maker, first: tuple[Newsroom, dict[str, tuple[int, str | None, bytes]]]
) -> None:
    assert _differences(first[1], _everything(newsroom(mixed(), at=NOW, inside=True))) == []


def test_the_history_of_a_folder_leaves_no_trace(
    newsroom: Maker, first: tuple[Newsroom, dict[str, tuple[int, str | None, bytes]]]
) -> None:
    files = mixed()
    late = dict(list(files.items())[::3])
    room = newsroom({path: data for path, data in files.items() if path not in late}, at=NOW, serve=True)
    room.write("gone.md", "---\ntitle: عابر\ndate: 2025-05-01\ntags: [عابر]\n---\nنص\n")
    room.settle()
    for path, data in late.items():
        room.write(path, data)
    room.delete("gone.md")
    room.settle()
    assert _differences(first[1], _everything(room)) == []
