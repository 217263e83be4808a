"""The memory that a process has got from the system and does not use: given back after work that took much of it."""

from __future__ import annotations

import ctypes
import gc

_ARENAS = -8  # M_ARENA_MAX of mallopt(3)


def share(arenas: int) -> None:
    """So many heaps for all threads together, where the C library is glibc; by default each thread gets its own,
    and each keeps what its thread needed once."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_ARENAS, arenas)


def give_back() -> None:
    """Returns what is free to the system, where the C library is glibc."""
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
