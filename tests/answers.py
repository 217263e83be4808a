"""What the server and the commands give back, as small typed values."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from dataclasses import dataclass

import brotli
import httpx
from html_page import Html

LINE = re.compile(r"(?P<path>.+?):(?P<line>\d+): (?P<field>[^:]*): (?P<warning>warning: )?(?P<message>.+)")


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One HTTP answer; `raw` are the bytes as sent, `body` the bytes without their coding."""

    status: int
    headers: httpx.Headers
    raw: bytes
    url: str

    @property
    def body(self) -> bytes:
        coding = self.headers.get("Content-Encoding", "identity")
        decode: dict[str, Callable[[bytes], bytes]] = {"gzip": gzip.decompress, "br": brotli.decompress}
        return decode[coding](self.raw) if coding in decode else self.raw

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")

    @property
    def html(self) -> Html:
        assert self.headers["Content-Type"] == "text/html; charset=utf-8", self.headers
        return Html.parse(self.text)

    @property
    def etag(self) -> str:
        return self.headers["ETag"]

    def directive(self, name: str) -> int | None:
        """The number of a Cache-Control directive, None when it is not there."""
        found = re.search(rf"(?:^|[,\s]){name}=(\d+)", self.headers.get("Cache-Control", ""))
        return int(found[1]) if found else None


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One line that `check` printed."""

    path: str
    line: int
    field: str
    message: str
    severity: str

    @classmethod
    def parse(cls, text: str) -> Fault:
        found = LINE.fullmatch(text)
        assert found, f"not a line of the form path:line: field: message: {text!r}"
        return cls(
            path=found["path"],
            line=int(found["line"]),
            field=found["field"],
            message=found["message"],
            severity="warning" if found["warning"] else "error",
        )


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a command of app.py gave back."""

    code: int
    stdout: str
    stderr: str

    @property
    def faults(self) -> list[Fault]:
        return [Fault.parse(line) for line in self.stdout.splitlines()]

    def about(self, path: str) -> list[Fault]:
        return [fault for fault in self.faults if fault.path == path]
