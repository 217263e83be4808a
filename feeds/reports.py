"""What a publisher tells of: every refresh that took something in, each problem once, and what became of a new config."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Literal

from feeds import logs
from feeds.config import Config
from feeds.problems import Problem
from feeds.taken import Taken

Source = Literal["config", "content"]
_AT_START = ("host", "port", "workers", "metrics", "log")  # of `server`


class Reports:
    """Silent unless `speaking`: another process has the role then, and tells the same. It remembers all the same."""

    def __init__(self, speaking: Callable[[], bool], *, of_refreshes: bool) -> None:
        self._speaking = speaking
        self._of_refreshes = of_refreshes
        self._known: dict[Source, frozenset[Problem]] = {}

    def problems(self, source: Source, found: Iterable[Problem]) -> int:
        """All that there are now. Tells those that were not there the last time, and how many."""
        present = list(dict.fromkeys(found))
        new = [problem for problem in present if problem not in self._known.get(source, ())]
        self._known[source] = frozenset(present)
        for problem in new if self._speaking() else ():
            logs.problem(problem)
        return len(new)

    def refreshed(self, taken: Taken, prefix: str, seconds: float) -> None:
        if self._speaking() and self._of_refreshes:
            logs.event("refresh", taken.told(prefix, seconds), logging.INFO, **taken.fields(prefix, seconds))

    def config_is_faulty(self, name: str, problems: Iterable[Problem], *, asked: bool) -> None:
        if (self.problems("config", problems) or asked) and self._speaking():
            logs.event("config", f"{name} is faulty, the last good one stays", logging.ERROR)

    def config_is_equal(self, name: str, config: Config, *, asked: bool) -> None:
        self.problems("config", config.warnings)
        if asked and self._speaking():
            logs.event("config", f"{name} was read again, nothing in it has changed")

    def config_is_new(self, name: str, old: Config, new: Config) -> None:
        self.problems("config", new.warnings)
        waiting = [f"server.{key}" for key in _AT_START if getattr(old, key) != getattr(new, key)]
        waiting += ["state"] if old.state_path != new.state_path else []
        rest = f"; {', '.join(waiting)} will be read when the service starts next" if waiting else ""
        if self._speaking():
            moved = new.content_path != old.content_path and replace(old, content_path=new.content_path) == new
            what = f"the content folder is '{new.content_path}' now" if moved else f"{name} has changed"
            logs.event("config", f"{what} and is taken in{rest}", at_next_start=waiting)

    def failed(self, error: Exception, why: str, *, usual: bool) -> None:
        """What is not `usual` is a fault of our own, and is told with its traceback."""
        if self._speaking():
            message = f"changes cannot be taken in and are tried again, what is there is served: {why}"
            if usual:
                logs.event("failure", message, logging.ERROR, error=type(error).__name__)
            else:
                logs.failure("failure", message, error)
