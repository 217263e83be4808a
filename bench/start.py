"""Process start to the first byte of the main feed, without and with a catalogue from before, beside Hugo and Pelican
building the same content.

python bench/start.py [--sizes 1000 10000 100000] [--rounds 5]

Pelican is installed by bench/packages.sh into .venv/pelican, for the smallest size alone. A round at 100,000
takes a minute or so, and the first full read before it some minutes more.
"""

from __future__ import annotations

import argparse
import http.client
import os
import shutil
import signal
import statistics
import subprocess
import sys
import time
from pathlib import Path

import machine
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
    print(machine.line("granian", "uvloop", programs=["hugo"]))
    print(f"Seconds, medians of {chosen.rounds} interleaved rounds; everything is read once.")
    rows = [measure(size, chosen.rounds, pelican=size == min(chosen.sizes)) for size in chosen.sizes]
    columns = [
        "articles", "first byte, no catalogue", "to Hugo", "all read", "first byte, catalogue", "all compared", "Hugo builds",
        "Pelican builds",
    ]  # fmt: skip
    machine.table(columns, rows)


def measure(size: int, rounds: int, *, pelican: bool) -> list[object]:
    folder = sample.kept(size)
    config, state, whole = folder / "config.yaml", folder / "var", folder / "var-whole"
    hugo(folder)
    shutil.rmtree(state, ignore_errors=True)
    shutil.rmtree(whole, ignore_errors=True)
    full = start(config, until_all=True)[1]
    state.rename(whole)
    found: dict[str, list[float]] = {"cold": [], "warm": [], "compared": [], "hugo": [], "pelican": []}
    for _ in range(rounds):
        shutil.rmtree(state, ignore_errors=True)
        found["cold"].append(start(config)[0])
        shutil.rmtree(state, ignore_errors=True)
        shutil.copytree(whole, state)
        first, compared = start(config, until_all=True)
        found["warm"].append(first)
        found["compared"].append(compared)
        found["hugo"].append(build(folder, ["hugo", "--quiet"], "public"))
        if pelican and PELICAN_COMMAND.exists():
            found["pelican"].append(build(folder, [str(PELICAN_COMMAND), "-q", "-s", "pelicanconf.py"], "output"))
    median = {name: statistics.median(seconds) for name, seconds in found.items() if seconds}
    print(size, {name: [round(each, 2) for each in seconds] for name, seconds in found.items()}, file=sys.stderr)
    shutil.rmtree(whole)
    return [
        f"{size:,}", f"{median['cold']:.2f}", f"{median['cold'] / median['hugo']:.2f}", f"{full:.1f}",
        f"{median['warm']:.2f}", f"{median['compared']:.2f}", f"{median['hugo']:.2f}",
        f"{median['pelican']:.2f}" if "pelican" in median else "",
    ]  # fmt: skip


def hugo(folder: Path) -> None:
    """The same content as a site of Hugo and of Pelican, with the smallest of templates."""
    (folder / "config.toml").write_text(HUGO, "utf-8")
    (folder / "pelicanconf.py").write_text(PELICAN, "utf-8")
    layouts = folder / "layouts" / "_default"
    layouts.mkdir(parents=True, exist_ok=True)
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
    os.sync()  # what was copied or built before is on the disk and takes no time from the start
    port = servers.free_port()
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "app.py", "--config", str(config), "serve", "--port", str(port)], cwd=servers.ROOT,
        start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        first = _until(began, port, "/feeds/rss.xml", process)
        return first, _until(began, port, "/sitemap.xml", process) if until_all else first
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(20)


def _until(began: float, port: int, path: str, process: subprocess.Popen[bytes]) -> float:
    """Asked for often while it may come at any moment, seldom when it takes long, which leaves the processors alone."""
    while process.poll() is None:
        client = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        try:
            client.request("GET", path)
            if client.getresponse().status == 200:
                return time.perf_counter() - began
        except OSError:
            pass
        finally:
            client.close()
        time.sleep(0.005 if time.perf_counter() < began + 10 else 0.5)
    raise RuntimeError(f"the server ended with {process.returncode}")


if __name__ == "__main__":
    main()
