"""Titles as a real browser lays them out: what our feeds and pages say, in hosts that we do not control.

The right order is that of the clean title in `<bdi dir=…>`; with `ltr_runs` isolated too wherever we can isolate
them (HTML, `title_marks: isolate`), for some titles are scrambled even in a correct bdi.
"""

from __future__ import annotations

import html
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from browser.chromium import Layout, document, lay_out, probe, probed, program
from conftest import Maker
from newsroom import Newsroom, article

CORPUS = Path(__file__).parent / "corpus"
MODES = ("off", "needed", "isolate")
AUTHORS = {"latin": "Sara Haddad", "arabic": "سارة حداد"}
# Hosts: one that says nothing and so is left-to-right, dir=auto, the item's own direction, the other direction,
# and dir=auto with the author behind the title in the same element (FreshRSS).
HOSTS = ("plain", "auto", "item", "other", "latin", "arabic")
LANGUAGES = {"rtl-number-only": "ar", "rtl-latin-only": "ar", "our-nko": "nqo"}  # others stand in the row or its id
ALL = 100.0
# Share of all titles that come out right, in percent; a mode that promises nothing is here for comparison.
FLOORS: dict[str, dict[str, float]] = {
    "off": {"plain": 26, "auto": 56, "item": ALL, "other": 15, "latin": 53, "arabic": 57},
    "needed": {"plain": 27, "auto": ALL, "item": ALL, "other": 17, "latin": 95, "arabic": 99},
    "isolate": dict.fromkeys(HOSTS, ALL),
}
STYLE = "body, body * { white-space: nowrap !important }"


@dataclass(frozen=True, kw_only=True)
class Title:
    id: str
    language: str
    direction: str
    text: str
    runs: tuple[str, ...]

    @property
    def other(self) -> str:
        return "ltr" if self.direction == "rtl" else "rtl"

    def ideal(self, *, isolated: bool) -> str:
        parts, done = "", 0
        for run in self.runs if isolated and self.direction == "rtl" else ():
            start = self.text.index(run, done)
            parts += html.escape(self.text[done:start]) + f'<bdi dir="ltr">{html.escape(run)}</bdi>'
            done = start + len(run)
        return parts + html.escape(self.text[done:])


def titles() -> Iterator[Title]:
    for name in ("titles.json", "browser-titles.json"):
        rows: list[dict[str, Any]] = json.loads((CORPUS / name).read_text("utf-8"))
        for row in rows:
            if not row["t"]:  # no article has an empty title
                continue
            yield Title(
                id=row["id"] if name == "titles.json" else f"more-{row['id']}",
                language=row.get("lang") or LANGUAGES.get(row["id"], row["id"].removeprefix("our-").split("-")[0]),
                direction=row["dir"],
                text=row["t"],
                runs=tuple(row["runs"]),
            )


TITLES = tuple(titles())


@dataclass(frozen=True, kw_only=True)
class Seen:
    """All that one run of the browser saw, and the titles that the feeds held."""

    layouts: dict[str, Layout]
    emitted: dict[tuple[str, str], str]  # mode, id → text

    def right(self, title: Title, name: str, *, isolated: bool) -> bool:
        ideal = self.layouts[f"{title.id}/ideal/{isolated}"]
        return self.layouts[f"{title.id}/{name}"].part(0, len(ideal.text)).looks_like(ideal)

    def wrong(self, mode: str, host: str) -> list[Title]:
        isolated = mode == "isolate"
        return [title for title in TITLES if not self.right(title, f"{mode}/{host}", isolated=isolated)]

    def explain(self, title: Title, name: str, *, isolated: bool) -> str:
        found, ideal = self.layouts[f"{title.id}/{name}"], self.layouts[f"{title.id}/ideal/{isolated}"]
        return f"{title.id}: {found.shown()}\n   should be {ideal.shown()}"


@pytest.fixture(scope="module")
def seen(shared_newsroom: Maker) -> Seen:
    program()
    emitted: dict[tuple[str, str], str] = {}
    frames = [document("".join(_ideals(title) for title in TITLES), style=STYLE)]
    for mode in MODES:
        room = shared_newsroom(
            {f"{title.id}.md": article(title.text, lang=title.language) for title in TITLES},
            inside=True,
            feeds={"items": len(TITLES), "title_marks": mode},
        )
        emitted |= {(mode, title.id): text for title, text in zip(TITLES, _titles_of(room), strict=True)}
        frames.append(document("".join(_hosted(title, mode, emitted[mode, title.id]) for title in TITLES), style=STYLE))
        if mode == "needed":
            frames += _pages(room)
    return Seen(layouts=lay_out(frames), emitted=emitted)


def _ideals(title: Title) -> str:
    direction = f'dir="{title.direction}"'
    return "".join(
        f"<div>{probed(title.ideal(isolated=isolated), title.id, 'ideal', isolated, tag='bdi', attributes=direction)}</div>"
        for isolated in (False, True)
    )


def _titles_of(room: Newsroom) -> list[str]:
    """The one string that the three formats agree on."""
    by_format = [{item.token: item.raw_title for item in feed.items} for feed in room.feeds()]
    assert by_format[0] == by_format[1] == by_format[2]
    return [by_format[0][title.id] for title in TITLES]


def _hosted(title: Title, mode: str, text: str) -> str:
    attributes = {
        "plain": "", "auto": 'dir="auto"', "item": f'dir="{title.direction}"', "other": f'dir="{title.other}"',
        "latin": 'dir="auto"', "arabic": 'dir="auto"',
    }  # fmt: skip
    return "".join(
        probed(
            html.escape(text) + (f" — {AUTHORS[host]}" if host in AUTHORS else ""),
            title.id, mode, host, attributes=attributes[host],
        )
        for host in HOSTS
    )  # fmt: skip


def _pages(room: Newsroom) -> Iterator[str]:
    """Our own pages with their own style: the front page, and the heading of every article in the page's direction."""
    front = room.ok(room.home_url).body.decode("utf-8")
    (style_url,) = re.findall(r'<link rel="stylesheet" href="([^"]+)"', front)
    style = room.ok(html.unescape(style_url)).body.decode("utf-8") + STYLE
    for title in TITLES:
        link = f'(<h2><a href="{re.escape(room.site_url)}/s/{re.escape(title.id)}">)<bdi '
        front, count = re.subn(link, rf"\g<1><bdi {probe(title.id, 'list')} ", front)
        assert count == 1, title.id
    yield front.replace("</head>", f"<style>{style}</style></head>")
    headings = ""
    for title in TITLES:
        page = room.share(title.id).body.decode("utf-8")
        (around,) = re.findall(r"<html ([^>]*)>", page)
        (heading,) = re.findall(r"<h1 .*?</h1>", page, re.DOTALL)
        marked = heading.replace("<h1 ", f"<h1 {probe(title.id, 'h1')} ", 1)
        headings += f"<div {around}>{marked}</div>"
    yield document(headings, style=style)


def test_the_browser_tells_right_from_wrong() -> None:
    rows = {
        "bare": ("iOS جديد (1)", ""),
        "rtl": ("iOS جديد (1)", 'dir="rtl"'),
        "marked": ("\u200fiOS جديد (1)", 'dir="auto"'),
        "turned": ("\u202e(1)", ""),
        "straight": (")1(", ""),
    }
    layouts = lay_out([document("".join(probed(text, name, attributes=how) for name, (text, how) in rows.items()))])
    assert not layouts["bare"].looks_like(layouts["rtl"])
    assert layouts["marked"].looks_like(layouts["rtl"]) and layouts["marked"].direction == "rtl"
    assert layouts["rtl"].shown()[1:-1].startswith("(1)") and layouts["rtl"].shown()[1:-1].endswith("iOS")
    assert (layouts["turned"].sides[0], layouts["straight"].sides[0]) == ("R", "L")


@pytest.mark.parametrize(("ci", "outcome"), [("true", pytest.fail.Exception), ("", pytest.skip.Exception)])
def test_without_a_browser_tests_are_skipped_and_fail_in_ci(
    monkeypatch: pytest.MonkeyPatch, ci: str, outcome: type[BaseException]
) -> None:
    monkeypatch.setenv("CI", ci)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(outcome, match="apt-get install chromium"):
        program()


def test_enough_titles_of_every_language_are_looked_at() -> None:
    languages = Counter(title.language.split("-")[0] for title in TITLES if title.direction == "rtl")
    assert languages.keys() >= {"ar", "he", "fa", "ur", "ps", "ckb", "ku", "yi", "dv"}
    assert len(TITLES) >= 34 + 60 and len({title.id for title in TITLES}) == len(TITLES)


def test_every_host_shows_as_many_titles_right_as_it_did(
    seen: Seen, record_property: Callable[[str, object], None]
) -> None:
    table = [f"{'title_marks':<12}" + "".join(f"{host:>9}" for host in HOSTS) + f"   of {len(TITLES)}"]
    fell = []
    for mode in MODES:
        passed = {host: len(TITLES) - len(seen.wrong(mode, host)) for host in HOSTS}
        table.append(f"{mode:<12}" + "".join(f"{passed[host]:>9}" for host in HOSTS))
        fell += [
            f"{mode} in {host}: {100 * passed[host] / len(TITLES):.1f}% < {floor}%\n"
            + "\n".join(seen.explain(t, f"{mode}/{host}", isolated=mode == "isolate") for t in seen.wrong(mode, host))
            for host, floor in FLOORS[mode].items()
            if 100 * passed[host] / len(TITLES) < floor
        ]
    record_property("score", "titles in the right order, of " + "\n".join(table))
    assert not fell, "\n".join(fell)


@pytest.mark.parametrize("mode", ["needed", "isolate"])
def test_a_host_with_dir_auto_takes_the_direction_of_the_item(seen: Seen, mode: str) -> None:
    for host in ("auto", *AUTHORS):
        # A left-to-right title without any letter takes the direction of what follows it, and is right in both.
        asked = [title for title in TITLES if host == "auto" or any(map(str.isalpha, title.text))]
        turned = [t.id for t in asked if seen.layouts[f"{t.id}/{mode}/{host}"].direction != t.direction]
        assert turned == [], host


@pytest.mark.parametrize("place", ["h1", "list"])
def test_our_own_pages_show_every_title_right(seen: Seen, place: str) -> None:
    wrong = [
        seen.explain(title, place, isolated=True) for title in TITLES if not seen.right(title, place, isolated=True)
    ]
    assert wrong == [], "\n".join(wrong)


def test_titles_that_need_no_mark_get_none(seen: Seen) -> None:
    without = [title for title in TITLES if seen.layouts[f"{title.id}/off/auto"].direction == title.direction]
    assert len(without) > len(TITLES) / 3
    needless = [t.id for t in without if seen.emitted["needed", t.id] != t.text and any(c.isalpha() for c in t.text)]
    assert needless == []
