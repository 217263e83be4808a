"""YAML and TOML as trees of text that remember their lines. No meaning is given to any value.

`no`, `12:30`, `007` and `2025-02-30` stay the letters that the editor typed. Aliases, tags,
equal keys and deep nesting are refused, so that no small file becomes a large one.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time

import yaml

from feeds.problems import NashraError, quote

MAX_DEPTH = 16
# A dotted key of TOML, for which tomllib takes quadratic time.
_LONG_KEY = re.compile(r"""(?<![\w-])(?:(?:[\w-]++|"[^"\n.]*+"|'[^'\n.]*+')[ \t]*+\.[ \t]*+){64}""")


class NodeError(NashraError):
    """Text that is no YAML or TOML, or uses what is refused; `line` counts from 1 in the file; `key`
    is the field at fault where it is one."""

    def __init__(self, line: int, message: str, key: str = "") -> None:
        self.line = line
        self.message = message
        self.key = key
        super().__init__(f"{line}: {message}")


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value, as text. `empty` tells `key:`, `~` and `null` from a quoted text."""

    text: str
    line: int
    empty: bool = False


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list, in file order."""

    items: tuple[Node, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys in file order; `line` of an entry is its key's."""

    entries: tuple[tuple[str, int, Node], ...]
    line: int

    def get(self, key: str) -> Node | None:
        """The value of a key, None where it is not there."""
        return next((node for name, _, node in self.entries if name == key), None)


Node = Scalar | Sequence | Mapping


def shown(node: Node) -> str:
    """A value as a message shows it, on one line."""
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Sequence):
        return f"[{', '.join(shown(item) for item in node.items)}]"
    return f"{{{', '.join(f'{key}: {shown(child)}' for key, _, child in node.entries)}}}"


# CBaseLoader is five times faster; the pure one reads escaped surrogate halves that libyaml refuses.
_CLoader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


# What YAML 1.1 counts as line breaks and no editor does: lines of problems would be wrong (YAML 1.2 section 5.4).
_NO_BREAKS = dict.fromkeys((0x85, 0x2028, 0x2029), " ")


def parse_yaml(text: str, first_line: int = 1) -> Mapping:
    """The mapping that a YAML text holds (empty text: no entries). Raises NodeError."""
    try:
        text = text.translate(_NO_BREAKS)
        return _build_yaml(text, first_line, _CLoader)
    except yaml.YAMLError as error:
        if "Unicode character escape" in str(error):
            try:
                return _build_yaml(text, first_line, yaml.BaseLoader)
            except yaml.YAMLError as second:
                error = second
        raise _yaml_error(error, text, first_line) from error


def _build_yaml(text: str, first_line: int, loader: type) -> Mapping:
    events = iter(yaml.parse(text, Loader=loader))
    next(events)  # stream start
    event = next(events)
    if isinstance(event, yaml.StreamEndEvent):
        return Mapping((), first_line)
    root = _yaml_node(next(events), events, first_line, 0)
    next(events)  # document end
    extra = next(events)
    if not isinstance(extra, yaml.StreamEndEvent):
        raise NodeError(first_line + _line(extra), "a second document begins here; keep only one")
    if isinstance(root, Scalar) and root.empty:
        return Mapping((), first_line)
    if not isinstance(root, Mapping):
        raise NodeError(root.line, "is no list of 'key: value' lines")
    return root


def _yaml_node(event: yaml.Event, events: Iterator[yaml.Event], first_line: int, depth: int) -> Node:
    line = first_line + _line(event)
    if isinstance(event, yaml.AliasEvent):
        raise NodeError(line, f"aliases are not allowed; write the value out: '*{event.anchor}'")
    if depth > MAX_DEPTH:
        raise NodeError(line, f"is nested deeper than {MAX_DEPTH} levels")
    tag = getattr(event, "tag", None)
    if tag is not None and tag != "!":
        raise NodeError(line, f"tags are not allowed; write plain text: {quote(tag)}")
    if isinstance(event, yaml.ScalarEvent):
        plain = event.style is None
        return Scalar(_joined(event.value), line, plain and event.value in ("", "~", "null", "Null", "NULL"))
    if isinstance(event, yaml.SequenceStartEvent):
        items = []
        while not isinstance(event := next(events), yaml.SequenceEndEvent):
            items.append(_yaml_node(event, events, first_line, depth + 1))
        return Sequence(tuple(items), line)
    entries: list[tuple[str, int, Node]] = []
    seen: dict[str, int] = {}
    while not isinstance(event := next(events), yaml.MappingEndEvent):
        key = _yaml_node(event, events, first_line, depth + 1)
        if not isinstance(key, Scalar):
            raise NodeError(key.line, "a key must be plain text")
        if key.text in seen:
            message = f"is given twice, first in line {seen[key.text]}; keep one: {quote(key.text)}"
            raise NodeError(key.line, message, key.text)
        seen[key.text] = key.line
        entries.append((key.text, key.line, _yaml_node(next(events), events, first_line, depth + 1)))
    return Mapping(tuple(entries), line)


def _joined(text: str) -> str:
    """Surrogate halves that stand escaped in double quotes (as JSON writes them) as the one character
    they mean; a lone one, which no file can hold, as U+FFFD."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _line(event: yaml.Event) -> int:
    mark = event.start_mark
    return mark.line if mark is not None else 0


def _yaml_error(error: yaml.YAMLError, text: str, first_line: int) -> NodeError:
    mark = getattr(error, "problem_mark", None)
    offset = min(mark.line, max(text.count("\n"), 0)) if mark else 0
    lines = text.split("\n")
    while offset > 0 and not lines[offset].strip():  # libyaml points behind the last line
        offset -= 1
    what = getattr(error, "problem", None) or str(error).splitlines()[0]
    hint = " (quote a text that holds ': ', or begins with a special sign)"
    return NodeError(first_line + offset, f"is not valid YAML, {what}{hint}: {quote(lines[offset].strip())}")


def parse_toml(text: str, first_line: int = 1) -> Mapping:
    """The mapping that a TOML text holds; numbers and dates as text. Raises NodeError."""
    if found := _LONG_KEY.search(text):
        raise NodeError(first_line + text.count("\n", 0, found.start()), f"is nested deeper than {MAX_DEPTH} levels")
    try:
        data = tomllib.loads(text, parse_float=str)
        node = _toml_node(data, _toml_lines(text, first_line), "", first_line, 0)
    except (ValueError, RecursionError) as error:
        told, many = re.search(r"at line (\d+)", str(error)), re.search(r"\w{1000}", text)
        if not isinstance(error, tomllib.TOMLDecodeError | RecursionError) and many:  # longer than int() reads
            line, message = text.count("\n", 0, many.start()) + 1, "has a number that is too long"
        else:
            line = int(told.group(1)) if told else text.rstrip().count("\n") + 1
            message = f"is not valid TOML, {error}"
        lines = text.split("\n")
        shown = lines[min(line, len(lines)) - 1].strip()
        raise NodeError(first_line + line - 1, f"{message}: {quote(shown)}") from error
    assert isinstance(node, Mapping)
    return node


def _toml_node(value: object, lines: dict[str, int], path: str, line: int, depth: int) -> Node:
    if depth > MAX_DEPTH:
        raise NodeError(line, f"is nested deeper than {MAX_DEPTH} levels")
    if isinstance(value, dict):
        entries = []
        for key, child in value.items():
            name = f"{path}.{key}" if path else key
            at = lines.get(name, line)
            entries.append((key, at, _toml_node(child, lines, name, at, depth + 1)))
        return Mapping(tuple(entries), line)
    if isinstance(value, list):
        return Sequence(tuple(_toml_node(child, lines, path, line, depth + 1) for child in value), line)
    if isinstance(value, bool):
        return Scalar("true" if value else "false", line)
    if isinstance(value, (datetime, date, time)):
        return Scalar(value.isoformat(), line)
    return Scalar(str(value), line)


def _toml_lines(text: str, first_line: int) -> dict[str, int]:
    """Line of each `key =` and `[table]`, by dotted name; the first one counts."""
    lines: dict[str, int] = {}
    table = ""
    for number, row in enumerate(text.split("\n"), first_line):
        header = re.match(r"\s*+\[\[?([^\[\]]++)\]\]?\s*+(?:#.*)?$", row)
        assignment = re.match(r"""\s*+(?:"([^"]*+)"|'([^']*+)'|([A-Za-z0-9_.\-]++))\s*+=""", row)
        if header and "=" not in row:
            table = header.group(1).strip().strip("\"'")
            lines.setdefault(table, number)
        elif assignment:
            key = next(group for group in assignment.groups() if group is not None)
            lines.setdefault(f"{table}.{key}" if table else key, number)
    return lines
