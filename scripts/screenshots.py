"""`make screenshots`: docs/screenshots/*.png, the sample site as a telephone and a desk show it, side by side.

Serves content/ on a free port from a config of its own, so that pictures and links lead there."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.error import URLError
from urllib.parse import quote
from urllib.request import urlopen

import yaml
from PIL import Image, ImageChops

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "screenshots"
CLOCK = "2026-07-01T12:00:00Z"
WIDTHS, HEIGHT, GAP, MARGIN = (360, 1280), 1200, 24, 40
LONGEST, FOOT = 6000, 700  # a window that holds a whole article; how much of its end is shown
COLOURS = 32
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--hide-scrollbars",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--virtual-time-budget=3000",
)  # fmt: skip
DARK = "--blink-settings=preferredColorScheme=0"
SHOTS = {
    "home": "/",
    "article": "/s/khatt",
    "article-dark": "/s/khatt",
    "foot": "/s/khatt",
    "foot-dark": "/s/khatt",
    "urdu": "/s/kutub-khana",
    "article-latin": "/s/rtl-feeds",
    "article-raw": "/s/maktaba",
    "tag": f"/tag/{quote('خط-عربي')}",
    "author": f"/author/{quote('ليان-حداد')}",
    "language": "/lang/fa",
    "error": "/s/absent",
}


def main() -> None:
    browser = next((path for name in BROWSERS if (path := shutil.which(name))), "")
    if not browser:
        sys.exit("screenshots: no Chromium here; on Debian and Ubuntu: apt-get install chromium")
    TARGET.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="screenshots-") as name:
        folder = Path(name)
        with served(folder) as site:
            for number, (shot, path) in enumerate(SHOTS.items(), 1):
                if sys.stderr.isatty():
                    print(f"\r{number}/{len(SHOTS)} {shot:20}", end="", file=sys.stderr)
                take(browser, folder, f"{site}{path}", TARGET / f"{shot}.png")
    if sys.stderr.isatty():
        print(file=sys.stderr)


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The sample site on a free port; its address."""
    port = free_port()
    site = f"http://127.0.0.1:{port}"
    config = yaml.safe_load((ROOT / "config.yaml").read_text("utf-8"))
    config["site"]["url"] = site
    config["content"] = {"path": str(ROOT / "content")}
    config["state"] = str(folder / "var")
    (folder / "config.yaml").write_text(yaml.safe_dump(config, allow_unicode=True), "utf-8")
    command = [sys.executable, str(ROOT / "app.py"), "--config", str(folder / "config.yaml")]
    server = subprocess.Popen([*command, "serve", "--port", str(port), "--at", CLOCK, "--no-watch"])
    try:
        wait(site, server)
        yield site
    finally:
        server.terminate()
        server.wait(10)


def free_port() -> int:
    """The sample site's own port if it is free, so that the pictures stay the same, else any other."""
    for wanted in (8000, 0):
        with socket.socket() as probe, suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", wanted))
            return int(probe.getsockname()[1])
    sys.exit("screenshots: no free port")


def wait(site: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(400):
        if server.poll() is not None:
            sys.exit("screenshots: the server did not start")
        try:
            with urlopen(f"{site}/healthz", timeout=1):
                return
        except (URLError, OSError):
            time.sleep(0.05)
    sys.exit("screenshots: the server does not answer")


def take(browser: str, folder: Path, url: str, target: Path) -> None:
    """One picture of a page in all widths in few colours: its beginning, or its end where it is named `foot`."""
    foot, dark = target.stem.startswith("foot"), target.stem.endswith("dark")
    shots = [shot(browser, folder, url, width, LONGEST if foot else HEIGHT, dark=dark) for width in WIDTHS]
    if foot:
        shots = [each.crop((0, each.height - FOOT, each.width, each.height)) for each in shots]
    height = max(each.height for each in shots)
    whole = Image.new("RGB", (sum(WIDTHS) + GAP * (len(WIDTHS) + 1), height + 2 * GAP), "#8a8f98")
    left = GAP
    for each in shots:
        whole.paste(each, (left, GAP))
        left += each.width + GAP
    whole.quantize(COLOURS, dither=Image.Dither.NONE).save(target, optimize=True)


def shot(browser: str, folder: Path, url: str, width: int, height: int, *, dark: bool) -> Image.Image:
    """A page as it is in a window of that size, cut below its end."""
    picture = folder / "shot.png"
    flags = [*FLAGS, *([DARK] if dark else []), f"--window-size={width},{height}", f"--user-data-dir={folder}/profile"]
    subprocess.run(
        [browser, *flags, f"--screenshot={picture}", url], check=True, timeout=60, capture_output=True,
        env={"PATH": os.environ.get("PATH", ""), "HOME": str(folder), "LC_ALL": "C.UTF-8"},
    )  # fmt: skip
    with Image.open(picture) as opened:
        whole = opened.convert("RGB")
    paper = Image.new("RGB", whole.size, whole.getpixel((2, whole.height - 2)))
    box = ImageChops.difference(whole, paper).getbbox()
    return whole.crop((0, 0, width, min(height, (box[3] if box else height) + MARGIN)))


if __name__ == "__main__":
    main()
