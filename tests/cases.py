"""The rows of corpus/cases.json: known faults of feed publishers, as folders of content."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pictures

ROWS: dict[str, dict[str, Any]] = {
    row["id"]: row["input"]
    for row in json.loads(Path(__file__).with_name("corpus").joinpath("cases.json").read_text("utf-8"))
}
NOW = "2025-05-02T09:00:00+03:00"
PICTURES = {
    "(PNG bytes)": pictures.png(4, 3),
    "(JPEG 1200x630, 120 kB)": pictures.jpeg(1200, 630, 120_000),
    "(JPEG, 12345 bytes, 1200x630)": pictures.jpeg(1200, 630, 12_345),
}


def files(case: str, step: int | None = None) -> dict[str, str | bytes]:
    """The content folder of a row (of one of its steps), pictures made real."""
    source = ROWS[case] if step is None else ROWS[case]["steps"][step]
    return {path: PICTURES.get(text, text) for path, text in source["files"].items()}
