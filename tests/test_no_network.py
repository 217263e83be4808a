"""No connection is ever opened by reading, checking, exporting or serving, whatever content or config name: the kernel
watches (tests/no_network), and ends whoever tries."""

from __future__ import annotations

import platform
import re
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from conftest import Maker
from hostile import NOW, holds
from hostile_rows import MARKDOWN, ODD, SCRIPTS
from newsroom import Newsroom, article

GUARD = Path(__file__).parent / "no_network"
pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() not in ("x86_64", "aarch64"), reason="seccomp is Linux's own"
)
URL = "http://127.0.0.1:9/x"
ENTITIES = f'<!DOCTYPE svg SYSTEM "{URL}.dtd" [<!ENTITY % p SYSTEM "{URL}"><!ENTITY e SYSTEM "{URL}">]>'
DRAWING = (
    f'<?xml-stylesheet href="{URL}.css"?><svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="700" height="400">'
    f"<style>@import '{URL}.css'; @font-face {{ font-family: x; src: url({URL}.woff) }} rect {{ fill: url({URL}#a) }}</style>"
    f'<image href="{URL}.png" width="9" height="9"/><image xlink:href="{URL}.svg" width="9" height="9"/><use href="{URL}.svg#a"/>'
    f'<filter id="f"><feImage href="{URL}.png"/></filter><rect filter="url({URL}#f)" width="700" height="400"/><text font-family="x">x</text></svg>'
)
MARKUP = "".join(
    each.format(URL)
    for each in (
        "![x]({0}.png)\n\n[x]({0})\n\n<{0}>\n\n", '<img src="{0}.png" srcset="{0}.png 2x">', '<video src="{0}.mp4" poster="{0}.png"></video>', '<iframe src="{0}"></iframe>',
        '<link rel=stylesheet href="{0}.css">', '<script src="{0}.js"></script>', '<object data="{0}"></object>', "<svg><image href='{0}'/></svg>", "<style>@import '{0}'</style>",
    )
)  # fmt: skip
FIELDS: dict[str, Mapping[str, object]] = {
    "image": {"image": f"{URL}.png"},
    "map": {"image": f"{{url: '{URL}.jpg', alt: x}}"},
    "drawing": {"image": "d.svg"},
    "drawing with entities": {"image": "e.svg"},
    "enclosure": {"enclosure": f"{URL}.mp3"},
    "video": {"video": f"{{url: '{URL}.mp4', type: video/mp4}}"},
    "canonical": {"canonical": URL, "source": f"{{title: x, url: '{URL}'}}", "author": f"{{name: x, url: '{URL}'}}"},
    "other schemes": {"image": "ftp://127.0.0.1:9/x.png", "enclosure": "//127.0.0.1:9/x.mp3", "canonical": "\\\\\\\\127.0.0.1\\\\x"},
}  # fmt: skip


def _content() -> dict[str, str | bytes]:
    files: dict[str, str | bytes] = {
        f"f{n}.md": article(f"خبر {n}", MARKUP, **each) for n, each in enumerate(FIELDS.values())
    }
    files |= {f"h{n}.html": article("خبر", row) for n, row in enumerate(SCRIPTS[::13])} | {
        f"m{n}.md": article("خبر", row) for n, row in enumerate(MARKDOWN[::9])
    }
    files |= {
        f"o{n}.md": f"---\n{rows}\ndate: 2025-04-01\n---\nنص\n"
        for n, (name, rows) in enumerate(ODD.items())
        if name != "many tags"
    }
    return {
        **files,
        "a.html": f"<!DOCTYPE html SYSTEM '{URL}'><html><head><title>خ</title><meta name=date content=2025-04-01></head>{MARKUP}",
        "d.svg": DRAWING,
        "e.svg": ENTITIES + DRAWING,
        "ok.md": article(),
    }


@pytest.fixture(scope="module")
def room(shared_newsroom: Maker) -> Newsroom:
    site = {"icon": f"{URL}.ico", "image": f"{URL}.png", "logo": f"{URL}.png", "author": {"name": "x", "url": URL}}
    return shared_newsroom(_content(), at=NOW, env={"PYTHONPATH": str(GUARD)}, site=site, feeds={"items": 600})


@pytest.mark.parametrize(
    "attempt",
    [
        "socket.create_connection(('127.0.0.1', 9))",
        "socket.create_connection(('::1', 9))",
        "socket.getaddrinfo('news.example', 80)",
        "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', 9))",
        """sys.exit(subprocess.run([sys.executable, "-c", "import socket; socket.create_connection(('127.0.0.1', 9))"], env={}).returncode)""",
    ],
)
def test_the_guard_bites(attempt: str, room: Newsroom) -> None:
    tried = subprocess.run(
        [sys.executable, "-c", f"import socket, subprocess, sys; {attempt}"], env=room.env, check=False
    )
    assert tried.returncode in (-signal.SIGSYS, 256 - signal.SIGSYS)
    assert subprocess.run(
        [sys.executable, "-c", "import socket; socket.create_server(('', 0))"], env=room.env, check=True
    )


def test_check_and_export_open_no_connection(room: Newsroom, tmp_path: Path) -> None:
    report = room.check()
    assert report.code in (0, 1) and "Traceback" not in report.stderr
    report = room.run("export", str(tmp_path / "public"), "--at", NOW)
    assert (report.code, "Traceback" in report.stderr) == (0, False), report.stderr[-2000:]
    assert len(list((tmp_path / "public" / "s").glob("*.html"))) > 60


def test_serving_every_address_opens_no_connection(room: Newsroom) -> None:
    room.serve()
    tokens = holds(room)
    assert len(tokens) > 60
    few = [token for token in tokens if re.match(r"[fao]", token)]
    paths = [
        "/",
        "/feeds.opml",
        "/sitemap.xml",
        "/sitemap-news.xml",
        "/favicon.ico",
        "/feeds/social.json",
        "/search/x",
        "/media/d.svg",
        f"/oembed?url={URL}",
        f"/media/{URL}",
        "/feeds/tag/x/rss.xml",
    ]
    paths += [f"/s/{token}{more}" for token in few for more in ("", "/picture.jpg")] + [
        f"/oembed?url=https://news.example/s/{token}" for token in few
    ]
    answers = [room.get(path).status for path in paths]
    assert set(answers) <= {200, 302, 404} and answers.count(200) > 2 * len(few)
    assert room.get("/s/f2/picture.jpg").status == 200  # drawn from the drawing that names everything
    assert room.exit_code is None and "Traceback" not in room.log()
