"""The figures of a run as a dict, as docs/soak.md and as docs/soak.svg."""

from __future__ import annotations

import os
import platform
import re
import statistics
from collections import Counter
from collections.abc import Sequence
from importlib.metadata import version
from itertools import pairwise
from typing import Any

import plot

from soaking.gauge import Sample
from soaking.ledger import Ledger
from soaking.room import Editor

MEMORY_RATIO = 1.05  # of the last third to the middle one, at most
JUDGED_SECONDS = 600  # shorter runs are still warming up in their last third
SPARE_DESCRIPTORS = 8
_MIB = 1024 * 1024


def figures(
    ledger: Ledger, editor: Editor, samples: Sequence[Sample], before: Sample, after: Sample, *, seconds: float, articles: int,
    clients: dict[str, int], log: str, generator_cpu: float,
) -> dict[str, Any]:  # fmt: skip
    """Everything that is told of a run. Memory in bytes, times in seconds."""
    thirds = [_third(samples, n) for n in range(3)]
    waits = sorted(ledger.seen[token] - at for token, at in editor.published.items() if token in ledger.seen)
    return {
        "seconds": round(seconds, 1),
        "clients": clients,
        "articles": articles,
        "answers": sum(ledger.statuses.values()),
        "bytes": ledger.bytes,
        "parsed": ledger.parsed,
        "statuses": {f"{kind}|{status}": n for (kind, status), n in sorted(ledger.statuses.items())},
        "events": {f"{kind}|{what}": n for (kind, what), n in sorted(ledger.events.items())},
        "edits": dict(sorted(editor.done.items())),
        "faults": dict(ledger.faults),
        "examples": ledger.examples,
        "tracebacks": _tracebacks(log),
        "memory": [round(each["pss"]) for each in thirds],
        "memory_ratio": round(thirds[2]["pss"] / thirds[1]["pss"], 3),
        "descriptors": [round(each["descriptors"]) for each in thirds],
        "descriptors_before": before.descriptors,
        "descriptors_after": after.descriptors,
        "threads_most": max(sample.threads for sample in samples),
        "server_cpu": round(after.cpu - before.cpu, 1),
        "generator_cpu": round(generator_cpu, 1),
        "seen_after": [round(statistics.median(waits), 2), round(waits[-1], 2)] if waits else [],
        "not_seen": sum(1 for token in editor.published if token not in ledger.seen),
        "latency": {kind: _spread(times) for kind, times in sorted(ledger.seconds.items())},
    }


def verdict(found: dict[str, Any]) -> list[str]:
    """What was promised and not kept; empty when all is well."""
    said = list(found["examples"])
    said += [f"5xx: {n} of {name}" for name, n in found["statuses"].items() if int(name.rpartition("|")[2]) >= 500]
    if found["tracebacks"]:
        said.append(f"{len(found['tracebacks'])} tracebacks in the server's log, the first:\n{found['tracebacks'][0]}")
    if found["seconds"] >= JUDGED_SECONDS and found["memory_ratio"] > MEMORY_RATIO:
        said.append(f"memory grows: last third / middle third = {found['memory_ratio']}")
    if found["descriptors_after"] > found["descriptors_before"] + SPARE_DESCRIPTORS:
        said.append(f"descriptors: {found['descriptors_before']} before, {found['descriptors_after']} after")
    return said


def _tracebacks(log: str) -> list[str]:
    """Each up to its last line."""
    return re.findall(r"^(?:Traceback .*?^\S[^\n]*$|.*panicked.*?$)", log, re.M | re.S)


def _third(samples: Sequence[Sample], number: int) -> dict[str, float]:
    size = max(1, len(samples) // 3)
    part = samples[number * size : (number + 1) * size] or samples[-1:]
    return {name: statistics.mean(getattr(sample, name) for sample in part) for name in ("pss", "descriptors")}


def _spread(times: list[float]) -> list[float]:
    ordered = sorted(times)
    return [round(1000 * ordered[min(len(ordered) - 1, int(len(ordered) * share))], 1) for share in (0.5, 0.99, 1)]


def drawing(samples: Sequence[Sample], found: dict[str, Any]) -> str:
    """Memory, descriptors and CPU over the minutes of the run."""
    minutes = [sample.seconds / 60 for sample in samples]

    def line(values: Sequence[float]) -> list[tuple[float, float]]:
        step = max(1, len(minutes) // 600)  # of neighbours the mean is shown
        return [
            (statistics.mean(minutes[n : n + step]), statistics.mean(values[n : n + step]))
            for n in range(0, len(values), step)
        ]

    busy = [0.0] + [
        (later.cpu - sooner.cpu) / max(0.1, later.seconds - sooner.seconds) for sooner, later in pairwise(samples)
    ]
    window = 15
    smooth = [statistics.mean(busy[max(0, n - window) : n + 1]) for n in range(len(busy))]
    return plot.lines(
        f"{sum(found['clients'].values())} clients, {found['answers']:,} answers, {sum(found['edits'].values()):,} edits",
        "minutes",
        [
            plot.Panel(
                title="Memory of all processes", unit="MiB",
                lines={"PSS": line([s.pss / _MIB for s in samples]), "RSS": line([s.rss / _MIB for s in samples])},
            ),
            plot.Panel(title="Open descriptors", unit="", lines={"descriptors": line([s.descriptors for s in samples])}),
            plot.Panel(
                title=f"CPU of the server, mean of {window} s", unit="cores", lines={"cores": line(smooth)}, most=1
            ),
        ],
    )  # fmt: skip


def page(found: dict[str, Any], command: str) -> str:
    """docs/soak.md."""
    memory = " | ".join(f"{each / _MIB:.1f}" for each in found["memory"])
    descriptors = " | ".join(str(each) for each in found["descriptors"])
    minutes = f"{found['seconds'] / 60:.0f} minutes" if found["seconds"] >= 120 else f"{found['seconds']:.0f} seconds"
    kinds = sorted({name.partition("|")[0] for name in (*found["statuses"], *found["events"])})
    faults = "\n".join(f"- {each}" for each in verdict(found)) or "None."
    seen = found["seen_after"]
    seen_line = (
        f"A new article stood in the feed after {seen[0]} s (median), {seen[1]} s at most, of "
        f"{found['edits'].get('create', 0)} that were written." if seen else ""
    )  # fmt: skip
    return f"""# Load held

`{command}` serves a newsroom of some {found["articles"]} articles with `serve`, changes its files twice a second, and lets {sum(found["clients"].values())} clients
poll it over the loopback device for {minutes}. Every answer is looked at (status, header fields, length, decompression, the ETag against the hash of
the bytes); {found["parsed"]:,} bodies were also parsed strictly, as many as an eighth of a core allows. Written by that command; nothing here is edited by hand.

![Memory, descriptors and CPU](soak.svg)

{_machine()}

| | first third | middle third | last third | last / middle |
| --- | ---: | ---: | ---: | ---: |
| memory, PSS of all processes, MiB | {memory} | {found["memory_ratio"]:.3f} |
| open descriptors, mean | {descriptors} | {found["descriptors"][2] / max(1, found["descriptors"][1]):.3f} |

Descriptors before the load {found["descriptors_before"]}, after it {found["descriptors_after"]}; threads {found["threads_most"]} at most.
The server used {found["server_cpu"]:.0f} s of CPU for {found["answers"]:,} answers of {found["bytes"] / 1e6:,.0f} MB and {sum(found["edits"].values()):,} edits, the load {found["generator_cpu"]:.0f} s.
{seen_line}

## Faults

{faults}

## Answers by kind of client

Milliseconds until the answer was whole; a slow reader's are its own doing.

| client | how many | {" | ".join(str(status) for status in _statuses(found))} | median | 99 % | longest |
| --- | ---: | {" | ".join("---:" for _ in _statuses(found))} | ---: | ---: | ---: |
{chr(10).join(_row(found, kind) for kind in kinds)}

## What became of the abusers

| client | what happened | times |
| --- | --- | ---: |
{chr(10).join(f"| {name.partition('|')[0]} | {name.partition('|')[2]} | {n:,} |" for name, n in found["events"].items())}

## Edits

{", ".join(f"{name} {n:,}" for name, n in found["edits"].items())}.
"""


def _statuses(found: dict[str, Any]) -> list[int]:
    return sorted({int(name.rpartition("|")[2]) for name in found["statuses"]})


def _row(found: dict[str, Any], kind: str) -> str:
    counts: Counter[int] = Counter()
    for name, n in found["statuses"].items():
        who, _, status = name.partition("|")
        if who == kind:
            counts[int(status)] += n
    cells = " | ".join(f"{counts[status]:,}" if counts[status] else "" for status in _statuses(found))
    times = found["latency"].get(kind)
    spread = " | ".join(f"{each:,.0f}" for each in times) if times else " | | "
    return f"| {kind} | {found['clients'].get(kind, '')} | {cells} | {spread} |"


def _machine() -> str:
    gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    versions = ", ".join(f"{name} {version(name)}" for name in ("granian", "Flask", "Werkzeug", "lxml", "Brotli"))
    return (
        f"{os.cpu_count()} cores and {gib:.0f} GiB, which the load shares; {platform.system()} {platform.release().split('-')[0]}, "
        f"Python {platform.python_version()}, {versions}."
    )
