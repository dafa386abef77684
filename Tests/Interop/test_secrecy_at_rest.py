"""What stands in the files: sealed secrets, none that are dead, and nothing after a kill -9."""

import random
import subprocess
import threading

from command_line import output
from ledger_case import LedgerCase, fields
from wire import ConnectionEnded, Wire

SEED = 20261124


class SecretsAtRest(LedgerCase):

    flags = ("--segment-bytes", 65536, "--compact-rate", 0)

    def fill(self, wire, tokens=20, rounds=30):
        """Tokens that are refreshed again and again."""
        for number in range(1, tokens + 1):
            self.create(
                wire, character=number, access=f"pl4nted-{number}-0-" + "x" * 300,
                refresh=f"pl4nted-refresh-{number}", scopes=["a"])
        for turn in range(1, rounds + 1):
            for number in range(1, tokens + 1):
                access = f"pl4nted-{number}-{turn}-" + "x" * 300
                wire.ask("TOKEN.REFRESHED", number, "ACCESS", access)

    @staticmethod
    def used(files):
        """The bytes of the files without the zeros of prepared room."""
        return sum(len(file.read_bytes().rstrip(b"\0")) for file in files)

    def test_no_secret_stands_in_any_file(self):
        self.fill(self.connect(), tokens=3, rounds=3)
        self.assertEqual(self.daemon.terminate(), 0)
        for file in self.home.data.rglob("*"):
            if file.is_file():
                self.assertNotIn(b"pl4nted", file.read_bytes(), file)
                self.assertEqual(file.stat().st_mode & 0o777, 0o600)
        self.assertNotIn("pl4nted", self.daemon.logged())
        self.daemon = self.start()
        secrets = fields(self.ask("TOKEN.SECRETS", 2))
        self.assertEqual(secrets["refresh_token"], b"pl4nted-refresh-2")

    def test_a_compaction_that_is_killed_anywhere_loses_nothing(self):
        wire = self.connect()
        self.fill(wire)
        digest = wire.ask("LEDGER.DIGEST")
        checkpoint = self.home.path / "checkpoint"
        output("checkpoint", "--socket", self.home.socket, "--out", checkpoint)
        size = self.used(self.home.segments())
        generator = random.Random(SEED)
        for _ in range(6):
            def compact():
                try:
                    with Wire(self.home.socket) as other:
                        other.ask("LEDGER.COMPACT")
                except (ConnectionEnded, OSError):
                    pass  # The daemon was killed before it answered.

            asker = threading.Thread(target=compact)
            asker.start()
            asker.join(generator.random() * 0.05)
            self.crash(*self.flags)
            asker.join()
            self.assertEqual(self.ask("LEDGER.DIGEST"), digest)
        reply = fields(self.ask("LEDGER.COMPACT"))
        self.assertEqual(self.ask("LEDGER.DIGEST"), digest)
        self.assertGreaterEqual(reply["segments"], 3)
        self.assertLess(self.used(self.home.segments()), size / 2)
        for number in range(1, 21):
            secrets = fields(self.ask("TOKEN.SECRETS", number))
            self.assertTrue(secrets["access_token"].startswith(b"pl4nted-%d-30-" % number))
            self.assertEqual(secrets["refresh_token"], b"pl4nted-refresh-%d" % number)
        verified = output("verify", "--data", self.home.data, "--against", checkpoint)
        self.assertIn("holds", verified)
        self.assertEqual(len(list((self.home.data / "log").glob("*.tmp"))), 0)

    def test_history_goes_on_while_the_log_is_rewritten(self):
        wire = self.connect()
        self.fill(wire)
        events = wire.ask("XLEN", "ledger")
        first = wire.ask("XRANGE", "ledger", "-", "+", "COUNT", events)
        with Wire(self.home.socket) as other:
            other.send("LEDGER.COMPACT")
            for _ in range(20):
                self.assertEqual(wire.ask("XRANGE", "ledger", "-", "+", "COUNT", events), first)
                self.assertEqual(wire.ask("TOKENS.FIND", "ASOF", "#10", "COUNT"), 9)
            other.receive()
        self.assertEqual(wire.ask("XRANGE", "ledger", "-", "+", "COUNT", events), first)
        self.assertEqual(wire.ask("TOKENS.FIND", "ASOF", f"#{events // 2}", "COUNT"), 20)

    def test_an_erased_token_is_gone_and_the_others_stay(self):
        wire = self.connect()
        self.fill(wire, tokens=4, rounds=20)
        self.assertEqual(wire.ask("TOKEN.ERASE", 2), 1)
        self.assertError(wire.ask("TOKEN.ACCESS", 2), "GONE")
        self.assertEqual(fields(wire.ask("TOKEN.SECRETS", 2))["access_token"], None)
        self.assertIn(b"pl4nted-3-20-", fields(wire.ask("TOKEN.SECRETS", 3))["access_token"])
        output("dump", "--data", self.home.data, "--json")

    def test_openssl_opens_what_the_ledger_sealed(self):
        """The format page, carried out by another implementation."""
        wire = self.connect()
        self.fill(wire, tokens=1, rounds=0)
        key = bytes.fromhex(
            (self.home.data / "ledger.key").read_text().strip().split("\n")[-1].split(" ")[2])
        log = self.home.segments()[0].read_bytes()
        identifier = bytes.fromhex(
            (self.home.data / "ledger.key").read_text().strip().split("\n")[-1].split(" ")[1])
        start = log.index(b"\x01" + identifier)
        head, rest = log[start:start + 29], log[start + 29:]
        derived = subprocess.run(
            ["openssl", "kdf", "-keylen", "32", "-kdfopt", "digest:SHA256",
             "-kdfopt", f"hexkey:{key.hex()}", "-kdfopt", f"hexsalt:{head[5:21].hex()}",
             "-kdfopt", "info:tokenledger secret 1", "-binary", "HKDF"],
            capture_output=True, check=True, timeout=30).stdout
        size = len(b"pl4nted-1-0-" + b"x" * 300)
        # ChaCha20 with the block counter 1, which is what the AEAD encrypts with.
        vector = (1).to_bytes(4, "little") + bytes(4) + head[21:29]
        plain = subprocess.run(
            ["openssl", "enc", "-chacha20", "-d", "-K", derived.hex(), "-iv", vector.hex()],
            input=rest[:size], capture_output=True, check=True, timeout=30).stdout
        self.assertEqual(plain, b"pl4nted-1-0-" + b"x" * 300)
