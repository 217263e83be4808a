"""The others: slow heads, slow readers, broken pipes, heads without end, pipelines, noise.

Whether they get an answer is the server's affair, except that it is never a 5xx, that an answer which begins is well
formed, and that nobody holds a connection for ever by doing nothing.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from pathlib import Path

from soaking.wire import Answer, Gone, IllFormed, Wire
from soaking.world import World

LONGEST_HOLD = 120  # seconds that a connection may be held by somebody who sends and takes nothing
_REFUSALS = {400, 408, 413, 414, 431}
_FEED = "/feeds/rss.xml"
_LOST = (Gone, ConnectionError, TimeoutError, OSError)


async def slow_heads(world: World, rng: random.Random) -> None:
    """A head a few bytes at a time: complete in the end, never complete, or not even begun."""
    kind = "slow head"

    async def trickle() -> None:
        wire = await Wire(world.port).open()
        try:
            lot = rng.random()
            if lot < 0.3:
                await _held(world, kind, wire, b"")
            elif lot < 0.5:
                await _held(
                    world, kind, wire, rng.choice([b"P", b"PRI * HTTP/2", b"GET /feeds/rss.xml HTTP/1.1\r\nX-A: "])
                )
            else:
                head = f"GET {_FEED} HTTP/1.1\r\nHost: x\r\nX-Slow: {'y' * rng.randrange(60)}\r\n\r\n".encode()
                for n in range(0, len(head), 8):
                    wire.writer.write(head[n : n + 8])
                    await world.pause(rng.random())
                    if world.over.is_set():
                        return
                world.ledger.take(kind, await wire.answer("GET", _FEED, {}), {200})
        finally:
            wire.close()

    await _again(world, kind, rng, trickle)


async def slow_readers(world: World, rng: random.Random) -> None:
    """Takes a feed or a long sound file some bytes at a time, or nothing of it."""
    kind = "slow reader"

    async def sip() -> None:
        path = "/media/old/talk.mp3" if rng.random() < 0.3 else _FEED
        wire = await Wire(world.port, room=4096).open()
        try:
            wire.send("GET", path, {})
            if rng.random() < 0.2:
                await _held(world, kind, wire, b"", read=False)
                return
            await world.pause(rng.uniform(1, 8))  # before it takes anything at all
            if path != _FEED:
                for _ in range(20):
                    await wire.reader.read(4096)
                    await world.pause(0.5)
                world.ledger.event(kind, "left before the end")
                return
            world.ledger.take(kind, await wire.answer("GET", path, {}), {200})
        finally:
            wire.close()

    await _again(world, kind, rng, sip)


async def broken_pipes(world: World, rng: random.Random) -> None:
    """Resets the connection in the middle of an answer, of a request, or before any of it."""
    kind = "broken pipe"

    async def snap() -> None:
        wire = await Wire(world.port).open()
        try:
            lot = rng.random()
            if lot < 0.6:
                path = rng.choice([_FEED, "/", "/media/old/talk.mp3", "/s/a1/card.png"])
                wire.send("GET", path, {"Accept-Encoding": rng.choice(["", "gzip", "br"])})
                await asyncio.wait_for(wire.reader.read(rng.randrange(1, 4000)), 30) if rng.random() < 0.8 else None
            elif lot < 0.8:
                wire.writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n" + b"x" * 1000)
                await world.pause(0.1)
            else:
                wire.writer.write(b"GET /feeds/at")
                await world.pause(0.1)
            world.ledger.event(kind, "reset")
        finally:
            wire.reset()

    await _again(world, kind, rng, snap)


async def long_heads(world: World, rng: random.Random) -> None:
    """Heads of 20 kB to 2 MB: in one line, in many, in the target."""
    kind = "oversized head"

    async def stuff() -> None:
        size = rng.choice([20_000, 100_000, 500_000, 2_000_000])
        head = rng.choice(
            [
                f"GET {_FEED} HTTP/1.1\r\nHost: x\r\nX-Long: {'y' * size}\r\n\r\n",
                f"GET {_FEED} HTTP/1.1\r\nHost: x\r\n" + "X-Many: y\r\n" * (size // 11) + "\r\n",
                f"GET {_FEED}?{'y' * size} HTTP/1.1\r\nHost: x\r\n\r\n",
                f"GET {_FEED} HTTP/1.1\r\nHost: x\r\nIf-None-Match: " + '"y", ' * (size // 5) + '"z"\r\n\r\n',
            ]
        )
        await _perhaps(world, kind, head.encode())

    await _again(world, kind, rng, stuff)


async def noise(world: World, rng: random.Random) -> None:
    """Bytes that are no request: TLS, other protocols, contradictions, an HTTP/2 preface and nonsense after it."""
    kind = "noise"
    sent = (
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(500),
        b"SSH-2.0-x\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET  / HTTP/9.9\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(64),
        b"GET /feeds/rss.xml HTTP/1.1\r\nHost: x\r\nRange: bytes=0-0,1-1,2-2,3-3\r\n\r\n",
    )

    async def shout() -> None:
        await _perhaps(world, kind, rng.choice(sent))

    await _again(world, kind, rng, shout)


async def pipelines(world: World, rng: random.Random) -> None:
    """Several requests in one write; the answers come in order (RFC 9112 section 9.3.2)."""
    kind = "pipeline"

    async def pipe() -> None:
        wire = await Wire(world.port).open()
        try:
            paths = []
            for _ in range(rng.randrange(2, 9)):
                token = rng.choice(world.room.settled)
                paths.append(rng.choice([f"/s/{token}", f"/s/{token}", _FEED, "/healthz", "/nothing"]))
            for path in paths:
                wire.send("GET", path, {"Accept-Encoding": "identity"})
            for path in paths:
                headers = {"Accept-Encoding": "identity"}
                answer = await wire.answer("GET", path, headers)
                world.ledger.take(kind, answer, {404} if path == "/nothing" else {200})
                mark = {_FEED: b"<rss", "/healthz": b'"generation"', "/nothing": b"<html"}.get(
                    path, f'{path}"'.encode()
                )
                if mark not in answer.body:
                    world.ledger.fault(kind, "an answer out of order", answer)
        finally:
            wire.close()

    await world.repeat(kind, rng, pipe)


async def _held(world: World, kind: str, wire: Wire, first: bytes, *, read: bool = True) -> None:
    """Holds the connection and does nothing; the server has to end that some time."""
    wire.writer.write(first)
    began = asyncio.get_running_loop().time()
    if not read:
        mine = wire.writer.get_extra_info("sockname")[1]
        while not world.over.is_set() and _established(world.port, mine):
            if asyncio.get_running_loop().time() - began > LONGEST_HOLD:
                world.ledger.fault(kind, f"still held after {LONGEST_HOLD} s by somebody who takes nothing")
                return
            await world.pause(5)
        ended = f"ended after {_tens(asyncio.get_running_loop().time() - began)} s"
        world.ledger.event(kind, f"took nothing: {'the run ended' if world.over.is_set() else ended}")
        return
    reading, ending = asyncio.ensure_future(wire.reader.read(65536)), asyncio.ensure_future(world.over.wait())
    done, waiting = await asyncio.wait({reading, ending}, timeout=LONGEST_HOLD, return_when=asyncio.FIRST_COMPLETED)
    for each in waiting:
        each.cancel()
    if not done:
        world.ledger.fault(kind, f"still held after {LONGEST_HOLD} s by somebody who sent {first!r} and no more")
    elif reading in done:
        reading.exception()  # a reset ends it, too
        world.ledger.event(kind, f"did nothing: ended after {_tens(asyncio.get_running_loop().time() - began)} s")


def _established(server: int, client: int) -> bool:
    """Whether the server's end is open, as the kernel tells it: who takes nothing does not hear of its end."""
    wanted = f"0100007F:{server:04X} 0100007F:{client:04X} 01"
    return wanted in Path("/proc/net/tcp").read_text()


def _tens(seconds: float) -> str:
    low = int(seconds // 10) * 10
    return f"{low} to {low + 10}"


async def _perhaps(world: World, kind: str, data: bytes) -> None:
    """Sends it; an answer, if any, is no 5xx and well formed."""
    wire = await Wire(world.port).open()
    try:
        wire.writer.write(data)
        answer: Answer = await asyncio.wait_for(wire.answer("GET", _FEED, {}), 10)
        world.ledger.statuses[kind, answer.status] += 1
        if answer.status >= 500 or answer.status not in _REFUSALS | {200, 206, 304, 404, 405, 416}:
            world.ledger.fault(kind, f"a {answer.status}", answer)
    except _LOST:
        world.ledger.event(kind, "closed without an answer")
    except IllFormed as error:
        if not data.startswith(b"PRI"):  # that one is answered in frames
            world.ledger.fault(kind, f"ill-formed: {error}")
    finally:
        wire.close()


async def _again(world: World, kind: str, rng: random.Random, work: Callable[[], Awaitable[None]]) -> None:
    """Until the end; a connection that the server drops is no fault here, half an answer is."""
    await world.pause(rng.random() * world.period)
    while not world.over.is_set():
        try:
            await work()
        except IllFormed as error:
            if not world.over.is_set():
                world.ledger.fault(kind, f"ill-formed: {error}")
        except _LOST as error:
            world.ledger.event(kind, f"lost: {type(error).__name__}")
        await world.pause(world.period * rng.uniform(0.5, 1.5))
