"""`make soak`: 200 clients poll a newsroom whose files change twice a second; exit 1 where a promise breaks.

python scripts/soak.py [--seconds 1800] [--clients 200] [--articles 600] [--period 2] [--workers 1] [--docs] [--json FILE]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import signal
import socket
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "bench")]

from soaking import abusers, readers, report  # noqa: E402
from soaking.gauge import Gauge, Sample, measure, rows  # noqa: E402
from soaking.ledger import Ledger  # noqa: E402
from soaking.room import Editor, Room  # noqa: E402
from soaking.world import World  # noqa: E402

Client = Callable[[World, random.Random], Awaitable[None]]
SHARES: dict[Client, tuple[str, int]] = {
    readers.by_etag: ("reader, ETag", 56),
    readers.by_date: ("reader, Last-Modified", 20),
    readers.by_delta: ("reader, A-IM: feed", 16),
    readers.by_nothing: ("reader, no validators", 8),
    readers.people: ("person", 20),
    readers.unfurlers: ("unfurler", 8),
    readers.players: ("player", 10),
    readers.searchers: ("searcher", 8),
    readers.robots: ("robot", 8),
    readers.over_http2: ("HTTP/2", 12),
    abusers.slow_heads: ("slow head", 8),
    abusers.slow_readers: ("slow reader", 8),
    abusers.broken_pipes: ("broken pipe", 6),
    abusers.pipelines: ("pipeline", 6),
    abusers.long_heads: ("oversized head", 3),
    abusers.noise: ("noise", 2),
    readers.watcher: ("watcher", 1),
}


def main() -> int:
    """Prints what broke and one line of figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=float(os.environ.get("SOAK_SECONDS", "1800")))
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--articles", type=int, default=600, help="that nobody touches, beside those that come and go")
    parser.add_argument("--period", type=float, default=2.0, help="mean seconds between two polls of one client")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--docs", action="store_true", help="write docs/soak.md and docs/soak.svg")
    parser.add_argument("--json", type=Path, help="write all figures and samples there")
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # through the blocks that stop the server
    with tempfile.TemporaryDirectory(prefix="soak-") as name:
        found, samples = soak(Path(name), given)
    if given.json:
        given.json.write_text(json.dumps({**found, "samples": rows(samples)}, indent=1))
    if given.docs:
        (ROOT / "docs" / "soak.svg").write_text(report.drawing(samples, found), "utf-8")
        (ROOT / "docs" / "soak.md").write_text(report.page(found, "make soak"), "utf-8")
    broken = report.verdict(found)
    for line in broken:
        print(line)
    print(
        f"soak: {found['seconds']:.0f} s, {found['answers']:,} answers, {sum(found['edits'].values()):,} edits, "
        f"memory {found['memory'][2] / 2**20:.0f} MiB (last / middle third {found['memory_ratio']}), descriptors "
        f"{found['descriptors_before']} → {found['descriptors_after']}, {sum(found['faults'].values())} faults"
    )
    return 1 if broken else 0


def soak(folder: Path, given: argparse.Namespace) -> tuple[dict[str, object], list[Sample]]:
    """Serves, edits, polls and measures."""
    room = Room(folder, settled=given.articles, workers=given.workers)
    editor, ledger = Editor(room), Ledger()
    with socket.create_server(("127.0.0.1", 0)) as probe:
        room.port = int(probe.getsockname()[1])
    room.start()
    try:
        before = measure(room.pid)
        gauge, spent = Gauge(room.pid), time.process_time()
        gauge.start()
        editor.start()
        clients, seconds = asyncio.run(
            _poll(World(room=room, editor=editor, ledger=ledger, period=given.period), given)
        )
        editor.stop()
        gauge.stop()
        after = _settled(room, before)
        if not room.answers():
            ledger.fault("server", "does not answer any more")
    finally:
        if editor.is_alive():
            editor.stop()
        room.stop()
    found = report.figures(
        ledger, editor, gauge.samples, before, after, seconds=seconds, clients=clients,
        articles=len(room.settled) + len(editor.tokens),
        log=room.log.read_text("utf-8", "replace"), generator_cpu=time.process_time() - spent,
    )  # fmt: skip
    return found, gauge.samples


async def _poll(world: World, given: argparse.Namespace) -> tuple[dict[str, int], float]:
    """All clients at once for the given time, each with a random generator of its own. How many of each kind, and
    how many seconds it took."""
    began = time.monotonic()
    parts = [client for client, (_, share) in SHARES.items() for _ in range(share)]
    chosen = [parts[n * len(parts) // given.clients] for n in range(given.clients)]
    if readers.watcher not in chosen:
        chosen[0] = readers.watcher
    tasks = [asyncio.ensure_future(client(world, random.Random(n))) for n, client in enumerate(chosen)]
    ending = asyncio.ensure_future(asyncio.sleep(given.seconds))
    await asyncio.wait({ending, *tasks}, return_when=asyncio.FIRST_EXCEPTION, timeout=given.seconds)
    world.over.set()
    seconds = time.monotonic() - began
    done, late = await asyncio.wait(tasks, timeout=2)
    for task in late:
        task.cancel()
    await asyncio.gather(*late, return_exceptions=True)
    for task in done:
        task.result()  # a fault of the load's own ends the run
    ending.cancel()
    return dict(Counter(SHARES[client][0] for client in chosen)), seconds


def _settled(room: Room, before: Sample) -> Sample:
    """What is open when everybody has left; the server gets ten seconds to notice."""
    end = time.monotonic() + 10
    while True:
        now = measure(room.pid)
        if now.descriptors <= before.descriptors or time.monotonic() > end:
            return now
        time.sleep(0.25)


if __name__ == "__main__":
    sys.exit(main())
