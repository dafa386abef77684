"""`tokenledger replay` beside a daemon that is being written to."""

import json
import pathlib
import random
import subprocess
import threading

from daemon import binary
from ledger_case import text
from test_past import SEED, PastCase
from wire import Wire

WAIT_SECONDS = 60


class ReplayBesideADaemon(PastCase):

    def replay(self, *words, code=0):
        program = pathlib.Path(binary()).with_name("tokenledger")
        done = subprocess.run(
            [str(program), "replay", "--data", str(self.home.data), *map(str, words)],
            capture_output=True, text=True, timeout=WAIT_SECONDS)
        self.assertEqual(done.returncode, code, done.stderr)
        self.assertNotIn("pl4nted", done.stdout + done.stderr)
        return done.stdout

    def test_the_memory_of_a_busy_daemon_is_what_its_log_says(self):
        generator = random.Random(SEED)
        tokens = self.live(self.connect(), 1000, generator)
        over = threading.Event()

        def write():
            with Wire(self.home.socket) as wire:
                while not over.is_set():
                    wire.ask("TOKEN.GRANT", generator.randint(1, tokens), f"s{generator.random()}")

        writer = threading.Thread(target=write)
        writer.start()
        try:
            for _ in range(5):
                verdict = json.loads(self.replay("--check", self.home.socket, "--json"))
                self.assertTrue(verdict["same"])
                self.assertEqual(verdict["log"], verdict["daemon"])
        finally:
            over.set()
            writer.join()
        self.assertIn("the same after", self.replay("--check", self.home.socket))

    def test_another_ledger_is_told_apart(self):
        self.live(self.connect(), 50, random.Random(SEED))
        copy = self.home.path / "copy"
        self.replay("--until", "#40", "--into", copy)
        self.home.data = copy
        self.assertIn("DIFFERENT", self.replay("--check", self.home.socket, code=1))

    def test_digests_are_those_of_the_daemon(self):
        wire = self.connect()
        self.live(wire, 500, random.Random(SEED))
        for line in self.replay("--digest-every", 100).splitlines():
            if " digest " in line:
                moment, _, digest = line.split(" ")
                self.assertEqual(text(wire.ask("LEDGER.DIGEST", "ASOF", moment)), digest)

    def test_a_copy_serves_without_its_secrets(self):
        wire = self.connect()
        self.live(wire, 200, random.Random(SEED))
        digest = wire.ask("LEDGER.DIGEST", "ASOF", "#150")
        copy = self.home.path / "copy"
        self.replay("--until", "#150", "--into", copy)
        for file in copy.rglob("*"):
            if file.is_file():
                self.assertEqual(file.stat().st_mode & 0o777, 0o600)
                self.assertNotIn(b"pl4nted", file.read_bytes())
        self.assertEqual(self.daemon.terminate(), 0)
        self.home.data = copy
        self.daemon = self.start()
        wire = self.connect()
        self.assertEqual(wire.ask("LEDGER.DIGEST"), digest)
        token = wire.ask("TOKENS.FIND", "REFRESHABLE", "FIRST")
        self.assertError(wire.ask("TOKEN.SECRETS", token), "GONE")
