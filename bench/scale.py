"""On paper: what ten million subscribers cost in requests, bytes and cores. Nothing here is measured but by --measure.

python bench/scale.py [--measure] [--docs]

Reads docs/bandwidth.json (made by bandwidth.py), the serving tables of BENCHMARKS.md, and bench/scale.json, which
--measure writes: what deltas, edits and TLS cost on this machine.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import bandwidth
import machine
import sample
import servers

SUBSCRIBERS, POLLS_PER_HOUR, PEAK = 10_000_000, 2, 4
MAX_AGE_SECONDS = 600  # feeds.ttl_minutes of a config that says nothing
REPRESENTATIONS = 9  # of one feed: three formats in three encodings
FIGURES = Path(__file__).with_suffix(".json")
HABITS = [("nothing", "plain"), ("nothing", "gzip"), ("ETag", "gzip"), ("ETag", "br"), ("A-IM", "gzip"), ("A-IM", "br")]
RATE = SUBSCRIBERS * POLLS_PER_HOUR / 3600  # requests a second, all day


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What one poll costs in the mean of the day. Bytes are those of the answer, `cpu` is in seconds."""

    label: str
    share_304: float
    size: float
    cpu: float

    @property
    def bits(self) -> float:
        """A second, all day."""
        return RATE * self.size * 8

    @property
    def cores(self) -> float:
        return RATE * self.cpu


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--measure", action="store_true", help=f"write {FIGURES.name} (needs wrk; openssl for TLS)")
    options.add_argument("--docs", action="store_true", help="write docs/scale.md")
    chosen = options.parse_args()
    if chosen.measure:
        FIGURES.write_text(json.dumps(measured(), indent=1) + "\n", "utf-8")
    text = page(
        json.loads((servers.ROOT / "docs" / "bandwidth.json").read_text("utf-8")),
        serving((servers.ROOT / "BENCHMARKS.md").read_text("utf-8")),
        json.loads(FIGURES.read_text("utf-8")),
    )
    if chosen.docs:
        (servers.ROOT / "docs" / "scale.md").write_text(text, "utf-8")
    print(text)


# --- figures ------------------------------------------------------------------------------------------


def serving(text: str) -> dict[tuple[str, str], float]:
    """CPU seconds for 100,000 answers by (server, answer), of the serving table with the most connections."""
    tables = re.findall(r"^### (\d+) connections.*?\n\n(\|.*?)(?:\n\n|\Z)", text, re.M | re.S)
    if not tables:
        sys.exit("scale: BENCHMARKS.md has no table under a heading `### N connections`")
    _, table = max(tables, key=lambda each: int(each[0]))
    head, _, *rows = ([cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines())
    cpu = next(n for n, name in enumerate(head) if name.startswith("CPU s per 100,000"))
    named = (row[0].partition(" ") for row in rows)
    return {(server, answer): float(row[cpu]) for (server, _, answer), row in zip(named, rows, strict=True)}


def measured() -> dict[str, float]:
    """What BENCHMARKS.md does not have: deltas, edits, handshakes."""
    with tempfile.TemporaryDirectory(prefix="scale-") as name:
        folder = Path(name)
        config = folder / "config.yaml"
        config.write_text(sample.CONFIG.replace("feeds:\n  items: 50\n", ""), "utf-8")
        for number in range(bandwidth.STOCK):
            bandwidth.write(folder, number, bandwidth.DAY - timedelta(hours=number))
        port = servers.free_port()
        command = [sys.executable, "app.py", "--config", str(config), "serve", "--port", str(port)]
        with servers.running(command, port, "/sitemap.xml") as process:
            old = _poll(port, "/feeds/rss.xml", "identity")
            edits, before = 20, machine.cpu_seconds(process.pid)
            for n in range(edits):
                bandwidth.write(folder, bandwidth.STOCK + n, bandwidth.DAY + timedelta(minutes=n))
                bandwidth.wait(port, bandwidth.STOCK + n + 1)
                for path in bandwidth.FORMATS.values():
                    for encoding in bandwidth.ENCODINGS.values():
                        _poll(port, path, encoding)
                if n == 0:
                    first = _poll(port, "/feeds/rss.xml", "identity")
            spent = (machine.cpu_seconds(process.pid) - before) / edits
            url, asked = f"http://127.0.0.1:{port}/feeds/rss.xml", {"Accept_Encoding": "gzip", "A_IM": "feed"}
            assert first != old
            delta = servers.load(process, url, 256, 5, If_None_Match=first, **asked)
    return {"delta_cpu_per_100000": round(delta.cpu, 1), "edit_cpu_seconds": round(spent, 3), **_handshakes()}


def _poll(port: int, path: str, encoding: str) -> str:
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Accept-Encoding": encoding})
    with urllib.request.urlopen(request) as answer:
        answer.read()
        return str(answer.headers["ETag"])


def _handshakes() -> dict[str, float]:
    """CPU seconds of one TLS 1.3 handshake's signature (P-256) and key exchange (X25519: one key, one agreement)."""
    if not shutil.which("openssl"):
        return {}
    command = ["openssl", "speed", "-seconds", "3", "-mr", "ecdsap256", "ecdhx25519"]
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    signs = float(re.search(r"^\+F4:\d+:256:([\d.]+):", out, re.M)[1])
    agreements = float(re.search(r"^\+F5:\d+:253:([\d.]+):", out, re.M)[1])
    return {"handshake_cpu_seconds": round(1 / signs + 2 / agreements, 7)}


def costs(day: dict, cpu: dict[tuple[str, str], float], delta_cpu: float) -> list[Cost]:
    """RSS; the other formats differ by a few per cent."""
    found = []
    for habit, encoding in HABITS:
        (row,) = [
            row for row in day["rows"] if (row["format"], row["habit"], row["encoding"]) == ("RSS", habit, encoding)
        ]
        whole = cpu["nashra", "200" if encoding == "plain" else f"200 {encoding}"]
        each = {"200": whole, "226": delta_cpu, "304": cpu["nashra", "304"]}
        spent = sum(count * each[status] for status, count in row["statuses"].items()) / day["polls"] / 100_000
        label = f"{bandwidth.LABELS[habit]}, {encoding}"
        share = row["statuses"].get("304", 0) / day["polls"]
        found.append(Cost(label=label, share_304=share, size=(row["head"] + row["body"]) / day["polls"], cpu=spent))
    return found


# --- the page -----------------------------------------------------------------------------------------


def page(day: dict, cpu: dict[tuple[str, str], float], figures: dict[str, float]) -> str:
    all_costs = costs(day, cpu, figures["delta_cpu_per_100000"])
    parts = [
        _inputs(day, cpu, figures), _direct(all_costs), _cached(all_costs, cpu), _collapsed(),
        _edited(day, figures), _machines(all_costs, figures),
    ]  # fmt: skip
    return "\n\n".join(parts) + "\n"


def _inputs(day: dict, cpu: dict[tuple[str, str], float], figures: dict[str, float]) -> str:
    rows = [
        ("subscribers", f"{SUBSCRIBERS:,}", "given"),
        ("polls of each", f"{POLLS_PER_HOUR} an hour", "given"),
        ("the busiest moments", f"{PEAK} times the mean", "assumed: readers poll on the hour"),
        ("a day", f"{day['articles']} new articles of 4 kB, feeds of {day['items']}", "docs/bandwidth.md"),
        ("`Cache-Control: max-age`", f"{MAX_AGE_SECONDS} s", "`feeds.ttl_minutes`, default"),
        *((f"CPU s for 100,000 answers {answer}, {server}", f"{value:g}", "BENCHMARKS.md, most connections")
          for (server, answer), value in cpu.items() if server in ("nashra", "nginx")),
        ("CPU s for 100,000 answers 226 gzip, nashra", f"{figures['delta_cpu_per_100000']:g}", "bench/scale.json"),
        ("CPU s until an edit is in all nine representations", f"{figures['edit_cpu_seconds']:g}", "bench/scale.json"),
        ("CPU s for the cryptography of one TLS handshake", f"{figures.get('handshake_cpu_seconds', 0):g}", "bench/scale.json"),
    ]  # fmt: skip
    table = "\n".join(f"| {name} | {value} | {source} |" for name, value, source in rows)
    return f"""# Ten million subscribers, on paper

Arithmetic on measured figures; no such load was ever served. Made by `python bench/scale.py --docs`; after a new `make bench` run it again, and
`python bench/scale.py --measure --docs` to measure what is in bench/scale.json as well.

## What goes in

| figure | value | from |
| --- | ---: | --- |
{table}

Requests: {SUBSCRIBERS:,} × {POLLS_PER_HOUR} / 3600 = **{RATE:,.0f} a second**, {SUBSCRIBERS * POLLS_PER_HOUR * 24:,} a day; at the peak {RATE * PEAK:,.0f} a second.
If every reader polled in the same minute of an hour it would be {SUBSCRIBERS / 60:,.0f} a second for that minute.

CPU is that of the server's processes, over the loopback device and without TLS. The articles pack better than prose (docs/bandwidth.md), so that with prose
the rows with gzip and br below have two to three times the bytes."""


def _direct(all_costs: list[Cost]) -> str:
    rows = "\n".join(
        f"| {each.label} | {each.share_304:.0%} | {each.size:,.0f} | {RATE * each.size * 86400 / 1e12:,.2f} | {each.bits / 1e9:,.2f} | "
        f"{PEAK * each.bits / 1e9:,.1f} | {each.cpu * 1e5:.1f} | {each.cores:.2f} | {PEAK * each.cores:.1f} |"
        for each in all_costs
    )
    dear, best = all_costs[0], min(all_costs, key=lambda each: each.size)
    usual = next(each for each in all_costs if each.label.endswith("Match, gzip"))
    return f"""## Every poll answered by `serve`

As if all readers were of one kind (RSS). TB and Gbit/s are of answers, heads included; requests, TCP and TLS framing come on top.

| readers ask | 304 | bytes per poll | TB a day | Gbit/s | Gbit/s at the peak | CPU s per 100,000 | cores | cores at the peak |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
{rows}

Without 304, gzip and deltas the same news costs {dear.bits / usual.bits:.0f} times the bytes of what most readers do today (`If-None-Match` and gzip), and
{dear.bits / best.bits:.0f} times the bytes of the best. The wire is what runs out first: one core that answers as in the third row fills {usual.size * 8 / usual.cpu / 1e9:.1f} Gbit/s,
as in the first {dear.size * 8 / dear.cpu / 1e9:.1f} Gbit/s."""


def _cached(all_costs: list[Cost], cpu: dict[tuple[str, str], float]) -> str:
    hour = REPRESENTATIONS * 3600 // MAX_AGE_SECONDS
    polls = SUBSCRIBERS * POLLS_PER_HOUR
    usual = next(each for each in all_costs if each.label.endswith("Match, gzip"))
    front = usual.share_304 * cpu["nginx", "304"] + (1 - usual.share_304) * cpu["nginx", "200 gzip"]
    return f"""## A cache in front

An HTTP cache (nginx, Varnish, a CDN) keeps {REPRESENTATIONS} representations of a feed, three formats in three encodings, and asks for each at most once in {MAX_AGE_SECONDS} s:

    requests to `serve` = feeds × {REPRESENTATIONS} × 3600 / {MAX_AGE_SECONDS} = feeds × {hour} an hour, for each cache that shares nothing with the others

For one feed that is {hour} of {polls:,} polls an hour (a hit rate of {1 - hour / polls:.5%}), for 1,000 feeds of tags and authors {1000 * hour:,} ({1 - 1000 * hour / polls:.2%}). Most of these
are revalidations that end in 304. `serve` is then idle but for its edits, and the cores are the cache's: with nginx's own figures
{RATE * front / 1e5:.2f} cores, {PEAK * RATE * front / 1e5:.1f} at the peak, for readers with `If-None-Match` and gzip. The bytes stay the same: a cache saves cores, not the wire to the readers.

What a cache costs: a reader may see news {MAX_AGE_SECONDS} s later. A cache that does not know RFC 3229 (nginx as in deploy/ does not) answers `A-IM: feed` with whole
feeds, which the standard allows, so that the last two rows of the table above become the two before them. Where the wire is dearer than cores, let requests
with `A-IM` pass the cache by: they are answered with `Cache-Control: no-store, im`."""


def _collapsed() -> str:
    return """## Aggregators

Services that fetch once for many of their users take most polls away. With a share `a` of subscribers behind services that fetch once for `k` subscribers each,

    requests = subscribers × polls × ((1 − a) + a / k)

and bytes and cores with them; the rest of this page is the case a = 0. WebSub (`websub.hubs`) takes away their polls too: a hub is told of a change and tells them."""


def _edited(day: dict, figures: dict[str, float]) -> str:
    rows = {
        (row["habit"], row["encoding"]): row for row in day["rows"] if row["format"] == "RSS"
    }  # bytes of bodies in a day
    whole = rows["nothing", "gzip"]["body"] / day["polls"]
    part = rows["A-IM", "gzip"]["body"] / day["articles"]
    return f"""## What an edit costs

An article that is written or changed in the newest {day["items"]} changes the main feed, that of its language, of each tag and each author, in three formats. Each node renders each
of them once, when it is first asked for: {figures["edit_cpu_seconds"]:g} s of CPU for the nine representations of the main feed, reading the file and the catalogue included.

Readers pay more: each that has the old bytes fetches again. For {SUBSCRIBERS:,} that is {SUBSCRIBERS * whole / 1e9:,.0f} GB with gzip, within the half hour after; with deltas
some {SUBSCRIBERS * part / 1e9:,.0f} GB (a mean of {part:,.0f} bytes an article). Correcting a comma costs as much as an article. A corrected article whose feed entry stays the same (it is older
than the newest {day["items"]}) costs nothing but its page.

Caches learn of it when {MAX_AGE_SECONDS} s are over. To be sooner, purge the {REPRESENTATIONS} representations of each feed concerned; nothing else needs it. Nothing has to be purged for readers: their ETags no longer match."""


def _machines(all_costs: list[Cost], figures: dict[str, float]) -> str:
    usual = next(each for each in all_costs if each.label.endswith("Match, gzip"))
    delta = next(each for each in all_costs if each.label.endswith("feed, gzip"))
    handshake = figures.get("handshake_cpu_seconds")
    tls = (
        f"TLS costs more than the answers: if every poll is a new connection, the cryptography of {RATE:,.0f} handshakes a second takes {RATE * handshake:.2f} cores,\n"
        f"{PEAK * RATE * handshake:.1f} at the peak, in whatever ends TLS in front." if handshake else
        "TLS was not measured here."
    )  # fmt: skip
    lines = -(-int(PEAK * usual.bits) // 10**9)
    return f"""## Many machines

Nodes share nothing: each has the content (git, rsync, an object store) and makes the same bytes and ETags of it, so that any node may answer any poll, behind DNS or a balancer
that knows nothing of the site. An edit costs its CPU on each node, not on each poll. `serve --workers N` uses the cores of one machine.

In the usual case (`If-None-Match` and gzip) all {SUBSCRIBERS:,} readers need {PEAK * usual.cores:.1f} cores at the peak and {lines} lines of 1 Gbit/s. So machines are counted in lines, not in
cores: bytes per poll decide, and what readers ask with decides those. Deltas turn it round: a twentieth of the bytes of a whole feed, and {delta.cores / usual.cores:.0f} times the cores, because a 226 is
answered by the slower way through Flask.

{tls}"""


if __name__ == "__main__":
    main()
