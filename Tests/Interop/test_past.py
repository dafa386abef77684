"""The past through the socket: histories and ASOF, against a model that reads the log itself.

With `TOKENLEDGER_CAMPAIGN=20` it is 1,000 questions about a log of 200,000 events.
"""

import random
import threading
import time

from ledger_case import LedgerCase, creation, fields, text
from past_model import PastModel, words
from sso import campaign
from wire import ErrorReply, Wire

SCOPES = ["a.read", "b.write", "c", "d"]
SEED = 20261124


class PastCase(LedgerCase):

    def live(self, wire, count, generator):
        """Lets the ledger live through about `count` events."""
        now = time.time()
        tokens = 0
        events = 0
        while events < count:
            batch = []
            for _ in range(min(1000, count - events)):
                kind = generator.random()
                number = generator.randint(1, max(1, tokens))
                if kind < 0.3 or tokens == 0:
                    batch.append(creation(
                        character=generator.randint(1, 50), user=generator.choice([None, "7", "u"]),
                        scopes=generator.sample(SCOPES, generator.randint(0, 3)),
                        access="pl4nted-a", refresh=generator.choice([None, "pl4nted-r"]),
                        created=f"{now - generator.randint(0, 2400):.6f}"))
                elif kind < 0.5:
                    batch.append(["TOKEN.GRANT", number, generator.choice(SCOPES)])
                elif kind < 0.8:
                    batch.append([
                        "TOKEN.REFRESHED", number, "ACCESS", f"pl4nted-{generator.random()}",
                        *generator.choice([[], ["REFRESH", "pl4nted-x"], ["NOREFRESH"]])])
                elif kind < 0.9:
                    batch.append(["TOKEN.DELETE", number, "REASON", "a test"])
                else:
                    batch.append(["TOKEN.RESTORE", number])
            replies = wire.ask_all(batch)
            tokens += sum(
                words[0] == "TOKEN.CREATE" for words in batch)
            events += sum(not isinstance(reply, ErrorReply) and reply != 0 for reply in replies)
        return tokens


class RandomPast(PastCase):

    def question(self, generator, tokens):
        kind = generator.choice(["get", "scopes", "exactly", "user", "expired", "refreshable"])
        return kind, {
            "get": lambda: generator.randint(1, tokens),
            "scopes": lambda: " ".join(generator.sample(SCOPES, generator.randint(0, 2))),
            "exactly": lambda: " ".join(generator.sample(SCOPES, generator.randint(0, 2))),
            "user": lambda: generator.choice(["7", "u", "nobody"]),
            "expired": lambda: generator.randint(1, 50), "refreshable": lambda: None,
        }[kind]()

    def shown(self, question, reply):
        """A reply in the form of the model's answers."""
        if question[0] != "get" or reply is None:
            return reply
        token = fields(reply)
        return (token["version"], [text(name) for name in token["scopes"]], token["created_us"],
                token["expired"], token["access_fingerprint"] and text(token["access_fingerprint"]),
                token["refresh_fingerprint"] and text(token["refresh_fingerprint"]))

    def test_random_questions_about_random_moments(self):
        generator = random.Random(SEED)
        count = min(200_000, int(10_000 * campaign()))
        wire = self.connect()
        tokens = self.live(wire, count, generator)
        entries = wire.ask("XRANGE", "ledger", "-", "+")
        self.assertGreaterEqual(len(entries), count)
        asked = sorted(
            (generator.randint(0, len(entries)), generator.random(),
             self.question(generator, tokens))
            for _ in range(int(50 * campaign())))
        model, done, expected = PastModel(), 0, []
        for last, _, question in asked:
            for entry in entries[done:last]:
                model.apply(entry)
            done = max(done, last)
            moment = f"#{last}" if last == 0 or generator.random() < 0.5 else entries[last - 1][0]
            expected.append((question, moment, model.answer(question)))
        generator.shuffle(expected)
        for question, moment, answer in expected:
            reply = wire.ask(*words(question), "ASOF", moment)
            self.assertEqual(self.shown(question, reply), answer, (question, moment))

    def test_the_past_is_asked_for_while_others_write_and_ask(self):
        wire = self.connect()
        generator = random.Random(SEED)
        tokens = self.live(wire, 3000, generator)
        digests = {
            number: wire.ask("LEDGER.DIGEST", "ASOF", f"#{number}") for number in (500, 1500, 2500)}
        failures = []

        def ask(seed):
            choice = random.Random(seed)
            with Wire(self.home.socket) as client:
                for _ in range(15):
                    number = choice.choice(sorted(digests))
                    digest = client.ask("LEDGER.DIGEST", "ASOF", f"#{number}")
                    if digest != digests[number]:
                        failures.append((number, digest))

        askers = [threading.Thread(target=ask, args=(seed,)) for seed in range(4)]
        for asker in askers:
            asker.start()
        while any(asker.is_alive() for asker in askers):
            wire.ask("TOKEN.GRANT", generator.randint(1, tokens), f"s{generator.random()}")
        self.assertEqual(failures, [])


class PastAfterRestart(PastCase):

    def test_a_moment_is_the_same_after_a_crash(self):
        generator = random.Random(SEED)
        wire = self.connect()
        self.live(wire, 1000, generator)
        before = [wire.ask("LEDGER.DIGEST", "ASOF", f"#{number}") for number in (0, 1, 400, 999)]
        history = wire.ask("LEDGER.HISTORY", "UNTIL", "#999", "TYPE", "deleted", "REV")
        self.crash()
        wire = self.connect()
        after = [wire.ask("LEDGER.DIGEST", "ASOF", f"#{number}") for number in (0, 1, 400, 999)]
        self.assertEqual(before, after)
        self.assertEqual(
            history, wire.ask("LEDGER.HISTORY", "UNTIL", "#999", "TYPE", "deleted", "REV"))


class Histories(PastCase):

    def test_pages_of_a_filtered_history_are_the_whole(self):
        wire = self.connect()
        self.live(wire, 3000, random.Random(SEED))
        whole = wire.ask("LEDGER.HISTORY", "TYPE", "refreshed", "TYPE", "deleted", "COUNT", 100_000)
        pages, start = [], 1
        while page := wire.ask(
                "LEDGER.HISTORY", "TYPE", "refreshed", "TYPE", "deleted", "COUNT", 100, "SINCE",
                f"#{start}"):
            pages += page
            start = int(dict(zip(page[-1][1][::2], page[-1][1][1::2]))[b"seq"]) + 1
        self.assertGreater(len(pages), 300)
        self.assertEqual(pages, whole)

    def test_histories_hold_no_secret(self):
        wire = self.connect()
        self.live(wire, 300, random.Random(SEED))
        for command in (
                ["LEDGER.HISTORY"], ["LEDGER.HISTORY", "REV"], ["TOKEN.HISTORY", 1],
                ["TOKENS.FIND", "ASOF", "#200"], ["TOKEN.GET", 1, "ASOF", "#2"]):
            self.assertNotIn(b"pl4nted", wire.ask_raw(*command))
