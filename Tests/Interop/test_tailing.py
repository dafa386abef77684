"""Following the log: with redis-py's xread loop, with redis-cli, over crashes, and too slowly."""

import select
import subprocess
import threading

import redis_py
from daemon import die_with_parent
from ledger_case import LedgerCase, creation, text
from test_clients import WAIT_SECONDS, program
from wire import Wire

WRITERS = 16


def entries_of(read):
    """XREAD's entries, in whichever shape redis-py gives them."""
    if isinstance(read, dict):
        entries = read["ledger"]
        return entries[0] if entries and isinstance(entries[0], list) else entries
    return read[0][1]


class Tails(LedgerCase):

    def write(self, path, number, count):
        with Wire(path) as wire:
            for index in range(count):
                wire.ask(*creation(character=number, reason=f"{number}:{index}"))

    def test_several_tails_see_each_event_once_and_in_order(self):
        last = text(self.ask("XINFO", "STREAM", "ledger")[7])
        seen = [[] for _ in range(3)]
        wanted = WRITERS * 40

        def follow(events, count):
            client, position = redis_py.open_client(self.home.socket), last
            while len(events) < wanted:
                read = client.xread({"ledger": position}, count=count, block=10_000)
                if not read:
                    return
                events += entries_of(read)
                position = events[-1][0]
            client.close()

        tails = [
            threading.Thread(target=follow, args=(events, count))
            for events, count in zip(seen, (None, 1, 7), strict=True)]
        writers = [
            threading.Thread(target=self.write, args=(self.home.socket, number, 40))
            for number in range(WRITERS)]
        for thread in tails + writers:
            thread.start()
        for thread in writers + tails:
            thread.join()
        expected = [(text(identifier), text(dict(zip(values[::2], values[1::2]))[b"reason"]))
                    for identifier, values in self.ask("XRANGE", "ledger", f"({last}", "+")]
        self.assertEqual(len(expected), wanted)
        for events in seen:
            self.assertEqual([(identifier, values["reason"]) for identifier, values in events],
                             expected)

    def test_a_tail_goes_on_after_a_crash_from_its_last_id(self):
        events, position = [], "0"
        for round_number in range(3):
            self.write(self.home.socket, round_number, 30)
            client = redis_py.open_client(self.home.socket)
            while read := client.xread({"ledger": position}, count=7):
                events += entries_of(read)
                position = events[-1][0]
            client.close()
            self.crash()
        whole = [text(identifier) for identifier, _ in self.ask("XRANGE", "ledger", "-", "+")]
        self.assertEqual([identifier for identifier, _ in events], whole[:len(events)])
        self.assertGreaterEqual(len(events), 93)

    def test_redis_cli_waits_for_an_event(self):
        waiting = subprocess.Popen(
            [program("redis-cli"), "-s", str(self.home.socket), "XREAD", "BLOCK", "0", "STREAMS",
             "ledger", "$"], stdout=subprocess.PIPE, text=True, preexec_fn=die_with_parent)
        self.addCleanup(waiting.stdout.close)
        self.eventually(
            lambda: "blocked_clients:1" in text(self.ask("INFO", "clients")), "nobody waits")
        self.ask(*creation(reason="at last"))
        readable, _, _ = select.select([waiting.stdout], [], [], WAIT_SECONDS)
        self.assertTrue(readable)
        shown, _ = waiting.communicate(timeout=WAIT_SECONDS)
        self.assertIn("at last", shown)

    def test_a_reader_that_falls_behind_is_told_of_and_gets_everything(self):
        writer = self.connect()
        writer.ask_all([creation(character=n, name="P" * 200) for n in range(20_000)])
        before = self.daemon.resident_bytes()
        slow = self.connect()
        slow.send("XREAD", "STREAMS", "ledger", "0")
        self.eventually(
            lambda: "slow_readers:1" in text(self.ask("INFO", "clients")), "nobody is slow")
        listed = next(
            dict(field.split("=", 1) for field in line.split())
            for line in text(writer.ask("CLIENT", "LIST")).splitlines() if "cmd=xread" in line)
        self.assertGreater(int(listed["behind"]), 5000)
        self.assertGreater(int(listed["omem"]), 0)
        self.assertLess(int(listed["omem"]), 1 << 20)
        self.assertLess(self.daemon.resident_bytes() - before, 8 << 20)
        writer.ask("TOKEN.DELETE", 1)
        (_, entries), = slow.receive()
        self.assertEqual(len(entries), 20_001)
        self.assertEqual(
            [int(values[1]) for _, values in entries], list(range(1, 20_002)))
        self.assertIn("slow_readers:0", text(self.ask("INFO", "clients")))
