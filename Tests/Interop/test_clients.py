"""The clients people have: redis-cli, redis-py, redis-benchmark."""

import fcntl
import os
import pty
import select
import shutil
import signal
import struct
import subprocess
import termios
import time
import unittest

import redis_py
from daemon import die_with_parent
from ledger_case import LedgerCase, creation

#: No call of a client program takes longer.
WAIT_SECONDS = 60


def program(name):
    """The path of a client program; skips where it is not installed."""
    path = shutil.which(name)
    if path is None:
        raise unittest.SkipTest(f"{name} is not installed")
    return path


class RedisCLI(LedgerCase):

    def setUp(self):
        self.program = program("redis-cli")
        super().setUp()

    def cli(self, *words, typed=None, code=0):
        done = subprocess.run(
            [self.program, "-s", str(self.home.socket), *map(str, words)], input=typed,
            capture_output=True, text=True, timeout=WAIT_SECONDS)
        self.assertEqual(done.returncode, code, done.stderr)
        return done.stdout

    def test_one_command(self):
        self.assertEqual(self.cli(*creation(scopes=["a", "b"])), "1\n")
        self.assertEqual(self.cli("TOKENS.REQUIRESCOPES", "a b"), "1\n")
        self.assertIn("character_name\nPilot\n", self.cli("TOKEN.GET", 1))

    def test_documentation_of_a_command(self):
        shown = self.cli("COMMAND", "DOCS", "token.create")
        self.assertIn("Stores a new token and gives it an id.", shown)
        self.assertIn("CHARACTER", shown)

    def test_resp3_shows_maps(self):
        self.cli(*creation())
        shown = self.cli("-3", "--no-raw", "TOKEN.GET", 1)
        self.assertRegex(shown, r'"character_name" => "Pilot"')
        self.assertRegex(shown, r'"user" => \(nil\)')

    def test_commands_from_a_pipe(self):
        typed = "token.create character 1 name 'Two Words' owner o= scopes 'a b'\n" \
            "TOKENS.FIND COUNT\nPING\nNO.SUCH\nECHO done\n"
        shown = self.cli(typed=typed)
        self.assertEqual(shown.splitlines()[:3], ["1", "1", "PONG"])
        self.assertIn("ERR unknown command", shown)
        self.assertEqual(shown.splitlines()[-1], "done")

    def test_mass_insertion(self):
        """`redis-cli --pipe` ends with an ECHO of its own and counts replies and errors."""
        lines = [f"TOKEN.CREATE CHARACTER {n} NAME n OWNER o" for n in range(1000)]
        shown = self.cli("--pipe", typed="\r\n".join([*lines, "NO.SUCH"]) + "\r\n", code=1)
        self.assertIn("errors: 1, replies: 1001", shown)
        self.assertEqual(self.ask("TOKENS.FIND", "COUNT"), 1000)

    def test_statistics_modes(self):
        self.assertIn("# Server", self.cli("INFO"))
        self.assertRegex(self.cli("INFO", "server"), r"(?m)^\w+:")

    def test_hints_while_typing(self):
        """At a terminal redis-cli asks COMMAND DOCS and shows what may come next."""
        child, terminal = pty.fork()
        if child == 0:
            die_with_parent()
            os.environ.update(TERM="xterm", HOME=str(self.home.path))
            os.execv(self.program, [self.program, "-s", str(self.home.socket)])
        try:
            fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 250, 0, 0))
            self.read_until(terminal, b"> ")
            os.write(terminal, b"TOKEN.CREATE ")
            self.read_until(terminal, b"CHARACTER character-id")
            os.write(terminal, b"\x15TOKEN.GRANT 1 ")
            self.read_until(terminal, b"EXPECT version")
        finally:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            os.close(terminal)

    def read_until(self, terminal, wanted):
        shown, deadline = b"", time.monotonic() + WAIT_SECONDS
        while wanted not in shown:
            left = max(0.0, deadline - time.monotonic())
            readable, _, _ = select.select([terminal], [], [], left)
            self.assertTrue(readable, f"{wanted!r} did not appear in {shown[-500:]!r}")
            shown += os.read(terminal, 65536)


class RedisBenchmark(LedgerCase):

    def benchmark(self, *words):
        done = subprocess.run(
            [program("redis-benchmark"), "-s", str(self.home.socket), "-q", *map(str, words)],
            capture_output=True, text=True, timeout=WAIT_SECONDS)
        shown = done.stdout + done.stderr
        self.assertEqual(done.returncode, 0, shown)
        self.assertNotIn("rror", shown)
        self.assertIn("requests per second", shown)

    def test_scope_queries(self):
        wire = self.connect()
        wire.ask_all([creation(character=n % 7, scopes=["a", f"s{n % 3}"]) for n in range(200)])
        self.benchmark("-P", 16, "-n", 20000, "-c", 50,
                       "TOKENS.REQUIRESCOPES", "a s1", "CHARACTER", 3, "COUNT")

    def test_durable_writes(self):
        self.benchmark("-P", 8, "-n", 2000, "-c", 8, *creation(scopes=["a"]))
        self.assertGreaterEqual(self.ask("TOKENS.FIND", "COUNT"), 2000)

    def test_its_own_ping(self):
        self.benchmark("-P", 16, "-n", 20000, "-t", "ping")


class RedisPy:
    """What redis-py does on its own account; a subclass names the protocol."""

    protocol = 2

    def client(self, **options):
        client = redis_py.open_client(self.home.socket, self.protocol, **options)
        self.addCleanup(client.close)
        return client

    def test_it_connects_and_pings(self):
        client = self.client(client_name="worker")
        self.assertTrue(client.ping())
        self.assertEqual(client.echo("näher"), "näher")
        self.assertEqual(client.client_getname(), "worker")
        self.assertIsInstance(client.client_id(), int)

    def test_it_parses_the_server_s_figures(self):
        client = self.client()
        for figures in (client.info(), client.info("server")):
            self.assertTrue(figures)
            for name in figures:
                self.assertRegex(name, r"^[a-z][a-z0-9_]*$")
        self.assertIn("save", client.config_get("save"))
        self.assertIn("appendonly", client.config_get("appendonly"))

    def test_it_parses_the_list_of_clients(self):
        client = self.client(client_name="worker")
        listed = client.client_list()
        self.assertIn("worker", [one["name"] for one in listed])
        self.assertEqual(client.client_info()["name"], "worker")

    def test_it_reads_the_log_as_a_stream(self):
        client = self.client()
        client.execute_command(*creation(name="näher"))
        client.execute_command("TOKEN.DELETE", 1)
        entries = client.xrange("ledger")
        self.assertEqual([values["type"] for _, values in entries][-2:], ["created", "deleted"])
        self.assertEqual(client.xlen("ledger"), len(entries))
        self.assertEqual(client.xrevrange("ledger", count=1), entries[-1:])
        self.assertEqual(client.xinfo_stream("ledger")["length"], len(entries))
        self.assertEqual(client.xinfo_stream("ledger")["last-entry"], entries[-1])
        read = client.xread({"ledger": entries[0][0]}, count=1)
        self.assertEqual(self.entries_of(read), entries[1:2])

    def entries_of(self, read):
        """XREAD's entries: version 8 gives one shape for both protocols, others do not."""
        if isinstance(read, dict):
            entries = read["ledger"]
            return entries[0] if isinstance(entries[0], list) else entries
        return read[0][1]

    def test_it_waits_for_an_entry(self):
        client, writer = self.client(), self.connect()
        last = client.xinfo_stream("ledger")["last-generated-id"]
        waiting = self.connect(self.protocol)
        waiting.send("XREAD", "BLOCK", 0, "STREAMS", "ledger", "$")
        self.assertEqual(writer.ask("PING"), "PONG")
        self.create(writer)
        woken = waiting.receive()
        self.assertIsNotNone(woken)
        read = client.xread({"ledger": last}, block=1000)
        self.assertEqual(self.entries_of(read)[0][1]["type"], "created")
        self.assertFalse(client.xread({"ledger": "$"}, block=1))

    def test_errors_become_exceptions_and_the_connection_lives(self):
        client = self.client()
        for words in (["NO.SUCH"], ["TOKEN.GET"], ["TOKEN.GRANT", 99, "a"]):
            with self.assertRaises(redis_py.redis.ResponseError):
                client.execute_command(*words)
        self.assertTrue(client.ping())

    def test_pipelines(self):
        pipeline = self.client().pipeline(transaction=False)
        for n in range(100):
            pipeline.execute_command(*creation(character=n))
        pipeline.execute_command("TOKENS.FIND", "COUNT")
        self.assertEqual(pipeline.execute(), [*range(1, 101), 100])

    def test_tokens_come_as_maps_or_flat_lists(self):
        client = self.client()
        client.execute_command(*creation(scopes=["b", "a"]))
        shown = client.execute_command("TOKEN.GET", 1)
        self.assertIsInstance(shown, dict if self.protocol == 3 else list)


class RedisPyRESP2(RedisPy, LedgerCase):
    """redis-py in RESP2."""


class RedisPyRESP3(RedisPy, LedgerCase):
    """redis-py in RESP3, where it can."""

    protocol = 3
