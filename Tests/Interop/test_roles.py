"""Who may do what: the kernel says who asks, the settings say what they may."""

import os
import signal
import unittest

from command_forms import Schema
from daemon import Daemon, DidNotStart
from ledger_case import LedgerCase, creation
from other_user import ask_as

#: Users and groups that own nothing here; they need no entry in passwd(5).
STRANGER, READER, USER, REFRESHER, WRITER, ADMIN = range(61_000, 61_006)
READERS_GROUP = 62_001
ORDER = ["none", "reader", "user", "refresher", "writer", "admin"]
#: A command each for what its role may; run in this order.
BY_ROLE = [
    ("none", ["PING"]),
    ("none", ["HELLO"]),
    ("none", ["COMMAND", "COUNT"]),
    ("none", ["CLIENT", "SETNAME", "me"]),
    ("reader", ["TOKENS.FIND", "COUNT"]),
    ("reader", ["TOKEN.GET", 1]),
    ("reader", ["TOKEN.HISTORY", 1]),
    ("reader", ["XRANGE", "ledger", "-", "+"]),
    ("reader", ["XREAD", "STREAMS", "ledger", "0"]),
    ("reader", ["LEDGER.STATUS"]),
    ("reader", ["INFO"]),
    ("reader", ["CLIENT", "LIST"]),
    ("reader", ["CONFIG", "GET", "save"]),
    ("writer", creation()),
    ("writer", ["TOKEN.GRANT", 1, "more"]),
    ("writer", ["TOKEN.DELETE", 999]),
    ("writer", ["TOKENS.DELETE", "IDS", 1, 999]),
    ("admin", ["TOKEN.SECRETS", 1]),
]


@unittest.skipUnless(os.geteuid() == 0, "only root can speak as another user")
class Roles(LedgerCase):

    settings = f"""\
# Roles of the test.
socket-mode 0666

grant reader uid {READER}
grant reader gid {READERS_GROUP}
grant user uid {USER}
grant refresher uid {REFRESHER}
grant writer uid {WRITER}
grant admin uid {ADMIN}
"""

    def setUp(self):
        super().setUp()
        self.home.path.chmod(0o711)
        self.config = self.home.path / "config"
        self.config.write_text(self.settings)
        self.restart("--config", self.config)
        self.create(self.connect(), access="at-secret", refresh="rt-secret")

    def ask_as(self, uid, *commands, gid=65_534, groups=()):
        return ask_as(uid, gid, self.home.socket, commands, groups)

    def assertRole(self, role, uid, **as_whom):
        """The user may do what the role may, and nothing else."""
        replies = self.ask_as(uid, *(words for _, words in BY_ROLE), **as_whom)
        for (needed, words), reply in zip(BY_ROLE, replies, strict=True):
            may = ORDER.index(role) >= ORDER.index(needed)
            denied = isinstance(reply, dict) and reply["error"].startswith("DENIED ")
            self.assertEqual(not denied, may, (role, words, reply))

    def test_each_role_may_what_the_schema_says(self):
        users = [("none", STRANGER), ("reader", READER), ("user", USER),
                 ("refresher", REFRESHER), ("writer", WRITER), ("admin", ADMIN)]
        for role, uid in users:
            with self.subTest(role=role):
                self.assertRole(role, uid)

    def test_a_stranger_is_denied_every_command_with_a_role(self):
        forms = [form for form in Schema().forms() if form.specification["role"] != "none"]
        replies = self.ask_as(STRANGER, *(form.values() for form in forms))
        for form, reply in zip(forms, replies, strict=True):
            self.assertIsInstance(reply, dict, form.values())
            self.assertTrue(reply["error"].startswith("DENIED "), (form.values(), reply))
        self.assertServes()

    def test_a_denied_write_writes_nothing(self):
        before = self.ask("XLEN", "ledger")
        self.ask_as(READER, creation(), ["TOKEN.DELETE", 1], ["TOKEN.GRANT", 1, "more"])
        self.assertEqual(self.ask("XLEN", "ledger"), before)

    def test_a_role_by_group_primary_or_not(self):
        self.assertRole("reader", STRANGER, gid=READERS_GROUP)
        self.assertRole("reader", STRANGER, groups=[READERS_GROUP])

    def test_the_highest_role_counts(self):
        self.assertRole("writer", WRITER, gid=READERS_GROUP)

    def test_shutdown_is_for_an_admin(self):
        (denied,) = self.ask_as(WRITER, ["SHUTDOWN"])
        self.assertTrue(denied["error"].startswith("DENIED "))
        self.assertServes()

    def test_readers_see_no_secrets(self):
        everything = [form.values() for form in Schema().forms()
                      if form.specification["role"] in ("none", "reader")
                      and form.command not in ("QUIT", "RESET")]
        shown = repr(self.ask_as(READER, *everything))
        self.assertNotIn("at-secret", shown)
        self.assertNotIn("rt-secret", shown)

    def test_the_log_names_the_user(self):
        self.ask_as(WRITER, ["CLIENT", "SETNAME", "worker"], creation(name="by writer"))
        (entry,) = self.connect().ask("XREVRANGE", "ledger", "+", "-", "COUNT", 1)
        values = dict(zip(entry[1][::2], entry[1][1::2], strict=True))
        self.assertIn(str(WRITER).encode(), values[b"actor"])
        self.assertIn(b"worker", b" ".join(values.values()))

    def test_hangup_reads_the_settings_again(self):
        self.assertRole("none", STRANGER)
        self.config.write_text(self.settings + f"grant reader uid {STRANGER}\n")
        self.daemon.process.send_signal(signal.SIGHUP)
        self.eventually(
            lambda: self.ask_as(STRANGER, ["TOKENS.FIND", "COUNT"]) == [1], "no new role came")
        self.assertRole("reader", STRANGER)

    def test_a_socket_for_the_owner_keeps_others_out(self):
        self.config.write_text("socket-mode 0600\n")
        self.restart("--config", self.config)
        with self.assertRaisesRegex(RuntimeError, "PermissionError"):
            self.ask_as(READER, ["PING"])


class ConfigurationFile(LedgerCase):

    def assertRefused(self, settings, *mentions):
        self.daemon.terminate()
        config = self.home.path / "config"
        config.write_text(settings)
        with self.assertRaises(DidNotStart) as refused:
            Daemon(self.home, "--config", config).start()
        self.assertEqual(refused.exception.code, 64)
        for mention in mentions:
            self.assertIn(mention, refused.exception.log)

    def test_names_are_those_of_the_flags(self):
        config = self.home.path / "config"
        config.write_text("valid-duration 600\nfrozen-clock 1795435200\nsocket-mode 0640\n")
        self.restart("--config", config)
        wire = self.connect()
        self.create(wire, created="1795434600")
        self.create(wire, created="1795434600.000001")
        self.assertEqual(wire.ask("TOKENS.GETEXPIRED"), [1])
        self.assertEqual(self.home.socket.stat().st_mode & 0o777, 0o640)

    def test_an_unknown_setting_is_named_with_its_line(self):
        self.assertRefused("# ok\n\nno-such-setting 1\n", "no-such-setting", "3")

    def test_wrong_grants_are_refused(self):
        for line in ("grant king uid 1", "grant reader uid x", "grant reader pid 1",
                     "grant reader uid", "grant reader uid 1 2", "grant"):
            with self.subTest(line=line):
                self.assertRefused(line + "\n", "grant")

    def test_a_missing_file_is_refused(self):
        self.daemon.terminate()
        with self.assertRaises(DidNotStart) as refused:
            Daemon(self.home, "--config", self.home.path / "missing").start()
        self.assertIn("missing", refused.exception.log)
