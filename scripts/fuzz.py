"""Fuzzing: hostile content, configs and requests without end; exit 1 and the inputs in a folder where a promise breaks.

python scripts/fuzz.py [--seed N] [--content N] [--configs N] [--requests N] [--raw N] [--keep DIR]
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from fuzz_inputs import Inputs  # noqa: E402
from fuzz_runs import Fault, configs, contents, raw_requests, requests  # noqa: E402


def main() -> int:
    """Prints one line for each kind of fault and a table of what was run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    for name, count in (("content", 20_000), ("configs", 5_000), ("requests", 5_000), ("raw", 500)):
        parser.add_argument(f"--{name}", type=int, default=count)
    parser.add_argument("--keep", type=Path, default=ROOT / "var" / "fuzz")
    given = parser.parse_args()
    inputs = Inputs(given.seed)
    runs = {
        "content": contents(inputs, given.content),
        "configs": configs(inputs, given.configs),
        "requests": requests(inputs, given.requests),
        "raw": raw_requests(inputs, given.raw),
    }
    total = 0
    for name, faults in runs.items():
        began = time.monotonic()
        found = _report(faults, given.keep)
        total += found
        print(f"{name}: {getattr(given, name)} inputs, {found} faults, {time.monotonic() - began:.0f} s", flush=True)
    return 1 if total else 0


def _report(faults: Iterator[Fault], keep: Path) -> int:
    kinds: Counter[str] = Counter()
    for fault in faults:
        kind = fault.what[:24]
        kinds[kind] += 1
        if kinds[kind] > 3:
            continue
        keep.mkdir(parents=True, exist_ok=True)
        path = keep / f"{hashlib.sha256(fault.data).hexdigest()[:12]}-{fault.name.split()[0] if fault.name else 'x'}"
        path.write_bytes(fault.data)
        print(f"{path}: {fault.name}: {fault.what}", flush=True)
    return sum(kinds.values())


if __name__ == "__main__":
    sys.exit(main())
