"""`tokenledger watch` beside a daemon that is written to, and killed."""

import json
import pathlib
import signal
import subprocess
import threading

from daemon import WAIT_SECONDS, binary, die_with_parent, lines
from ledger_case import LedgerCase, creation
from wire import Wire


class Watching(LedgerCase):

    def watch(self, *words):
        program = pathlib.Path(binary()).with_name("tokenledger")
        process = subprocess.Popen(
            [str(program), "watch", "--json", "--socket", str(self.home.socket),
             *map(str, words)],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, preexec_fn=die_with_parent)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait, WAIT_SECONDS)
        self.addCleanup(process.kill)
        return process

    def shown(self, process, count):
        """The next lines, as objects."""
        found = []
        for line in lines(process):
            self.assertNotIn("pl4nted", line)
            found.append(json.loads(line))
            if len(found) == count:
                return found
        self.fail(f"{len(found)} of {count} events came")

    def test_events_come_at_once_and_once_over_a_crash(self):
        process = self.watch("--since", "#1", "--count", 201)
        events = self.shown(process, 1)
        for _ in range(2):
            def write(number):
                with Wire(self.home.socket) as wire:
                    for _ in range(25):
                        wire.ask(*creation(character=number, access="pl4nted"))
            writers = [threading.Thread(target=write, args=(number,)) for number in range(3)]
            for writer in writers:
                writer.start()
            for writer in writers:
                writer.join()
            self.crash()
            # The start is an event, too.
            events += self.shown(process, 76)
        self.assertEqual([int(event["seq"]) for event in events], list(range(1, 154)))
        self.connect().ask_all([creation() for _ in range(60)])
        events += self.shown(process, 48)
        self.assertEqual(process.wait(WAIT_SECONDS), 0)

    def test_only_what_passes_the_filters_comes(self):
        self.ask(*creation(user="7"))
        process = self.watch("--user", "7", "--last", 1)
        self.assertEqual(self.shown(process, 1)[0]["type"], "created")
        wire = self.connect()
        wire.ask_all([creation(user="8"), ["TOKEN.DELETE", 2], ["TOKEN.GRANT", 1, "a"],
                      ["TOKEN.DELETE", 1]])
        self.assertEqual(
            [event["type"] for event in self.shown(process, 2)], ["scopesGranted", "deleted"])
        process.send_signal(signal.SIGINT)
        process.wait(WAIT_SECONDS)
