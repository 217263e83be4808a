"""What an export has written, kept in its folder: so that nothing is made twice and nobody else's file is removed.

A file of lines, each a JSON value, of which later ones are right: `["/path", "key", [["name", size, mtime_ns, "key"]…]]`
is a document and its files; `{"may": [names]}` names that are about to be written, so that they are known as ours
after an interruption; `{"gone": [names]}` names that are ours no more. Whatever is no such line is passed over.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from feeds.layout import VARIANTS, is_safe

NAME = ".nashra-export"


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One file as it was left. `key` is of its own inputs, where it has one."""

    name: str
    size_bytes: int
    mtime_ns: int
    key: str = ""

    def stands(self, folder: Path) -> bool:
        """Whether it still is as it was left, as far as size and time tell."""
        try:
            status = os.stat(f"{folder}/{self.name}")
        except OSError:
            return False
        return status.st_size == self.size_bytes and status.st_mtime_ns == self.mtime_ns


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """The files of one document, and the key of what they were made of."""

    key: str
    files: tuple[File, ...]


class Manifest:
    """Opened by one export at a time. `entries` by document, `owned` every name that is ours."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME
        self.entries: dict[str, Entry] = {}
        self.owned: set[str] = set()
        self._lines = 0
        whole = self._read()
        self._out = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
        if not whole:  # the last line was interrupted
            self._write(b"\n")

    def announce(self, names: Iterable[str]) -> None:
        """Names, with their variants, that may be written from now on."""
        new = [name for name in names if name not in self.owned]
        if new:
            self._append({"may": new})
            self.owned.update(name + variant for name in new for variant in VARIANTS)

    def record(self, made: Iterable[tuple[str, Entry]]) -> None:
        """Documents that are there now."""
        for path, entry in made:
            self.entries[path] = entry
            self._append([path, entry.key, [[f.name, f.size_bytes, f.mtime_ns, f.key] for f in entry.files]])

    def forget(self, names: set[str], paths: set[str]) -> None:
        """Names that were removed, and documents that are no more."""
        if not names and not paths:
            return
        self.owned -= names
        for path in sorted(paths):
            del self.entries[path]
            self._append([path])
        self._append({"gone": sorted(names)})

    def close(self) -> None:
        """Written anew where most of it is out of date."""
        os.close(self._out)
        if self._lines > 100 + 1.5 * len(self.entries):
            self._out = os.open(self._path.with_name(f"{NAME}.new"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
            self.record(tuple(self.entries.items()))
            os.close(self._out)
            self._path.with_name(f"{NAME}.new").replace(self._path)

    def _read(self) -> bool:
        """Whether it ends with a whole line."""
        line = b"\n"
        try:
            with self._path.open("rb") as lines:
                for line in lines:
                    self._lines += 1
                    try:
                        self._take(json.loads(line))
                    except (ValueError, TypeError, AttributeError, KeyError):
                        continue
        except FileNotFoundError:
            pass
        return line.endswith(b"\n")

    def _take(self, value: Any) -> None:
        if isinstance(value, dict):
            self.owned.update(n + variant for n in value.get("may", ()) if is_safe(n) for variant in VARIANTS)
            self.owned.difference_update(value.get("gone", ()))
        elif len(value) == 1:
            self.entries.pop(value[0], None)
        else:
            path, key, rows = value
            files = tuple(File(name=n, size_bytes=s, mtime_ns=m, key=k) for n, s, m, k in rows if is_safe(n))
            self.entries[path] = Entry(key=key, files=files)
            self.owned.update(file.name for file in files)

    def _append(self, value: Any) -> None:
        self._write(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
        self._lines += 1

    def _write(self, data: bytes) -> None:
        while data:  # a full disk takes a part
            data = data[os.write(self._out, data) :]
