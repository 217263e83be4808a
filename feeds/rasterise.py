"""SVG → PNG. As a program of its own it draws what nobody vouches for: the renderer holds the interpreter
while it works, so a drawing without end must be another process's, which can be stopped.

    python rasterise.py WIDTH HEIGHT FAMILY FONT… <drawing.svg >drawing.png
"""

from __future__ import annotations

import resource
import sys
from collections.abc import Sequence

SECONDS, MEMORY_BYTES = 8, 1 << 30  # of one drawing in a process of its own


def png(svg: str, *, width: int, height: int, fonts: Sequence[str], family: str, resources: str | None = None) -> bytes:
    """The drawing as large as fits into the box (pixels), in the given font files alone. Files that it names are
    read, below `resources` or by absolute path. Raises ValueError for what is no SVG."""
    import resvg_py  # here, so that a server that has drawn nothing yet has not paid for it

    return resvg_py.svg_to_bytes(
        svg_string=svg,
        width=width,
        height=height,
        skip_system_fonts=True,
        font_files=list(fonts),
        font_family=family,
        resources_dir=resources,
    )


def main(arguments: Sequence[str]) -> int:
    width, height, family, *fonts = arguments
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    try:
        drawn = png(
            sys.stdin.buffer.read().decode(), width=int(width), height=int(height), fonts=fonts, family=family
        )  # fmt: skip
    except ValueError:
        return 1
    sys.stdout.buffer.write(drawn)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
