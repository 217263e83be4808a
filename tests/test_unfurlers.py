"""Programs that preview links, run for real against permalinks: the card that a reader of a chat or a timeline sees."""

from __future__ import annotations

import re
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from clients.unfurl_sample import JPEG, NOBODY_S, STORIES, files
from clients.unfurlers import UNFURLERS, Card, mastodon, unfurled
from clients.wire import Wire, wired
from conftest import Maker
from html_page import Html
from newsroom import SITE, Newsroom

START = 32_768  # bytes; what Slack's and other robots ask for of a page
Unfurl = Callable[[str, str], Card]


AGENTS = {
    "facebook": "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "x": "Twitterbot/1.0",
    "telegram": "TelegramBot (like TwitterBot)",
    "whatsapp": "WhatsApp/2.23.20.0 A",
    "slack": "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "discord": "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
    "mastodon": "Mastodon/4.4.2 (http.rb/5.3.1; +https://social.example/) Bot",
    "linkedin": "LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)",
}
RANGES = ("", "bytes=0-524287", "bytes=0-32768", "bytes=0-")


@pytest.fixture(scope="module")
def served(shared_newsroom: Maker) -> Iterator[tuple[Newsroom, Wire]]:
    with wired(shared_newsroom, files()) as both:
        yield both


@pytest.fixture(scope="module")
def cut(served: tuple[Newsroom, Wire]) -> Iterator[str]:
    """The address of a server that ends every page after its first 32 kB."""
    room, _ = served
    with _cutting(room) as url:
        yield url


@pytest.fixture(scope="module")
def unfurl(served: tuple[Newsroom, Wire], cut: str, tmp_path_factory: pytest.TempPathFactory) -> Unfurl:
    """The card that a program makes of a page; each program runs once and unfurls all of them."""
    made: dict[str, dict[str, Card]] = {}
    _, wire = served
    urls = [f"{wire.url}/s/{name}" for name in (*STORIES, "nobody")] + [f"{cut}/s/long"]

    def card(program: str, url: str) -> Card:
        if program not in made:
            wire.taken()
            made[program] = unfurled(program, urls, tmp_path_factory.mktemp("unfurler"))
            assert {one.status for one in wire.taken()} == {200}  # nobody was sent from one address to another
        return {name: _bare(value) for name, value in made[program][url].items()}

    return card


@contextmanager
def _cutting(room: Newsroom) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = room.get(self.path).body[:START]
            self.send_response_only(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def _bare(value: object) -> object:
    """The address of a picture without its fingerprint."""
    return re.sub(r"\?v=[0-9a-f]+$", "", value) if isinstance(value, str) else value


def _picture(page: Html) -> Card:
    return {name: page.one_meta(f"og:image{name}") for name in ("", ":type", ":width", ":height")}


@pytest.mark.parametrize("name", STORIES)
@pytest.mark.parametrize("program", UNFURLERS)
def test_the_card_says_what_the_article_says(
    program: str, name: str, served: tuple[Newsroom, Wire], unfurl: Unfurl
) -> None:
    _, wire = served
    card, expected = unfurl(program, f"{wire.url}/s/{name}"), STORIES[name].card(name, wire.url, program)
    assert {"title", "description", "image", "author", "site"} <= set(card)
    assert card == {field: expected[field] for field in card}


@pytest.mark.parametrize("program", UNFURLERS)
def test_the_first_32_kilobytes_of_a_long_page_make_the_whole_card(
    program: str, served: tuple[Newsroom, Wire], cut: str, unfurl: Unfurl
) -> None:
    room, wire = served
    whole = room.share("long").body
    assert len(whole) > 2 * START and whole.count(b"article:tag") == 260
    assert whole.index(b"</head>") > START  # the tags come last
    assert unfurl(program, f"{cut}/s/long") == unfurl(program, f"{wire.url}/s/long")


@pytest.mark.parametrize("name", STORIES)
def test_the_picture_answers_with_the_stated_type_and_size(name: str, served: tuple[Newsroom, Wire]) -> None:
    room, wire = served
    stated = _picture(room.page(name))
    url = str(stated[""])
    assert url.startswith(f"{wire.url}/")
    answer = room.get(url)
    assert (answer.status, answer.headers["Content-Type"]) == (200, stated[":type"])
    if stated[":type"] == "image/jpeg":
        assert answer.body == JPEG
        size: tuple[int, ...] = (1200, 630)
    else:
        assert answer.body.startswith(b"\x89PNG\r\n\x1a\n")
        size = struct.unpack(">II", answer.body[16:24])  # PNG section 11.2.1: IHDR comes first
    assert (stated[":width"], stated[":height"]) == tuple(str(length) for length in size)
    assert len(answer.body) < 600_000  # WhatsApp leaves out larger ones


@pytest.mark.parametrize("name", STORIES)
def test_mastodon_s_order_of_sources_makes_the_same_card(name: str, served: tuple[Newsroom, Wire]) -> None:
    room, wire = served
    card, expected = mastodon(room.share(name).text), STORIES[name].card(name, wire.url)
    assert {name: _bare(value) for name, value in card.items()} == {field: expected[field] for field in card}


@pytest.mark.parametrize("name", STORIES)
def test_every_source_of_mastodon_s_language_says_the_same(name: str, served: tuple[Newsroom, Wire]) -> None:
    room, _ = served
    text = room.share(name).text
    without_data = re.sub(r'<script type="application/ld\+json">.*?</script>', "", text, flags=re.DOTALL)
    without_locale = re.sub(r'<meta property="og:(?:locale|title)"[^>]*>', "", without_data)
    assert len(without_locale) < len(without_data) < len(text)
    found = [mastodon(each) for each in (text, without_data, without_locale)]
    story = STORIES[name]
    assert [card["language"] for card in found] == [story.language, story.locale, story.language]
    assert [card["title"] for card in found] == [story.marked, story.marked, f"{story.marked} — {SITE['title']}"]


@pytest.mark.parametrize("agent", AGENTS)
@pytest.mark.parametrize("coding", ["identity", "gzip", "deflate, gzip", "br, gzip"])
def test_every_robot_gets_the_same_bytes_whole_or_the_range_that_it_asks_for(
    agent: str, coding: str, served: tuple[Newsroom, Wire]
) -> None:
    room, _ = served
    photo = str(_picture(room.page("arabic"))[""])
    for path in ("/s/arabic", "/s/long", photo, "/s/persian/card.png"):
        usual = room.get(path)
        for asked in RANGES:
            headers = {"User-Agent": AGENTS[agent], "Accept": "*/*", "Accept-Encoding": coding}
            answer = room.get(path, headers | ({"Range": asked} if asked else {}))
            assert answer.headers["Content-Type"] == usual.headers["Content-Type"]
            assert "Set-Cookie" not in answer.headers
            assert "user-agent" not in answer.headers.get("Vary", "").lower()
            assert int(answer.headers["Content-Length"]) == len(answer.raw)
            if answer.status == 206:
                assert asked and "Content-Encoding" not in answer.headers
                last = min(int(asked.partition("-")[2] or len(usual.body)), len(usual.body) - 1)
                assert answer.headers["Content-Range"] == f"bytes 0-{last}/{len(usual.body)}"
                assert answer.raw == usual.body[: last + 1]
            else:
                assert (answer.status, answer.body) == (200, usual.body)
            if coding == "gzip" and path.startswith("/s/") and "card" not in path:
                assert answer.headers["Content-Encoding"] == "gzip"


@pytest.mark.parametrize("agent", AGENTS)
def test_a_robot_s_head_request_says_what_its_get_request_says(agent: str, served: tuple[Newsroom, Wire]) -> None:
    room, _ = served
    for path in ("/s/arabic", str(_picture(room.page("arabic"))[""]), "/s/persian/card.png"):
        for coding in ("identity", "gzip"):
            headers = {"User-Agent": AGENTS[agent], "Accept-Encoding": coding}
            head, get = room.head(path, headers), room.get(path, headers)
            assert (head.status, head.raw) == (200, b"")
            assert _lasting(head.headers) == _lasting(get.headers)


def test_robots_txt_lets_every_robot_in(served: tuple[Newsroom, Wire]) -> None:
    room, _ = served
    assert not re.search(r"(?im)^\s*disallow:\s*\S", room.ok("/robots.txt").text)


def test_a_head_request_with_a_range_is_one_without(served: tuple[Newsroom, Wire]) -> None:
    """RFC 9110 section 14.2: only GET has ranges."""
    room, _ = served
    for path in ("/s/arabic", "/s/persian/card.png", str(_picture(room.page("arabic"))[""])):
        plain, ranged = room.head(path), room.head(path, {"Range": "bytes=0-99"})
        assert (ranged.status, _lasting(ranged.headers)) == (200, _lasting(plain.headers))


def _lasting(headers: Any) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name not in ("date", "age")}


@pytest.mark.parametrize("program", UNFURLERS)
def test_an_article_of_nobody_s_has_no_author_on_any_card(
    program: str, served: tuple[Newsroom, Wire], unfurl: Unfurl
) -> None:
    _, wire = served
    card, expected = unfurl(program, f"{wire.url}/s/nobody"), NOBODY_S.card("nobody", wire.url)
    assert card["author"] is None
    assert card == {field: expected[field] for field in card}
