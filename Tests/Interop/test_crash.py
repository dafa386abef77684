"""kill -9 in the middle of writing: every acknowledged token is there afterwards, whole.

`TOKENLEDGER_KILLS` says how often; the ledger goes on growing from one kill to the next.
"""

import os
import random
import threading

from ledger_case import LedgerCase, creation, fields, fingerprint
from wire import ConnectionEnded, Wire, encode

KILLS = int(os.environ.get("TOKENLEDGER_KILLS", "5"))
WRITERS = 8
#: Commands that one writer has under way.
PIPELINE = 16


class Writer(threading.Thread):
    """Creates tokens over its own connection and keeps what was acknowledged."""

    def __init__(self, path, number, acknowledged_one):
        super().__init__()
        self.wire = Wire(path)
        self.number = number
        self.acknowledged_one = acknowledged_one
        self.sent = 0
        #: Token id to the values it was acknowledged with.
        self.acknowledged = {}
        self.surprise = None

    def token(self, n):
        mark = f"{self.number}-{n}"
        return {
            "character": n, "name": f"Pilot {mark}", "scopes": ["a.b", f"scope.{n % 7}"],
            "access": f"at-{mark}", "refresh": f"rt-{mark}", "user": str(self.number),
            "key": f"key-{mark}",
        }

    def run(self):
        try:
            while True:
                self.write_once()
        except (ConnectionEnded, ConnectionResetError, BrokenPipeError):
            pass
        except Exception as surprise:
            self.surprise = surprise
        finally:
            self.wire.close()

    def write_once(self):
        numbers = range(self.sent, self.sent + PIPELINE)
        self.wire.send_raw(b"".join(encode(*creation(**self.token(n))) for n in numbers))
        self.sent += PIPELINE
        for n in numbers:
            self.acknowledged[self.expect_id()] = self.token(n)
            self.acknowledged_one()

    def expect_id(self):
        reply = self.wire.receive()
        if not isinstance(reply, int):
            raise AssertionError(f"not acknowledged: {reply}")
        return reply


class Countdown:
    """Tells when so many acknowledgements have come."""

    def __init__(self, count):
        self.left = count
        self.lock = threading.Lock()
        self.done = threading.Event()

    def one(self):
        with self.lock:
            self.left -= 1
            if self.left <= 0:
                self.done.set()


class Crash(LedgerCase):

    def test_acknowledged_tokens_survive_kills(self):
        source, acknowledged = random.Random(11), {}
        for kill in range(KILLS):
            writers = self.write_until_killed(kill, source.randint(50, 1500))
            for writer in writers:
                self.assertIsNone(writer.surprise)
                acknowledged.update(writer.acknowledged)
            self.daemon = self.start()
            self.assertEqual([], self.missing(acknowledged))
            self.assertKeysStillAnswer(writers)

    def write_until_killed(self, kill, acknowledgements):
        countdown = Countdown(acknowledgements)
        writers = [Writer(self.home.socket, kill * WRITERS + n, countdown.one)
                   for n in range(WRITERS)]
        for writer in writers:
            writer.start()
        self.assertTrue(countdown.done.wait(60), "the writers came to a halt")
        self.daemon.kill()
        for writer in writers:
            writer.join(60)
            self.assertFalse(writer.is_alive())
        return writers

    def missing(self, acknowledged):
        """Acknowledged tokens that are not there with their values."""
        ids = sorted(acknowledged)
        shown = self.connect().ask_all([["TOKEN.GET", identifier] for identifier in ids])
        return [
            identifier for identifier, reply in zip(ids, shown, strict=True)
            if reply is None or not self.is_same(fields(reply), acknowledged[identifier])
        ]

    def is_same(self, shown, token):
        return (shown["character_id"] == token["character"]
                and shown["character_name"].decode() == token["name"]
                and shown["user"].decode() == token["user"]
                and [scope.decode() for scope in shown["scopes"]] == sorted(token["scopes"])
                and shown["access_fingerprint"].decode() == fingerprint(token["access"])
                and shown["refresh_fingerprint"].decode() == fingerprint(token["refresh"]))

    def assertKeysStillAnswer(self, writers):
        """Sent again, an acknowledged request gives its id; an undecided one gives one token."""
        wire = self.connect()
        for writer in writers:
            ids = {token["key"]: identifier for identifier, token in writer.acknowledged.items()}
            tail = [writer.token(n) for n in range(max(0, writer.sent - 2 * PIPELINE), writer.sent)]
            once = wire.ask_all([creation(**token) for token in tail])
            again = wire.ask_all([creation(**token) for token in tail])
            self.assertEqual(once, again)
            for token, identifier in zip(tail, once, strict=True):
                self.assertEqual(ids.get(token["key"], identifier), identifier)
