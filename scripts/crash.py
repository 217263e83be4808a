"""`make crash`: the service killed at 200 random moments; exit 1 where a promise breaks.

python scripts/crash.py [--seed N] [--kills N] [--articles N]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from kill_runs import Killer  # noqa: E402


def main() -> int:
    """Prints a line for each kill, and every fault."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--articles", type=int, default=300)
    given = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="nashra-crash-") as folder:
        killer = Killer(folder=Path(folder), seed=given.seed, articles=given.articles)
        for number, line in enumerate(killer.run(given.kills), 1):
            print(f"{number}: {line}", flush=True)
    for fault in killer.faults:
        print(fault)
    starts = killer.starts
    print(
        f"{given.kills} kills, {len(killer.faults)} faults, {time.monotonic() - began:.0f} s; "
        f"start: median {median(starts):.2f} s, longest {max(starts):.2f} s"
    )
    return 1 if killer.faults else 0


if __name__ == "__main__":
    sys.exit(main())
