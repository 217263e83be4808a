"""What a second worker brings on this machine.

make bench-workers    # about 2 minutes
python bench/workers.py [--rounds 5] [--seconds 2] [--connections 64]

wrk takes processor time of the same cores, so the plain kinds of requests, of which one worker answers more than wrk
can ask for, show nothing here; those that Flask answers leave it nearly idle. The column of the cores says how
much processor time the server got: two workers can't be faster than what is left of two cores.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from contextlib import ExitStack
from pathlib import Path

import httpx
import machine
import sample
import servers

PATH = "/feeds/rss.xml"
WORKERS = (1, 2)


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--seconds", type=int, default=2)
    options.add_argument("--connections", type=int, default=64)
    chosen = options.parse_args()
    found: dict[tuple[str, int], list[servers.Load]] = {}
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        started = {}
        for workers in WORKERS:
            config, port = sample.newsroom(Path(name) / str(workers), 60), servers.free_port()
            command = servers.nashra(config, port, "--workers", str(workers))
            process = stack.enter_context(servers.running(command, port, PATH))
            started[workers] = (process, f"http://127.0.0.1:{port}")
        for process, _ in started.values():
            servers.settled(process)
        for _ in range(chosen.rounds):
            for workers, (process, base) in started.items():
                plain = httpx.get(base + PATH, headers={"Accept-Encoding": "identity"})
                cases = {
                    "304 by ETag": (PATH, {"If_None_Match": plain.headers["ETag"]}),
                    "200 gzip": (PATH, {"Accept_Encoding": "gzip"}),
                    "304 by date (Flask)": (PATH, {"If_Modified_Since": plain.headers["Last-Modified"]}),
                    "404 (Flask, SQLite)": ("/nothing", {}),
                }
                for case, (path, headers) in cases.items():
                    load = servers.load(process, base + path, chosen.connections, chosen.seconds, **headers)
                    found.setdefault((case, workers), []).append(load)
    print(machine.line("granian", "uvloop", programs=["wrk"]))
    print(f"{chosen.connections} connections, medians of {chosen.rounds} interleaved rounds of {chosen.seconds} s.")
    rows = []
    for case in dict.fromkeys(case for case, _ in found):
        rates = [statistics.median(load.rate for load in found[case, workers]) for workers in WORKERS]
        cores = [
            statistics.median(load.rate * load.cpu / 100_000 for load in found[case, workers]) for workers in WORKERS
        ]
        rows.append(
            [
                case,
                *(f"{rate:,.0f}" for rate in rates),
                f"{rates[1] / rates[0]:.2f}",
                *(f"{core:.2f}" for core in cores),
            ]
        )
    columns = ["answer", "1 worker, requests/s", "2 workers", "ratio", "cores, 1 worker", "cores, 2 workers"]
    machine.table(columns, rows)


if __name__ == "__main__":
    main()
