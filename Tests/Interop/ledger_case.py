"""What the tests share: a daemon of their own, connections to it, and the words of a command."""

import hashlib
import time
import unittest

from daemon import WAIT_SECONDS, Daemon, Home
from wire import ErrorReply, Wire


def creation(character=95465499, name="Pilot", owner="owner=", scopes=None, **optional):
    """The words of a TOKEN.CREATE; `optional` are its other keywords, None for one left out."""
    words = ["TOKEN.CREATE", "CHARACTER", character, "NAME", name, "OWNER", owner]
    if scopes is not None:
        words += ["SCOPES", "LIST", len(scopes), *scopes]
    for keyword, value in optional.items():
        if value is not None:
            words += [keyword.upper(), value]
    return words


def fingerprint(secret):
    """What the ledger shows in a secret's place."""
    return hashlib.sha256(secret.encode()).hexdigest()[:8]


def fields(reply):
    """A map, whichever shape it came in: RESP3's own, or RESP2's flat list."""
    if isinstance(reply, list):
        reply = dict(zip(reply[::2], reply[1::2], strict=True))
    return {text(name): value for name, value in reply.items()}


def text(value):
    """A text, whether the client decodes it or not."""
    return value.decode() if isinstance(value, bytes) else value


class LedgerCase(unittest.TestCase):
    """A test with a ledger and a running daemon; ends and removes both.

    A daemon that ends without the test having ended it fails the test, whatever the test looks at.
    """

    #: The daemon's flags, for all tests of a class.
    flags = ()

    def setUp(self):
        self.home = Home()
        self.addCleanup(self.home.remove)
        self.daemon = self.start()

    def start(self, *flags, **launching):
        """Starts a daemon on the test's ledger."""
        daemon = Daemon(self.home, *(flags or self.flags))
        self.addCleanup(self._end, daemon)
        return daemon.start(**launching)

    def _end(self, daemon):
        if daemon.process is None:
            return
        code = daemon.process.poll()
        daemon.kill()
        if code not in (None, 0, -9):
            self.fail(f"the daemon ended by itself with {code}:\n{daemon.logged()[-2000:]}")

    def restart(self, *flags):
        """Ends the daemon cleanly and starts it again."""
        self.assertEqual(self.daemon.terminate(), 0)
        self.daemon = self.start(*flags)

    def crash(self, *flags):
        """Ends the daemon as a crash does and starts it again."""
        self.daemon.kill()
        self.daemon = self.start(*flags)

    def connect(self, protocol=2):
        wire = Wire(self.home.socket, protocol)
        self.addCleanup(wire.close)
        return wire

    def ask(self, *arguments):
        """One command on a connection of its own."""
        with Wire(self.home.socket) as wire:
            return wire.ask(*arguments)

    def create(self, wire, **token):
        """Creates a token and gives its id."""
        identifier = wire.ask(*creation(**token))
        self.assertIsInstance(identifier, int, identifier)
        return identifier

    def assertError(self, reply, *prefixes):
        """The reply is an error that begins with one of the words."""
        self.assertIsInstance(reply, ErrorReply)
        self.assertIn(reply.prefix, prefixes, reply.text)

    def assertServes(self):
        """The daemon runs and answers a connection made just now."""
        self.assertTrue(self.daemon.is_running(), self.daemon.logged()[-2000:])
        self.assertEqual(self.ask("PING"), "PONG")

    def eventually(self, holds, what):
        """Waits, in bounded time, for what the daemon does without telling.

        Each look is one round trip, so the daemon's loop has gone round in between.
        """
        deadline = time.monotonic() + WAIT_SECONDS
        with Wire(self.home.socket) as wire:
            while not holds():
                self.assertLess(time.monotonic(), deadline, what)
                wire.ask("PING")
