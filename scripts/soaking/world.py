"""What all clients share: where the server is, what can be asked for, when to stop."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import quote

from soaking.ledger import Ledger
from soaking.room import SITE, Editor, Room
from soaking.wire import Answer, Gone, IllFormed, Wire

FORMATS = ("rss.xml", "atom.xml", "feed.json")
ENCODINGS = ("gzip", "gzip, deflate, br", "br", "identity", "")
_LOST = (Gone, ConnectionError, TimeoutError, IllFormed, OSError)


@dataclass(kw_only=True)
class World:
    """`period` is the mean of seconds between two polls of one client."""

    room: Room
    editor: Editor
    ledger: Ledger
    period: float
    over: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def port(self) -> int:
        return self.room.port

    async def pause(self, seconds: float) -> None:
        """Shorter when the run ends."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self.over.wait(), seconds)

    async def repeat(self, kind: str, rng: random.Random, work: Callable[[], Awaitable[None]]) -> None:
        """Until the end; whatever keeps an honest client from its answer is a fault."""
        await self.pause(rng.random() * self.period)
        while not self.over.is_set():
            try:
                await work()
            except _LOST as error:
                if not self.over.is_set():
                    self.ledger.fault(kind, f"no answer, {type(error).__name__}: {error}")
            await self.pause(self.period * rng.uniform(0.5, 1.5))

    def article(self, rng: random.Random) -> tuple[str, set[int]]:
        """Token of an article, and what its permalink may answer."""
        moving = self.editor.tokens
        if moving and rng.random() < 0.3:
            return rng.choice(moving), {200, 304, 404, 410}
        return rng.choice(self.room.settled), {200, 304}

    def feed(self, rng: random.Random, *, main: float = 0.8) -> str:
        """Path of a feed: the main one, or one of a tag, an author or the language."""
        folder = "/feeds"
        if rng.random() >= main:
            kind, name = rng.choice(
                [("tag", rng.choice(self.room.tags)), ("author", rng.choice(self.room.authors)), ("lang", "ar")]
            )
            folder = f"/feeds/{kind}/{quote(name.replace(' ', '-'))}"
        return f"{folder}/{rng.choice(FORMATS)}"


class Session:
    """A client with a connection that it keeps, or with a new one for each request."""

    def __init__(self, world: World, kind: str, *, keep: bool) -> None:
        self._world = world
        self._kind = kind
        self._keep = keep
        self._wire: Wire | None = None

    async def ask(
        self, path: str, expected: set[int], *, method: str = "GET", headers: Mapping[str, str] | None = None
    ) -> Answer:
        sent = {name: value for name, value in (headers or {}).items() if value}
        if not self._keep:
            sent["Connection"] = "close"
        answer = await self._sent(method, path, sent)
        if not self._keep or answer.get("connection") == "close":
            self.close()
        return self._world.ledger.take(self._kind, answer, expected)

    async def _sent(self, method: str, path: str, headers: Mapping[str, str]) -> Answer:
        if self._wire is not None:
            try:
                return await self._wire.ask(method, path, headers)
            except (Gone, ConnectionError):  # it was closed while idle, RFC 9112 section 9.3.1
                self.close()
        self._wire = await Wire(self._world.port).open()
        try:
            return await self._wire.ask(method, path, headers)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        if self._wire is not None:
            self._wire.close()
            self._wire = None


def local(url: str) -> str:
    """The path and query of an absolute URL of the site."""
    return url.removeprefix(SITE) or "/"
