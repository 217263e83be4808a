"""A publisher without its thread: it sees a change when a test says so, at the instant that a test says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from feeds.publisher import Publisher
from feeds.web import application


class Hand:
    """Does what the thread does, step by step."""

    def __init__(self, config_path: Path, clock: Callable[[], float]) -> None:
        self._publisher = Publisher(config_path, clock)
        self.client: Any = application(self._publisher, clock).test_client(use_cookies=False)

    @property
    def site(self) -> Any:
        return self._publisher.site

    def take_in(self, below: Sequence[str]) -> None:
        """Events of these paths (relative to the content folder, `""` is all of it). Only for the one with the role."""
        writer = self._publisher._keeper.writer
        assert writer is not None
        self._publisher._take_in(writer, below, routine=False)
        self._publisher._notice()

    def reload_config(self) -> None:
        self._publisher._reload_config(False)

    def look(self) -> None:
        """What the thread does between two looks at the folder."""
        if self._publisher._keeper.is_outdated() or self.site.config is not self._publisher.config:
            self._publisher._renew()

    def close(self) -> None:
        """Ends as a process does: nothing can be asked afterwards."""
        keeper = self._publisher._keeper
        keeper.memory.close()
        keeper.reader.close()
        if keeper.writer is not None:
            keeper.writer.close()
        keeper.close()
