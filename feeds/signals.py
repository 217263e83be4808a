"""SIGTERM, SIGINT and SIGHUP, taken by a thread that waits for nothing else.

A Python handler runs in the main thread, and only when that wakes: where the system gives a signal to another
thread while the main one waits for a lock, as it does in a server, the signal is lost. So no thread takes them but
this one. Whoever holds them before the first thread is begun holds them in all.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterable

_TAKEN = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def hold() -> None:
    """From now on they wait for `take`: in this thread, those that it begins, and processes that it forks."""
    signal.pthread_sigmask(signal.SIG_BLOCK, _TAKEN)


def take(on_hangup: Callable[[], None], *, ends: Iterable[int] = (signal.SIGTERM, signal.SIGINT)) -> threading.Event:
    """Calls `on_hangup` for each SIGHUP, and for the first of `ends` the handler that somebody has set since;
    where nobody has, nothing is served yet and the process ends at once. The event is set at the first of `ends`."""
    before = {number: signal.getsignal(number) for number in ends}
    ending = threading.Event()
    thread = threading.Thread(target=_run, args=(on_hangup, before, ending), name="signals", daemon=True)
    thread.start()
    return ending


def _run(on_hangup: Callable[[], None], before: dict[int, object], ending: threading.Event) -> None:
    while True:
        number = signal.sigwait(_TAKEN)
        if number == signal.SIGHUP:
            on_hangup()
        elif number in before and not ending.is_set():
            ending.set()
            now = signal.getsignal(number)
            if now is before[number] or not callable(now):
                os._exit(0)
            now(number, None)
