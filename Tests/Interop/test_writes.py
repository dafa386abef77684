"""What the writing commands promise: keys, versions, counts, and reads that see them."""

from ledger_case import LedgerCase, creation, fields


class Creating(LedgerCase):

    def test_ids_rise_from_one(self):
        wire = self.connect()
        self.assertEqual([self.create(wire) for _ in range(3)], [1, 2, 3])

    def test_a_given_id_is_kept_and_the_next_is_above_it(self):
        wire = self.connect()
        self.assertEqual(self.create(wire, id=2**40), 2**40)
        self.assertEqual(self.create(wire), 2**40 + 1)

    def test_a_taken_id_conflicts(self):
        wire = self.connect()
        self.create(wire, id=5)
        self.assertError(wire.ask(*creation(id=5, name="Other")), "CONFLICT")

    def test_a_deleted_id_stays_taken(self):
        wire = self.connect()
        self.create(wire, id=5)
        self.assertEqual(wire.ask("TOKEN.DELETE", 5), 1)
        self.assertError(wire.ask(*creation(id=5)), "CONFLICT")

    def test_keywords_stand_in_any_order_and_case(self):
        wire = self.connect()
        words = ["token.create", "owner", "o=", "scopes", "list", 2, "b", "a", "Name", "LIST",
                 "type", "CORPORATION", "character", 7]
        identifier = wire.ask(*words)
        shown = fields(wire.ask("TOKEN.GET", identifier))
        self.assertEqual(shown["scopes"], [b"a", b"b"])
        self.assertEqual(shown["character_name"], b"LIST")
        self.assertEqual(shown["token_type"], b"corporation")

    def test_extreme_integers_are_kept(self):
        wire = self.connect()
        for character in (2**63 - 1, -(2**63), 0, 2**53 + 1):
            identifier = self.create(wire, character=character)
            shown = fields(wire.ask("TOKEN.GET", identifier))
            self.assertEqual(shown["character_id"], character)
            self.assertEqual(wire.ask("TOKENS.FIND", "CHARACTER", character), [identifier])

    def test_no_scopes_given_means_a_token_without_scopes(self):
        wire = self.connect()
        without = self.create(wire)
        self.create(wire, scopes=["a"])
        self.assertEqual(wire.ask("TOKENS.REQUIRESCOPES", ""), [without])
        self.assertEqual(wire.ask("TOKENS.REQUIRESCOPES", "LIST", 0), [without])


class Keys(LedgerCase):

    def test_the_same_key_and_arguments_give_the_same_id(self):
        wire = self.connect()
        words = creation(key="login-1", access="at", scopes=["a", "b"])
        self.assertEqual([wire.ask(*words) for _ in range(3)], [1, 1, 1])
        self.assertEqual(wire.ask("TOKENS.FIND", "COUNT"), 1)

    def test_the_same_key_in_one_pipeline_gives_the_same_id(self):
        words = creation(key="login-1", access="at")
        self.assertEqual(self.connect().ask_all([words] * 8), [1] * 8)

    def test_the_same_key_from_two_connections_gives_the_same_id(self):
        one, other = self.connect(), self.connect()
        words = creation(key="login-1")
        one.send(*words)
        other.send(*words)
        self.assertEqual({one.receive(), other.receive()}, {1})

    def test_a_key_with_other_arguments_conflicts(self):
        wire = self.connect()
        given = {"key": "login-1", "scopes": ["a"], "access": "at", "user": "1"}
        wire.ask(*creation(**given))
        others = [
            {"scopes": ["b"]}, {"access": "other"}, {"user": None}, {"name": "Other"},
            {"character": 9}, {"refresh": "rt"}, {"owner": "other"}, {"type": "corporation"},
        ]
        for other in others:
            with self.subTest(other=other):
                self.assertError(wire.ask(*creation(**{**given, **other})), "CONFLICT")
        self.assertEqual(wire.ask("TOKENS.FIND", "COUNT"), 1)


class Versions(LedgerCase):

    def setUp(self):
        super().setUp()
        self.wire = self.connect()
        self.token = self.create(self.wire, scopes=["a"])

    def version(self):
        return fields(self.wire.ask("TOKEN.GET", self.token))["version"]

    def test_each_event_raises_the_version(self):
        self.assertEqual(self.version(), 1)
        self.wire.ask("TOKEN.GRANT", self.token, "b")
        self.assertEqual(self.version(), 2)

    def test_the_expected_version_passes(self):
        self.assertEqual(self.wire.ask("TOKEN.GRANT", self.token, "b", "EXPECT", 1), 1)
        self.assertEqual(self.wire.ask("TOKEN.DELETE", self.token, "EXPECT", 2), 1)

    def test_another_version_conflicts_and_names_the_current_one(self):
        self.wire.ask("TOKEN.GRANT", self.token, "b")
        for words in (["TOKEN.GRANT", self.token, "c", "EXPECT", 1],
                      ["TOKEN.DELETE", self.token, "EXPECT", 9]):
            reply = self.wire.ask(*words)
            self.assertError(reply, "CONFLICT")
            self.assertIn("2", reply.text)
        self.assertEqual(self.version(), 2)

    def test_of_two_that_expect_the_same_version_one_wins(self):
        one, other = self.connect(), self.connect()
        one.send("TOKEN.GRANT", self.token, "b", "EXPECT", 1)
        other.send("TOKEN.GRANT", self.token, "c", "EXPECT", 1)
        replies = [one.receive(), other.receive()]
        self.assertEqual(replies.count(1), 1, replies)
        self.assertEqual(self.version(), 2)


class Granting(LedgerCase):

    def test_only_new_scopes_count(self):
        wire = self.connect()
        token = self.create(wire, scopes=["a", "b"])
        asked = [("b", 0), ("b c", 1), ("LIST 2 d e".split(), 2), ("c d e", 0), ("", 0)]
        for scopes, count in asked:
            words = scopes if isinstance(scopes, list) else [scopes]
            self.assertEqual(wire.ask("TOKEN.GRANT", token, *words), count, scopes)
        shown = fields(wire.ask("TOKEN.GET", token))
        self.assertEqual(shown["scopes"], [b"a", b"b", b"c", b"d", b"e"])
        self.assertEqual(shown["version"], 3)

    def test_no_such_token_is_not_found(self):
        self.assertError(self.ask("TOKEN.GRANT", 9, "a"), "NOTFOUND")


class Deleting(LedgerCase):

    def test_once_one_then_zero(self):
        wire = self.connect()
        token = self.create(wire)
        self.assertEqual(wire.ask("TOKEN.DELETE", token, "REASON", "left"), 1)
        self.assertEqual(wire.ask("TOKEN.DELETE", token), 0)
        self.assertEqual(wire.ask("TOKEN.DELETE", 999), 0)
        self.assertIsNone(wire.ask("TOKEN.GET", token))

    def test_history_stays(self):
        wire = self.connect()
        token = self.create(wire, scopes=["a"])
        wire.ask("TOKEN.GRANT", token, "b", "REASON", "asked for it")
        wire.ask("TOKEN.DELETE", token)
        entries = wire.ask("TOKEN.HISTORY", token)
        types = [fields(values)["type"] for _, values in entries]
        self.assertEqual(types, [b"created", b"scopesGranted", b"deleted"])
        self.assertEqual(wire.ask("TOKEN.HISTORY", token, "REV"), entries[::-1])
        self.assertEqual(wire.ask("TOKEN.HISTORY", token, "COUNT", 2), entries[:2])
        self.assertEqual(wire.ask("TOKEN.HISTORY", token, "COUNT", 1, "REV"), entries[-1:])

    def test_by_filter(self):
        wire = self.connect()
        for n in range(1, 11):
            self.create(wire, character=n % 2, user=str(n % 3), scopes=["a"] if n < 6 else [])
        self.assertEqual(wire.ask("TOKENS.DELETE", "CHARACTER", 1, "SCOPES", "a"), 3)
        self.assertEqual(wire.ask("TOKENS.FIND"), [2, 4, 6, 7, 8, 9, 10])
        self.assertEqual(wire.ask("TOKENS.DELETE", "IDS", 3, 2, 3, 4, "REASON", "old"), 2)
        self.assertEqual(wire.ask("TOKENS.DELETE", "USER", "nobody"), 0)

    def test_without_a_filter_nothing_is_deleted(self):
        wire = self.connect()
        self.create(wire)
        self.assertError(wire.ask("TOKENS.DELETE"), "ERR")
        self.assertError(wire.ask("TOKENS.DELETE", "REASON", "all"), "ERR")
        self.assertEqual(wire.ask("TOKENS.FIND", "COUNT"), 1)


class ReadingOwnWrites(LedgerCase):

    def test_a_read_in_the_same_pipeline_sees_the_writes_before_it(self):
        replies = self.connect().ask_all([
            creation(scopes=["a"]),
            ["TOKENS.REQUIRESCOPES", "a"],
            ["TOKEN.GRANT", 1, "b"],
            ["TOKENS.REQUIRESCOPES", "a b", "COUNT"],
            ["TOKEN.DELETE", 1],
            ["TOKENS.FIND", "EXISTS"],
            ["TOKEN.GET", 1],
        ])
        self.assertEqual(replies, [1, [1], 1, 1, 1, 0, None])

    def test_a_long_pipeline_keeps_its_order(self):
        commands, expected = [], []
        for n in range(1, 501):
            commands += [creation(character=n), ["TOKENS.FIND", "COUNT"], ["ECHO", n]]
            expected += [n, n, str(n).encode()]
        self.assertEqual(self.connect().ask_all(commands), expected)

    def test_an_acknowledged_write_is_seen_by_everybody(self):
        writer, reader = self.connect(), self.connect(protocol=3)
        for n in range(1, 51):
            self.create(writer)
            self.assertEqual(reader.ask("TOKENS.FIND", "COUNT"), n)
