"""How far long work is, shown on a terminal."""

from __future__ import annotations

import shutil
import sys
import time

from feeds.readers import Progress

_WORTH_SHOWING = 500
_WIDTH = 24


def bar(what: str, of: str = "articles") -> Progress | None:
    """A bar on standard error that is drawn at most ten times a second; None where that is no terminal."""
    if sys.stderr is None or not sys.stderr.isatty():
        return None
    began = time.monotonic()
    drawn = 0.0

    def show(done: int, total: int) -> None:
        nonlocal drawn
        now = time.monotonic()
        if total < _WORTH_SHOWING or (done < total and now - drawn < 0.1):
            return
        drawn = now
        filled = _WIDTH * done // total
        left = (now - began) / max(done, 1) * (total - done)
        rest = f", {left:.0f} s left" if done < total else f" in {now - began:.0f} s"
        line = f"{what} [{'#' * filled}{'.' * (_WIDTH - filled)}] {done:,} of {total:,} {of}{rest}"
        print(
            f"\r\x1b[K{line[: shutil.get_terminal_size().columns - 1]}",
            end="\n" if done == total else "",
            file=sys.stderr,
            flush=True,
        )

    return show
