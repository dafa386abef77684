"""Bad peers: whatever they send or leave undone, the daemon lives and serves the others."""

import random
import socket

from ledger_case import LedgerCase, creation
from wire import Wire, encode

MEBIBYTE = 1 << 20
#: A limit of `schema/protocol.md`.
REQUEST_LIMIT = 16 * MEBIBYTE


class BrokenRequests(LedgerCase):
    """What cannot be parsed is answered with an error, and the connection closed."""

    def assertEndsWithError(self, raw, *prefixes):
        with Wire(self.home.socket) as wire:
            wire.send_raw(raw)
            self.assertError(wire.receive(), *prefixes)
            self.assertTrue(wire.ends())
        self.assertServes()

    def test_numbers_that_are_none(self):
        for raw in (b"*x\r\n", b"*1\r\n$x\r\n", b"*1\r\n$-5\r\n", b"*1\r\n:4\r\nPING\r\n",
                    b"*1\r\n$4\r\nPINGxx", b"*99999999999999999999\r\n",
                    b"*1\r\n$99999999999999999999\r\n"):
            with self.subTest(raw=raw):
                self.assertEndsWithError(raw, "ERR", "LIMIT")

    def test_announced_sizes_beyond_the_limits(self):
        before = self.daemon.resident_bytes()
        for raw in (b"*1000000000\r\n", b"*65537\r\n", b"*2147483647\r\n", b"*1\r\n$1073741824\r\n",
                    b"*1\r\n$1048577\r\n", b"*2\r\n$4\r\nECHO\r\n$9223372036854775807\r\n"):
            with self.subTest(raw=raw):
                self.assertEndsWithError(raw, "ERR", "LIMIT")
        self.assertLess(self.daemon.resident_bytes() - before, 8 * MEBIBYTE)

    def test_an_inline_line_without_end(self):
        with Wire(self.home.socket) as wire:
            self.send_as_far_as_taken(wire, b"x" * MEBIBYTE)
            self.assertTrue(wire.ends())
        self.assertServes()

    def test_a_request_beyond_sixteen_mebibytes(self):
        part = b"$1048576\r\n" + b"x" * MEBIBYTE + b"\r\n"
        with Wire(self.home.socket) as wire:
            self.send_as_far_as_taken(wire, b"*20\r\n" + part * 20)
            self.assertTrue(wire.ends())
        self.assertServes()
        self.assertLess(self.daemon.resident_bytes(), 4 * REQUEST_LIMIT)

    def send_as_far_as_taken(self, wire, raw):
        """The daemon may close before it has read everything."""
        try:
            wire.send_raw(raw)
        except (BrokenPipeError, ConnectionResetError):
            pass

    def test_random_bytes(self):
        """Each soup may be answered with anything; the connection's end must come."""
        source = random.Random(20240501)
        for length in [1, 2, 3, 7, 64, 513, 4096, 70_000] * 12:
            soup = source.randbytes(length)
            with Wire(self.home.socket) as wire:
                self.send_as_far_as_taken(wire, soup)
                self.finish_sending(wire)
                self.assertTrue(wire.ends(), soup[:80])
        self.assertServes()

    def finish_sending(self, wire):
        try:
            wire.socket.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def test_spoiled_commands(self):
        """Real requests with a few bytes changed, cut at random places."""
        source = random.Random(7)
        commands = [creation(scopes=["a", "b"]), ["TOKENS.FIND", "IDS", 1, 1],
                    ["XRANGE", "ledger", "-", "+"], ["HELLO", 3]]
        request = b"".join(encode(*command) for command in commands)
        for _ in range(300):
            spoiled = bytearray(request)
            for _ in range(source.randint(1, 4)):
                spoiled[source.randrange(len(spoiled))] = source.randrange(256)
            with Wire(self.home.socket) as wire:
                self.send_as_far_as_taken(wire, bytes(spoiled[:source.randint(1, len(spoiled))]))
                self.finish_sending(wire)
                self.assertTrue(wire.ends(), bytes(spoiled))
        self.assertServes()


class LargeRequests(LedgerCase):
    """Large, but within the limits."""

    def test_ten_thousand_arguments(self):
        wire = self.connect()
        self.create(wire, id=9000)
        ids = range(1, 10_001)
        self.assertEqual(wire.ask("TOKENS.FIND", "IDS", len(ids), *ids), [9000])
        self.assertError(wire.ask(*["PING"] * 10_000), "ERR")
        self.assertError(wire.ask(*["NO.SUCH"] * 10_000), "ERR")
        self.assertError(wire.ask(*["TOKENS.FIND"] * 10_000), "ERR")

    def test_many_filters(self):
        wire = self.connect()
        token = self.create(wire, character=1, scopes=["a"])
        filters = ["CHARACTER", 1, "SCOPES", "a", "EXACTLY", "a", "FRESH"] * 1000
        self.assertEqual(wire.ask("TOKENS.FIND", *filters), [token])

    def test_a_text_of_one_mebibyte(self):
        message = bytes(range(256)) * 4096
        self.assertEqual(self.connect().ask("ECHO", message), message)
        self.assertEqual(self.connect(3).ask("PING", message), message)

    def test_one_byte_at_a_time(self):
        wire = self.connect()
        for byte in encode(*creation(name="slow")) + b"PING\r\n":
            wire.send_raw(bytes([byte]))
        self.assertEqual([wire.receive(), wire.receive()], [1, "PONG"])

    def test_ten_thousand_commands_in_one_write(self):
        self.assertEqual(self.connect().ask_all([["PING"]] * 10_000), ["PONG"] * 10_000)


class IdlePeers(LedgerCase):
    """What others leave undone costs the rest nothing."""

    def test_half_a_command_and_then_silence(self):
        request = encode(*creation())
        for cut in (1, 3, 10, len(request) - 1):
            self.connect().send_raw(request[:cut])
        self.assertServes()
        self.assertEqual(self.connect().ask(*creation()), 1)

    def test_a_half_command_that_is_ended_later(self):
        slow, request = self.connect(), encode(*creation(name="late"))
        slow.send_raw(request[:20])
        self.assertEqual(self.connect().ask(*creation()), 1)
        slow.send_raw(request[20:])
        self.assertEqual(slow.receive(), 2)

    def test_a_peer_that_closes_its_sending_half_gets_its_replies(self):
        wire = self.connect()
        wire.send(*creation())
        wire.send("TOKENS.FIND")
        wire.socket.shutdown(socket.SHUT_WR)
        self.assertEqual([wire.receive(), wire.receive()], [1, [1]])
