"""Messages to whoever runs the service: one line each on stderr, plain or as JSON.

Plain, a problem is `path:line: field: message` and everything else `nashra: TIME message`. As JSON each line is one
object with time (RFC 3339, UTC), level, event and message, and what belongs to the event. Nothing in a line ends it
or steers a terminal. Writing raises nothing, and waits at most a second for a reader that has stopped reading.
"""

from __future__ import annotations

import json
import logging
import os
import select
import sys
import threading
import traceback
from datetime import UTC, datetime, tzinfo
from typing import Any, cast

from feeds.problems import Problem, one_line

STYLES = ("plain", "json")
_LOGGER = logging.getLogger("nashra")
_PATIENCE_MS = 1000
_PIECE_BYTES = select.PIPE_BUF  # what a pipe takes whole, also from several processes


def set_up(style: str, zone: tzinfo) -> None:
    """How the lines of this process look from now on. Times of plain ones are in `zone`."""
    _LOGGER.handlers[:] = [handler(style, zone)]
    _LOGGER.setLevel(logging.INFO)
    _LOGGER.propagate = False


def take_over(style: str, zone: tzinfo) -> None:
    """The same for whatever else speaks in a process of our own: libraries, Python's warnings, threads that fail."""
    set_up(style, zone)
    logging.getLogger().handlers[:] = _LOGGER.handlers
    logging.captureWarnings(True)
    sys.excepthook = lambda kind, error, _: failure("crash", "an error of Nashra's own ended this process", error)
    threading.excepthook = _thread_ended


def _thread_ended(what: threading.ExceptHookArgs) -> None:
    if what.exc_value is not None:
        name = what.thread.name if what.thread else ""
        failure("crash", f"an error of Nashra's own ended the thread {name}", what.exc_value)


def handler(style: str, zone: tzinfo) -> logging.Handler:
    lines = Lines(style, zone)
    made = logging.StreamHandler(cast("Any", Stderr(lines)))
    made.setFormatter(cast("Any", lines))
    return made


def problem(found: Problem) -> None:
    fields = {name: getattr(found, name) for name in ("path", "line", "field", "message")}
    level = logging.WARNING if found.severity == "warning" else logging.ERROR
    _LOGGER.log(level, "%s", found, extra={"told": {"event": "problem", **fields}})


def event(name: str, message: str, level: int = logging.INFO, /, **fields: object) -> None:
    """`fields` are for JSON; `message` says the same to people."""
    _LOGGER.log(level, "%s", message, extra={"told": {"event": name, **fields}})


def failure(name: str, message: str, error: BaseException) -> None:
    """With the traceback: what should not happen."""
    _LOGGER.error("%s", message, extra={"told": {"event": name}}, exc_info=(type(error), error, error.__traceback__))


def tell(text: str) -> None:
    """A result of the service on stdout; where nobody takes it, it goes on without."""
    try:
        os.write(1, f"{text}\n".encode())
    except OSError:
        return


class Lines:
    """A formatter for `logging`, whose records carry the time."""

    def __init__(self, style: str, zone: tzinfo) -> None:
        self._style = style
        self._zone = zone

    def format(self, record: logging.LogRecord) -> str:
        told: dict[str, Any] = getattr(record, "told", {"event": "library", "logger": record.name})
        message, trace = record.getMessage(), ""
        if record.exc_info:
            trace = "".join(traceback.format_exception(*record.exc_info))
        if self._style == "json":
            return self.row(record.created, record.levelname, {"message": message, **told}, trace)
        if told["event"] == "problem":
            return message
        time = datetime.fromtimestamp(record.created, self._zone).isoformat(timespec="seconds")
        rows = (f"nashra: {time} {message}", *trace.splitlines())
        return "\n".join(map(one_line, rows))

    def lost(self, count: int) -> str:
        """Told in place of lines that nobody took."""
        return self.format(
            logging.LogRecord("nashra", logging.WARNING, "", 0, "%d lines before this one were lost", (count,), None)
        )

    def row(self, created: float, level: str, fields: dict[str, Any], trace: str) -> str:
        time = datetime.fromtimestamp(created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        first = {"time": time, "level": level.lower(), "event": fields.pop("event")}
        message = {"message": fields.pop("message")}
        row = {**first, **fields, **message, **({"traceback": trace} if trace else {})}
        text = json.dumps(row, ensure_ascii=False)
        return "".join(c if c.isprintable() or c in "\u200c\u200d" else json.dumps(c)[1:-1] for c in text)


class Stderr:
    """Standard error as a stream for `logging`, which sees to it that one thread writes at a time."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._stuck = False
        self._lost = 0

    def write(self, text: str) -> None:
        stream = sys.stderr
        if stream is None:  # the shell's `2>&-`
            return
        try:
            descriptor = stream.fileno()
        except (AttributeError, OSError, ValueError):  # something else stands in for it
            stream.write(text)
            return
        if self._lost and self._is_ready(descriptor):
            text, self._lost = f"{self._lines.lost(self._lost)}\n{text}", 0
        data = text.encode("utf-8", "backslashreplace")
        try:
            for start in range(0, len(data), _PIECE_BYTES):
                if not self._is_ready(descriptor):
                    self._lost += 1
                    return
                os.write(descriptor, data[start : start + _PIECE_BYTES])
        except OSError:  # a full disk, a closed pipe
            self._lost += 1

    def flush(self) -> None:
        return

    def _is_ready(self, descriptor: int) -> bool:
        """Whether it takes a piece now, or does so soon; whoever was stuck is not waited for again."""
        poll = select.poll()
        poll.register(descriptor, select.POLLOUT)
        self._stuck = not poll.poll(0 if self._stuck else _PATIENCE_MS)
        return not self._stuck
