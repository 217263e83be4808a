"""The rows of corpus/regressions.json: one small input for each fault that was found and mended."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from conftest import Maker
from fuzz_promises import feed_faults
from fuzz_runs import ask
from newsroom import article

ROWS = json.loads(Path(__file__).with_name("corpus").joinpath("regressions.json").read_text("utf-8"))
FILES = [row for row in ROWS if "name" in row and row["name"] != "config.yaml"]
NOW = "2026-01-10T09:00:00+03:00"


def _parametrized(rows: list[dict[str, Any]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("row", rows, ids=[row["fault"] for row in rows])


def test_every_row_is_tested_and_says_something() -> None:
    assert all({"problems", "title", "status"} & row.keys() for row in ROWS)
    assert len({row["fault"] for row in ROWS}) == len(ROWS)


@_parametrized(FILES)
def test_a_file_that_broke_something_breaks_nothing(newsroom: Maker, row: dict[str, Any]) -> None:
    room = newsroom({row["name"]: row["text"], "ok.md": article()}, at=NOW)
    report = room.check()
    lines = [line for line in report.stdout.splitlines() if line.startswith("content/")]
    wanted = row.get("problems", [])
    assert len(lines) == len(wanted) and all(map(str.startswith, lines, wanted)), lines
    room.inside()
    bodies = [room.ok(room.feed_url(kind)).body for kind in ("rss+xml", "atom+xml", "feed+json")]
    assert list(feed_faults(*bodies)) == []
    assert set(room.json().tokens) == ({"a", "ok"} if "title" in row else {"ok"})
    if "title" in row:
        item = room.json()["a"]
        assert item.title == row["title"]
        assert item.language == row.get("language", item.language)
        assert row.get("html", "") in item.content_html


@_parametrized([row for row in ROWS if row.get("name") == "config.yaml"])
def test_a_config_that_broke_something_is_refused_in_one_line(newsroom: Maker, row: dict[str, Any]) -> None:
    report = newsroom(config=row["text"]).check()
    errors = [line for line in report.stdout.splitlines() if ": warning: " not in line]
    assert (report.code, report.stderr, len(errors)) == (1, "", 1), report
    assert errors[0].startswith(row["problems"][0])


@_parametrized([row for row in ROWS if "path" in row])
def test_a_request_that_broke_something_is_answered(newsroom: Maker, row: dict[str, Any]) -> None:
    room = newsroom({"ok.md": article()}, at=NOW, inside=True)
    environ = {
        "PATH_INFO": row["path"],
        "QUERY_STRING": row["query"],
        "REQUEST_METHOD": "GET",
        "HTTP_HOST": "evil.example",
    }
    status, headers, body = ask(room, environ)
    assert status == row["status"] and "location" not in headers and b"evil.example" not in body
