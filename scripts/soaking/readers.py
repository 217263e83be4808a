"""The honest ones: feed readers of every kind, people, unfurlers, players, searchers, robots."""

from __future__ import annotations

import asyncio
import html
import random
import re
import time
from email.utils import parsedate_to_datetime
from urllib.parse import quote, urlencode

from soaking import checks
from soaking.h2c import Http2
from soaking.world import ENCODINGS, World, local
from soaking.world import Session as _Session

_HREF = re.compile(r'(?:href|src)="(https://news\.example/[^"]*)"')
_PICTURE = re.compile(r'property="og:image" content="([^"]*)"')
_LOC = re.compile(r"<loc>([^<]*)</loc>")


async def by_etag(world: World, rng: random.Random) -> None:
    await _poll(world, rng, "reader, ETag", {"ETag": "If-None-Match"})


async def by_date(world: World, rng: random.Random) -> None:
    await _poll(world, rng, "reader, Last-Modified", {"Last-Modified": "If-Modified-Since"})


async def by_delta(world: World, rng: random.Random) -> None:
    await _poll(world, rng, "reader, A-IM: feed", {"ETag": "If-None-Match"}, {"A-IM": "feed"})


async def by_nothing(world: World, rng: random.Random) -> None:
    await _poll(world, rng, "reader, no validators", {})


async def _poll(
    world: World, rng: random.Random, kind: str, validators: dict[str, str], more: dict[str, str] | None = None
) -> None:
    """One feed in one encoding, as one reader asks for it: on and on, with what the last answer gave."""
    path, session = world.feed(rng), _Session(world, kind, keep=rng.random() < 0.5)
    headers = {"Accept-Encoding": rng.choice(ENCODINGS), **(more or {})}
    expected = {200} if not validators else {200, 304, 226} if more else {200, 304}
    last = 0.0

    async def poll() -> None:
        nonlocal last
        answer = await session.ask(path, expected, headers=headers)
        for given, asked in validators.items():
            if answer.get(given.lower()):
                headers[asked] = answer.get(given.lower())
        stamp = answer.get("last-modified")
        if stamp:
            moved = parsedate_to_datetime(stamp).timestamp()
            if moved < last:
                world.ledger.fault(kind, f"Last-Modified went back by {last - moved:.0f} s", answer)
            last = max(last, moved)
        if rng.random() < 0.02:
            session.close()

    await world.repeat(kind, rng, poll)


async def watcher(world: World, rng: random.Random) -> None:
    """Notes when each new article is first seen."""
    kind, path = "watcher", "/feeds/feed.json"
    session = _Session(world, kind, keep=True)
    headers = {"Accept-Encoding": "gzip"}

    async def look() -> None:
        answer = await session.ask(path, {200, 304}, headers=headers)
        headers["If-None-Match"] = answer.get("etag")
        if answer.status == 200:
            for found in checks.ids(answer):
                world.ledger.seen.setdefault(found.rpartition(":")[2], time.monotonic())

    while not world.over.is_set():
        await look()
        await world.pause(0.2)


async def people(world: World, rng: random.Random) -> None:
    """From the home page to an article and what belongs to it."""
    kind = "person"
    session = _Session(world, kind, keep=True)
    headers = {"Accept-Encoding": "gzip, deflate, br"}
    links = ["/"]

    async def read() -> None:
        path = rng.choice(links[-40:])
        stable = path in ("/", "/page/2") or path.startswith(("/assets/", "/tag/", "/lang/", "/author/", "/feeds"))
        answer = await session.ask(path, {200, 301} if stable else {200, 301, 404, 410}, headers=headers)
        if answer.status == 200 and answer.get("content-type").startswith("text/html"):
            links.extend(local(html.unescape(url)).partition("#")[0] for url in _HREF.findall(_text(answer)))
        del links[1:-200]

    await world.repeat(kind, rng, read)


async def unfurlers(world: World, rng: random.Random) -> None:
    """HEAD, then GET, then the picture that the page names."""
    kind = "unfurler"
    session = _Session(world, kind, keep=False)

    async def unfurl() -> None:
        token, expected = world.article(rng)
        path = f"/s/{token}"
        head = await session.ask(path, expected, method="HEAD")
        page = await session.ask(path, expected)
        same = head.status == page.status == 200 and head.get("etag") == page.get("etag")
        if same and head.get("content-length") != page.get("content-length"):
            world.ledger.fault(kind, f"HEAD tells {head.get('content-length')} bytes", page)
        picture = _PICTURE.search(_text(page))
        if page.status == 200 and picture:
            await session.ask(local(html.unescape(picture[1])), {200, 404, 410})
        await session.ask("/oembed?" + urlencode({"url": f"https://news.example{path}"}), expected)

    await world.repeat(kind, rng, unfurl)


async def players(world: World, rng: random.Random) -> None:
    """Parts of sound files, and pictures with and without validators."""
    kind = "player"
    session = _Session(world, kind, keep=True)
    known: dict[str, str] = {}

    async def play() -> None:
        if rng.random() < 0.5:
            start = rng.randrange(5_000_000)
            want = f"bytes={start}-{start + 99_999}"
            answer = await session.ask("/media/old/talk.mp3", {206}, headers={"Range": want})
            if len(answer.body) != 100_000 or answer.get("content-range") != f"{want.replace('=', ' ')}/6000010":
                world.ledger.fault(
                    kind, f"{len(answer.body)} bytes, Content-Range {answer.get('content-range')}", answer
                )
            return
        path = rng.choice([f"/media/old/p{rng.randrange(10)}.png", "/media/old/note.mp3"])
        answer = await session.ask(path, {200, 304}, headers={"If-None-Match": known.get(path, "")})
        known[path] = answer.get("etag") or known.get(path, "")

    await world.repeat(kind, rng, play)


async def searchers(world: World, rng: random.Random) -> None:
    kind = "searcher"
    session = _Session(world, kind, keep=True)
    words = ["مكتبة", "القديمة", "الخبز", "السوق مكتبة", "قطار", "library"]

    async def search() -> None:
        asked = rng.choice(words)
        path = rng.choice(
            [f"/search?q={quote(asked)}", f"/search/{quote(asked)}", f"/feeds/search/{quote(asked)}/rss.xml"]
        )
        await session.ask(path, {200, 301, 303}, headers={"Accept-Encoding": rng.choice(ENCODINGS)})

    await world.repeat(kind, rng, search)


async def robots(world: World, rng: random.Random) -> None:
    """Site maps and what they name, other documents, old addresses, what never was."""
    kind = "robot"
    session = _Session(world, kind, keep=True)
    plain = (
        "/robots.txt",
        "/sitemap.xml",
        "/sitemap-news.xml",
        "/feeds.opml",
        "/healthz",
        "/feeds/social.json",
        "/feeds/page/2/rss.xml",
    )
    known: list[str] = []

    async def crawl() -> None:
        lot = rng.random()
        if lot < 0.45:
            answer = await session.ask(rng.choice(plain), {200}, headers={"Accept-Encoding": rng.choice(ENCODINGS)})
            known.extend(local(html.unescape(url)) for url in _LOC.findall(_text(answer)) if "sitemap" in answer.path)
            del known[:-300]
        elif lot < 0.6:
            await session.ask(rng.choice(["/feed", "/rss", "/atom.xml", "/index.xml"]), {308})
        elif lot < 0.75:
            await session.ask(
                rng.choice(["/wp-login.php", "/s/none-such", "/feeds/tag/none/rss.xml", "/%00", "/page/0"]), {404}
            )
        elif lot < 0.8:
            await session.ask(
                "/feeds/rss.xml", {405}, method=rng.choice(["POST", "PUT", "DELETE"]), headers={"Content-Length": "0"}
            )
        elif known:
            await session.ask(rng.choice(known), {200, 404, 410})

    await world.repeat(kind, rng, crawl)


async def over_http2(world: World, rng: random.Random) -> None:
    """Several polls at once on one connection; one stream in eight is cancelled half-way."""
    kind = "HTTP/2"
    open_now: Http2 | None = None
    tags: dict[str, str] = {}

    async def poll() -> None:
        nonlocal open_now
        connection, open_now = open_now or await Http2(world.port).open(), None
        requests = []
        for _ in range(rng.randrange(1, 5)):
            path = rng.choice([world.feed(rng), f"/s/{world.article(rng)[0]}", "/", "/media/old/p1.png"])
            headers = {"accept-encoding": rng.choice(ENCODINGS) or "identity"}
            requests.append((rng.choice(["GET", "GET", "GET", "HEAD"]), path, headers | _known(tags, path)))
        try:
            cancel = rng.randrange(len(requests)) if rng.random() < 0.25 else -1
            for answer in await connection.ask(requests, cancel=cancel):
                answer.asked = {"Accept-Encoding": answer.asked["accept-encoding"], **answer.asked}
                moving = answer.path.startswith("/s/")
                world.ledger.take(kind, answer, {200, 304, 404, 410} if moving else {200, 304})
                tags[answer.path] = answer.get("etag")
        except BaseException:
            connection.wire.close()
            raise
        if rng.random() < 0.1:
            connection.wire.reset() if rng.random() < 0.5 else connection.wire.close()
        else:
            open_now = connection

    try:
        await world.repeat(kind, rng, poll)
    finally:
        if open_now is not None:
            open_now.wire.close()
        await asyncio.sleep(0)


def _known(tags: dict[str, str], path: str) -> dict[str, str]:
    return {"if-none-match": tags[path]} if tags.get(path) else {}


def _text(answer: checks.Answer) -> str:
    return checks.plainly(answer).decode("utf-8", "replace")
