"""The daemon as a process: starting, ending, and what it tells the system about it."""

import os
import pathlib
import re
import shutil
import socket
import stat
import subprocess
import sys
import threading

from daemon import Daemon, DidNotStart, Home, binary
from ledger_case import LedgerCase, creation, fields
from wire import ConnectionEnded, ErrorReply, Wire

#: Gives the daemon descriptor 3 as systemd does, with LISTEN_PID its own pid: `sd_listen_fds(3)`.
ACTIVATOR = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()))
os.execv(sys.argv[2], sys.argv[2:])
"""
USAGE, DAMAGED, FAILED_IO, TRY_LATER = 64, 65, 74, 75


class Starting(LedgerCase):

    def test_the_ready_line_says_where_and_how_much(self):
        self.connect().ask_all([creation(character=n) for n in range(7)])
        self.restart()
        line = self.daemon.ready_line
        self.assertIn(str(self.home.socket), line)
        numbers = [float(number) for number in re.findall(r"(?<![\w./-])\d+(?:\.\d+)?", line)]
        events = self.ask("XLEN", "ledger")
        self.assertIn(7, numbers, line)
        self.assertIn(events, numbers, line)
        self.assertRegex(line, r"\d+(\.\d+)? ?ms|ms=\d+|_ms=\d+")

    def test_a_second_daemon_is_refused_and_told_of_the_first(self):
        second = Daemon(self.home, "--socket", self.home.path / "s2")
        with self.assertRaises(DidNotStart) as refused:
            second.start()
        self.assertNotEqual(refused.exception.code, 0)
        self.assertIn(str(self.daemon.pid), refused.exception.log)
        self.assertServes()

    def test_a_stale_socket_is_replaced(self):
        self.daemon.kill()
        self.assertTrue(self.home.socket.is_socket())
        self.daemon = self.start()
        self.assertServes()

    def test_a_live_socket_is_not(self):
        other = Home()
        self.addCleanup(other.remove)
        second = Daemon(other, "--socket", self.home.socket)
        with self.assertRaises(DidNotStart) as refused:
            second.start()
        self.assertIn(str(self.home.socket), refused.exception.log)
        self.assertServes()

    def test_a_file_that_is_no_socket_is_kept(self):
        self.daemon.terminate()
        self.home.socket.unlink(missing_ok=True)
        self.home.socket.write_text("precious")
        with self.assertRaises(DidNotStart):
            Daemon(self.home).start()
        self.assertEqual(self.home.socket.read_text(), "precious")

    def test_the_socket_is_for_the_owner(self):
        self.assertEqual(stat.S_IMODE(self.home.socket.stat().st_mode), 0o600)

    def test_wrong_flags_are_usage_errors(self):
        self.daemon.terminate()
        wrong = [
            (["--no-such-flag"], "--no-such-flag"), (["--valid-duration", "x"], "valid-duration"),
            (["--socket-mode", "999"], "socket-mode"), (["--frozen-clock", "now"], "frozen-clock"),
            (["--valid-duration"], "valid-duration"), (["stray"], "stray"),
            (["--socket", "/tmp/" + "x" * 108], "socket"),
        ]
        for flags, mention in wrong:
            with self.subTest(flags=flags):
                with self.assertRaises(DidNotStart) as refused:
                    Daemon(self.home, *flags).start()
                self.assertEqual(refused.exception.code, USAGE)
                self.assertIn(mention, refused.exception.log)

    def test_help_and_version(self):
        for flag, mention in (("--help", "--valid-duration"), ("--version", ".")):
            done = subprocess.run([binary(), flag], capture_output=True, text=True, timeout=30)
            self.assertEqual(done.returncode, 0)
            self.assertIn(mention, done.stdout)

    def test_the_frozen_clock_is_every_now(self):
        self.daemon.terminate()
        self.home = Home()
        self.addCleanup(self.home.remove)
        self.daemon = self.start("--frozen-clock", "2026-11-23T12:00:00.000001Z")
        wire = self.connect()
        self.create(wire)
        created = wire.ask("TOKENS.FIND", "FIELDS", 1, "created_us")
        self.assertEqual(created, [[1795435200000001]])
        last = wire.ask("XREVRANGE", "ledger", "+", "-", "COUNT", 1)[0][0]
        self.assertTrue(last.startswith(b"1795435200000-"), last)

    def test_it_links_no_foundation(self):
        done = subprocess.run(["ldd", binary()], capture_output=True, text=True, timeout=30)
        self.assertNotIn("oundation", done.stdout)


class Ending(LedgerCase):

    def test_a_clean_end_is_zero_and_takes_the_socket_along(self):
        self.assertEqual(self.daemon.terminate(), 0)
        self.assertFalse(self.home.socket.exists())

    def test_shutdown_does_the_same(self):
        wire = self.connect()
        wire.send("SHUTDOWN")
        self.assertTrue(wire.ends())
        self.assertEqual(self.daemon.wait(), 0)

    def test_accepted_writes_are_finished(self):
        """SIGTERM comes while a pipeline is being written: what was answered is there."""
        wire, answered = self.connect(), []
        first = threading.Event()

        def read_answers():
            try:
                while True:
                    answered.append(wire.receive())
                    first.set()
            except (ConnectionEnded, ConnectionResetError):
                pass

        reader = threading.Thread(target=read_answers)
        reader.start()
        for n in range(200):
            wire.send(*creation(character=n))
        self.assertTrue(first.wait(30))
        self.assertEqual(self.daemon.terminate(), 0)
        reader.join(30)
        self.daemon = self.start()
        kept = self.ask("TOKENS.FIND")
        self.assertLessEqual(set(answered), set(kept))

    def test_clients_that_wait_do_not_hold_it_up(self):
        waiting = self.connect()
        waiting.send("XREAD", "BLOCK", 0, "STREAMS", "ledger", "$")
        half = self.connect()
        half.send_raw(b"*3\r\n$4\r\nTOK")
        self.assertEqual(self.daemon.terminate(), 0)
        self.assertTrue(waiting.ends())

    def test_hangup_does_not_end_it(self):
        self.daemon.process.send_signal(1)
        self.assertServes()


class ServiceManager(LedgerCase):
    """What systemd asks of a service."""

    def setUp(self):
        super().setUp()
        self.daemon.terminate()

    def notifications(self, address):
        """A NOTIFY_SOCKET; an address that begins with @ is abstract."""
        receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(receiver.close)
        receiver.settimeout(30)
        receiver.bind("\0" + address[1:] if address.startswith("@") else address)
        return receiver

    def test_readiness_is_told(self):
        for address in (str(self.home.path / "n"), f"@tl-{os.getpid()}"):
            with self.subTest(address=address):
                receiver = self.notifications(address)
                daemon = self.start(environment={"NOTIFY_SOCKET": address})
                self.assertIn(b"READY=1", receiver.recv(4096).split(b"\n"))
                self.assertEqual(daemon.terminate(), 0)
                self.assertIn(b"STOPPING=1", receiver.recv(4096).split(b"\n"))

    def test_a_socket_may_be_given(self):
        given = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.addCleanup(given.close)
        given.bind(str(self.home.path / "given"))
        given.listen(16)
        early = Wire(self.home.path / "given")
        self.addCleanup(early.close)
        early.send("PING")
        wrapper = [sys.executable, "-c", ACTIVATOR, str(given.fileno())]
        self.daemon = self.start(wrapper=wrapper, pass_fds=[given.fileno()])
        self.assertEqual(early.receive(), "PONG")
        self.assertEqual(self.daemon.terminate(), 0)
        self.assertTrue((self.home.path / "given").exists(), "the socket belongs to its maker")

    def test_a_socket_for_another_process_is_not_taken(self):
        daemon = self.start(environment={"LISTEN_FDS": "1", "LISTEN_PID": "1"})
        self.assertServesAt(daemon)

    def assertServesAt(self, daemon):
        self.assertTrue(daemon.is_running())
        self.assertEqual(self.ask("PING"), "PONG")


class DamagedLog(LedgerCase):

    def setUp(self):
        super().setUp()
        wire = self.connect()
        for n in range(20):
            self.create(wire, character=n, access="planted-secret")
        self.daemon.terminate()

    def sealed_secret(self, whole):
        """Where the first sealed secret stands: its form, then the id of its key."""
        key = (self.home.data / "ledger.key").read_text().split("\nkey ")[-1]
        return whole.index(b"\x01" + bytes.fromhex(key.split(" ")[0]))

    def refusal(self):
        with self.assertRaises(DidNotStart) as refused:
            Daemon(self.home).start()
        return refused.exception

    def test_a_flipped_bit_is_refused_with_file_and_offset(self):
        (segment,) = self.home.segments()
        whole = segment.read_bytes()
        for place in (100, 300, self.sealed_secret(whole)):
            with self.subTest(place=place):
                spoiled = bytearray(whole)
                spoiled[place] ^= 0x10
                segment.write_bytes(spoiled)
                refusal = self.refusal()
                self.assertEqual(refusal.code, DAMAGED)
                self.assertIn(segment.name, refusal.log)
                self.assertRegex(refusal.log, r"offset\D{0,3}\d+")
                self.assertNotIn("planted-secret", refusal.log)
                self.assertEqual(segment.read_bytes(), spoiled, "the file was changed")

    def test_a_refusal_says_what_is_lost_and_what_to_do(self):
        (segment,) = self.home.segments()
        spoiled = bytearray(segment.read_bytes())
        spoiled[self.sealed_secret(spoiled)] ^= 0x11
        segment.write_bytes(spoiled)
        refusal = self.refusal()
        self.assertEqual(refusal.code, DAMAGED)
        self.assertRegex(refusal.log, r"readable up to sequence \d+")
        self.assertRegex(refusal.log, r"\d+ events can be read behind it \(\d+ to \d+\)")
        self.assertIn(f"tokenledger verify --data {self.home.data}", refusal.log)
        self.assertIn(f"tokenledger repair --data {self.home.data}", refusal.log)
        self.assertEqual(len(refusal.log.strip().splitlines()), 1, refusal.log)

    def test_a_repair_lets_it_start_write_and_start_again(self):
        """The command line beside the daemon: refused while it runs, and then it mends."""
        tool = pathlib.Path(binary()).with_name("tokenledger")
        if not tool.exists():
            self.skipTest(f"no command line at {tool}")
        (segment,) = self.home.segments()
        spoiled = bytearray(segment.read_bytes())
        spoiled[self.sealed_secret(spoiled)] ^= 0x11
        segment.write_bytes(spoiled)

        def run(*words):
            line = [tool, *words, "--data", self.home.data]
            ended = subprocess.run(line, capture_output=True, text=True, timeout=60)
            self.assertNotIn("planted", ended.stdout + ended.stderr)
            return ended.returncode

        self.assertEqual(run("verify"), DAMAGED)
        self.assertEqual(run("repair", "--dry-run"), 0)
        self.assertEqual(run("verify"), DAMAGED)
        self.assertEqual(run("repair", "--apply"), 0)
        self.assertEqual(run("verify"), 0)
        self.daemon = self.start()
        self.assertEqual(run("repair", "--apply"), TRY_LATER)
        self.ask(*creation(character=77))
        self.restart()
        types = [entry[1][3] for entry in self.ask("XRANGE", "ledger", "-", "+")]
        self.assertIn(b"recovered", types)
        self.assertEqual(run("verify"), 0)

    def test_a_missing_segment_is_refused(self):
        (segment,) = self.home.segments()
        segment.rename(segment.with_name("00000000000000000009.segment"))
        self.assertEqual(self.refusal().code, DAMAGED)

    def test_a_spoiled_header_is_refused(self):
        (segment,) = self.home.segments()
        spoiled = bytearray(segment.read_bytes())
        spoiled[0] ^= 1
        segment.write_bytes(spoiled)
        self.assertEqual(self.refusal().code, DAMAGED)

    def test_a_torn_tail_is_cut_and_told(self):
        """Events without their commit, as a dying writer leaves them, are no damage."""
        (segment,) = self.home.segments()
        whole = segment.read_bytes()
        used = len(whole.rstrip(b"\0"))
        segment.write_bytes(whole[:used - 90] + bytes(len(whole) - used + 90))
        self.daemon = self.start()
        wire = self.connect()
        types = [entry[1][3] for entry in wire.ask("XRANGE", "ledger", "-", "+")]
        self.assertIn(b"recovered", types)
        self.assertEqual(wire.ask(*creation()), 20)
        self.assertTrue(list(segment.parent.glob("*.torn-*")))


class FailingDisk(LedgerCase):

    def test_a_failed_sync_ends_it_with_one_line_and_without_an_answer(self):
        if shutil.which("strace") is None:
            self.skipTest("strace is not installed")
        self.daemon.terminate()
        daemon = Daemon(self.home)
        self.addCleanup(daemon.kill)
        inject = "inject=fdatasync:error=EIO:when=4"
        trace = ("strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fdatasync", "-e", inject)
        try:
            daemon.start(wrapper=trace)
        except DidNotStart as refused:
            self.skipTest(f"strace cannot be used here: {refused}")
        acknowledged = 0
        wire = self.connect()
        try:
            for n in range(10):
                if isinstance(wire.ask(*creation(character=n)), ErrorReply):
                    break
                acknowledged += 1
        except (ConnectionEnded, OSError):
            pass  # It ended before it answered.
        self.assertLess(acknowledged, 10)
        self.assertEqual(daemon.wait(), FAILED_IO)
        lines = [line for line in daemon.logged().splitlines() if "the log failed" in line]
        self.assertEqual(len(lines), 1, daemon.logged())
        self.assertRegex(lines[0], r"EIO|[Ii]nput/output")
        self.daemon = self.start()
        self.assertGreaterEqual(self.ask("TOKENS.FIND", "COUNT"), acknowledged)

    def small_disk(self, *flags):
        """A daemon whose directory is a file system of 4 MiB."""
        self.daemon.terminate()
        mount = ["mount", "-t", "tmpfs", "-o", "size=4m,mode=700", "none", str(self.home.data)]
        if subprocess.run(mount, capture_output=True).returncode != 0:
            self.skipTest("a small file system needs root")
        self.addCleanup(subprocess.run, ["umount", "-l", str(self.home.data)])
        self.daemon = self.start(*flags)
        return self.connect()

    def fill(self, free_bytes=0):
        """Fills the file system up to the given rest; gives the file that does it."""
        filler = self.home.data / "filler"
        with filler.open("wb", buffering=0) as file:
            try:
                while self.free_bytes() > free_bytes:
                    file.write(bytes(4096))
            except OSError:
                pass
        return filler

    def free_bytes(self):
        status = os.statvfs(self.home.data)
        return status.f_bavail * status.f_frsize

    def write_until_refused(self, wire):
        """Gives the number of writes that were taken before the first `DISKFULL`."""
        for n in range(400):
            reply = wire.ask(*creation(character=n, access="x" * 20_000))
            if isinstance(reply, ErrorReply):
                self.assertTrue(reply.text.startswith("DISKFULL"), reply.text)
                return n
        return self.fail("no write was refused")

    def test_a_full_disk_is_told_once_when_it_begins_and_once_when_it_ends(self):
        wire = self.small_disk("--low-water", 0)
        filler = self.fill()
        taken = self.write_until_refused(wire)
        self.write_until_refused(wire)
        self.assertEqual(wire.ask("TOKENS.FIND", "COUNT"), taken)
        filler.unlink()
        for n in range(3):
            self.assertNotIsInstance(wire.ask(*creation(character=1000 + n)), ErrorReply)
        logged = self.daemon.logged()
        self.assertEqual(logged.count("disk full"), 1, logged)
        self.assertEqual(logged.count("there is room again"), 1, logged)

    def test_the_low_water_mark_refuses_before_the_disk_is_full(self):
        mark = 1_000_000
        wire = self.small_disk("--low-water", mark)
        filler = self.fill(mark + 500_000)
        self.write_until_refused(wire)
        # The file system counts in blocks, the mark in bytes.
        self.assertGreaterEqual(self.free_bytes(), mark - 64 * 1024)
        status = fields(wire.ask("LEDGER.STATUS"))
        self.assertEqual(int(status["low_water_bytes"]), mark)
        filler.unlink()
        self.assertNotIsInstance(wire.ask(*creation(character=1000)), ErrorReply)

    def test_a_first_start_below_the_low_water_mark_says_what_to_do(self):
        self.small_disk("--low-water", 0)
        self.daemon.terminate()
        for name in ("log", "lock"):
            place = self.home.data / name
            shutil.rmtree(place) if place.is_dir() else place.unlink()
        daemon = Daemon(self.home)
        with self.assertRaises(DidNotStart) as refused:
            daemon.start()
        self.assertIn("--low-water", refused.exception.log)
        self.assertEqual(refused.exception.code, FAILED_IO)
