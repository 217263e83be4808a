"""What a refresh has taken in: how many files came, changed and went, and the names of the first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from feeds.problems import one_line, quote

NAMED = 10
_LONGEST = 200  # characters of a name


@dataclass(slots=True, kw_only=True)
class Names:
    """How many there were, and the first `NAMED` of them."""

    count: int = 0
    first: list[str] = field(default_factory=list)

    def add(self, name: str) -> None:
        self.count += 1
        if len(self.first) < NAMED:
            self.first.append(name)

    def join(self, later: Names) -> None:
        self.count += later.count
        self.first += later.first[: NAMED - len(self.first)]


@dataclass(slots=True, kw_only=True)
class Taken:
    """Paths are relative to the content folder."""

    added: Names = field(default_factory=Names)
    changed: Names = field(default_factory=Names)
    removed: Names = field(default_factory=Names)

    @property
    def count(self) -> int:
        return self.added.count + self.changed.count + self.removed.count

    def join(self, later: Taken) -> None:
        self.added.join(later.added)
        self.changed.join(later.changed)
        self.removed.join(later.removed)

    def told(self, prefix: str, seconds: float) -> str:
        """`2 added, 1 removed in 0.04 s: +content/a.md +content/b.md -content/c.md`; `prefix` stands before each path."""
        counts = [f"{names.count:,} {word}" for word, _, names in self._kinds() if names.count]
        text = f"{', '.join(counts) or 'nothing changed'} in {seconds:.2f} s"
        marked = [mark + _shown(prefix + name) for _, mark, names in self._kinds() for name in names.first][:NAMED]
        more = self.count - len(marked)
        return text + (f": {' '.join(marked)}" if marked else "") + (f" and {more:,} more" if more else "")

    def fields(self, prefix: str, seconds: float) -> dict[str, object]:
        """The same for a log in JSON."""
        counts = {word: names.count for word, _, names in self._kinds()}
        named = [(word, prefix + name) for word, _, names in self._kinds() for name in names.first][:NAMED]
        files = {f"{kind}_files": [name for word, name in named if word == kind] for kind in counts}
        return {"seconds": round(seconds, 3), **counts, **files, "more": self.count - len(named)}

    def _kinds(self) -> Iterator[tuple[str, str, Names]]:
        yield "added", "+", self.added
        yield "changed", "~", self.changed
        yield "removed", "-", self.removed


def _shown(path: str) -> str:
    """On one line, and in quotes where a space would make two of it."""
    name = one_line(path)
    name = name if len(name) <= _LONGEST else name[: _LONGEST - 1] + "…"
    return quote(name, _LONGEST) if " " in name else name
