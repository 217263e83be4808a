"""`make crash`: the service killed at 200 random moments, and the publisher alone ten times under each server; exit 1
where a promise breaks.

python scripts/crash.py [--seed N] [--kills N] [--articles N] [--publishers N]
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

from fleet import SERVERS, fleet, hand_over  # noqa: E402
from kill_runs import Killer  # noqa: E402
from newsroom import Newsroom, article  # noqa: E402

_APART_SECONDS = 6.0  # granian takes a worker that dies again within 5.5 s for hopeless, and ends


def main() -> int:
    """Prints a line for each kill, and every fault."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, count in (("seed", 1), ("kills", 200), ("articles", 300), ("publishers", 10)):
        parser.add_argument(f"--{name}", type=int, default=count)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="nashra-crash-") as folder:
        faults = _everything(Path(folder), given.seed, given.kills, given.articles) if given.kills else []
        for server in SERVERS if given.publishers else ():
            _publisher(Path(folder) / server, server, given.publishers)
    return 1 if faults else 0


def _everything(folder: Path, seed: int, kills: int, articles: int) -> list[str]:
    began = time.monotonic()
    killer = Killer(folder=folder, seed=seed, articles=articles)
    for number, line in enumerate(killer.run(kills), 1):
        print(f"{number}: {line}", flush=True)
    for fault in killer.faults:
        print(fault)
    starts = killer.starts
    print(
        f"{kills} kills, {len(killer.faults)} faults, {time.monotonic() - began:.0f} s; "
        f"start: median {median(starts):.2f} s, longest {max(starts):.2f} s",
        flush=True,
    )
    return killer.faults


def _publisher(folder: Path, server: str, kills: int) -> None:
    """How long it takes until another process publishes, and until all serve what changed at the moment of the kill."""
    folder.mkdir()
    roles, served = [], []
    with fleet(Newsroom(folder, {"a.md": article()}), server) as made:
        for number in range(kills):
            role, all_serve = hand_over(made, number, article(f"خبر {number}"), f"خبر {number}")
            roles.append(role)
            served.append(all_serve)
            if server == "flask":
                made.launch()
            time.sleep(_APART_SECONDS)
            made.eventually(lambda: len(made.publishers()) == 1)
    for name, seconds in (("role taken", roles), ("change served by all", served)):
        print(f"{server}: {name}: median {median(seconds):.2f} s, longest {max(seconds):.2f} s of {kills}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
