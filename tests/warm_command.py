"""A process that has imported the service and waits: commands run in forks of it, which spares the time that imports
take. Run as a program it is that process; `Warm` is its other end."""

from __future__ import annotations

import contextlib
import gc
import json
import os
import runpy
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from datetime import UTC
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).resolve().parent.parent
APP = str(ROOT / "app.py")
LIKE_ANY = {"PATH", "HOME", "TMPDIR"}  # what else the environment says may be read by imports
_LONGEST = 1 << 16


class Forked:
    """As much of `subprocess.Popen` as tests need."""

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection
        self.pid = int(connection.recv(_LONGEST))
        self.returncode: int | None = None

    def poll(self) -> int | None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.wait(0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        if self.returncode is None:
            self._socket.settimeout(timeout)
            try:
                self.returncode = int(self._socket.recv(_LONGEST))
            except (TimeoutError, BlockingIOError):
                raise subprocess.TimeoutExpired(APP, timeout or 0) from None
            self._socket.close()
        return self.returncode

    def terminate(self) -> None:
        if self.poll() is None:  # else its number may be somebody else's by now
            os.kill(self.pid, signal.SIGTERM)


class Warm:
    """The process that waits, started when it is first needed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._socket: socket.socket | None = None

    def start(
        self, args: Sequence[str], *, cwd: Path, env: Mapping[str, str], out: IO[bytes], err: IO[bytes]
    ) -> Forked | None:
        """`python app.py …` in a session of its own; None where only a process that begins cold will do."""
        if not env.keys() <= LIKE_ANY:
            return None
        job = json.dumps({"argv": [APP, *args], "cwd": str(cwd), "env": dict(env)}).encode()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            socket.send_fds(self._started(), [job], [out.fileno(), err.fileno(), theirs.fileno()])
        return Forked(ours)

    def run(
        self, args: Sequence[str], *, cwd: Path, env: Mapping[str, str], timeout: float
    ) -> subprocess.CompletedProcess[str] | None:
        """Likewise, to its end."""
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            forked = self.start(args, cwd=cwd, env=env, out=out, err=err)
            if forked is None:
                return None
            try:
                code = forked.wait(timeout)
            except subprocess.TimeoutExpired:
                os.killpg(forked.pid, signal.SIGKILL)
                forked.wait()
                raise
            out.seek(0)
            err.seek(0)
            return subprocess.CompletedProcess([APP, *args], code, _text(out.read()), _text(err.read()))

    def _started(self) -> socket.socket:
        with self._lock:
            if self._process is None or self._process.poll() is not None:
                self.stop()
                self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
                with theirs:
                    self._process = subprocess.Popen(
                        [sys.executable, __file__, str(theirs.fileno())], pass_fds=[theirs.fileno()], cwd=ROOT,
                        env={name: value for name, value in os.environ.items() if name in LIKE_ANY},
                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True,
                    )  # fmt: skip
            return self._socket

    def stop(self) -> None:
        if self._socket is not None and self._process is not None:
            self._socket.close()
            self._process.wait(10)
            self._socket = self._process = None


def _text(said: bytes) -> str:
    """As `subprocess` reads it, line ends too."""
    return said.decode().replace("\r\n", "\n").replace("\r", "\n")


def _job(connection: socket.socket) -> None:
    """Comes back only in a process that is to do a job."""
    while True:
        message, fds, _, _ = socket.recv_fds(connection, _LONGEST, 3)
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        if not message:
            os._exit(0)
        if not os.fork():
            connection.close()
            _begin(json.loads(message), *fds)
            return
        for each in fds:
            os.close(each)


def _begin(job: dict[str, Any], out: int, err: int, teller: int) -> None:
    """Comes back in the process that does the job; the other one tells of it."""
    pid = os.fork()
    if pid:
        with socket.socket(fileno=teller) as told:
            told.send(str(pid).encode())
            code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
            with contextlib.suppress(OSError):  # nobody may want to know
                told.send(str(code).encode())
        os._exit(0)
    os.setsid()
    os.dup2(out, 1)
    os.dup2(err, 2)
    for each in (out, err, teller):
        os.close(each)
    os.environ.update(job["env"])
    os.chdir(job["cwd"])
    sys.argv = job["argv"]


def _import_all() -> None:
    """What the commands import at once, what they import when they need it, and the words of dates."""
    import feeds.card
    import feeds.cli
    import feeds.export
    import feeds.publisher
    import feeds.server
    import feeds.web  # noqa: F401
    from feeds.dates import parse
    from feeds.problems import DateError

    with contextlib.suppress(DateError):
        parse("?", zone=UTC, language="ar")
    gc.collect()
    gc.freeze()  # a fork that ends need not look at it


if __name__ == "__main__":
    sys.path[0] = str(ROOT)
    _import_all()
    _job(socket.socket(fileno=int(sys.argv[1])))
    runpy.run_path(APP, run_name="__main__")
