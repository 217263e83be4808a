"""Pages of ours in Chromium with their style sheet and script, and a question asked of each."""

from __future__ import annotations

import html
import json
import re
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from browser import chromium
from feeds.pages.assets import ASSETS

# Virtual time: timers and promises run out before the page is read, however slow the machine is.
ANSWERED = ("--virtual-time-budget=30000", "--allow-file-access-from-files", "--force-prefers-reduced-motion")
DARK = ("--blink-settings=preferredColorScheme=0",)
_STYLE = re.compile(r'<link rel="stylesheet" href="[^"]*">')
_SCRIPT = re.compile(r'<script src="[^"]*nashra[^"]*"( defer)?></script>')


def visit(
    shown: Mapping[str, bytes], question: str, *, dark: bool = False, width: int = 1280, library: str = ""
) -> dict[str, Any]:
    """What `question` answers for each page, by name: the body of an async JavaScript function of `page` (the window)
    and its `name`. `library` runs in the page before its own script."""
    sources = {name: _whole(body.decode("utf-8"), library) for name, body in shown.items()}
    return _ask({}, _frames("srcdoc", sources), question, width, DARK if dark else ())


def visit_files(files: Mapping[str, bytes], names: Iterable[str], question: str) -> dict[str, Any]:
    """The same for files of one folder, of any type, that the browser opens by name."""
    return _ask(files, _frames("src", {name: name for name in names}), question, 1280, ())


def _ask(files: Mapping[str, bytes], frames: str, question: str, width: int, more: tuple[str, ...]) -> dict[str, Any]:
    path = chromium.program()
    with tempfile.TemporaryDirectory(prefix="chromium-") as folder:
        for name, body in files.items():
            Path(folder, name).write_bytes(body)
        outer = Path(folder, "page.html")
        outer.write_text(_outer(frames, question, width), encoding="utf-8")
        flags = (*chromium.FLAGS, *ANSWERED, *more)
        command = [path, *flags, f"--user-data-dir={folder}/profile", "--dump-dom", outer.as_uri()]
        dumped = chromium._run(command, folder)
    answer = re.search(r"<pre>(\{.*\})</pre>", dumped, re.DOTALL)
    assert answer, f"the browser gave no answer: {dumped[-2000:]}"
    found: dict[str, Any] = json.loads(html.unescape(answer[1]))
    assert "error" not in found, found["error"]
    return found


def _whole(page: str, library: str) -> str:
    """The page with what it would load, which a page without a server cannot."""
    style = ASSETS["/assets/nashra.css"][0].decode()
    script = ASSETS["/assets/nashra.js"][0].decode()
    page = _STYLE.sub(lambda _: f"<style>{style}</style><script>{library}</script>", page)
    # `defer` is for scripts with an address only; at the end of the body it comes to the same.
    if _SCRIPT.search(page):
        page = _SCRIPT.sub("", page).replace("</body>", f"<script>{script}</script></body>")
    return page


def _frames(attribute: str, sources: Mapping[str, str]) -> str:
    """The beginning of the script: what is shown, and in which attribute of a frame."""
    documents = json.dumps(sources).replace("<", "\\u003c")
    return f'const attribute = "{attribute}";\nconst sources = {documents};'


def _outer(frames: str, question: str, width: int) -> str:
    return f"""<!DOCTYPE html><meta charset="utf-8"><body><script>
{frames}
const frames = Object.entries(sources).map(([name, source]) => {{
  const frame = document.createElement("iframe");
  frame.style = "width: {width}px; height: 2000px; border: 0; display: block";
  frame[attribute] = source;
  document.body.append(frame);
  return [name, frame];
}});
const ask = async (page, name) => {{ {question} }};
addEventListener("load", async () => {{
  const found = {{}};
  try {{
    for (const [name, frame] of frames) found[name] = await ask(frame.contentWindow, name);
  }} catch (error) {{
    found.error = String(error.stack || error);
  }}
  const pre = document.createElement("pre");
  pre.textContent = JSON.stringify(found);
  document.body.replaceChildren(pre);
}});</script>"""
