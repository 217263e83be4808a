"""Hostile content: every file is published safely or named in a problem, in bounded time and memory, and harms no other."""

from __future__ import annotations

import os
import re
import socket
import sys
import threading
import time

import pytest
import reading
from answers import Report
from conftest import Maker
from fuzz_promises import feed_faults, html_faults, page_faults, text_faults
from hostile_rows import MARKDOWN, NESTED, ODD, REFUSED, SCRIPTS
from newsroom import Newsroom, article

NOW = "2026-01-10T09:00:00+03:00"
FEEDS = ("/feeds/rss.xml", "/feeds/atom.xml", "/feeds/feed.json")
UNPRIVILEGED = ("setpriv", "--bounding-set", "-dac_override,-dac_read_search") if os.geteuid() == 0 else ()
# Runs a command and writes what it took at the most: kilobytes of memory and seconds of CPU.
MEASURE = """import resource, subprocess, sys
code = subprocess.run(sys.argv[1:]).returncode
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(f"used {used.ru_maxrss} {used.ru_utime + used.ru_stime}", file=sys.stderr)
sys.exit(code)"""
MOST_KILOBYTES = 300_000


def _holds(room: Newsroom) -> list[str]:
    """The tokens in the feeds, after everything that feeds promise has been looked at."""
    bodies = [room.ok(url).body for url in FEEDS]
    assert [fault for fault in feed_faults(*bodies) if fault] == []
    tokens = reading.json_feed(bodies[2]).tokens
    assert "ok" in tokens
    return tokens


def _measured(room: Newsroom, *args: str) -> tuple[Report, int, float]:
    """What a command said, and the kilobytes and CPU seconds that it took."""
    report = room.run(*args, before=(sys.executable, "-c", MEASURE), timeout=300)
    found = re.search(r"^used (\d+) ([\d.]+)$", report.stderr, re.MULTILINE)
    assert found, report.stderr
    assert "Traceback" not in report.stderr
    return report, int(found[1]), float(found[2])


def _read(room: Newsroom, seconds: float = 20.0) -> Report:
    """`check` within bounds."""
    report, kilobytes, took = _measured(room, "check")
    assert kilobytes < MOST_KILOBYTES and took < seconds, (kilobytes, took)
    assert all(fault.line >= 1 and fault.field.strip() for fault in report.faults)
    return report


# --- what runs in a browser -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("suffix", "rows"),
    [("html", SCRIPTS), ("md", SCRIPTS), ("md", MARKDOWN), ("txt", SCRIPTS)],
    ids=["html", "raw html", "markdown", "text"],
)
def test_nothing_that_runs_comes_out_of_any_form(newsroom: Maker, suffix: str, rows: tuple[str, ...]) -> None:
    files = {f"h{n}.{suffix}": article("خبر", f"<p>قبل</p>\n\n{row}\n") for n, row in enumerate(rows)}
    room = newsroom({**files, "ok.md": article()}, at=NOW, inside=True, feeds={"items": 600})
    assert set(_holds(room)) == {"ok", *(name.partition(".")[0] for name in files)}
    for item in room.json().items:
        assert html_faults(item.content_html) == [], item.token
        assert item.token == "ok" or "قبل" in item.content.text, item.token
    for token in list(files)[:: len(files) // 25]:
        assert page_faults(room.share(token.partition(".")[0]).text) == [], token


def test_a_drawing_that_holds_a_script_runs_nothing_when_it_is_opened_by_itself(newsroom: Maker) -> None:
    drawing = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9" onload="alert(1)"><script>alert(1)</script></svg>'
    )
    room = newsroom({"ok.md": article(body="![رسم](a.svg)"), "a.svg": drawing}, at=NOW, inside=True)
    for url in re.findall(r'(?:src|srcset|href)="([^" ]+\.svg[^" ]*)', room.json()["ok"].content_html):
        answer = room.get(url)
        policy = answer.headers.get("Content-Security-Policy", "")
        assert (
            b"alert" not in answer.body
            or "sandbox" in policy
            or "script-src 'none'" in policy
            or "default-src 'none'" in policy
        ), url


# --- bombs, sizes and numbers -----------------------------------------------------------------------


def test_front_matter_that_is_refused_is_named_with_its_line_and_runs_nothing(newsroom: Maker) -> None:
    files = {}
    for number, rows in enumerate(REFUSED.values()):
        date = "" if "date:" in rows else "\ndate: 2025-04-01"
        files[f"r{number}.md"] = f"---\n{rows}{date}\n---\nنص\n"
    room = newsroom({**files, "ok.md": article()}, at=NOW)
    report = _read(room)
    for (name, text), case in zip(files.items(), REFUSED, strict=True):
        faults = [fault for fault in report.about(f"content/{name}") if fault.severity == "error"]
        assert faults, case
        assert all(2 <= fault.line <= text.count("\n") for fault in faults), (case, faults)
    assert not list(room.folder.rglob("PWNED"))
    assert _holds(room.inside()) == ["ok"]


def test_front_matter_that_is_only_odd_is_published_with_clean_fields(newsroom: Maker) -> None:
    files = {}
    for number, rows in enumerate(ODD.values()):
        title = "" if "title:" in rows else "\ntitle: خبر"
        files[f"o{number}.md"] = f"---\n{rows}{title}\ndate: 2025-04-01\n---\nنص\n"
    room = newsroom({**files, "ok.md": article()}, at=NOW)
    report = _read(room)
    assert not [fault for fault in report.faults if fault.severity == "error"]
    room.inside()
    assert len(_holds(room)) == len(ODD) + 1
    for feed in room.feeds():
        for item in feed.items:
            plain = [item.title, *item.authors, *item.categories, item.summary]
            assert not re.search("[\u202a-\u202e]", "".join(plain)), item.token
            assert "javascript:" not in item.link + "".join(file.url for file in item.enclosures)
            assert "passwd" not in "".join(file.url for file in item.enclosures)
    for item in room.json().items:
        assert page_faults(room.ok(item.link).text) == [], item.token


@pytest.mark.parametrize("name", ["big.md", "big.html", "big.txt"])
def test_ten_megabytes_of_front_matter_are_refused_with_a_line(newsroom: Maker, name: str) -> None:
    rows = "".join(f"k{n}: {'م' * 500}\n" for n in range(10_000))
    room = newsroom({name: f"---\ntitle: خ\n{rows}---\nنص", "ok.md": article()}, at=NOW)
    (fault,) = _read(room).about(f"content/{name}")
    assert (fault.line, fault.severity) == (1, "error")


def test_front_matter_of_a_megabyte_is_refused_where_it_begins(newsroom: Maker) -> None:
    room = newsroom({"big.md": "\n---\ntitle: خ\n" + "#" * 1_000_000 + "\n---\nنص", "ok.md": article()}, at=NOW)
    (fault,) = _read(room).about("content/big.md")
    assert (fault.line, fault.field, fault.severity) == (2, "front matter", "error")


def test_entities_that_multiply_are_letters(newsroom: Maker) -> None:
    entities = "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(12))
    bomb = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "ها">{entities}]><html><head><title>خ</title></head><body><p>&a12;</p></body></html>'
    room = newsroom(
        {"b.html": f"---\ntitle: خ\ndate: 2025-04-01\n---\n{bomb}", "b.svg": bomb, "ok.md": article()}, at=NOW
    )
    _read(room)
    assert len(_holds(room.inside())) == 2
    assert len(room.ok(FEEDS[0]).body) < 20_000


def test_a_file_of_a_hundred_megabytes_costs_nothing(newsroom: Maker) -> None:
    names = ("a.md", "a.html", "a.txt", "a.png", "a.svg")
    room = newsroom({"ok.md": article(image="a.png")}, at=NOW)
    for name in names:
        with open(room.content / name, "wb") as stream:
            stream.truncate(100 * 1024 * 1024)
    report = _read(room, seconds=10.0)
    for name in names[:3]:
        assert [fault.line for fault in report.about(f"content/{name}")] == [1], name
    assert _holds(room.inside()) == ["ok"]


def test_twenty_thousand_files_in_one_folder_are_read_in_bounded_memory(newsroom: Maker) -> None:
    room = newsroom({"ok.md": article(body="![](p0.png)")}, at=NOW)
    picture = room.write("p0.png", b"\x89PNG\r\n\x1a\n")
    text = room.write("t0.txt", "1 أبريل 2025\nعنوان\n\nنص قصير.\n")
    for number in range(1, 10_000):  # links cost no blocks, and are files like any other
        os.link(picture, room.content / f"p{number}.png")
        os.link(text, room.content / f"t{number}.txt")
    report, kilobytes, _ = _measured(room, "check")
    assert (report.code, kilobytes < MOST_KILOBYTES) == (0, True), (report.stdout[:500], kilobytes)


@pytest.mark.parametrize("case", NESTED)
def test_nesting_and_repetition_take_linear_time(newsroom: Maker, case: str) -> None:
    def seconds(steps: int) -> float:
        body = NESTED[case](steps)
        room = newsroom(
            {"a.md": article(body=body), "b.html": article(body=body), "c.txt": article(body=body), "ok.md": article()},
            at=NOW,
        )
        began = time.process_time()
        room.inside()
        bodies = [room.ok(url).body for url in FEEDS]
        took = time.process_time() - began
        assert [fault for fault in feed_faults(*bodies) if fault] == []
        return took

    small = min(seconds(2_000), seconds(2_000))
    assert seconds(10_000) < 8 * small + 0.5


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
        report = _read(room, seconds=10.0)
    for name in (*links, "pipe.md", "pipe.png", "sock.md"):
        faults = report.about(f"content/{name}")
        assert [(fault.line, fault.severity) for fault in faults] == [(1, "error")], (name, faults)
    room.serve()
    assert set(_holds(room)) == {"ok", "in"}
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
    report = _read(room)
    errors = [fault for fault in report.faults if fault.severity == "error"]
    assert len(errors) == len(names) + 1
    assert all(text_faults(fault.path + fault.message) == [] for fault in errors)
    assert _holds(room.inside()) == ["ok"]


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
    errors = [fault for fault in _read(room).faults if fault.severity == "error"]
    room.inside()
    hidden = [name for name in names if name.startswith(".")]
    assert len(_holds(room)) == len(names) - len(hidden) - len(errors) + 1 and not errors
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
        assert set(_holds(room)) == {"a", "ok"}
        stream.write(whole[-5:])
    room.eventually(lambda: room.json()["a"].title == "جديد" and room.json()["a"].content.text.count("نص") == 2_000)
    assert "Traceback" not in room.log()


def test_what_editors_leave_beside_a_file_while_they_save_is_never_published(newsroom: Maker) -> None:
    room = newsroom({"a.md": article("قديم"), "ok.md": article()}, at=NOW, serve=True)
    drafts = (".a.md.swp", "a.md~", ".#a.md", "#a.md#", "a.md.tmp", "a.md.part", "4913", "a.md.bak", ".goutputstream-X")
    for number, draft in enumerate(drafts):
        (room.content / draft).write_text(article(f"جديد {number}"))
        time.sleep(0.02)
        os.replace(room.content / draft, room.content / "a.md")
        room.eventually(lambda number=number: room.json()["a"].title == f"جديد {number}")  # type: ignore[misc]
        assert set(_holds(room)) == {"a", "ok"}
    assert room.log().count("content/") == 0, room.log()


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


# --- characters -------------------------------------------------------------------------------------

CHARACTERS = {
    "NUL": b"\0", "C0": bytes({*range(1, 32)} - {9, 10, 13}), "DEL": b"\x7f", "C1": "".join(map(chr, range(0x80, 0xA0))).encode(),
    "lone surrogates": b"\xed\xa0\x80\xed\xbf\xbf", "a pair in CESU-8": b"\xed\xa0\xbd\xed\xb8\x80", "noncharacters": "\ufdd0\ufdef\ufffe\uffff\U0001fffe\U0010ffff".encode(),
    "overrides": "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069".encode(), "a byte order mark": "\ufeff".encode(), "half a sequence": b"\xd8", "overlong": b"\xc0\xaf\xe0\x80\xaf",
    "beyond Unicode": b"\xf4\x90\x80\x80\xf8\x88\x80\x80\x80", "separators": "\u2028\u2029\u0085".encode(), "tags": "\U000e0001\U000e0041\U000e007f".encode(), "private": "\ue000\U000f0000".encode(),
    "annotation": "\ufff9\ufffa\ufffb\ufffc".encode(), "marks": "\u0300".encode() * 500,
}  # fmt: skip


@pytest.mark.parametrize("suffix", ["md", "html", "txt"])
def test_no_character_that_feeds_forbid_comes_out_of_any_field(newsroom: Maker, suffix: str) -> None:
    files: dict[str, str | bytes] = {}
    for number, odd in enumerate(CHARACTERS.values()):
        fields = "title: أ % ب\ntags: [ج % د]\nauthor: ه % و\nsummary: ز % ح\nimage_alt: ط % ي\n"
        text = (
            f"---\n{fields}date: 2025-04-01\n---\nنص قبل % وبعد `رمز % هنا` <b>غليظ % هنا</b>\n\n"
            + "سطر عربي طويل.\n" * 30
        )
        files[f"c{number}.{suffix}"] = text.encode().replace(b"%", odd)
    room = newsroom({**files, "ok.md": article()}, at=NOW)
    errors = {fault.path for fault in _read(room).faults if fault.severity == "error"}
    assert not errors
    room.inside()
    assert len(_holds(room)) == len(files) + 1
    for item in room.json().items:
        assert not re.search("[\u202a-\u202e]", item.title + "".join(item.categories) + "".join(item.authors))
        assert page_faults(room.ok(item.link).text) == [], item.token
