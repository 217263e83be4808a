"""Typed access to a tree of settings; what does not fit is collected with its line, none stops the others."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from feeds.nodes import Mapping, Node, Scalar, Sequence, shown
from feeds.problems import FieldError, quote
from feeds.text import one_line

T = TypeVar("T")
_TRUE, _FALSE = ("true", "yes", "on"), ("false", "no", "off")


class Reader:
    """One mapping of the file. `errors` is one list of (line, key, message) for the whole file."""

    def __init__(self, tree: Mapping, name: str = "", parent: Reader | None = None, given: bool = True) -> None:
        self.line = tree.line
        self.given = given
        self.errors: list[tuple[int, str, str]] = parent.errors if parent else []
        self._tree = tree
        self._name = name
        self._sections: list[str] = []

    def section(self, name: str, keys: str) -> Reader:
        """A mapping within this one, whose keys are checked at once."""
        accepted = tuple(keys.split())
        node = self._tree.get(name)
        full = self._full(name)
        if isinstance(node, Mapping):
            for key, line, _ in node.entries:
                if key not in accepted:
                    self._error(
                        line, f"{full}.{key}", f"is no setting; accepted are {', '.join(accepted)}: {quote(key)}"
                    )
        elif node is not None and not (isinstance(node, Scalar) and node.empty):
            self._error(
                node.line,
                full,
                f"must hold 'key: value' lines; accepted keys are {', '.join(accepted)}: {quote(shown(node))}",
            )
        self._sections.append(name)
        given = isinstance(node, Mapping)
        line = next((line for key, line, _ in self._tree.entries if key == name), self.line)
        return Reader(node if isinstance(node, Mapping) else Mapping((), line), full, self, given)

    def top(self, keys: str) -> None:
        """Checks the keys of the file's first level: sections asked for so far, and `keys`."""
        accepted = (*self._sections, *keys.split())
        for key, line, _ in self._tree.entries:
            if key not in accepted:
                self._error(line, key, f"is no setting; accepted are {', '.join(accepted)}: {quote(key)}")

    def refuse(self, name: str, message: str) -> None:
        """An error about a key, at its line; at that of the mapping where it is not there."""
        node = self._tree.get(name)
        self._error(node.line if node else self.line, self._full(name), message)

    def line_at(self, *names: str) -> int:
        """Line of the value at the end of a path of keys; of the last one that is there."""
        node: Node = self._tree
        for name in names:
            node = (node.get(name) if isinstance(node, Mapping) else None) or node
        return node.line

    def blank(self, name: str) -> bool:
        """Whether the key stands there without a value."""
        node = self._tree.get(name)
        return isinstance(node, Scalar) and (node.empty or not node.text.strip())

    def text(self, name: str, *, required: bool = False) -> str:
        """One line; `""` when absent, or no text, which is an error."""
        node = self._tree.get(name)
        if node is None or (isinstance(node, Scalar) and node.empty):
            if required:
                self._error(1, self._full(name), "is missing; it is required")
            return ""
        if not isinstance(node, Scalar):
            self._error(node.line, self._full(name), f"must be a text: {quote(shown(node))}")
            return ""
        value = one_line(node.text)
        if required and not value:
            self._error(node.line, self._full(name), "is empty; it is required")
        return value

    def checked(self, name: str, check: Callable[[str], T], accepted: str, *, required: bool = False) -> T | None:
        """The value that `check` makes of the text; its ValueError or FieldError becomes a problem."""
        value = self.text(name, required=required)
        if not value:
            return None
        try:
            return check(value)
        except (ValueError, FieldError):
            self.refuse(name, f"must be {accepted}: {quote(value)}")
            return None

    def choice(self, name: str, accepted: tuple[str, ...], default: str) -> str:
        """One of the accepted words; the default when absent, or another, which is an error."""
        value = self.text(name)
        if value and value not in accepted:
            self.refuse(name, f"must be one of {', '.join(accepted)}: {quote(value)}")
            return default
        return value or default

    def flag(self, name: str, default: bool) -> bool:
        """The default when absent, or no truth value, which is an error."""
        value = self.text(name).lower()
        if value and value not in _TRUE + _FALSE:
            self.refuse(name, f"must be true or false: {quote(value)}")
            return default
        return value in _TRUE if value else default

    def whole(self, name: str, default: int, least: int, most: int) -> int:
        """A whole number from `least` to `most`; the default when absent, or none, which is an error."""
        value = self.text(name)
        if not value:
            return default
        if not (value.isascii() and value.isdigit() and least <= int(value[:9]) <= most):
            self.refuse(name, f"must be a whole number from {least} to {most}: {quote(value)}")
            return default
        return int(value)

    def texts(self, name: str, check: Callable[[str], T], accepted: str) -> dict[T, str]:
        """A mapping whose keys `check` reads and whose values are texts, none of them empty."""
        node = self._tree.get(name)
        if node is None or (isinstance(node, Scalar) and node.empty):
            return {}
        if not isinstance(node, Mapping):
            self._error(node.line, self._full(name), f"must hold '{accepted}: text' lines: {quote(shown(node))}")
            return {}
        found: dict[T, str] = {}
        for key, line, child in node.entries:
            value = one_line(child.text) if isinstance(child, Scalar) else ""
            if not value:
                self._error(line, self._full(f"{name}.{key}"), f"must be a text: {quote(shown(child))}")
                continue
            try:
                found[check(key)] = value
            except (ValueError, FieldError):
                self._error(line, self._full(f"{name}.{key}"), f"must be {accepted}: {quote(key)}")
        return found

    def list_checked(self, name: str, check: Callable[[str], T], accepted: str) -> list[T]:
        """What `check` makes of each text of a list; its ValueError or FieldError becomes an error."""
        values: list[T] = []
        for item in self._items(name):
            try:
                values.append(check(item.text))
            except (ValueError, FieldError):
                self._error(item.line, self._full(name), f"must be {accepted}: {quote(item.text)}")
        return values

    def list_choice(self, name: str, accepted: tuple[str, ...], default: tuple[str, ...]) -> tuple[str, ...]:
        """The words of a list, each once, in file order; the default when absent."""
        if self._tree.get(name) is None:
            return default
        items = self._items(name)
        for item in items:
            if item.text not in accepted:
                self._error(item.line, self._full(name), f"must be one of {', '.join(accepted)}: {quote(item.text)}")
        return tuple(dict.fromkeys(item.text for item in items))

    def _items(self, name: str) -> list[Scalar]:
        node: Node | None = self._tree.get(name)
        if node is None or (isinstance(node, Scalar) and node.empty):
            return []
        if not isinstance(node, Sequence):
            self._error(node.line, self._full(name), f"must be a list such as [a, b]: {quote(shown(node))}")
            return []
        scalars = [item for item in node.items if isinstance(item, Scalar)]
        if len(scalars) != len(node.items):
            self._error(node.line, self._full(name), f"must be a list of texts: {quote(shown(node))}")
        return scalars

    def _full(self, name: str) -> str:
        return f"{self._name}.{name}" if self._name else name

    def _error(self, line: int, name: str, message: str) -> None:
        self.errors.append((line, name, message))
