"""What the figures were measured on, as one line of Markdown without a date, and how tables are printed."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path


def line(*packages: str, programs: Iterable[str] = ()) -> str:
    """Cores, memory, kernel, Python, and the versions of these packages and Debian programs that are here."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    parts = [f"{os.cpu_count()} cores", f"{memory:.0f} GiB", f"Linux {platform.release().partition('-')[0]}"]
    parts.append(f"Python {platform.python_version()}")
    for name in packages:
        try:
            parts.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    parts += [found for name in programs if (found := _program(name))]
    return ", ".join(parts) + "."


def _program(name: str) -> str:
    path = program(name)
    if not path:
        return ""
    flags = {"nginx": "-v", "hugo": "version", "wrk": "-v"}
    out = subprocess.run([path, flags.get(name, "--version")], capture_output=True, text=True, check=False)
    words = (out.stdout + out.stderr).replace("/", " ").split()
    number = next((word for word in words if any(letter.isdigit() for letter in word)), "")
    return f"{name} {number.removeprefix('v').partition('+')[0]}"


def program(name: str) -> str:
    """Its path, `""` where it is not installed."""
    for folder in ("", "/usr/sbin/"):
        if found := shutil.which(folder + name):
            return found
    return ""


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Prints a Markdown table; the first column stands left, the others right."""
    print(f"\n| {' | '.join(columns)} |")
    print(f"| --- |{' ---: |' * (len(columns) - 1)}")
    for row in rows:
        print(f"| {' | '.join(str(cell) for cell in row)} |")
    print(flush=True)


def processes(leader: int) -> list[Path]:
    """/proc folders of a process group."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == leader:
            found.append(folder)
    return found


def cpu_seconds(leader: int) -> float:
    """User and system time of a process group."""
    ticks = 0
    for folder in processes(leader):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")
