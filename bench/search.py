"""How long searches take in archives of two sizes, as pages and as feeds, each asked for the first time.

make bench-search    # about 1 minute, and the first time what reading the larger archive takes
python bench/search.py [--sizes 1000 100000] [--rounds 9]

Every round begins with an emptied cache of answers, so that each is searched for and rendered; `search` is what the
index takes of it. In process, without HTTP.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable

import machine
import sample
import servers

sys.path.insert(0, str(servers.ROOT))

from feeds import searchplan
from feeds.cache import Cache
from feeds.publisher import Publisher

QUERIES = {
    "a word of nearly every article": "الكتاب",
    "the same, written otherwise": "الكِتـاب",
    "a word of one article in 500": "37",
    "a word of none": "غير-موجود",
    "two frequent words": "المدينة-القديمة",
    "eight frequent words": "الكتاب-المدينة-القديمة-مكتبة-القراءة-الناس-اليوم-أمس",
    "a frequent and a rare word": "الكتاب-37",
    "two rare words that never meet": "37-38",
}


def milliseconds(work: Callable[[], object]) -> tuple[float, float]:
    """By the clock, and of processor time."""
    start, spent = time.perf_counter(), time.thread_time()
    work()
    return (time.perf_counter() - start) * 1000, (time.thread_time() - spent) * 1000


def measure(size: int, rounds: int) -> list[list[object]]:
    now = int(time.time())
    publisher = Publisher(sample.kept(size) / "config.yaml", time.time, watching=False)
    site = publisher.site
    found: dict[str, list[tuple[tuple[float, float], ...]]] = {}
    for _ in range(rounds):
        for name, key in QUERIES.items():
            site._searches = Cache(None)
            found.setdefault(name, []).append(
                (
                    milliseconds(lambda key=key: searchplan.rows(site.db, key, now, limit=50)),
                    milliseconds(lambda key=key: site.answer(f"/search/{key}", now)),
                    milliseconds(lambda key=key: site.answer(f"/feeds/search/{key}/rss.xml", now)),
                )
            )
    publisher.stop()
    rows = []
    for name, taken in found.items():
        cells = [f"{statistics.median(each[kind][way] for each in taken):.1f}" for kind in range(3) for way in range(2)]
        rows.append([f"{size:,}: {name}", *cells])
    return rows


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--sizes", type=int, nargs="*", default=[1000, 100_000])
    options.add_argument("--rounds", type=int, default=9)
    chosen = options.parse_args()
    rows = [row for size in chosen.sizes for row in measure(size, chosen.rounds)]
    print(machine.line())
    print(f"Medians of {chosen.rounds} rounds in ms; at most 50 articles are found.")
    columns = [f"{what}{way}" for what in ("search", "page", "feed") for way in (" ms", " CPU ms")]
    machine.table(["articles: searched for", *columns], rows)


if __name__ == "__main__":
    main()
