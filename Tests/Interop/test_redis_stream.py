"""The log as a stream, request by request beside a real Redis with the same entries.

What differs on purpose is named in `is_different`, and in `schema/protocol.md`, "The log as a
stream"; everything else must be the same bytes, errors too, in both protocols.
"""

import random
import re

from ledger_case import LedgerCase, creation, fields, text
from redis_peer import RedisPeer
from sso import campaign

MAXIMUM = 2**64 - 1
#: Texts that Redis takes for ids by C's rules of reading numbers.
LENIENT = re.compile(r"^\(?([ +-].+|\d+-[ +-].*)$")


def is_different(words):
    """Why a request is answered otherwise than by Redis; None where it must be the same."""
    upper = [str(word).upper() for word in words]
    count = upper[upper.index("COUNT") + 1] if "COUNT" in upper[:-1] else "1"
    ids = upper[2:4] if upper[0] in ("XRANGE", "XREVRANGE") else upper[3:]
    if any(LENIENT.match(word) and word != "+" for word in ids):
        return "an id by C's rules"
    if upper[0] in ("XRANGE", "XREVRANGE") and re.fullmatch(r"-?\d+", count) and int(count) <= 0:
        return "a list is never null"
    if upper[0] == "XREAD" and {"+", ">", "GROUP", "NOACK"} & set(upper):
        return "newer than 7.0, or of groups"
    if upper[0] == "XREAD" and words.count("ledger") > 1:
        return "a key twice"
    if upper[0] == "XINFO" and upper[1:2] not in (["STREAM"], ["GROUPS"]):
        return "no such subcommand"
    return None


class RedisStream(LedgerCase):

    def setUp(self):
        super().setUp()
        redis = RedisPeer(self.home).start()
        self.addCleanup(redis.stop)
        wire, peer = self.connect(), redis.connect()
        self.addCleanup(peer.close)
        wire.ask_all([creation(character=n, scopes=["a", "b c"], user="1") for n in range(20)])
        wire.ask("TOKEN.DELETE", 2, "REASON", "näher")
        entries = wire.ask("XRANGE", "ledger", "-", "+")
        for identifier, values in entries:
            peer.ask("XADD", "ledger", identifier, *values)
        self.ids = [text(identifier) for identifier, _ in entries]
        self.pairs = []
        for protocol in (2, 3):
            theirs = redis.connect(protocol)
            self.addCleanup(theirs.close)
            self.pairs.append((self.connect(protocol), theirs))

    def assertSame(self, words):
        for ours, theirs in self.pairs:
            mine, its = ours.ask_raw(*words), theirs.ask_raw(*words)
            if words[:2] == ["XINFO", "STREAM"]:
                mine, its = (
                    re.sub(rb"(radix-tree-\w+\r\n):\d+", rb"\1", raw) for raw in (mine, its))
            if is_different(words) is None:
                self.assertEqual(mine, its, words)

    def bounds(self):
        first, last = self.ids[3], self.ids[-1]
        bare = first.split("-")[0]
        return [
            "-", "+", "(-", "(+", "", first, f"({first}", bare, f"({bare}", last, f"({last}", "0",
            "0-0", "(0-0", f"{MAXIMUM}", f"{MAXIMUM}-{MAXIMUM}", f"({MAXIMUM}-{MAXIMUM}",
            f"{MAXIMUM + 1}", f"1-{MAXIMUM + 1}", "x", "1-", "1-x", "1-1-1", "((1", "$", "01",
            "1-01", " 1", "+1", "-1", "näher", "9" * 40,
        ]

    def test_every_pair_of_bounds(self):
        for start in self.bounds():
            for end in self.bounds():
                self.assertSame(["XRANGE", "ledger", start, end])
                self.assertSame(["XREVRANGE", "ledger", end, start])

    def test_counts(self):
        for count in ("0", "1", "-1", "-5", "x", "", "9" * 18, f"{2**63 - 1}", f"{2**63}", "1.5",
                      " 1"):
            for key in ("ledger", "other"):
                self.assertSame(["XRANGE", key, "-", "+", "COUNT", count])
                self.assertSame(["XREVRANGE", key, "+", "-", "count", count])
                self.assertSame(["XREAD", "COUNT", count, "STREAMS", key, "0"])
                self.assertSame(["XINFO", "STREAM", key, "FULL", "COUNT", count])

    def test_reads(self):
        for identifier in self.bounds():
            self.assertSame(["XREAD", "STREAMS", "ledger", identifier])
            self.assertSame(["XREAD", "STREAMS", "other", identifier])
            self.assertSame(["XREAD", "BLOCK", "1", "STREAMS", "other", identifier])
            self.assertSame(["XREAD", "STREAMS", "other", "ledger", "0", identifier])
            self.assertSame(["XREAD", "COUNT", "2", "STREAMS", "ledger", "other", identifier, "$"])
        for time in ("x", "-1", f"{2**63 - 1}", f"{2**63}", "1.5", ""):
            self.assertSame(["XREAD", "BLOCK", time, "STREAMS", "ledger", "0"])

    def test_words_out_of_place(self):
        for line in (
                "XLEN", "XLEN ledger", "XLEN ledger x", "XLEN LEDGER", "XLEN other",
                "XRANGE", "XRANGE ledger", "XRANGE ledger -", "XRANGE ledger - + COUNT",
                "XRANGE ledger - + COUNT 1 COUNT 2", "XRANGE ledger - + COUNT 1 x",
                "XRANGE ledger - + x",
                "XREVRANGE ledger + - - ", "XREAD", "XREAD STREAMS", "XREAD STREAMS ledger",
                "XREAD STREAMS ledger 0 0", "XREAD COUNT 1 STREAMS ledger 0 x", "XREAD COUNT 1",
                "XREAD COUNT 1 COUNT 2 STREAMS ledger 0", "XREAD BLOCK 1 BLOCK 1 STREAMS ledger $",
                "XREAD COUNT STREAMS ledger 0", "XREAD BLOCK STREAMS ledger 0", "XREAD ledger 0",
                "XREAD BOGUS STREAMS ledger 0", "XREAD COUNT 1 BLOCK 1", "XREAD STREAMS LEDGER 0",
                "xread streams ledger 0", "XREAD STREAMS ledger ledger 0 0",
                "XREAD STREAMS ledger >",
                "XREAD GROUP g c STREAMS ledger 0", "XREAD NOACK STREAMS ledger 0",
                "XINFO STREAM ledger", "XINFO STREAM", "XINFO STREAM ledger FULL",
                "XINFO STREAM ledger FULL COUNT", "XINFO STREAM ledger x", "XINFO STREAM other",
                "XINFO STREAM other FULL", "XINFO STREAM LEDGER",
                "XINFO STREAM ledger FULL COUNT 1 x",
                "XINFO GROUPS ledger", "XINFO GROUPS other", "XINFO GROUPS", "XINFO", "XINFO BOGUS",
                "XINFO CONSUMERS ledger g"):
            self.assertSame(line.split(" "))

    def test_random_requests(self):
        generator = random.Random(20261124)
        words = [
            "XRANGE", "XREVRANGE", "XREAD", "XINFO", "XLEN", "ledger", "other", "COUNT", "STREAMS",
            "STREAM", "FULL", "GROUPS", "0", "1", "2", "x", "-", "+", "$", *self.ids[2:5],
            *(f"({identifier}" for identifier in self.ids[2:5])]
        for _ in range(int(3000 * campaign())):
            chosen = [generator.choice(words[:5])]
            if generator.random() < 0.7:
                chosen += {
                    "XREAD": ["STREAMS", "ledger"], "XINFO": ["STREAM", "ledger"],
                }.get(chosen[0], ["ledger"])
            chosen += generator.choices(words[5:], k=generator.randint(0, 5))
            self.assertSame(chosen)

    def test_what_differs_does_so_as_it_is_said(self):
        last = self.ids[-1]
        for ours, _ in self.pairs:
            self.assertEqual(ours.ask("XRANGE", "ledger", "-", "+", "COUNT", 0), [])
            for words in (["XREAD", "STREAMS", "ledger", "+"], ["XREAD", "BLOCK", 0, "COUNT", 9,
                                                               "STREAMS", "ledger", "+"]):
                read = ours.ask(*words)
                entries = read[b"ledger"] if isinstance(read, dict) else read[0][1]
                self.assertEqual([text(identifier) for identifier, _ in entries], [last])
            self.assertError(ours.ask("XRANGE", "ledger", " 1", "+"), "ERR")
            self.assertError(ours.ask("XADD", "ledger", "*", "a", "b"), "ERR")
            self.assertError(ours.ask("XREAD", "STREAMS", "ledger", ">"), "ERR")
            self.assertEqual(ours.ask("XINFO", "GROUPS", "ledger"), [])
        waiting = self.connect()
        waiting.send("XREAD", "BLOCK", 0, "STREAMS", "ledger", f"{MAXIMUM}-{MAXIMUM}")
        self.ask("TOKEN.GRANT", 1, "z")
        self.assertEqual(len(waiting.receive()[0][1]), 1)
        self.assertEqual(fields(self.ask("XINFO", "STREAM", "ledger"))["radix-tree-keys"], 0)
