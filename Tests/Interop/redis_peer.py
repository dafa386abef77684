"""A real Redis beside the daemon, for the commands that answer as Redis does."""

import shutil
import subprocess
import unittest

from daemon import WAIT_SECONDS, die_with_parent, lines
from wire import Wire


class RedisPeer:
    """`redis-server` on a Unix socket in a directory of its own, without persistence."""

    def __init__(self, home):
        self.home = home
        self.socket = home.path / "redis"
        self.process = None

    def start(self):
        program = shutil.which("redis-server")
        if program is None:
            raise unittest.SkipTest("redis-server is not installed")
        self.process = subprocess.Popen(
            [program, "--port", "0", "--unixsocket", str(self.socket), "--save", "",
             "--appendonly", "no", "--dir", str(self.home.path), "--loglevel", "notice"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, preexec_fn=die_with_parent)
        if not any("ready to accept connections" in line.lower() for line in lines(self.process)):
            raise RuntimeError("redis-server did not become ready")
        return self

    def connect(self, protocol=2):
        return Wire(self.socket, protocol)

    def stop(self):
        self.process.kill()
        self.process.wait(WAIT_SECONDS)
        self.process.stdout.close()
