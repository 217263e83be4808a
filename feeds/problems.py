"""What is wrong with a file, said so that an editor can mend it. No business logic here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Problem:
    """One fault at one place.

    `path` is relative to the folder of the config file, with `/`; `line` counts from 1.
    `message` says what is wrong, how to mend it, and ends with the offending text in quotes.
    """

    path: str
    line: int = 1
    field: str = ""
    message: str = ""
    severity: Severity = "error"

    def __str__(self) -> str:
        """`path:line: field: message`, or `path:line: field: warning: message`."""
        warning = "warning: " if self.severity == "warning" else ""
        return f"{one_line(self.path)}:{self.line}: {_name(self.field)}: {warning}{one_line(self.message)}"


def one_line(text: str) -> str:
    """Text that stays on one line of a log or terminal: control characters become `\\xNN`."""
    return "".join(c if c.isprintable() or c in "\u200c\u200d" else _escape(c) for c in text)


def quote(text: str, limit: int = 80) -> str:
    """The offending text as it stands in a message: in single quotes, cut at `limit` characters."""
    return f"'{text if len(text) <= limit else text[: limit - 1] + '…'}'"


def _name(field: str) -> str:
    """A key of any file as the third part of a line, which `: ` ends."""
    return quote(one_line(field).replace(":", "\\x3a"), limit=60)[1:-1] if field.strip() else quote(one_line(field))


def _escape(character: str) -> str:
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


class NashraError(Exception):
    """Root of every error that this package raises on purpose."""


class FieldError(NashraError):
    """A value that a field cannot hold; whoever knows the file adds path and line."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        self.message = message
        super().__init__(f"{field}: {message}")


class DateError(NashraError):
    """A text that is not a date (`kind="absent"`), names a day or time that does not exist
    (`kind="impossible"`), or can be read in two ways (`kind="ambiguous"`)."""

    def __init__(self, text: str, reason: str, kind: Literal["absent", "impossible", "ambiguous"]) -> None:
        self.text = text
        self.reason = reason
        self.kind = kind
        super().__init__(f"{reason}: {quote(text)}")


class ConfigError(NashraError):
    """A config file with at least one error; carries all problems found in it, and how they should be told."""

    def __init__(self, problems: tuple[Problem, ...], log: str = "plain") -> None:
        self.problems = problems
        self.log = log
        super().__init__("\n".join(str(problem) for problem in problems))


class Damage(NashraError):
    """Something in the state folder is not what was written there. Reads as the end of a sentence: 'is …'."""


class StateError(NashraError):
    """The state cannot be kept, and why; the message says what to do."""
