"""Requests per second of one worker, beside nginx, Flask's hello world and feedgen per request, as ratios.

make bench-serving    # about 5 minutes
python bench/serving.py [--rounds 5] [--seconds 3]
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

import httpx
import machine
import sample
import servers

PATH = "/feeds/rss.xml"
WORDS = 214  # of an article; makes the feed 174 kB
CASES = {
    "200": {},
    "200 gzip": {"Accept_Encoding": "gzip"},
    "200 br": {"Accept_Encoding": "br"},
    "304": {"If_None_Match": ""},
}


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--seconds", type=int, default=3)
    options.add_argument("--connections", type=int, nargs="*", default=[16, 256])
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        config = sample.newsroom(folder, 60, WORDS)
        out = folder / "out"
        command = [sys.executable, "app.py", "--config", str(config), "export", str(out)]
        subprocess.run(command, cwd=servers.ROOT, check=True, capture_output=True)
        ports = {peer: servers.free_port() for peer in ("nashra", "nginx", "hello", "naive")}
        path, content = f"{servers.ROOT / 'bench'}", str(folder / "content")
        processes = {
            "nashra": servers.nashra(config, ports["nashra"]),
            "nginx": servers.nginx(folder, out, ports["nginx"]),
            "hello": servers.granian("peers:hello", ports["hello"]),
            "naive": servers.granian("peers:naive", ports["naive"]),
        }
        started = {
            peer: stack.enter_context(
                servers.running(command, ports[peer], PATH, PYTHONPATH=path, BENCH_CONTENT=content)
            )
            for peer, command in processes.items()
        }
        print(machine.line("granian", "uvloop", "flask", "feedgen", programs=["nginx", "wrk"]))
        for connections in chosen.connections:
            table(started, ports, connections, chosen.rounds, chosen.seconds)


def table(started: dict, ports: dict[str, int], connections: int, rounds: int, seconds: int) -> None:
    found: dict[tuple[str, str], list[servers.Load]] = {}
    for _ in range(rounds):
        for case, headers in CASES.items():
            for peer, process in started.items():
                if (peer in ("hello", "naive") and case != "200") or (peer == "nginx" and case == "200 br"):
                    continue
                url = f"http://127.0.0.1:{ports[peer]}{PATH}"
                plain = httpx.get(url, headers={"Accept-Encoding": "identity"})
                sent = {name: value or plain.headers["ETag"] for name, value in headers.items()}
                found.setdefault((peer, case), []).append(servers.load(process, url, connections, seconds, **sent))
    size = len(httpx.get(f"http://127.0.0.1:{ports['nashra']}{PATH}", headers={"Accept-Encoding": "identity"}).content)
    print(
        f"\n### {connections} connections, feed of {size:,} bytes, medians of {rounds} interleaved rounds of {seconds} s\n"
    )
    middle = {key: {name: statistics.median(getattr(load, name) for load in loads) for name in ("rate", "p99", "cpu")}
              for key, loads in found.items()}  # fmt: skip
    rows = []
    for peer, case in sorted(found, key=lambda key: (list(CASES).index(key[1]), key[0])):
        own, nginx = middle[peer, case], middle.get(("nginx", case))
        rows.append([
            f"{peer} {case}", f"{own['rate']:,.0f}", f"{own['rate'] / nginx['rate']:.2f}" if nginx else "",
            f"{own['rate'] / middle['hello', '200']['rate']:.1f}", f"{own['rate'] / middle['naive', '200']['rate']:.0f}",
            f"{own['p99']:.1f}", f"{own['p99'] / nginx['p99']:.1f}" if nginx else "", f"{own['cpu']:.2f}",
            sum(load.errors for load in found[peer, case]),
        ])  # fmt: skip
    columns = ["answer", "requests/s", "to nginx", "to hello", "to naive", "p99 ms", "to nginx", "CPU s per 100,000",
               "errors"]  # fmt: skip
    machine.table(columns, rows)


if __name__ == "__main__":
    main()
