"""Hostile inputs without end, the same for the same seed: content files, config files, HTTP requests.

Half are files of corpus/ with their bytes disturbed, half are built from the pieces that parsers trip over.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import yaml

CORPUS = Path(__file__).with_name("corpus")
PIECES: dict[str, list[str]] = json.loads((CORPUS / "fuzz-pieces.json").read_text("utf-8"))
LONGEST = 20_000


@cache
def seeds() -> tuple[bytes, ...]:
    """Every content file that corpus/ holds, as bytes, in a fixed order."""
    texts: list[str] = []
    for file in sorted((CORPUS / "shapes").glob("*.yaml")):
        texts += [row["text"] for row in yaml.safe_load(file.read_text("utf-8")) if "text" in row]
    for file in sorted((CORPUS / "markup").glob("*.txt")):
        parts = file.read_text("utf-8").split("--- body\n")[1:]
        texts += [f"---\ntitle: خبر\ndate: 2025-04-01\n---\n{part.split('--- html')[0]}" for part in parts]
    texts += _texts(json.loads((CORPUS / "cases.json").read_text("utf-8")))
    texts.append((CORPUS / "seed-twin.txt").read_text("utf-8"))
    return tuple(dict.fromkeys(text[:LONGEST].encode("utf-8", "surrogatepass") for text in texts))


def _texts(node: Any) -> Iterator[str]:
    """The texts of all `files` maps below a node of cases.json."""
    if isinstance(node, dict):
        for key, child in node.items():
            if key == "files" and isinstance(child, dict):
                yield from (text for text in child.values() if isinstance(text, str))
            else:
                yield from _texts(child)
    elif isinstance(node, list):
        for child in node:
            yield from _texts(child)


class Inputs:
    """A source of inputs; everything comes from one seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    # --- content ----------------------------------------------------------------------------------

    def content(self) -> tuple[str, bytes]:
        """A suffix and the bytes of a file."""
        suffix = self.random.choice((".md", ".md", ".md", ".html", ".html", ".txt"))
        data = self.random.choice(seeds()) if self.random.random() < 0.5 else self._built(suffix)
        for _ in range(self.random.choice((0, 1, 1, 2, 4, 9))):
            data = self._disturbed(data)
        return suffix, data[:LONGEST]

    def _built(self, suffix: str) -> bytes:
        front = self._front() if suffix != ".txt" or self.random.random() < 0.3 else self._raw_head()
        return (front + self.body()).encode("utf-8", "surrogatepass")

    def _raw_head(self) -> str:
        head = [self.random.choice(PIECES["dates"]), self.random.choice(PIECES["values"])]
        self.random.shuffle(head)
        return "\n".join(head) + "\n\n"

    def _front(self) -> str:
        fence, sign = self.random.choice((("---", ": "), ("---", ": "), ("---", ": "), ("+++", " = ")))
        keys = self.random.sample(PIECES["keys"], self.random.randrange(6))
        rows = [f"title{sign}{self._value(fence)}", f"date{sign}2025-04-01"] if self.random.random() < 0.8 else []
        rows += [f"{key}{sign}{self._value(fence)}" for key in keys]
        self.random.shuffle(rows)
        return "\n".join((fence, *rows, fence)) + "\n"

    def _value(self, fence: str) -> str:
        value = self.random.choice(PIECES["values"] + PIECES["dates"])
        value = value if self.random.random() < 0.6 else value + self.random.choice(PIECES["characters"])
        return json.dumps(value) if fence == "+++" or self.random.random() < 0.5 else value

    def body(self) -> str:
        """Pieces of Markdown and HTML in any order, some of them many times over."""
        parts: list[str] = []
        for _ in range(self.random.randrange(1, 30)):
            piece = self._piece()
            parts.append(piece * (self.random.randrange(2, 300) if self.random.random() < 0.02 else 1))
            parts.append(self.random.choice(("", " ", "\n", "\n\n", "\n    ")))
        return "".join(parts)

    def _piece(self) -> str:
        kind = self.random.choice(("tag", "tag", "markdown", "markdown", "words", "words", "characters", "entities"))
        return self._tag() if kind == "tag" else self.random.choice(PIECES[kind])

    def _tag(self) -> str:
        name = self.random.choice(PIECES["elements"])
        if self.random.random() < 0.35:
            return f"</{name}>"
        attrs = ""
        for _ in range(self.random.choice((0, 0, 1, 1, 2, 4))):
            value = self.random.choice(PIECES["addresses"] + PIECES["values"])
            mark = self.random.choice(('"', '"', "'", ""))
            attrs += f"{self.random.choice((' ', ' ', '/', chr(10)))}{self.random.choice(PIECES['attributes'])}={mark}{value}{mark}"
        return f"<{name}{attrs}{self.random.choice(('>', '>', '>', '/>', ''))}"

    def _disturbed(self, data: bytes) -> bytes:
        at = self.random.randrange(len(data) + 1)
        to = min(len(data), at + self.random.choice((1, 2, 8, 60)))
        match self.random.randrange(8):
            case 0:
                return data[:at] + bytes(self.random.randrange(256) for _ in range(to - at)) + data[to:]
            case 1:
                return data[:at] + data[to:]
            case 2:
                return data[:to] + data[at:]
            case 3:
                other = self.random.choice(seeds())
                return data[:at] + other[self.random.randrange(len(other) + 1) :]
            case 4:
                lines = data.split(b"\n")
                self.random.shuffle(lines)
                return b"\n".join(lines)
            case 5:
                return data[:at]
            case _:
                piece = self.random.choice((self._piece(), self.random.choice(PIECES["characters"])))
                return data[:at] + piece.encode("utf-8", "surrogatepass") + data[at:]

    # --- config -----------------------------------------------------------------------------------

    def config(self) -> bytes:
        """A config file: a good one with some values, keys or bytes exchanged."""
        document: dict[str, Any] = yaml.safe_load(PIECES["config"][0])
        for _ in range(self.random.choice((0, 1, 1, 2, 3))):
            section = self.random.choice(list(document))
            value = self._config_value()
            if isinstance(document[section], dict) and self.random.random() < 0.85:
                key = self.random.choice([*document[section], self.random.choice(PIECES["keys"])])
                document[section][key] = value
            else:
                document[self.random.choice((section, "sites", ""))] = value
        data = yaml.safe_dump(document, allow_unicode=True).encode("utf-8", "surrogatepass")
        for _ in range(self.random.choice((0, 0, 0, 1, 2))):
            data = self._disturbed(data)
        return data

    def _config_value(self) -> Any:
        text = self.random.choice(PIECES["values"] + PIECES["addresses"] + PIECES["dates"] + PIECES["characters"])
        text = "".join(character for character in text if not 0xD800 <= ord(character) < 0xE000)
        odd: tuple[Any, ...] = (
            None,
            True,
            -1,
            0,
            10**30,
            1.5,
            float("inf"),
            [],
            {},
            [[]],
            {"": ""},
            [text],
            {text: text},
        )
        return self.random.choice((text, text, text, *odd))

    # --- requests ---------------------------------------------------------------------------------

    def request(self, known: tuple[str, ...]) -> tuple[str, str, dict[str, str]]:
        """A method, a path (percent-encoded or not) and headers."""
        pick = self.random.choice
        path = pick((*known, *PIECES["paths"]))
        for _ in range(pick((0, 0, 1, 2))):
            at = self.random.randrange(len(path) + 1)
            piece = pick(
                (pick(PIECES["paths"]), quote(pick(PIECES["values"])), pick(PIECES["characters"]), "/", "%", "..")
            )
            path = path[:at] + piece + path[at + pick((0, 0, 1, 5)) :]
        headers = {
            pick(PIECES["headers"]): "".join(c for c in pick(PIECES["header values"]) if c.isprintable())
            for _ in range(pick((0, 1, 2, 3)))
        }
        return pick(PIECES["methods"]), path, headers

    def raw_request(self, known: tuple[str, ...]) -> bytes:
        """What is sent over a socket: a request, perhaps with its bytes disturbed."""
        method, path, headers = self.request(known)
        lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        data = "\r\n".join(lines).encode("utf-8", "surrogatepass") + b"\r\n\r\n"
        return self._disturbed(data) if self.random.random() < 0.4 else data
