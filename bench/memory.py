"""Resident memory of one worker after every feed of 500 tags was asked for, in archives of two sizes.

make bench-memory    # about 3 minutes, and the first time what reading the larger archive takes
python bench/memory.py [--sizes 10000 100000] [--no-peer]

Each of the 500 tags' three formats is asked for as it is and gzipped. RSS counts pages that processes share in each
of them, PSS divides them. Beside it the naive service, which holds all articles in memory, with 10,000 of them.
"""

from __future__ import annotations

import argparse
import subprocess
import time
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote

import httpx
import machine
import sample
import servers

FORMATS = ("rss.xml", "atom.xml", "feed.json")


def worker(process: subprocess.Popen[bytes]) -> Path:
    """The /proc folder of the process that answers: the largest of the group."""
    return max(machine.processes(process.pid), key=lambda folder: sizes(folder)["Rss"])


def sizes(folder: Path) -> dict[str, float]:
    """Rss, Pss and Anonymous of a process in MB."""
    lines = (folder / "smaps_rollup").read_text().splitlines()[1:]
    return {name: int(value.split()[0]) / 1000 for name, value in (line.split(":") for line in lines)}


def feeds(tags: int = 500) -> Iterable[str]:
    for number in range(tags):
        for name in FORMATS:
            yield f"/feeds/tag/{quote(f'وسم-{number}')}/{name}"


def ask(port: int, paths: Iterable[str]) -> int:
    """Answers that were not 200."""
    bad = 0
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
        for path in paths:
            for encoding in ("identity", "gzip"):
                bad += client.get(path, headers={"Accept-Encoding": encoding}).status_code != 200
    return bad


def idle_cpu(process: subprocess.Popen[bytes], seconds: float = 5) -> float:
    before = machine.cpu_seconds(process.pid)
    time.sleep(seconds)
    return (machine.cpu_seconds(process.pid) - before) / seconds * 100


def nashra(size: int) -> list[object]:
    folder, port = sample.kept(size), servers.free_port()
    command = servers.nashra(folder / "config.yaml", port, watch=True)
    with servers.running(command, port, "/feeds/rss.xml") as process:
        servers.settled(process)
        start = sizes(worker(process))
        errors = ask(port, feeds())
        end = sizes(worker(process))
        group = [sizes(each) for each in machine.processes(process.pid)]
        return [
            f"nashra, {size:,} articles", f"{start['Rss']:.0f}", f"{end['Rss']:.0f}", f"{end['Pss']:.0f}",
            f"{end['Anonymous']:.0f}", f"{sum(each['Pss'] for each in group):.0f}", f"{idle_cpu(process):.1f}", errors,
        ]  # fmt: skip


def naive(size: int) -> list[object]:
    folder, port = sample.kept(size), servers.free_port()
    command = servers.granian("peers:naive", port)
    environment = {
        "PYTHONPATH": str(servers.ROOT / "bench"),
        "BENCH_CONTENT": str(folder / "content"),
        "BENCH_ALL": "1",
    }
    with servers.running(command, port, "/feeds/rss.xml", **environment) as process:
        start = sizes(worker(process))
        errors = ask(port, ["/feeds/rss.xml"] * 50)
        end = sizes(worker(process))
        group = [sizes(each) for each in machine.processes(process.pid)]
        return [
            f"naive, {size:,} articles", f"{start['Rss']:.0f}", f"{end['Rss']:.0f}", f"{end['Pss']:.0f}",
            f"{end['Anonymous']:.0f}", f"{sum(each['Pss'] for each in group):.0f}", f"{idle_cpu(process):.1f}", errors,
        ]  # fmt: skip


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--sizes", type=int, nargs="*", default=[10_000, 100_000])
    options.add_argument("--no-peer", action="store_true")
    chosen = options.parse_args()
    rows = [nashra(size) for size in chosen.sizes]
    if not chosen.no_peer:
        rows.append(naive(10_000))
    print(machine.line("granian", "uvloop"))
    print("MB of one worker, and of the whole group of processes.")
    columns = ["server", "RSS before", "RSS after", "PSS after", "anonymous", "PSS of all", "idle CPU %", "errors"]
    machine.table(columns, rows)


if __name__ == "__main__":
    main()
