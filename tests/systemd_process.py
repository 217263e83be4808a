"""A systemd of its own for one test: real, as process 1 of its own namespaces, over a copy of `/` that is thrown away.

It sees no network, no unit but ours, and none of the machine's processes.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from newsroom import ROOT, Newsroom
from service_process import children

UNIT = ROOT / "deploy" / "nashra.service"
SYSTEMD = Path("/lib/systemd/systemd")
MISSING = "" if shutil.which("systemd-analyze") else "systemd is not installed (tests/packages.sh)"

# Its arguments: a folder for all of it, the site, the code, the interpreter, the packages.
_BOOT = r"""
set -e
here=$1 site=$2 code=$3 python=$4 packages=$5 root=$1/root
mount -t tmpfs tmpfs "$here"
mkdir "$here/upper" "$here/work" "$root" "$here/cgroup"
mount -t overlay overlay -o "lowerdir=/,upperdir=$here/upper,workdir=$here/work" "$root"
mount -t cgroup2 none "$here/cgroup"
group=$here/cgroup/nashra-test-$$
mkdir "$group" && echo $$ >"$group/cgroup.procs"
mount --rbind /dev "$root/dev"
mount -t tmpfs tmpfs "$root/run"
rm -rf "$root"/etc/systemd/system/*
units=$root/etc/systemd/system
mkdir -p "$units/nashra.service.d" "$root/opt/nashra/.venv/bin" "$root/opt/packages" "$root/srv/nashra" "$root/run/lock"
cp "$code/deploy/nashra.service" "$units/"
printf '[Unit]\nDefaultDependencies=no\n' >"$units/only.target"
{
  printf '[Unit]\nDefaultDependencies=no\n[Service]\nStandardOutput=null\nStandardError=append:/run/nashra.log\n'
  printf 'Environment=PYTHONPATH=/opt/packages\n'
} >"$units/nashra.service.d/test.conf"
cp -a "$code/app.py" "$code/feeds" "$root/opt/nashra/"
ln -s "$python" "$root/opt/nashra/.venv/bin/python"
mount --bind "$packages" "$root/opt/packages"
cp -a "$site/config.yaml" "$site/content" "$root/srv/nashra/"
chmod -R a+rX "$root/srv/nashra" "$root/opt/nashra"
"$python" -c 'import fcntl, socket, struct
fcntl.ioctl(socket.socket(), 0x8914, struct.pack("16sh22x", b"lo", 1))  # SIOCSIFFLAGS: IFF_UP'
unshare --mount --cgroup --pid --fork --kill-child sh -ec '
  mount -t proc proc "$1/proc"
  mount --rbind /sys "$1/sys"
  mount -t cgroup2 none "$1/sys/fs/cgroup"
  mkdir "$1/old"
  cd "$1"
  pivot_root . old
  umount -l /old
  exec env -i container=test PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --system --unit=only.target
' sh "$root" || true
echo $$ >"$here/cgroup/cgroup.procs"
for attempt in 1 2 3 4 5 6 7 8 9; do  # what was killed needs a moment
  find "$group" -depth -type d -exec rmdir {} \; 2>/dev/null || true
  [ -d "$group" ] || break
  sleep 0.2
done
"""


class Systemd:
    """Where it runs; paths are those of its own world."""

    def __init__(self, pid: int) -> None:
        self.pid = pid

    def run(self, *words: str, timeout: float = 60) -> subprocess.CompletedProcess[str]:
        command = ["nsenter", "-t", str(self.pid), "-m", "-n", "-p", "-C", *words]
        return subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=False)

    def show(self, name: str) -> str:
        return self.run("systemctl", "show", "nashra", "-p", name, "--value").stdout.strip()

    def get(self, path: str) -> str:
        return self.run("curl", "-sS", "--max-time", "20", f"http://127.0.0.1:8000{path}").stdout

    def write(self, path: str, text: str) -> None:
        target = Path(f"/proc/{self.pid}/root{path}")
        target.write_text(text, "utf-8")
        target.chmod(0o644)

    @property
    def log(self) -> str:
        return Path(f"/proc/{self.pid}/root/run/nashra.log").read_text("utf-8")

    def eventually(self, text: str, seconds: float = 20) -> None:
        """Waits until the text stands in the log."""
        end = time.monotonic() + seconds
        while text not in self.log:
            assert time.monotonic() < end, f"not in {seconds} s: {text}\n{self.log}"
            time.sleep(0.1)


def interpreter() -> str:
    """One of this version that does not live in somebody's home, which the unit hides; `""` where there is none."""
    real = os.path.realpath(sys.executable)
    system = f"/usr/bin/python{sys.version_info[0]}.{sys.version_info[1]}"
    found = [path for path in (real, system) if os.path.exists(path) and not path.startswith(("/root/", "/home/"))]
    return found[0] if found else ""


@contextlib.contextmanager
def booted(room: Newsroom, folder: Path) -> Iterator[Systemd | str]:
    """With the unit and the site in place, nothing started; or why this machine does not let us."""
    python = interpreter()
    if os.getuid() or not SYSTEMD.exists() or not python:
        yield "needs root, systemd and a Python outside of homes"
        return
    packages = next(path for path in sys.path if path.endswith("site-packages"))
    words = [str(folder), str(room.folder), str(ROOT), python, packages]
    process = subprocess.Popen(
        ["unshare", "--mount", "--net", "--kill-child", "--fork", "sh", "-c", _BOOT, "sh", *words],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    found: Systemd | str = ""
    try:
        found = _wait(process)
        yield found
    finally:
        if isinstance(found, Systemd):
            os.kill(found.pid, signal.SIGKILL)  # with it ends everything that it began, and the shell tidies up
        else:
            process.kill()
        process.communicate(timeout=20)


def _wait(process: subprocess.Popen[str]) -> Systemd | str:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        if process.poll() is not None:
            return process.stderr.read().strip() if process.stderr else "unshare failed"
        for pid in _below(process.pid):
            if _program(pid) == "systemd":
                systemd = Systemd(pid)
                if systemd.run("systemctl", "is-system-running").stdout.strip() in ("running", "degraded"):
                    return systemd
        time.sleep(0.1)
    return "systemd did not come up"


def _program(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


def _below(pid: int) -> Iterator[int]:
    for child in children(pid):
        yield child
        yield from _below(child)
