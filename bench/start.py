"""Process start to the first byte of the main feed, without and with a catalogue from before, beside Hugo and Pelican
building the same content.

python bench/start.py [--sizes 1000 10000 100000] [--rounds 5]

Pelican is installed by bench/packages.sh into .venv/pelican, for the smallest size alone. A round at 100,000
takes two minutes or so, and the first full read before it some minutes more.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx
import sample
import servers

HUGO = """baseURL = "https://news.example/"
languageCode = "ar"
title = "نشرة القياس"
[taxonomies]
tag = "tags"
[outputs]
home = ["HTML", "RSS"]
section = ["HTML", "RSS"]
taxonomy = ["HTML", "RSS"]
term = ["HTML", "RSS"]
[services.rss]
limit = 50
"""
SINGLE = "<!doctype html><html lang=ar dir=rtl><title>{{ .Title }}</title><h1>{{ .Title }}</h1>{{ .Content }}"
LIST = '<!doctype html><html lang=ar dir=rtl><title>{{ .Title }}</title>{{ range first 50 .Pages }}<a href="{{ .RelPermalink }}">{{ .Title }}</a>{{ end }}'
PELICAN = """SITEURL = "https://news.example"
SITENAME = "نشرة القياس"
PATH = "content"
TIMEZONE = "Asia/Damascus"
DEFAULT_LANG = "ar"
FEED_ALL_RSS = "feeds/rss.xml"
FEED_MAX_ITEMS = 50
"""
PELICAN_COMMAND = servers.ROOT / ".venv" / "pelican" / "bin" / "pelican"


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--sizes", type=int, nargs="*", default=[1000, 10_000, 100_000])
    options.add_argument("--rounds", type=int, default=5)
    chosen = options.parse_args()
    print(f"\n### Start, seconds, medians of {chosen.rounds} interleaved rounds, articles of 4 kB\n")
    print(
        "| articles | first byte, no catalogue | to Hugo | all read | first byte, catalogue | all compared | Hugo builds | Pelican builds |"
    )
    print("| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for size in chosen.sizes:
        with tempfile.TemporaryDirectory() as name:
            print(measure(Path(name), size, chosen.rounds, pelican=size == min(chosen.sizes)), flush=True)


def measure(folder: Path, size: int, rounds: int, *, pelican: bool) -> str:
    config = sample.newsroom(folder, size, sample.WORDS_OF_4_KB)
    hugo(folder)
    state, kept = folder / "var", folder / "kept"
    full = start(config, until_all=True)[1]
    state.rename(kept)
    found: dict[str, list[float]] = {"cold": [], "warm": [], "compared": [], "hugo": [], "pelican": []}
    for _ in range(rounds):
        shutil.rmtree(state, ignore_errors=True)
        found["cold"].append(start(config)[0])
        shutil.rmtree(state, ignore_errors=True)
        shutil.copytree(kept, state)
        first, compared = start(config, until_all=True)
        found["warm"].append(first)
        found["compared"].append(compared)
        found["hugo"].append(build(folder, ["hugo", "--quiet"], "public"))
        if pelican and PELICAN_COMMAND.exists():
            found["pelican"].append(build(folder, [str(PELICAN_COMMAND), "-q", "-s", "pelicanconf.py"], "output"))
    median = {name: statistics.median(seconds) for name, seconds in found.items() if seconds}
    peer = f"{median['pelican']:.2f}" if "pelican" in median else ""
    return (
        f"| {size:,} | {median['cold']:.2f} | {median['cold'] / median['hugo']:.2f} | {full:.1f} | {median['warm']:.2f} | "
        f"{median['compared']:.2f} | {median['hugo']:.2f} | {peer} |"
    )


def hugo(folder: Path) -> None:
    """The same content as a site of Hugo and of Pelican, with the smallest of templates."""
    (folder / "config.toml").write_text(HUGO, "utf-8")
    (folder / "pelicanconf.py").write_text(PELICAN, "utf-8")
    layouts = folder / "layouts" / "_default"
    layouts.mkdir(parents=True)
    (layouts / "single.html").write_text(SINGLE, "utf-8")
    (layouts / "list.html").write_text(LIST, "utf-8")


def build(folder: Path, command: list[str], out: str) -> float:
    """Seconds that a generator takes to build everything from nothing."""
    shutil.rmtree(folder / out, ignore_errors=True)
    shutil.rmtree(folder / "resources", ignore_errors=True)
    began = time.perf_counter()
    # Both would take our config.yaml for theirs, so each is told which is its own.
    command = [*command, "--config", "config.toml"] if command[0] == "hugo" else command
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return time.perf_counter() - began


def start(config: Path, *, until_all: bool = False) -> tuple[float, float]:
    """Seconds to the first byte of the main feed, and until every article is known (the site map answers)."""
    port = servers.free_port()
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "app.py", "--config", str(config), "serve", "--port", str(port)], cwd=servers.ROOT,
        start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        first = _until(began, f"http://127.0.0.1:{port}/feeds/rss.xml", process)
        return first, _until(began, f"http://127.0.0.1:{port}/sitemap.xml", process) if until_all else first
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(20)


def _until(began: float, url: str, process: subprocess.Popen[bytes]) -> float:
    while process.poll() is None:
        try:
            if httpx.get(url, timeout=30).status_code == 200:
                return time.perf_counter() - began
        except httpx.TransportError:
            pass
        time.sleep(0.01)
    raise RuntimeError(f"the server ended with {process.returncode}")


if __name__ == "__main__":
    main()
