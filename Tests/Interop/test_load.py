"""Many clients, slow ones, and ones that vanish: the others are served, and nothing is left behind.

Memory is measured as the kernel sees it (`VmRSS`), descriptors as `/proc/PID/fd` lists them. Where
time has to pass, the daemon itself says when: an `XREAD BLOCK` that nothing ends.
"""

import os
import pathlib
import resource
import socket

from ledger_case import LedgerCase, creation
from wire import ConnectionEnded, Wire, encode

MEBIBYTE = 1 << 20
#: Unsent output of a connection, above which its requests are left unread: `schema/protocol.md`.
UNSENT_LIMIT = MEBIBYTE
#: What the daemon may grow by besides what clients make it keep.
SLACK = 24 * MEBIBYTE
#: What may be open afterwards: the connection that looks, and the segment that a history was in.
KEPT_DESCRIPTORS = 2
CLIENTS = 1000


class LoadCase(LedgerCase):

    def fill(self, count, **token):
        wire = self.connect()
        for start in range(0, count, 2000):
            wire.ask_all(
                [creation(character=n, **token) for n in range(start, min(start + 2000, count))])
        return wire

    def send_as_far_as_taken(self, wire, raw, times):
        """Sends without reading until nothing more is taken."""
        wire.socket.setblocking(False)
        left = raw * times
        while left:
            try:
                left = left[wire.socket.send(left):]
            except BlockingIOError:
                return

    def assertNoDescriptorLeft(self, before):
        self.eventually(
            lambda: self.daemon.descriptor_count() <= before + KEPT_DESCRIPTORS,
            "descriptors are still open")


class ManyClients(LoadCase):

    def test_a_thousand_connections_that_all_work(self):
        before = self.daemon.descriptor_count()
        wires = [Wire(self.home.socket) for _ in range(CLIENTS)]
        for number, wire in enumerate(wires):
            wire.send(*creation(character=number))
        self.assertEqual(
            sorted(wire.receive() for wire in wires), list(range(1, CLIENTS + 1)))
        for wire in wires:
            wire.send("TOKENS.FIND", "COUNT")
        self.assertEqual({wire.receive() for wire in wires}, {CLIENTS})
        for wire in wires:
            wire.close()
        self.assertNoDescriptorLeft(before)

    def test_a_thousand_connections_cost_little(self):
        before = self.daemon.resident_bytes()
        wires = [Wire(self.home.socket) for _ in range(CLIENTS)]
        for wire in wires:
            self.assertEqual(wire.ask("PING"), "PONG")
        growth = self.daemon.resident_bytes() - before
        self.assertLess(growth / CLIENTS, 16 * 1024)
        for wire in wires:
            wire.close()

    def test_waiting_clients_are_all_woken(self):
        wires = [Wire(self.home.socket) for _ in range(200)]
        for wire in wires:
            wire.send("XREAD", "BLOCK", 0, "STREAMS", "ledger", "$")
        for wire in wires[::2]:
            wire.close()
        self.assertServes()
        self.assertEqual(self.connect().ask(*creation()), 1)
        for wire in wires[1::2]:
            ((_, entries),) = wire.receive()
            self.assertEqual(len(entries), 1)
            wire.close()


class SlowClients(LoadCase):

    def test_readers_of_one_byte_at_a_time(self):
        others = self.fill(2000)
        slow = [Wire(self.home.socket) for _ in range(50)]
        for wire in slow:
            wire.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            wire.send("TOKENS.FIND")
        for _ in range(200):
            for wire in slow:
                self.assertEqual(len(wire.socket.recv(1)), 1)
            self.assertEqual(others.ask("TOKENS.FIND", "COUNT"), 2000)
        for wire in slow:
            wire.close()

    def test_lists_that_nobody_reads(self):
        """Each keeps a reply and the unsent limit at most, however much it asks for."""
        others = self.fill(20_000)
        reply_bytes = len(others.ask_raw("TOKENS.FIND"))
        self.assertMemoryBounded(others, encode("TOKENS.FIND"), UNSENT_LIMIT + reply_bytes)

    def test_histories_that_nobody_reads(self):
        others = self.fill(20_000)
        request = encode("XRANGE", "ledger", "-", "+") + encode("XREVRANGE", "ledger", "+", "-")
        self.assertMemoryBounded(others, request, 2 * UNSENT_LIMIT)

    def assertMemoryBounded(self, others, request, each):
        before, descriptors = self.daemon.resident_bytes(), self.daemon.descriptor_count()
        greedy = [Wire(self.home.socket) for _ in range(20)]
        for _ in range(10):
            for wire in greedy:
                self.send_as_far_as_taken(wire, request, 200)
            self.assertEqual(others.ask("TOKENS.FIND", "COUNT"), 20_000)
            growth = self.daemon.resident_bytes() - before
            self.assertLess(growth, len(greedy) * each + SLACK)
        for wire in greedy:
            wire.close()
        self.assertNoDescriptorLeft(descriptors)

    def test_half_requests_for_ever(self):
        """A client that never ends its request costs what it sent, and no more."""
        before = self.daemon.resident_bytes()
        part = b"*3\r\n$4\r\nECHO\r\n$1048576\r\n" + b"x" * 200_000
        halves = [Wire(self.home.socket) for _ in range(100)]
        for wire in halves:
            wire.send_raw(part)
        self.assertServes()
        sent = len(halves) * len(part)
        self.assertLess(self.daemon.resident_bytes() - before, 2 * sent + SLACK)
        for wire in halves:
            wire.send_raw(b"x")
        self.assertEqual(self.connect().ask(*creation()), 1)
        for wire in halves:
            wire.close()


class VanishingClients(LoadCase):

    def test_in_the_middle_of_a_reply(self):
        self.fill(2000).close()
        before = self.daemon.descriptor_count()
        for n in range(500):
            with Wire(self.home.socket) as dropped:
                dropped.send_raw(encode("TOKENS.FIND") * 20)
                if n % 2:
                    dropped.socket.recv(100)
        self.assertNoDescriptorLeft(before)
        self.assertServes()

    def test_in_the_middle_of_a_history(self):
        self.fill(5000).close()
        before = self.daemon.descriptor_count()
        for n in range(100):
            with Wire(self.home.socket) as dropped:
                dropped.send("XRANGE", "ledger", "-", "+")
                dropped.socket.recv(1 + n * 500)
        self.assertNoDescriptorLeft(before)
        self.assertServes()

    def test_in_the_middle_of_a_request(self):
        before = self.daemon.descriptor_count()
        request = encode(*creation(name="n" * 900))
        for n in range(500):
            with Wire(self.home.socket) as dropped:
                dropped.send_raw(request[:1 + n % (len(request) - 1)])
        self.assertNoDescriptorLeft(before)
        self.assertEqual(self.connect().ask("TOKENS.FIND", "COUNT"), 0)

    def test_before_the_acknowledgement(self):
        """What they asked for is carried out or not; the daemon is none the worse."""
        before = self.daemon.descriptor_count()
        for n in range(300):
            with Wire(self.home.socket) as dropped:
                dropped.send(*creation(character=n, key=f"key-{n}"))
        self.assertNoDescriptorLeft(before)
        wire = self.connect()
        ids = wire.ask_all([creation(character=n, key=f"key-{n}") for n in range(300)])
        self.assertEqual(len(set(ids)), 300)
        self.assertEqual(wire.ask("TOKENS.FIND", "COUNT"), 300)

    def test_while_waiting_for_the_log(self):
        before = self.daemon.descriptor_count()
        for _ in range(50):
            with Wire(self.home.socket) as wire:
                wire.send("XREAD", "BLOCK", 0, "STREAMS", "ledger", "$")
        self.assertNoDescriptorLeft(before)
        self.assertEqual(self.connect().ask(*creation()), 1)


class TooManyClients(LoadCase):

    flags = ("--max-connections", "50")

    def test_one_more_is_told_so(self):
        inside = [self.connect() for _ in range(50)]
        for wire in inside:
            self.assertEqual(wire.ask("PING"), "PONG")
        for _ in range(200):
            with Wire(self.home.socket) as outside:
                self.assertError(outside.receive(), "LIMIT")
                self.assertTrue(outside.ends())
        for wire in inside:
            self.assertEqual(wire.ask("PING"), "PONG")
        inside[0].close()
        self.eventually_served()

    def eventually_served(self):
        """A place is free as soon as the daemon has seen that its client is gone."""
        for _ in range(1000):
            with Wire(self.home.socket) as wire:
                try:
                    if wire.ask("PING") == "PONG":
                        return
                except (ConnectionEnded, ConnectionResetError, BrokenPipeError):
                    pass
        self.fail("the place of a client that left is not given to another")


class NoDescriptorsLeft(LoadCase):

    def processor_seconds(self):
        """Time that the daemon's threads have run: `proc(5)`, fields 14 and 15 of `stat`."""
        stat = pathlib.Path(f"/proc/{self.daemon.pid}/stat").read_text()
        fields = stat.rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def test_accepting_waits_and_goes_on(self):
        inside = self.connect()
        self.assertEqual(inside.ask("PING"), "PONG")
        limits = resource.prlimit(self.daemon.pid, resource.RLIMIT_NOFILE)
        few = self.daemon.descriptor_count() + 20
        resource.prlimit(self.daemon.pid, resource.RLIMIT_NOFILE, (few, limits[1]))
        outside = [Wire(self.home.socket) for _ in range(60)]
        for wire in outside:
            wire.send("PING")
        self.assertEqual(inside.ask(*creation()), 1)
        before = self.processor_seconds()
        self.assertIsNone(inside.ask("XREAD", "BLOCK", 2000, "STREAMS", "ledger", "$"))
        self.assertLess(self.processor_seconds() - before, 0.2)
        self.assertEqual(self.daemon.logged().count("cannot accept"), 1)
        resource.prlimit(self.daemon.pid, resource.RLIMIT_NOFILE, limits)
        self.assertEqual({wire.receive() for wire in outside}, {"PONG"})
        for wire in outside:
            wire.close()
        self.assertServes()

    def test_a_place_that_is_left_is_given(self):
        inside = self.connect()
        self.assertEqual(inside.ask("PING"), "PONG")
        few = self.daemon.descriptor_count() + 20
        resource.prlimit(self.daemon.pid, resource.RLIMIT_NOFILE, (few, few))
        outside = [Wire(self.home.socket) for _ in range(60)]
        for wire in outside:
            wire.send("PING")
        for wire in outside:
            self.assertEqual(wire.receive(), "PONG")
            wire.close()
        self.assertEqual(inside.ask(*creation()), 1)

    def test_connections_leave_descriptors_to_the_log(self):
        """However many clients come, a rotation can open its file."""
        self.assertEqual(self.daemon.terminate(), 0)
        self.daemon = self.start(
            "--segment-bytes", "4096", wrapper=["prlimit", "--nofile=100:100"])
        inside = self.connect()
        outside = [Wire(self.home.socket) for _ in range(150)]
        ids = [inside.ask(*creation(character=n, name="n" * 900)) for n in range(50)]
        self.assertEqual(ids, list(range(1, 51)))
        self.assertGreater(len(self.home.segments()), 3)
        for wire in outside[60:]:
            self.assertError(wire.receive(), "LIMIT")
        for wire in outside:
            wire.close()
        self.assertServes()
