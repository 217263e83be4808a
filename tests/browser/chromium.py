"""Debian's Chromium, headless: lays pages out and says where each character came to stand."""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--host-resolver-rules=MAP * ~NOTFOUND",
)  # fmt: skip
SECONDS = 60
_MIRROR = str.maketrans("()[]{}<>«»‹›≤≥", ")(][}{><»«›‹≥≤")
# Wide enough that no line breaks: what is measured is order, not line breaking.
FRAME = "width: 12000px; border: 0; display: block"


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The visible graphemes of an element in logical order, their places in screen order (line by line from the left),
    which way each bracket faces ("" for others, "?" where it cannot be told), and the direction of the element."""

    text: tuple[str, ...]
    order: tuple[int, ...]
    sides: tuple[str, ...]
    direction: str

    def part(self, start: int, end: int) -> Layout:
        """The graphemes from `start` to `end` alone, as they stand among the others."""
        return Layout(
            text=self.text[start:end],
            order=tuple(place - start for place in self.order if start <= place < end),
            sides=self.sides[start:end],
            direction=self.direction,
        )

    def letters(self) -> Layout:
        """Without white space."""
        kept = [place for place, grapheme in enumerate(self.text) if not grapheme.isspace()]
        renumbered = {place: number for number, place in enumerate(kept)}
        return Layout(
            text=tuple(self.text[place] for place in kept),
            order=tuple(renumbered[place] for place in self.order if place in renumbered),
            sides=tuple(self.sides[place] for place in kept),
            direction=self.direction,
        )

    def looks_like(self, other: Layout) -> bool:
        """The same text in the same order, with its brackets facing the same way."""
        assert self.text == other.text, f"{''.join(self.text)!r} is not {''.join(other.text)!r}"
        return self.order == other.order and all(
            mine == theirs or "?" in (mine, theirs) for mine, theirs in zip(self.sides, other.sides, strict=True)
        )

    def shown(self) -> str:
        """What the eye sees, from the left, kept from being turned again by a terminal."""
        seen = (
            self.text[place].translate(_MIRROR) if self.sides[place] == "R" else self.text[place]
            for place in self.order
        )
        return f"\u202d{''.join(seen)}\u202c"


def program() -> str:
    """The browser; without one the test is skipped, and fails where nothing may be skipped (CI=true)."""
    found = next((path for name in PROGRAMS if (path := shutil.which(name))), "")
    if not found:
        reason = "no Chromium here; on Debian and Ubuntu: apt-get install chromium"
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return found


def lay_out(documents: Iterable[str]) -> dict[str, Layout]:
    """Each document in a frame of one page, in one run of the browser; the layout of every element that has a
    `data-probe`, by its value. Scripts of the documents do not run before, nothing is fetched from any network."""
    path = program()
    with tempfile.TemporaryDirectory(prefix="chromium-") as folder:
        page = Path(folder, "page.html")
        page.write_text(_page(list(documents)), encoding="utf-8")
        command = [path, *FLAGS, f"--user-data-dir={folder}/profile", "--dump-dom", page.as_uri()]
        shown = _run(command, folder)
    answer = re.search(r"<pre>(\{.*\})</pre>", shown, re.DOTALL)
    assert answer, f"the browser gave no answer: {shown[:2000]}"
    return {
        name: Layout(
            text=tuple(found["text"]),
            order=tuple(found["order"]),
            sides=tuple(found["sides"]),
            direction=found["direction"],
        )
        for name, found in json.loads(html.unescape(answer[1])).items()
    }


def document(body: str, *, style: str = "", attributes: str = "") -> str:
    """A page of ours round probes."""
    return (
        f'<!DOCTYPE html><html {attributes}><head><meta charset="utf-8"><style>{style}</style></head>'
        f"<body>{body}</body></html>"
    )


def probe(*names: object) -> str:
    """The attribute that has an element measured, under its names with `/` between them."""
    return f'data-probe="{html.escape("/".join(map(str, names)))}"'


def probed(content: str, *names: object, tag: str = "div", attributes: str = "") -> str:
    """An element round HTML, to be measured."""
    return f"<{tag} {attributes} {probe(*names)}>{content}</{tag}>"


def _page(documents: Sequence[str]) -> str:
    script = Path(__file__).with_name("glyphs.js").read_text("utf-8")
    sources = json.dumps(documents).replace("<", "\\u003c")
    return (
        f'<!DOCTYPE html><meta charset="utf-8"><body><script>{script}\n'
        f"const frames = {sources}.map((source) => {{\n"
        f'  const frame = document.createElement("iframe");\n  frame.style = "{FRAME}";\n  frame.srcdoc = source;\n'
        "  document.body.append(frame);\n  return frame;\n});\n"
        'addEventListener("load", () => answer(frames));</script>'
    )


def _run(command: Sequence[str], folder: str) -> str:
    """What the browser wrote; it and its children do not outlive the call."""
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={"PATH": os.environ.get("PATH", ""), "HOME": folder, "LC_ALL": "C.UTF-8"},
        start_new_session=True,
    ) as browser:
        try:
            out, errors = browser.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(browser.pid, signal.SIGKILL)
            out, errors = browser.communicate()
            raise AssertionError(f"the browser took more than {SECONDS} s: {errors[-2000:]!r}") from None
    return out.decode("utf-8")
