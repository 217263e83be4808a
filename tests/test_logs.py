"""What `serve` tells on stderr: every refresh and what it took in, every problem once, plain or as JSON lines."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import service_process
from conftest import Maker
from newsroom import Newsroom, article
from service_process import Service

REFRESH = re.compile(r"nashra: (?P<time>\S+) (?P<counts>.+) in \d+\.\d\d s(?:: (?P<names>.+))?")
FAULTY = "---\ntitle: خبر\n---\nنص\n"  # without a date
HOSTILE = (
    b"a\nnashra: forged.md", b"b\x1b[2Jc.md", "c\x9b31m.md".encode(), "d\u202eright.md".encode(), b"e\xff.md",
    "f\u2028g.md".encode(), b"g\r\x07.md", b'h", "level": "forged.md',
)  # fmt: skip


def _refreshes(service: Service) -> list[tuple[str, str]]:
    """(counts, names) of every line that tells of a refresh."""
    found = [REFRESH.fullmatch(line) for line in service.log]
    return [(each["counts"], each["names"] or "") for each in found if each]


def _write_hostile(room: Newsroom) -> None:
    for name in HOSTILE:
        Path(os.fsdecode(os.fsencode(room.content) + b"/" + name)).write_text(FAULTY, "utf-8")


def test_every_refresh_is_told_with_its_time_and_what_it_took_in(newsroom: Maker) -> None:
    room = newsroom({f"{n:03}.md": article(f"خبر {n}") for n in range(100)})
    with service_process.running(room) as service:
        first = " ".join(f"+content/{n:03}.md" for n in range(10)) + " and 90 more"
        assert _refreshes(service) == [("100 added", first)]
        room.write("أخبار/ب ج.md", article("ثان"))
        service.eventually(lambda: len(_refreshes(service)) == 2)
        room.write("000.md", article("أول معدل"))
        service.eventually(lambda: len(_refreshes(service)) == 3)
        room.write("000.md", article("أول معدل"))
        service.eventually(lambda: len(_refreshes(service)) == 4)
        room.delete("أخبار/ب ج.md")
        service.eventually(lambda: len(_refreshes(service)) == 5)
        assert _refreshes(service)[1:] == [
            ("1 added", "+'content/أخبار/ب ج.md'"), ("1 changed", "~content/000.md"), ("nothing changed", ""),
            ("1 removed", "-'content/أخبار/ب ج.md'"),
        ]  # fmt: skip
        times = [datetime.fromisoformat(found["time"]) for line in service.log if (found := REFRESH.fullmatch(line))]
        assert times == sorted(times) and abs(datetime.now(UTC) - times[-1]) < timedelta(seconds=20)
        assert times[0].utcoffset() == timedelta(hours=3)  # the site's zone
    room.write("b.md", article("بعد"))
    with service_process.running(room) as service:  # tells only what is new
        assert _refreshes(service) == [("1 added", "+content/b.md")]


def test_every_problem_is_told_once_whoever_serves_and_no_name_forges_a_line(newsroom: Maker) -> None:
    room = newsroom({"a.md": FAULTY}, site={"id_domain": None})  # the config has a warning, too
    _write_hostile(room)
    with service_process.running(room, "--workers", "2") as service:
        room.write("b.md", FAULTY)
        service.eventually(lambda: any(line.startswith("content/b.md:1: date: ") for line in service.log))
        room.write("c.md", article())
        service.eventually(lambda: service.health()["articles"] == 1)
        text = service.text
        assert all(c.isprintable() for c in text.replace("\n", ""))
        problems = [line for line in text.removesuffix("\n").split("\n") if not line.startswith("nashra: ")]
        named = sorted(line.rsplit(":1: ")[0] for line in problems)
        assert len(named) == len(set(named)) == 3 + len(HOSTILE), text
        assert {"config.yaml", "content/a.md", "content/b.md", "content/a\\x0anashra: forged.md"} <= set(named)


def test_json_lines_say_the_same_and_nothing_else_stands_between_them(newsroom: Maker) -> None:
    room = newsroom({"a.md": article("أول"), "b c.md": FAULTY}, server={"log": "json"})
    _write_hostile(room)
    with service_process.running(room, "--workers", "2") as service:
        room.write("أ.md", article("ثان"))
        service.eventually(lambda: "content/أ.md" in service.text)  # readable, not escaped
        service.process.terminate()
        assert service.process.wait(20) == 0
        text = service.text
        assert all(c.isprintable() for c in text.replace("\n", ""))
        rows: list[dict[str, Any]] = [json.loads(line) for line in text.removesuffix("\n").split("\n")]
    assert [row["event"] for row in rows] == ["start", "refresh", *["problem"] * (1 + len(HOSTILE)), "refresh", "end"]
    for row in rows:
        assert list(row)[:3] == ["time", "level", "event"] and "message" in row
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", row["time"])  # RFC 3339, UTC
    first, second = rows[1], rows[-2]
    assert (first["changed"], first["removed"], first["more"]) == (0, 0, 0) and first["seconds"] >= 0
    assert {"content/a.md", "content/b c.md", "content/d\u202eright.md"} <= set(first["added_files"])
    assert first["added"] == len(first["added_files"])
    assert (second["level"], second["added"], second["added_files"]) == ("info", 1, ["content/أ.md"])
    problems = {row["path"]: row for row in rows if row["event"] == "problem"}
    plain = problems["content/b c.md"]
    assert (plain["level"], plain["line"], plain["field"]) == ("error", 1, "date")
    assert plain["message"].startswith("is missing") and "content/" not in plain["message"]
    assert "content/c\x9b31m.md" in problems and {row["level"] for row in problems.values()} == {"error"}


def test_a_faulty_config_is_told_as_json_where_it_asks_for_that(newsroom: Maker) -> None:
    room = newsroom(config="site: {title: ن, url: https://n.example, language: ar, titel: x}\nserver: {log: json}\n")
    report = room.run("serve", "--port", "1")
    (row,) = [json.loads(line) for line in report.stderr.splitlines()]
    assert (report.code, row["path"], row["line"], row["field"]) == (1, "config.yaml", 1, "site.titel")
    assert (row["event"], row["level"]) == ("problem", "error")


def test_a_setting_for_logs_is_checked_like_any_other(newsroom: Maker) -> None:
    (fault,) = newsroom({"a.md": article()}, server={"log": "xml"}).check().faults
    assert (fault.field, fault.severity) == ("server.log", "error") and "plain, json" in fault.message


# --- streams that take nothing ----------------------------------------------------------------------


def test_full_closed_and_broken_streams_do_not_end_the_service(newsroom: Maker) -> None:
    rooms = [newsroom({"a.md": article("أول")}) for _ in range(3)]
    reader, broken = os.pipe()
    os.close(reader)
    closing = ("sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh")
    with open("/dev/full", "wb") as full, open(broken, "wb") as pipe, ExitStack() as stack:
        services = [
            stack.enter_context(service_process.running(rooms[0], stdout=full, stderr=full, ready=False)),
            stack.enter_context(service_process.running(rooms[1], stdout=pipe, stderr=pipe, ready=False)),
            stack.enter_context(service_process.running(rooms[2], before=closing, ready=False)),
        ]
        for service, room in zip(services, rooms, strict=True):
            service.eventually(service.answers, 30)
            room.write("b.md", article("ثان"))
            room.write("c.md", FAULTY)
        for service in services:
            service.eventually(lambda each=service: (each.health()["articles"], each.health()["problems"]) == (2, 1))  # type: ignore[misc]
            assert "ثان" in service.ask("/feeds/rss.xml")[1]
            service.process.terminate()
        assert [service.process.wait(20) for service in services] == [0, 0, 0]
    for path in (rooms[2].folder / "var").rglob("*"):  # no file got the number of a closed stream
        assert path.is_dir() or b"nashra: " not in path.read_bytes(), path


def test_a_reader_that_stops_reading_holds_nothing_up_and_learns_what_it_missed(newsroom: Maker) -> None:
    room = newsroom({"a.md": article("أول")})
    reader, writer = os.pipe()
    with ExitStack() as stack:
        out, into = stack.enter_context(open(reader, "rb", 0)), stack.enter_context(open(writer, "wb", 0))
        with service_process.running(room, stderr=into) as service:
            os.set_blocking(writer, False)
            while into.write(b"x" * 4096):
                continue
            os.set_blocking(writer, True)
            for number, name in enumerate(("b", "c"), 2):
                room.write(f"{name}.md", article(name))
                service.eventually(lambda articles=number: service.health()["articles"] == articles)  # type: ignore[misc]
            os.set_blocking(reader, False)
            while out.read(65536):
                continue
            room.write("d.md", article("رابع"))
            told, end = b"", time.monotonic() + 20
            while b"+content/d.md" not in told and time.monotonic() < end:
                time.sleep(0.05)
                told += out.read(65536) or b""
    assert re.search(rb"nashra: \S+ 2 lines before this one were lost\nnashra: .*content/d\.md", told), told


# --- what libraries and Python itself say --------------------------------------------------------------

PROGRAM = """
import logging, sys, threading, warnings
from datetime import UTC
from feeds import logs
logs.take_over(sys.argv[1], UTC)
logging.getLogger("library").warning("of a library\\nin two lines")
warnings.warn("of Python")
thread = threading.Thread(target=lambda: 1 / 0, name="idle")
thread.start()
thread.join()
raise ValueError("at the end")
"""


def _said(style: str) -> list[str]:
    command = [sys.executable, "-c", PROGRAM, style]
    done = subprocess.run(command, cwd=service_process.ROOT, capture_output=True, text=True, check=False)
    return done.stderr.splitlines()


def test_what_libraries_warnings_and_failing_threads_say_is_in_the_same_form() -> None:
    rows = [json.loads(line) for line in _said("json")]
    assert [row["level"] for row in rows] == ["warning", "warning", "error", "error"]
    assert (rows[0]["message"], rows[0]["logger"]) == ("of a library\nin two lines", "library")
    assert "of Python" in rows[1]["message"]
    assert "idle" in rows[2]["message"] and "ZeroDivisionError" in rows[2]["traceback"]
    assert "ValueError: at the end" in rows[3]["traceback"]
    plain = _said("plain")
    assert re.fullmatch(r"nashra: \S+ of a library\\x0ain two lines", plain[0])
    assert "ValueError: at the end" in plain
