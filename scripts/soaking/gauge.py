"""What the server's processes use, second by second, as Linux tells it."""

from __future__ import annotations

import os
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Of `serve` and all its children together. Memory is PSS (`smaps_rollup`): shared pages are counted once,
    however many workers share them. Bytes, seconds since the start, CPU seconds since the server began."""

    seconds: float
    pss: int
    rss: int
    descriptors: int
    threads: int
    processes: int
    cpu: float


class Gauge(threading.Thread):
    """One sample a second until `stop`."""

    def __init__(self, pid: int) -> None:
        super().__init__(name="gauge", daemon=True)
        self.samples: list[Sample] = []
        self._pid = pid
        self._began = time.monotonic()
        self._halt = threading.Event()

    def run(self) -> None:
        while not self._halt.is_set():
            self.samples.append(measure(self._pid, time.monotonic() - self._began))
            self._halt.wait(1)

    def stop(self) -> None:
        self._halt.set()
        self.join(5)


def measure(pid: int, seconds: float = 0.0) -> Sample:
    totals = {"pss": 0, "rss": 0, "descriptors": 0, "threads": 0, "processes": 0, "cpu": 0.0}
    for each in family(pid):
        folder = Path("/proc") / str(each)
        try:
            memory = dict(line.split()[:2] for line in (folder / "smaps_rollup").read_text().splitlines()[1:])
            totals["pss"] += int(memory["Pss:"]) * 1024
            totals["rss"] += int(memory["Rss:"]) * 1024
            totals["descriptors"] += len(os.listdir(folder / "fd"))
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            totals["cpu"] += (int(fields[11]) + int(fields[12])) / _TICK
            totals["threads"] += int(fields[17])
            totals["processes"] += 1
        except OSError:
            continue  # it has just ended
    return Sample(seconds=round(seconds, 1), **totals)  # type: ignore[arg-type]


def family(pid: int) -> list[int]:
    """A process and all that descend from it."""
    found = [pid]
    for each in found:
        for children in Path(f"/proc/{each}/task").glob("*/children"):
            try:
                found.extend(int(child) for child in children.read_text().split())
            except OSError:
                continue
    return found


def rows(samples: list[Sample]) -> list[dict[str, float]]:
    return [asdict(sample) for sample in samples]
