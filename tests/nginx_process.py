"""The real nginx with one of our configurations, from a folder of its own, on a free port, as an ordinary process."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx
from answers import Answer
from folders import free_port

DEPLOY = Path(__file__).resolve().parent.parent / "deploy"
BROTLI = Path("/usr/lib/nginx/modules/ngx_http_brotli_static_module.so")
PROGRAM = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
MISSING = "" if PROGRAM and BROTLI.is_file() else "nginx with its brotli module is not installed (tests/packages.sh)"


class Nginx:
    """What it answers; never follows."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._http = httpx.Client(timeout=20, trust_env=False, base_url=f"http://127.0.0.1:{port}")

    def request(self, method: str, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        sent = {"Accept-Encoding": "identity", **(headers or {})}
        with self._http.stream(method, path, headers=sent) as streamed:
            raw = b"".join(streamed.iter_raw())
            return Answer(status=streamed.status_code, headers=streamed.headers, raw=raw, url=path)

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        return self.request("GET", path, headers)

    def close(self) -> None:
        self._http.close()


@contextmanager
def running(prefix: Path, name: str, changes: Mapping[str, str], *, limited: bool = False) -> Iterator[Nginx]:
    """`deploy/<name>` with the texts of `changes` replaced, each of which it must have. Unless `limited`, one
    address may ask for feeds and pages as fast as a test does."""
    assert PROGRAM
    port = free_port()
    text = (DEPLOY / name).read_text("utf-8")
    rates = {} if limited else {"zone=nashra:10m rate=20r/s": "zone=nashra:10m rate=10000r/s"}
    for old, new in {"listen 80;": f"listen 127.0.0.1:{port};", **rates, **changes}.items():
        assert old in text, old
        text = text.replace(old, new)
    (prefix / "site.conf").write_text(text, "utf-8")
    (prefix / "nginx.conf").write_text(_around(prefix), "utf-8")
    command = [PROGRAM, "-p", str(prefix), "-c", str(prefix / "nginx.conf"), "-e", str(prefix / "error.log")]
    tried = subprocess.run([*command, "-t"], capture_output=True, text=True, timeout=20, check=False)
    assert tried.returncode == 0 and "[warn]" not in tried.stderr, tried.stderr
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    client = Nginx(port)
    try:
        _wait(port, process)
        yield client
    finally:
        client.close()
        process.terminate()
        process.wait(10)


def _around(prefix: Path) -> str:
    """What Debian's own nginx.conf has round a site, all of it below the prefix."""
    user = "user root;\n" if os.getuid() == 0 else ""
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "".join(f"    {kind}_temp_path {prefix}/{kind};\n" for kind in kinds)
    return (
        f"{user}load_module {BROTLI};\ndaemon off;\nworker_processes 1;\npid {prefix}/pid;\n"
        f"error_log {prefix}/error.log;\nevents {{ worker_connections 512; }}\nhttp {{\n    access_log off;\n{temporary}"
        f"    include {prefix}/site.conf;\n}}\n"
    )


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 10
    while time.monotonic() < end and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise AssertionError("nginx does not answer")
