"""Changes of the content folder, as the system tells them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from watchfiles import watch

from feeds import names, walking
from feeds.media import media_type

_STEP_MS, _DEBOUNCE_MS, _IDLE_MS = 10, 200, 100
_FEW, _BURST_SECONDS = 2, 2  # more files than that at once are a burst: waited for until it is quiet, but not longer


def changes(
    root: Path,
    state: Path,
    stop: threading.Event,
    *,
    watching: bool,
    hurried: bool,
    elapsed: Callable[[], float],
    many: int,
    foresee: Callable[[], object],
) -> Iterator[list[str]]:
    """Paths relative to `root` that have changed, all of one burst at once; none, ten times a second, where
    nothing has or nobody is `watching`. Ends with `stop`, and where another folder has come in the place of `root`. What lies in `state` is nobody's business.
    `hurried` does not wait for changes. `foresee` is called while a burst of more than `many` is waited for, perhaps
    more than once. `elapsed` gives seconds that only grow."""
    if not watching:
        while not stop.wait(0 if hurried else _IDLE_MS / 1000):
            yield []
        return
    burst, begun, watched = set[str](), 0.0, _identity(root)
    for told in watch(
        root, step=_STEP_MS, debounce=_DEBOUNCE_MS, rust_timeout=_STEP_MS if hurried else _IDLE_MS, yield_on_timeout=True,
        stop_event=stop, watch_filter=None, ignore_permission_denied=True,
    ):  # fmt: skip
        if _identity(root) not in (None, watched):  # another folder in its place, which nobody watches
            return
        begun = begun if burst else elapsed()
        burst |= {path for _, full in told if (path := _relevant(root, state, full))}
        if told and len(burst) > _FEW and elapsed() < begun + _BURST_SECONDS:
            if len(burst) > many:
                foresee()
            continue
        below, burst = sorted(burst), set()
        yield below


def _identity(root: Path) -> tuple[int, int] | None:
    try:
        found = root.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _relevant(root: Path, state: Path, full: str) -> str:
    """A changed path relative to the content folder, `""` when it is nobody's business."""
    path = Path(full)
    if not path.is_relative_to(root) or path == root or path.is_relative_to(state):
        return ""
    relative = path.relative_to(root).as_posix()
    if walking.is_hidden(relative):
        return ""
    known = names.FORMS.get(path.suffix.lower()) or media_type(relative)
    return relative if known or path.is_dir() or not path.exists() else ""
