"""The command table as clients see it: every form of `schema/commands.json` is understood."""

from command_forms import Schema
from ledger_case import LedgerCase, creation, fields, text
from wire import ErrorReply

#: What may be wrong with a well-formed command: the values, not the syntax.
OF_THE_VALUES = {"NOTFOUND", "CONFLICT", "GONE", "NOTREFRESHABLE", "NOREFRESHER", "MISCONFIGURED"}
#: These end the connection or the daemon, and are tested where that is the point.
ENDING = {"QUIT", "SHUTDOWN"}
#: Words that are no integer within 64 bits.
NO_INTEGERS = ["", "x", "1.5", "1e3", " 1", "9223372036854775808", "0x10", b"\xff"]
#: Words that are no moment in time.
NO_TIMES = ["", "yesterday", "2024-13-01T00:00:00Z", "1.1234567", "1e400", "9" * 30, b"\xff"]
#: Words that are no text: broken UTF-8, a surrogate, an overlong form.
NO_TEXTS = [b"\xff\xfe", b"a\xc3", b"\xed\xa0\x80", b"\xc0\xaf"]


class CommandTable(LedgerCase):

    def setUp(self):
        super().setUp()
        self.schema = Schema()
        self.names = {command["name"].lower() for command in self.schema.commands}

    def test_every_documented_form_is_accepted(self):
        wire = self.connect()
        wire.ask(*creation())
        for form in self.schema.forms():
            if form.command in ENDING:
                continue
            with self.subTest(form=form.values()):
                reply = wire.ask(*form.values())
                if isinstance(reply, ErrorReply):
                    self.assertIn(reply.prefix, OF_THE_VALUES, reply.text)

    def test_command_docs_shows_what_the_schema_says(self):
        for protocol in (2, 3):
            documented = fields(self.connect(protocol).ask("COMMAND", "DOCS"))
            self.assertEqual(set(documented), self.names)
            for command in self.schema.commands:
                shown = fields(documented[command["name"].lower()])
                for field in ("summary", "since", "complexity", "group"):
                    self.assertEqual(text(shown[field]), command[field], command["name"])

    def test_command_docs_of_one_command_has_its_arguments(self):
        shown = fields(self.connect(3).ask("COMMAND", "DOCS", "token.create"))
        arguments = [fields(one) for one in fields(shown["token.create"])["arguments"]]
        names = [text(one["name"]) for one in arguments]
        self.assertEqual(names[:3], ["character-id", "character-name", "owner-hash"])
        self.assertEqual(text(arguments[0]["token"]), "CHARACTER")

    def test_command_count_list_info_agree(self):
        wire = self.connect()
        self.assertEqual(wire.ask("COMMAND", "COUNT"), len(self.names))
        self.assertEqual({text(name).lower() for name in wire.ask("COMMAND", "LIST")}, self.names)
        everything = wire.ask("COMMAND")
        self.assertEqual({text(entry[0]) for entry in everything}, self.names)
        arities = {text(entry[0]): entry[1] for entry in everything}
        for command in self.schema.commands:
            self.assertEqual(arities[command["name"].lower()], command["arity"], command["name"])
        self.assertEqual(
            wire.ask("COMMAND", "INFO", "token.get", "no.such"),
            [next(e for e in everything if text(e[0]) == "token.get"), None])

    def test_too_few_words_are_a_usage_error(self):
        wire = self.connect()
        for command in self.schema.commands:
            if abs(command["arity"]) == 1:
                continue
            with self.subTest(command=command["name"]):
                self.assertError(wire.ask(command["name"]), "ERR")

    def test_too_many_words_are_a_usage_error(self):
        wire = self.connect()
        for command in self.schema.commands:
            if command["arity"] < 0:
                continue
            with self.subTest(command=command["name"]):
                words = ["x"] * command["arity"]
                self.assertError(wire.ask(command["name"], *words), "ERR")

    def test_an_unknown_keyword_is_a_usage_error(self):
        wire = self.connect()
        wire.ask(*creation())
        for words in (creation() + ["BOGUS"], ["TOKENS.FIND", "BOGUS"], ["TOKEN.DELETE", 1, "B"],
                      ["TOKEN.GRANT", 1, "a", "BOGUS"], ["XRANGE", "ledger", "-", "+", "BOGUS", 1],
                      ["CLIENT", "BOGUS"], ["COMMAND", "BOGUS"], ["XINFO", "BOGUS"],
                      ["CONFIG", "BOGUS"]):
            with self.subTest(words=words):
                self.assertError(wire.ask(*words), "ERR")


class SpoiledValues(LedgerCase):
    """One wrong value in an otherwise right command: an error that the schema lists."""

    def setUp(self):
        super().setUp()
        self.wire = self.connect()
        self.wire.ask(*creation(id=1))

    def spoiled(self, kinds, values):
        for form in Schema().forms():
            if form.command in ENDING:
                continue
            for place in form.places(*kinds):
                for value in values:
                    yield form, form.with_value(place, value)

    def assertRefused(self, form, words):
        reply = self.wire.ask(*words)
        self.assertIsInstance(reply, ErrorReply)
        self.assertIn(reply.prefix, form.specification["errors"], reply.text)

    def test_no_integer(self):
        for form, words in self.spoiled(["integer"], NO_INTEGERS):
            with self.subTest(words=words):
                self.assertRefused(form, words)
        self.assertServes()

    def test_no_time(self):
        for form, words in self.spoiled(["unix-time"], NO_TIMES):
            with self.subTest(words=words):
                self.assertRefused(form, words)
        self.assertServes()

    def test_no_text(self):
        """Writes refuse what is not UTF-8; reads may also find nothing."""
        for form, words in self.spoiled(["string"], NO_TEXTS):
            with self.subTest(words=words):
                if form.specification["effect"] == "write":
                    self.assertRefused(form, words)
                else:
                    self.wire.ask(*words)
        self.assertEqual(self.wire.ask("PING"), "PONG")
        self.assertServes()

    def test_a_megabyte_in_each_place(self):
        for form, words in self.spoiled(["string", "key", "pattern"], [b"x" * (1 << 20)]):
            with self.subTest(form=form.values()):
                reply = self.wire.ask(*words)
                if form.specification["effect"] == "write" and reply not in (0, []):
                    self.assertError(reply, "LIMIT", "ERR")
        self.assertServes()

    def test_counts_that_promise_more_words_than_there_are(self):
        for words in (["TOKENS.FIND", "IDS", 3, 1, 2], ["TOKENS.FIND", "SCOPES", "LIST", 9, "a"],
                      ["TOKENS.FIND", "FIELDS", 2, "id"], ["TOKENS.FIND", "IDS", 2**62, 1],
                      ["TOKENS.FIND", "IDS", -1, 1], ["TOKENS.REQUIRESCOPES", "LIST", -1],
                      ["TOKENS.REQUIRESCOPES", "LIST"], ["TOKENS.FIND", "CHARACTER"]):
            with self.subTest(words=words):
                self.assertError(self.wire.ask(*words), "ERR")


class DocumentedLimits(LedgerCase):
    """The table "Limits" of `schema/protocol.md`: the number passes, one more does not."""

    def test_lengths_of_texts(self):
        wire = self.connect()
        limits = [("name", 1024), ("owner", 255), ("user", 255), ("reason", 1024), ("key", 255),
                  ("access", 65536), ("refresh", 65536)]
        for field, limit in limits:
            with self.subTest(field=field):
                self.assertIsInstance(wire.ask(*creation(**{field: "x" * limit})), int)
                self.assertError(wire.ask(*creation(**{field: "x" * (limit + 1)})), "LIMIT")

    def test_scopes(self):
        wire = self.connect()
        most = [f"scope.{n}" for n in range(4096)]
        self.assertEqual(wire.ask(*creation(scopes=most)), 1)
        self.assertError(wire.ask(*creation(scopes=[*most, "more"])), "LIMIT")
        self.assertError(wire.ask("TOKEN.GRANT", 1, "more"), "LIMIT")
        self.assertEqual(wire.ask(*creation(scopes=["x" * 1024])), 2)
        self.assertError(wire.ask(*creation(scopes=["x" * 1025])), "LIMIT")
        self.assertEqual(wire.ask("TOKENS.REQUIRESCOPES", "LIST", 4096, *most), [1])
