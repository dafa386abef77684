"""Where the daemon answers "as Redis", the bytes are compared with a real Redis.

The log's entries are copied into a Redis stream of the same key, with the same ids and fields; from
then on both are asked the same, in RESP2 and RESP3, and must answer the same bytes.
"""

from ledger_case import LedgerCase, creation, fields, text
from redis_peer import RedisPeer


class RedisShapes(LedgerCase):

    def setUp(self):
        super().setUp()
        self.redis = RedisPeer(self.home).start()
        self.addCleanup(self.redis.stop)

    def peer(self, protocol=2):
        """A connection to the Redis."""
        wire = self.redis.connect(protocol)
        self.addCleanup(wire.close)
        return wire

    def fill(self):
        """Gives the ledger a few events and Redis the same entries; the entries' ids."""
        wire, redis = self.connect(), self.peer()
        wire.ask_all([creation(character=n, scopes=["a", "b c"], user="1") for n in range(20)])
        wire.ask("TOKEN.GRANT", 1, "x", "REASON", "näher")
        wire.ask("TOKEN.DELETE", 2)
        entries = wire.ask("XRANGE", "ledger", "-", "+")
        for identifier, values in entries:
            self.assertEqual(redis.ask("XADD", "ledger", identifier, *values), identifier)
        return [text(identifier) for identifier, _ in entries]

    def assertSameBytes(self, *words):
        for protocol in (2, 3):
            with self.subTest(words=words, protocol=protocol):
                expected = self.peer(protocol).ask_raw(*words)
                self.assertEqual(self.connect(protocol).ask_raw(*words), expected)

    def assertSamePrefix(self, *words):
        """Errors agree in their first word; the rest is ours."""
        expected = self.peer().ask(*words)
        self.assertError(self.connect().ask(*words), expected.prefix)

    def test_ranges(self):
        ids = self.fill()
        low, high = ids[3], ids[-3]
        bare_low, bare_high = low.split("-")[0], high.split("-")[0]
        ranges = [
            ("-", "+"), (low, high), (f"({low}", f"({high}"), (bare_low, bare_high), (low, "+"),
            (high, low), ("-", low), (low, low), ("0", "1"), (f"{bare_high}-99999", "+"),
            (f"({ids[-1]}", "+"), ("0-0", "18446744073709551615-18446744073709551615"),
        ]
        for start, end in ranges:
            self.assertSameBytes("XRANGE", "ledger", start, end)
            self.assertSameBytes("XREVRANGE", "ledger", end, start)
            for count in (1, 5, 1000):
                self.assertSameBytes("XRANGE", "ledger", start, end, "COUNT", count)
                self.assertSameBytes("XREVRANGE", "ledger", end, start, "count", count)

    def test_a_count_of_zero(self):
        """Redis answers null here; ours is an empty list, as `protocol.md` promises of lists."""
        for words in (["XRANGE", "ledger", "-", "+"], ["XREVRANGE", "ledger", "+", "-"]):
            self.assertEqual(self.ask(*words, "COUNT", 0), [])

    def test_reading_on(self):
        ids = self.fill()
        for after in ("0", "0-0", ids[0], ids[-2], ids[-1], "$", ids[4].split("-")[0]):
            self.assertSameBytes("XREAD", "STREAMS", "ledger", after)
            self.assertSameBytes("XREAD", "COUNT", 3, "STREAMS", "ledger", after)
        self.assertSameBytes("XREAD", "BLOCK", 1, "STREAMS", "ledger", "$")
        self.assertSameBytes("XREAD", "BLOCK", 1, "COUNT", 1, "STREAMS", "ledger", "0")

    def test_a_key_without_entries(self):
        self.assertSameBytes("XLEN", "other")
        self.assertSameBytes("XRANGE", "other", "-", "+")
        self.assertSameBytes("XREVRANGE", "other", "+", "-")
        self.assertSameBytes("XREAD", "STREAMS", "other", "0")
        self.assertSameBytes("XREAD", "BLOCK", 1, "STREAMS", "other", "0")
        self.assertSamePrefix("XINFO", "STREAM", "other")

    def test_length_and_information(self):
        self.fill()
        self.assertSameBytes("XLEN", "ledger")
        for protocol in (2, 3):
            ours = self.connect(protocol).ask("XINFO", "STREAM", "ledger")
            theirs = self.peer(protocol).ask("XINFO", "STREAM", "ledger")
            self.assertIs(type(ours), type(theirs))
            ours, theirs = fields(ours), fields(theirs)
            for name in ("length", "last-generated-id", "first-entry", "last-entry"):
                self.assertEqual(ours[name], theirs[name], name)
            self.assertLessEqual(set(ours), set(theirs) | {"key"}, "a name Redis does not have")

    def test_the_small_commands(self):
        for words in (["PING"], ["PING", "näher"], ["ECHO", ""], ["ECHO", "a\r\nb"], ["SELECT", 0],
                      ["QUIT"], ["RESET"], ["CLIENT", "SETNAME", "me"], ["CLIENT", "GETNAME"],
                      ["CLIENT", "SETINFO", "LIB-NAME", "x"], ["COMMAND", "DOCS", "no.such"],
                      ["COMMAND", "INFO", "no.such"], ["CONFIG", "GET", "no-such-parameter"]):
            if words[:2] == ["CLIENT", "SETINFO"]:
                self.assertEqual(self.ask(*words), "OK")  # Redis 7.0 does not have it.
            else:
                self.assertSameBytes(*words)

    def test_errors(self):
        for words in (["NO.SUCH", "a"], ["XLEN"], ["XLEN", "a", "b"], ["ECHO"], ["PING", "a", "b"],
                      ["SELECT", "x"], ["SELECT", 99], ["HELLO", 9], ["HELLO", "x"],
                      ["XRANGE", "ledger", "x", "+"], ["XRANGE", "ledger", "-", "+", "COUNT", "x"],
                      ["XRANGE", "ledger", "-", "+", "BOGUS", 1], ["XREAD", "STREAMS", "ledger"],
                      ["XREAD", "STREAMS", "ledger", "x"], ["XREAD", "COUNT", 1, "ledger", "0"],
                      ["XREAD", "BLOCK", -1, "STREAMS", "ledger", "0"], ["XINFO", "BOGUS"],
                      ["CLIENT", "BOGUS"], ["CONFIG", "GET"], ["COMMAND", "BOGUS"]):
            with self.subTest(words=words):
                self.assertSamePrefix(*words)

    def test_hello(self):
        for protocol in (2, 3):
            ours = self.connect().ask("HELLO", protocol, "SETNAME", "me")
            theirs = self.peer().ask("HELLO", protocol, "SETNAME", "me")
            self.assertIs(type(ours), type(theirs))
            ours, theirs = fields(ours), fields(theirs)
            self.assertEqual(ours["proto"], protocol)
            for name in theirs:
                self.assertIn(name, ours)
                self.assertIs(type(ours[name]), type(theirs[name]), name)

    def test_broken_requests_are_told_so_and_end_the_connection(self):
        for raw in (b"*1\r\n$-5\r\n", b"*x\r\n", b"*1\r\n+PING\r\n", b"*1\r\n$x\r\n",
                    b"PING \"open\r\n"):
            with self.subTest(raw=raw):
                for wire in (self.peer(), self.connect()):
                    wire.send_raw(raw)
                    self.assertError(wire.receive(), "ERR")
                    self.assertTrue(wire.ends())

    def test_harmless_oddities(self):
        """Empty arrays, empty lines and null arrays are passed over; inline words are quoted."""
        raw = b"\r\n*0\r\n*-1\r\nPING\n  ECHO   \"a\\x41\\r b\"  \r\necho 'x y'\r\nPING\r\n"
        replies = []
        for wire in (self.peer(), self.connect()):
            wire.send_raw(raw)
            replies.append([wire.receive_raw() for _ in range(4)])
        self.assertEqual(replies[1], replies[0])
