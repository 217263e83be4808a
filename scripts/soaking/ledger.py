"""What the clients saw: counts, faults with examples, and how long answers took."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable

from soaking import checks
from soaking.wire import Answer

_EXAMPLES = 5  # of each kind of fault
_SHARE = 0.12  # of one core, for strict parsing


class Ledger:
    """One for a run. Every answer is checked; bodies are parsed strictly as often as the share of a core allows."""

    def __init__(self) -> None:
        self.statuses: Counter[tuple[str, int]] = Counter()  # (kind of client, status)
        self.events: Counter[tuple[str, str]] = Counter()  # (kind of client, what happened instead of an answer)
        self.faults: Counter[str] = Counter()
        self.examples: list[str] = []
        self.seconds: dict[str, list[float]] = {}
        self.bytes = 0
        self.parsed = 0
        self.seen: dict[str, float] = {}  # when (monotonic) an article was first seen in a feed, by token
        self._began = time.monotonic()
        self._spent = 0.0

    def take(self, kind: str, answer: Answer, expected: Iterable[int]) -> Answer:
        self.statuses[kind, answer.status] += 1
        self.seconds.setdefault(kind, []).append(answer.seconds)
        self.bytes += len(answer.body)
        for fault in checks.faults(answer, frozenset(expected)):
            self.fault(kind, fault, answer)
        if answer.method == "GET" and answer.status in (200, 226) and self._affordable():
            began = time.process_time()
            for fault in checks.whole(answer):
                self.fault(kind, fault, answer)
            self._spent += time.process_time() - began
            self.parsed += 1
        return answer

    def event(self, kind: str, what: str) -> None:
        self.events[kind, what] += 1

    def fault(self, kind: str, what: str, answer: Answer | None = None) -> None:
        name = f"{kind}: {what.partition(':')[0]}"
        self.faults[name] += 1
        if self.faults[name] <= _EXAMPLES:
            asked = f" ({answer.method} {answer.path} {dict(answer.asked)} → {answer.status})" if answer else ""
            self.examples.append(f"{kind}: {what}{asked}")

    def _affordable(self) -> bool:
        return self._spent < _SHARE * (time.monotonic() - self._began)
