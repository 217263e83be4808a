"""What has changed while a first read goes on, so that nothing that was read before comes in its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import PurePosixPath

from feeds.catalogue import nfc
from feeds.content import ArticleFile


class Overtaken:
    """`paths` of files and folders, and the articles (`users`) that name one of them and may have been read before."""

    def __init__(self) -> None:
        self.paths = set[str]()
        self.users = set[str]()

    def add(self, paths: Iterable[str]) -> None:
        self.paths.update(each for path in paths for each in (path, nfc(path)))

    def has(self, path: str) -> bool:
        """At or below one of them."""
        return bool(self.paths) and any(each in self.paths for each in (path, *map(str, PurePosixPath(path).parents)))

    def sifted(self, files: Iterable[ArticleFile]) -> Iterator[ArticleFile]:
        """Without those."""
        return (file for file in files if not self.has(file.found.path))

    def marked(self, files: Iterable[ArticleFile]) -> Iterator[ArticleFile]:
        """Those that name one are as files that nobody knows, for the catalogue to have them read again, now or at the
        next start."""
        for file in files:
            if file.reading is not None and any(map(self.has, file.reading.used)):
                self.users.add(file.found.path)
                yield replace(file, digest="", found=replace(file.found, stamp=""))
            else:
                yield file
