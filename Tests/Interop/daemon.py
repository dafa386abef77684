"""Starts and ends the daemon under test.

Every daemon lives in a `Home`, a temporary directory with a short path (a Unix socket's path has
room for 107 bytes). Nothing outlives the suite: a daemon dies with the process that started it, by
the kernel's hand if need be, and homes are removed at the end.
"""

import atexit
import ctypes
import os
import pathlib
import select
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

#: No start and no stop takes longer, also on a busy machine.
WAIT_SECONDS = 30.0
#: Bytes of a socket's path, without the closing zero: `unix(7)`.
SOCKET_PATH_BYTES = 107

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def binary():
    """The daemon's program, as `run` tells."""
    return os.environ["TOKENLEDGERD"]


def die_with_parent():
    """Runs in a child before exec: SIGKILL when the parent ends, however it ends."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def lines(process):
    """The lines that a process writes to its stdout, each within `WAIT_SECONDS` of the call."""
    deadline = time.monotonic() + WAIT_SECONDS
    output, pending = process.stdout.fileno(), b""
    while True:
        left = max(0.0, deadline - time.monotonic())
        readable, _, _ = select.select([output], [], [], left)
        piece = os.read(output, 4096) if readable else b""
        if not piece:
            return
        *whole, pending = (pending + piece).split(b"\n")
        yield from (line.decode().strip() for line in whole)


class Home:
    """A temporary directory: the ledger in `data`, the socket, and what the daemon logged."""

    def __init__(self):
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="tl-", dir="/tmp"))
        atexit.register(self.remove)
        self.data = self.path / "data"
        self.socket = self.path / "s"
        self.log = self.path / "stderr"
        assert len(os.fsencode(self.socket)) <= SOCKET_PATH_BYTES

    def remove(self):
        shutil.rmtree(self.path, ignore_errors=True)

    def segments(self):
        """The log's files, oldest first."""
        return sorted((self.data / "log").glob("*.segment"))


class DidNotStart(Exception):
    """The daemon ended, or said nothing, where its ready line was expected."""

    def __init__(self, code, log):
        super().__init__(f"exit {code}: {log}")
        self.code = code
        self.log = log


class Daemon:
    """One process of `tokenledgerd`."""

    def __init__(self, home, *flags):
        self.home = home
        self.flags = [str(flag) for flag in flags]
        self.process = None
        self.ready_line = None
        self._log_start = 0

    def command(self):
        return [
            binary(), "--data", str(self.home.data), "--socket", str(self.home.socket), *self.flags
        ]

    def launch(self, environment=None, wrapper=(), pass_fds=()):
        """Starts the process and does not wait for it to be ready."""
        with open(self.home.log, "ab") as log:
            self._log_start = log.tell()
            self.process = subprocess.Popen(
                [*wrapper, *self.command()], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=log, env={**os.environ, **(environment or {})}, pass_fds=pass_fds,
                preexec_fn=die_with_parent)
        atexit.register(self.kill)
        return self

    def start(self, **launching):
        """Starts the process and waits for its ready line."""
        self.launch(**launching)
        self.ready_line = self._first_line()
        return self

    def _first_line(self):
        for line in lines(self.process):
            return line
        self.process.kill()
        raise DidNotStart(self.wait(), self.logged())

    @property
    def pid(self):
        return self.process.pid

    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def wait(self):
        """Waits for the end and gives the exit code; negative for a signal."""
        return self.process.wait(WAIT_SECONDS)

    def terminate(self):
        """Asks for a clean end and gives the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.wait()

    def kill(self):
        """Ends the process at once, as a crash does."""
        if self.process is None:
            return
        self.process.kill()
        self.process.wait(WAIT_SECONDS)
        self.process.stdout.close()

    def logged(self):
        """What this process wrote to stderr."""
        raw = self.home.log.read_bytes()[self._log_start:]
        return raw.decode("utf-8", "backslashreplace")

    def resident_bytes(self):
        """Memory in use: `VmRSS` of `proc(5)`."""
        status = pathlib.Path(f"/proc/{self.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
        return int(line.split()[1]) * 1024

    def descriptor_count(self):
        """How many descriptors are open; only root may look into a process that allows no dumps."""
        try:
            return len(os.listdir(f"/proc/{self.pid}/fd"))
        except PermissionError as refusal:
            raise unittest.SkipTest("only root can count the daemon's descriptors") from refusal
