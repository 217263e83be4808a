"""How far long work is: a bar on a terminal, nothing in a pipe."""

from __future__ import annotations

import shutil
import sys
import time

from feeds.readers import Progress

_SECONDS = 0.2  # between two looks, and before the first: what is over at once shows nothing
_WIDTH = 30


def bar(what: str, of: str = "articles") -> Progress | None:
    """To be called with (done, total) as often as one likes; None where standard error is no terminal."""
    if sys.stderr is None or not sys.stderr.isatty():  # None: the shell closed it
        return None
    began = time.monotonic()
    due, drawn = began + _SECONDS, False

    def show(done: int, total: int) -> None:
        nonlocal due, drawn
        now = time.monotonic()
        if now < due and not (drawn and done >= total):
            return
        due, drawn = now + _SECONDS, True
        filled = _WIDTH * done // max(1, total)
        left = (now - began) / max(done, 1) * (total - done)
        rest = f", {left:.0f} s left" if done < total else f" in {now - began:.0f} s"
        line = f"{what} [{'#' * filled}{'.' * (_WIDTH - filled)}] {done:,} of {total:,} {of}{rest}"
        end = "\n" if done >= total else ""
        print(f"\r{line[: shutil.get_terminal_size().columns - 1]}\x1b[K", end=end, file=sys.stderr, flush=True)

    return show
