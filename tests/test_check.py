"""`check` names every fault by file, line and field, changes nothing; `new` makes a file it accepts."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pictures
import pytest
from answers import Report
from cases import NOW
from conftest import Maker
from folders import listing
from newsroom import Newsroom, article


@dataclass(frozen=True, kw_only=True)
class Bad:
    """A content file and the one line that check must print for it; `text` stands in the message."""

    name: str
    data: str | bytes
    line: int
    field: str
    text: str = ""
    severity: str = "error"


def _front(*lines: str, body: str = "نص قصير للتجربة.") -> str:
    return "---\n" + "\n".join(lines) + f"\n---\n{body}\n"


TITLE, DATE = "title: خبر", "date: 2025-04-30"
WARNING = {"severity": "warning"}

BAD = [
    Bad(name="no-date.md", data=_front(TITLE), line=1, field="date"),
    Bad(name="no-date.html", data="<title>خبر</title><p>نص</p>", line=1, field="date"),
    Bad(name="no-date.txt", data="خبر بلا تاريخ\n\nنص قصير.\n", line=1, field="date"),
    Bad(name="empty-date.md", data=_front(TITLE, "date:"), line=3, field="date"),
    Bad(name="impossible.md", data=_front(TITLE, "date: 2025-02-30"), line=3, field="date", text="2025-02-30"),
    Bad(name="impossible-ar.md", data=_front("date: 31 نيسان 2025", TITLE), line=2, field="date", text="31 نيسان 2025"),
    Bad(name="impossible.txt", data="30 شباط 2024\nعنوان\n\nنص.\n", line=1, field="date", text="30 شباط 2024"),
    Bad(
        name="no-such-time.md",
        data=_front(TITLE, "date: 2025-04-30 25:61"),
        line=3,
        field="date",
        text="2025-04-30 25:61",
    ),
    Bad(name="no-day.md", data=_front(TITLE, "date: قريبا"), line=3, field="date", text="قريبا"),
    Bad(
        name="ambiguous.md",
        data=_front("title: Report", "lang: en", "date: 03/04/2025", body="Short text."),
        line=4,
        field="date",
        text="03/04/2025",
    ),
    Bad(
        name="day-first.md", data=_front(TITLE, "date: 03/04/2025"), line=3, field="date", text="03/04/2025", **WARNING
    ),
    Bad(
        name="weekday.md",
        data=_front(TITLE, "date: الخميس 30 أبريل 2025"),
        line=3,
        field="date",
        text="الخميس",
        **WARNING,
    ),
    Bad(
        name="bad-updated.md",
        data=_front(TITLE, DATE, "updated: 2025-02-31"),
        line=4,
        field="updated",
        text="2025-02-31",
    ),
    Bad(
        name="early-updated.md",
        data=_front(TITLE, "updated: 2024-01-01", DATE),
        line=3,
        field="updated",
        text="2024-01-01",
        **WARNING,
    ),
    Bad(name="bad-expires.md", data=_front(TITLE, DATE, "expires: never"), line=4, field="expires", text="never"),
    Bad(name="bad-withdrawn.md", data=_front(TITLE, DATE, "withdrawn: maybe"), line=4, field="withdrawn", text="maybe"),
    Bad(name="withdrawn-map.md", data=_front(TITLE, DATE, "withdrawn: {reason: خطأ}"), line=4, field="withdrawn"),
    Bad(name="bad-lang.md", data=_front(TITLE, DATE, "lang: arabic!"), line=4, field="lang", text="arabic!"),
    Bad(name="bad-dir.md", data=_front(TITLE, DATE, "dir: sideways"), line=4, field="dir", text="sideways"),
    Bad(name="bad-draft.md", data=_front(TITLE, DATE, "draft: perhaps"), line=4, field="draft", text="perhaps"),
    Bad(name="bad-feed.md", data=_front(TITLE, DATE, "feed: perhaps"), line=4, field="feed", text="perhaps"),
    Bad(name="title-map.md", data=_front("title: {a: b}", DATE), line=2, field="title"),
    Bad(name="date-list.md", data=_front(TITLE, "date: [2025-04-30, 2025-05-01]"), line=3, field="date"),
    Bad(name="unclosed.md", data="---\ntitle: خبر\nنص\n", line=1, field="front matter"),
    Bad(name="unclosed-toml.md", data="+++\ntitle = 'خبر'\nنص\n", line=1, field="front matter"),
    Bad(name="bad-yaml.md", data='---\ntitle: "غير مغلق\ntags: [a, b\n---\nنص\n', line=0, field="front matter"),
    Bad(name="bad-toml.md", data="+++\ntitle = 'خبر'\ndate = =\n+++\nنص\n", line=3, field="front matter"),
    Bad(name="alias.md", data=_front(TITLE, DATE, "tags: &a [س]", "keywords: *a"), line=0, field=""),
    Bad(name="tag.md", data=_front("title: !!python/object/apply:os.system [x]", DATE), line=2, field=""),
    Bad(name="twice.md", data=_front(TITLE, DATE, "title: آخر"), line=4, field="", text="title"),
    Bad(
        name="misspelt.md", data=_front(TITLE, DATE, "sumary: ملخص"), line=4, field="sumary", text="summary", **WARNING
    ),
    Bad(name="misspelt-tags.md", data=_front(TITLE, DATE, "tgas: [س]"), line=4, field="tgas", text="tags", **WARNING),
    Bad(name="no-title.md", data=_front(DATE, body="نص بلا عنوان."), line=1, field="title", **WARNING),
    Bad(
        name="no-picture.md",
        data=_front(TITLE, DATE, "image: absent.png"),
        line=4,
        field="image",
        text="absent.png",
        **WARNING,
    ),
    Bad(
        name="f.md", data=_front(TITLE, DATE, "image: http://x.y/f.mp4"), line=4, field="image", text="f.mp4", **WARNING
    ),
    Bad(name="svg.md", data=_front(TITLE, DATE, "image: p.svg"), line=4, field="image", text="p.svg", **WARNING),
    Bad(
        name="heavy.md",
        data=_front(TITLE, DATE, "image: heavy.png"),
        line=4,
        field="image",
        text="heavy.png",
        **WARNING,
    ),
    Bad(
        name="unknown-type.md", data=_front(TITLE, DATE, "image: p.xyz"), line=4, field="image", text="p.xyz", **WARNING
    ),
    Bad(
        name="no-enclosure.md",
        data=_front(TITLE, DATE, "audio: absent.mp3"),
        line=4,
        field="enclosure",
        text="absent.mp3",
        **WARNING,
    ),
    Bad(
        name="broken-utf8.md",
        data=_front(TITLE, DATE, body="نص ").encode() + b"\xd9 \xff.\n",
        line=0,
        field="",
        **WARNING,
    ),
]
MEDIA: dict[str, str | bytes] = {
    "p.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
    "heavy.png": pictures.png(10, 10, 700_000),
    "p.xyz": b"x",
}
GOOD = {
    "good.md": article(),
    "unknown-keys.md": article(layout="post", weight="7", jalali_date="1404-02-10", toc="true"),
    "_draft.md": "---\nnothing\n",
    ".hidden.md": "---\nnothing\n",
    "_drafts/x.md": "---\nnothing\n",
    "sub/quiet.fa.md": article(lang=None),
    "later.md": article(date="2027-01-01"),
}


@pytest.fixture(scope="module")
def room(shared_newsroom: Maker) -> Newsroom:
    return shared_newsroom({bad.name: bad.data for bad in BAD} | MEDIA | GOOD, at=NOW)


@pytest.fixture(scope="module")
def report(room: Newsroom) -> Report:
    return room.check()


# --- content ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("bad", BAD, ids=[bad.name for bad in BAD])
def test_a_fault_is_one_line_with_file_line_field_and_text(report: Report, bad: Bad) -> None:
    found = [
        f for f in report.about(f"content/{bad.name}") if bad.field in ("", f.field) and f.severity == bad.severity
    ]
    assert len(found) == 1, report.about(f"content/{bad.name}")
    (fault,) = found
    assert fault.line >= 1 and bad.line in (0, fault.line)
    assert bad.text in fault.message
    assert len(fault.message) > 5


def test_good_and_ignored_files_have_no_line(report: Report) -> None:
    for name in (*GOOD, *MEDIA):
        assert report.about(f"content/{name}") == []


def test_errors_make_the_exit_code_one_and_go_to_stdout(report: Report) -> None:
    assert report.code == 1
    assert "content/" not in report.stderr
    assert "Traceback" not in report.stderr + report.stdout


def test_faults_come_in_the_order_of_their_places(report: Report) -> None:
    places = [(fault.path, fault.line) for fault in report.faults]
    assert places == sorted(places)


def test_each_file_has_only_the_faults_it_was_made_for(report: Report) -> None:
    counts = {bad.name: len(report.about(f"content/{bad.name}")) for bad in BAD}
    assert {name: count for name, count in counts.items() if count != 1} == {}


def test_a_fault_hides_no_other_in_the_same_file(newsroom: Maker) -> None:
    three = _front("title: {a: b}", "date: 2025-02-30", "lang: arabic!", "sumary: س")
    found = newsroom({"a.md": three}, at=NOW).check().faults
    assert [(fault.line, fault.field) for fault in found] == [(2, "title"), (3, "date"), (4, "lang"), (5, "sumary")]


@pytest.mark.parametrize(
    ("first", "second"),
    [("a/x.md", "b/x.md"), ("x.md", "x.txt"), ("x.md", "x/index.md"), ("2/y.md", "10/y.md")],
)
def test_two_files_with_one_id_are_an_error_that_names_both(newsroom: Maker, first: str, second: str) -> None:
    text = article(id="same")
    room = newsroom({second: text, first: text}, at=NOW)
    report = room.check()
    assert report.code == 1
    assert len(report.faults) == 1
    earlier, later = sorted([first, second])
    (fault,) = report.faults
    assert (fault.path, fault.line, fault.field) == (f"content/{later}", 4, "id")
    assert f"content/{earlier}" in fault.message and "same" in fault.message
    assert room.inside().rss().tokens == ["same"]


def test_translations_that_share_a_name_are_no_duplicates(newsroom: Maker) -> None:
    files = {
        "post.ar.md": article(),
        "post.fa.md": article(body="متن کوتاه برای گفتگو."),
        "post.en.md": article("News", "Text."),
    }
    report = newsroom(files, at=NOW).check()
    assert (report.code, report.stdout) == (0, "")


def test_warnings_alone_are_no_failure(newsroom: Maker) -> None:
    report = newsroom({"a.md": article(sumary="س")}, at=NOW).check()
    assert report.code == 0
    assert [fault.severity for fault in report.faults] == ["warning"]


def test_nothing_wrong_prints_nothing(newsroom: Maker) -> None:
    report = newsroom({"a.md": article()}, at=NOW).check()
    assert (report.code, report.stdout) == (0, "")


def test_names_that_would_break_a_line_or_a_terminal_do_not(newsroom: Maker) -> None:
    report = newsroom({"a\nb\x1b[31m.md": article(date="x\x1b[31m")}, at=NOW).check()
    assert len(report.faults) == 1
    assert "\x1b" not in report.stdout


# --- --json -----------------------------------------------------------------------------------------


def test_json_says_the_same_as_the_lines(room: Newsroom, report: Report) -> None:
    again = room.check("--json")
    assert again.code == 1
    document = json.loads(again.stdout)
    assert all(set(row) == {"path", "line", "field", "severity", "message"} for row in document)
    assert all(isinstance(row["line"], int) for row in document)
    rows = [(row["path"], row["line"], row["field"], row["severity"], row["message"]) for row in document]
    assert rows == [(f.path, f.line, f.field, f.severity, f.message) for f in report.faults]


def test_json_of_nothing_is_an_empty_list(newsroom: Maker) -> None:
    report = newsroom({"a.md": article()}, at=NOW).check("--json")
    assert (report.code, json.loads(report.stdout)) == (0, [])


# --- it changes nothing -----------------------------------------------------------------------------


@pytest.mark.parametrize("args", [(), ("--json",)])
def test_check_changes_no_file(room: Newsroom, args: tuple[str, ...]) -> None:
    before = listing(room.folder)
    room.check(*args)
    assert listing(room.folder) == before


def test_check_beside_a_running_server_disturbs_nobody(newsroom: Maker) -> None:
    room = newsroom({"a.md": article(), "b.md": _front(TITLE)}, at=NOW, serve=True)
    before = {**room.health(), "idle_seconds": 0}
    report = room.check()
    assert [fault.path for fault in report.faults] == ["content/b.md"]
    assert {**room.health(), "idle_seconds": 0} == before


@pytest.mark.parametrize("command", [["check"], ["export", "out"], ["serve", "--port", "0"]])
@pytest.mark.parametrize("text", ["", "x", "2025-02-30", "2025\u202e-01", "2025\x1b[31m-01", "2" * 9000])
def test_a_moment_that_is_none_is_refused_on_one_line_of_plain_text(
    newsroom: Maker, command: list[str], text: str
) -> None:
    room = newsroom({"a.md": article()})
    report = room.run(*command, "--at", text)
    (line,) = report.stderr.splitlines()
    assert report.code == 2 and line.startswith("nashra: --at must be an instant such as 2025-05-02T09:00:00+03:00, ")
    assert line.isprintable() and len(line) < 300
    assert not (room.folder / "out").exists() and not (room.folder / "var").exists()
