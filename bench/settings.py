"""What each setting of granian, and each other server, makes of the same application: one changed at a time.

make bench-settings    # about 6 minutes
python bench/settings.py [--rounds 5] [--seconds 1] [--only WORD ...]

The first row is `serve` as it is, the second the plain WSGI application under granian with the settings that `serve`
gives it; the rows below differ from that in what they name. Servers that are not installed are left out.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path

import httpx
import machine
import sample
import servers

PATH = "/feeds/rss.xml"
GRANIAN = {
    "interface rsgi": ("--interface", "rsgi", "--blocking-threads", "1"),
    "interface rsgi, runtime st": ("--interface", "rsgi", "--blocking-threads", "1", "--runtime-mode", "st"),
    "interface rsgi, runtime st, uvloop": (
        "--interface",
        "rsgi",
        "--blocking-threads",
        "1",
        "--runtime-mode",
        "st",
        "--loop",
        "uvloop",
    ),
    "interface rsgi, runtime st, rust tasks": (
        "--interface",
        "rsgi",
        "--blocking-threads",
        "1",
        "--runtime-mode",
        "st",
        "--task-impl",
        "rust",
    ),
    "interface asgi, runtime st": ("--interface", "asgi", "--blocking-threads", "1", "--runtime-mode", "st"),
    "runtime st": ("--runtime-mode", "st"),
    "runtime mt": ("--runtime-mode", "mt"),
    "2 runtime threads": ("--runtime-threads", "2"),
    "1 blocking thread": ("--blocking-threads", "1"),
    "4 blocking threads": ("--blocking-threads", "4"),
    "http 1 only": ("--http", "1"),
    "no websockets": ("--no-ws",),
    "pipeline flush": ("--http1-pipeline-flush",),
    "buffers of 64 kB": ("--http1-buffer-size", "65536"),
    "buffers of 1 MB": ("--http1-buffer-size", "1048576"),
    "backpressure 64": ("--backpressure", "64"),
    "backlog 4096": ("--backlog", "4096"),
    "no keep-alive": ("--no-http1-keep-alive",),
}
CALLED = {"fastpysgi": "one thread", "bjoern": "one thread", "pyruvate": "16 threads"}


def rows(config: Path, files: Path) -> dict[str, tuple[list[str], str]]:
    """(command with PORT in place of the port, what goes before its path) by name."""
    target = {"rsgi": "adapters:rsgi", "asgi": "adapters:asgi"}
    found = {
        "serve": (servers.nashra(config, 0), ""),
        "granian": (servers.granian("adapters:wsgi", 0), ""),
    }
    for name, options in GRANIAN.items():
        application = target.get(options[1] if options[0] == "--interface" else "", "adapters:wsgi")
        found[f"granian, {name}"] = (servers.granian(application, 0, *options), "")
    mount = ("--static-path-route", "/static", "--static-path-mount", str(files))
    found["granian, static mount of the exported file"] = (servers.granian("adapters:wsgi", 0, *mount), "/static")
    python = [sys.executable]
    for name, threads in CALLED.items():
        if find_spec(name):
            found[f"{name}, {threads}"] = ([*python, str(servers.ROOT / "bench" / "adapters.py"), name, "0"], "")
    if find_spec("gunicorn"):
        options = ["-w", "1", "-k", "gthread", "--threads", "16", "-b", "127.0.0.1:0", "adapters:wsgi"]
        found["gunicorn, 16 threads"] = ([*python, "-m", "gunicorn", *options], "")
    if find_spec("uvicorn"):
        options = ["--port", "0", "--log-level", "critical", "--no-access-log", "adapters:asgi"]
        found["uvicorn"] = ([*python, "-m", "uvicorn", *options], "")
    return found


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--seconds", type=int, default=1)
    options.add_argument("--only", nargs="*", default=[""], help="rows whose name has one of these words")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        config = sample.newsroom(folder, 60)
        command = [sys.executable, "app.py", "--config", str(config), "export", str(folder / "out")]
        subprocess.run(command, cwd=servers.ROOT, check=True, capture_output=True)
        environment = {"PYTHONPATH": f"{servers.ROOT / 'bench'}:{servers.ROOT}", "FEEDS_CONFIG": str(config)}
        started = {}
        for label, (words, prefix) in rows(config, folder / "out").items():
            if not any(word in label for word in chosen.only):
                continue
            port = servers.free_port()
            words = [
                f"127.0.0.1:{port}" if word == "127.0.0.1:0" else str(port) if word == "0" else word for word in words
            ]
            try:
                process = stack.enter_context(servers.running(words, port, prefix + PATH, **environment))
            except httpx.TransportError:
                print(f"{label} does not start", file=sys.stderr)
                continue
            started[label] = (process, f"http://127.0.0.1:{port}{prefix}{PATH}")
        measure(started, chosen.rounds, chosen.seconds)


def measure(started: dict, rounds: int, seconds: int) -> None:
    found: dict[str, dict[str, list[servers.Load]]] = {}
    for _ in range(rounds):
        for label, (process, url) in started.items():
            tag = httpx.get(url, headers={"Accept-Encoding": "identity"}).headers.get("ETag")
            cases = {"304": {"If_None_Match": tag}, "gzip": {"Accept_Encoding": "gzip"}, "200": {}}
            if tag is None or "static" in label:
                del cases["304"], cases["gzip"]  # a static mount knows neither
            for case, headers in cases.items():
                loads = found.setdefault(label, {}).setdefault(case, [])
                loads.append(servers.load(process, url, 16, seconds, **headers))
    print(machine.line("granian", "uvloop", "fastpysgi", "bjoern-binary", "pyruvate", "gunicorn", "uvicorn"))
    print(
        f"16 connections, medians of {rounds} interleaved rounds of {seconds} s; CPU seconds are for 100,000 requests."
    )
    columns = [f"{case} {what}" for case in ("304", "gzip", "200") for what in ("requests/s", "CPU s")]
    lines = []
    for label, cases in found.items():
        cells = []
        for case in ("304", "gzip", "200"):
            loads = cases.get(case, [])
            cells.append(f"{statistics.median(load.rate for load in loads):,.0f}" if loads else "")
            cells.append(f"{statistics.median(load.cpu for load in loads):.2f}" if loads else "")
        lines.append([label, *cells])
    machine.table(["server", *columns], lines)


if __name__ == "__main__":
    main()
