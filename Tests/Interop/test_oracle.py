"""Every recorded answer of django-esi, asked over the socket: no difference is allowed.

Each case is loaded through TOKEN.CREATE, then asked at each of its clocks: the daemon is started
again on the same ledger with that moment as its frozen clock. Queries that record an accident of
django-esi (`quirk`) are left out; see FORMAT.md, surprise 14.
"""

import itertools
import unittest

import oracle_case
from ledger_case import LedgerCase, fields, fingerprint, text
from redis_py import open_client
from wire import ErrorReply

#: Commands in one pipeline.
BATCH = 512


def batches(items):
    iterator = iter(items)
    return iter(lambda: list(itertools.islice(iterator, BATCH)), [])


def plain(value):
    """A reply with texts as `str`, so that clients which decode and those that do not compare."""
    if isinstance(value, list):
        return [plain(element) for element in value]
    return text(value)


class OracleCases:
    """The tests; a subclass says with which client and protocol they are asked."""

    def ask_all(self, commands):
        raise NotImplementedError

    def setUp(self):
        super().setUp()
        self.daemon.terminate()

    def check(self, path):
        case = oracle_case.load(path)
        self.start_at(case, case["clock"])
        self.load(case["tokens"])
        self.assertEqual([], self.token_differences(case["tokens"]))
        self.assertEqual([], self.query_differences(case))

    def start_at(self, case, clock):
        self.daemon.terminate()
        self.daemon = self.start(
            "--frozen-clock", clock, "--valid-duration", case["valid_duration"])

    def load(self, tokens):
        for batch in batches(tokens):
            replies = self.ask_all([oracle_case.token_creation(token) for token in batch])
            self.assertEqual([token["id"] for token in batch], replies)

    def token_differences(self, tokens):
        shown = self.ask_all([["TOKEN.GET", token["id"]] for token in tokens])
        pairs = zip(tokens, shown, strict=True)
        return [found for token, reply in pairs for found in self.difference(token, reply)]

    def difference(self, token, reply):
        """What is wrong with one token's map: (id, field, wanted, got)."""
        if not isinstance(reply, (list, dict)):
            return [(token["id"], "TOKEN.GET", "a map", reply)]
        got = fields(reply)
        wanted = self.wanted_fields(token)
        return [
            (token["id"], name, value, got.get(name))
            for name, value in wanted.items() if plain(got.get(name)) != value
        ]

    def wanted_fields(self, token):
        user, refresh = token["user"], token["refresh_token"]
        wanted = {name: token[name] for name in (
            "id", "character_id", "character_name", "owner_hash", "token_type", "created_us",
            "sso_version")}
        wanted.update(token["expect"])
        wanted["user"] = None if user is None else str(user)
        wanted["scopes"] = sorted(token["scopes"])
        wanted["access_fingerprint"] = fingerprint(token["access_token"])
        wanted["version"] = 1
        if refresh != "":
            wanted["refresh_fingerprint"] = refresh and fingerprint(refresh)
        return wanted

    def query_differences(self, case):
        tokens = {token["id"]: token for token in case["tokens"]}
        asked = [query for query in case["queries"] if "quirk" not in query]

        def clock(query):
            return query.get("clock", case["clock"])

        differences = []
        for moment, queries in itertools.groupby(sorted(asked, key=clock), clock):
            self.start_at(case, moment)
            for query in queries:
                differences += self.answers_that_differ(oracle_case.questions(query, tokens))
        return differences

    def answers_that_differ(self, questions):
        replies = self.ask_all([question.command for question in questions])
        return [
            (question.command, question.expected, reply)
            for question, reply in zip(questions, replies, strict=True)
            if not self.answers(question.expected, reply)
        ]

    def answers(self, expected, reply):
        if isinstance(reply, ErrorReply):
            return False
        if isinstance(expected, tuple):
            found = None if reply is None else fields(reply)["id"]
            return found == expected[1]
        return plain(reply) == expected


def test_of(path):
    def test(self):
        self.check(path)

    test.__doc__ = f"{path.name}: 0 differences"
    return test


for _path in oracle_case.case_files():
    setattr(OracleCases, "test_" + _path.name.split(".")[0].replace("-", "_"), test_of(_path))


class OracleOnTheWire(OracleCases, LedgerCase):
    """RESP2, no library between."""

    protocol = 2

    def ask_all(self, commands):
        wire = self.connect(self.protocol)
        replies = wire.ask_all(commands)
        wire.close()
        return replies


class OracleOnTheWireRESP3(OracleOnTheWire):
    """RESP3, no library between."""

    protocol = 3


class OracleThroughRedisPy(OracleCases, LedgerCase):
    """RESP2 through redis-py's pipelines."""

    protocol = 2

    def ask_all(self, commands):
        with open_client(self.home.socket, self.protocol) as client:
            pipeline = client.pipeline(transaction=False)
            for command in commands:
                pipeline.execute_command(*command)
            return pipeline.execute(raise_on_error=False)


class OracleThroughRedisPyRESP3(OracleThroughRedisPy):
    """RESP3 through redis-py's pipelines."""

    protocol = 3


if __name__ == "__main__":
    unittest.main()
