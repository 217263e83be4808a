"""The config file of a running service: its last good state, and what has become of it and of its content folder since."""

from __future__ import annotations

import os
from pathlib import Path

from feeds.config import Config, load
from feeds.problems import ConfigError
from feeds.reports import Reports


class ConfigFile:
    """`config` is the last good one. Raises ConfigError where there never was one."""

    def __init__(self, path: Path) -> None:
        self._path = path
        stamp, where = _stamp_of(path), os.path.realpath(path)
        self.config = load(path)
        self._seen = (stamp, where, str(self.config.content_path), True)

    def reread(self, reports: Reports, *, asked: bool) -> Config | None:
        """The new config, which is `config` now; None where the file has none. It is read where it has changed,
        where its content folder is a link that leads elsewhere now, or where somebody `asked`. What it was goes to the reports."""
        name, content = self._path.name, self.config.content_name
        where, folder = os.path.realpath(self._path), os.path.realpath(content)
        seen = (_stamp_of(self._path), where, folder, os.path.isdir(folder))
        if not asked and seen == self._seen:
            return None
        self._seen = seen
        try:
            config = load(self._path)
        except ConfigError as error:
            reports.config_is_faulty(name, error.problems, asked=asked)
            return None
        if config == self.config:
            reports.config_is_equal(name, config, asked=asked)
            return None
        reports.config_is_new(name, self.config, config)
        self.config = config
        return config


def _stamp_of(path: Path) -> tuple[int, int] | None:
    """What changes with a file: its time and its size; None where it is not there."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size
