"""What an export costs: the first, one with nothing changed, one after an edit, one after a new article.

python bench/export.py [--articles 10000] [--without-cards] [--folder DIR]

Prints a Markdown table. Share cards take most of a first export; `--without-cards` gives the site a picture of its own
instead, as a site may. `--folder` keeps content and tree there, so that a second run begins where the first ended.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import sample

ROOT = Path(__file__).resolve().parent.parent
AT = "2026-06-01T00:00:00+00:00"


@dataclass(frozen=True, kw_only=True)
class Run:
    """One export: what it took and what it told."""

    seconds: float
    cpu_seconds: float
    written: int
    removed: int
    unchanged: int


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--articles", type=int, default=10_000)
    options.add_argument("--without-cards", action="store_true")
    options.add_argument("--folder", type=Path)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as spare:
        folder = chosen.folder or Path(spare)
        config = prepare(folder, chosen.articles, cards=not chosen.without_cards)
        out = folder / "public"
        print(
            f"\n### {chosen.articles:,} articles{'' if not chosen.without_cards else ', without cards'}\n", flush=True
        )
        print("| export | wall s | CPU s | files written | removed | unchanged | documents | ms per 1,000 documents |")
        print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |", flush=True)
        row("first", config, out)
        row("nothing changed", config, out)
        number = chosen.articles // 2
        edited = folder / "content" / f"{number // 500:04}" / f"a{number}.md"
        edited.write_text(edited.read_text("utf-8") + "\nزيادة.\n", "utf-8")
        row("one article edited", config, out)
        text = re.sub(r"date: .*", "date: 2026-05-31 10:00", sample.article(chosen.articles))
        (folder / "content" / "new.md").write_text(text, "utf-8")
        row("one new article", config, out)
        row("nothing changed, --full", config, out, "--full")


def prepare(folder: Path, articles: int, *, cards: bool) -> Path:
    config = sample.newsroom(folder, articles)
    (folder / "content" / "new.md").unlink(missing_ok=True)
    if not cards:
        icon = ROOT / "docs" / "cards" / "urdu.png"
        (folder / "content" / "site.png").write_bytes(icon.read_bytes())
        config.write_text(config.read_text("utf-8").replace("site:\n", "site:\n  image: site.png\n"), "utf-8")
    return config


def row(name: str, config: Path, out: Path, *more: str) -> None:
    run = export(config, out, *more)
    lines = map(json.loads, (out / ".nashra-export").read_bytes().splitlines())
    documents = len({line[0] for line in lines if isinstance(line, list)})
    print(
        f"| {name} | {run.seconds:,.1f} | {run.cpu_seconds:,.1f} | {run.written:,} | {run.removed:,} | {run.unchanged:,} "
        f"| {documents:,} | {run.seconds / documents * 1e6:,.0f} |",
        flush=True,
    )


def export(config: Path, out: Path, *more: str) -> Run:
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    command = [sys.executable, "app.py", "--config", str(config), "export", str(out), "--at", AT, *more]
    done = subprocess.run(command, cwd=ROOT, env=os.environ, capture_output=True, text=True, check=True)
    seconds, after = time.monotonic() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    told = re.search(r"(\d+) written, (\d+) removed, (\d+) unchanged", done.stderr)
    assert told, done.stderr
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    written, removed, unchanged = (int(each) for each in told.groups())
    return Run(seconds=seconds, cpu_seconds=cpu, written=written, removed=removed, unchanged=unchanged)


if __name__ == "__main__":
    main()
