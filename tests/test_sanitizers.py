"""An article of mixed languages through what readers keep of it, block by block, in a real browser."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from browser.chromium import Layout, document, lay_out, probed, program
from conftest import Maker
from newsroom import article
from readers_profiles import PROFILES

BLOCKS: list[dict[str, str]] = json.loads(
    Path(__file__).with_name("corpus").joinpath("mixed-article.json").read_text("utf-8")
)
NAMES = tuple(block["name"] for block in BLOCKS)
STYLE = "body * { font-family: sans-serif }"

NO_DIR = "the reader drops every dir, and the whole article has one direction"
NO_BDI = "the reader unwraps bdi, and running text holds no other element that could carry dir"
NO_LINK_DIR = "the reader drops dir on links, and unwraps bdi"
CELLS = "the cells of a row become one line, and a sign before a number turns"
BY_LINE = "a text has no elements; each line goes by its first strong letter"
SCRAMBLED = ("handle and version", "phone number")
ENGLISH = tuple(name for name in NAMES if name.startswith("English"))
# What cannot come out right in a reader, whatever we write, and why.
UNREACHABLE: dict[str, dict[str, str]] = {
    "Miniflux": dict.fromkeys((*ENGLISH, "code", "inline code", "linked address"), NO_DIR) | dict.fromkeys(SCRAMBLED, NO_BDI),
    "FreshRSS": {},
    "Tiny Tiny RSS": {},
    "CommaFeed": dict.fromkeys(SCRAMBLED, NO_BDI) | {"linked address": NO_LINK_DIR},
    "Feedbin": dict.fromkeys(SCRAMBLED, NO_BDI),
    "feedparser": dict.fromkeys(SCRAMBLED, NO_BDI),
    "plain text": dict.fromkeys((*SCRAMBLED, "inline code", "linked address"), BY_LINE) | {"table": CELLS},
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Shown:
    content: str
    layouts: dict[str, Layout]

    def wrong(self, profile: str) -> dict[str, str]:
        """Blocks in the wrong order, with what is seen and what should be."""
        whole, start = self.layouts[profile].letters(), 0
        found: dict[str, str] = {}
        for name in NAMES:
            ideal = self.layouts[f"ideal/{name}"].letters()
            seen = whole.part(start, start + len(ideal.text))
            start += len(ideal.text)
            if not seen.looks_like(ideal):
                found[name] = f"{seen.shown()} should be {ideal.shown()}"
        assert start == len(whole.text), "the reader shows more than the article"
        return found


@pytest.fixture(scope="module")
def shown(shared_newsroom: Maker) -> Shown:
    program()
    body = "\n\n".join(block["body"] for block in BLOCKS)
    room = shared_newsroom({"mixed.md": article("مقال متعدد اللغات", body)}, inside=True)
    (content,) = {feed["mixed"].content_html for feed in room.feeds()}
    return Shown(content=content, layouts=lay_out(_frames(content)))


def _frames(content: str) -> Iterator[str]:
    yield document("".join(probed(block["ideal"], "ideal", block["name"]) for block in BLOCKS), style=STYLE)
    for name, profile in PROFILES.items():
        yield document(probed(profile.clean(content), name, attributes=profile.host(content)), style=STYLE)


@pytest.mark.parametrize("profile", PROFILES)
def test_every_block_that_a_rule_can_reach_comes_out_right(shown: Shown, profile: str) -> None:
    wrong = shown.wrong(profile)
    assert {name: wrong[name] for name in wrong if name not in UNREACHABLE[profile]} == {}


@pytest.mark.parametrize("profile", PROFILES)
def test_what_is_called_unreachable_is_wrong_indeed(shown: Shown, profile: str) -> None:
    assert UNREACHABLE[profile].keys() - shown.wrong(profile).keys() == set()


@pytest.mark.parametrize("profile", ["Miniflux", "FreshRSS", "CommaFeed"])
def test_readers_that_judge_the_direction_themselves_find_it_right_to_left(shown: Shown, profile: str) -> None:
    assert shown.layouts[profile].direction == "rtl"


def test_the_table_of_readers(shown: Shown, record_property: Callable[[str, object], None]) -> None:
    lines = []
    for profile in PROFILES:
        wrong = shown.wrong(profile)
        lines.append(f"{profile:<14}{len(NAMES) - len(wrong):>3} of {len(NAMES)} blocks right")
        lines += [f"{'':<14}not: {name} ({UNREACHABLE[profile].get(name, 'a fault')})" for name in wrong]
    record_property("score", "blocks in the right order behind readers' sanitizers\n" + "\n".join(lines))
    assert len(PROFILES) == 7
