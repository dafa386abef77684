"""Planted secrets appear nowhere but in the answers that are asked for them."""

from command_forms import Schema
from ledger_case import LedgerCase, creation, fields, fingerprint

ACCESS = "planted-access-7f3a9c"
REFRESH = "planted-refresh-51d2be"
#: The first four show what they are asked for; QUIT ends the connection, SHUTDOWN the daemon.
LEFT_OUT = {
    "TOKEN.SECRETS", "TOKEN.ACCESS", "TOKEN.ACCESSFOR", "REFRESH.TAKE", "QUIT", "SHUTDOWN",
}


class Secrets(LedgerCase):

    def plant(self):
        """Live and deleted tokens with the secrets, and the events that concern them."""
        wire = self.connect()
        for n in range(1, 6):
            self.create(wire, access=ACCESS, refresh=REFRESH, key=f"key-{n}", scopes=["a"])
        wire.ask("TOKEN.GRANT", 2, "b", "REASON", "more")
        wire.ask("TOKEN.DELETE", 3)

    def assertHidden(self, raw, where):
        for secret in (ACCESS, REFRESH):
            self.assertNotIn(secret.encode(), raw, where)
            self.assertNotIn(secret.encode().hex().encode(), raw.lower(), where)

    def test_no_reply_shows_them(self):
        self.plant()
        for protocol in (2, 3):
            wire = self.connect(protocol)
            for form in Schema().forms():
                if form.command not in LEFT_OUT:
                    self.assertHidden(wire.ask_raw(*form.values()), form.values())
            for words in (["TOKEN.HISTORY", 2], ["TOKEN.HISTORY", 3], ["INFO", "everything"],
                          ["XRANGE", "ledger", "-", "+"], ["XREVRANGE", "ledger", "+", "-"],
                          ["XREAD", "STREAMS", "ledger", "0"], ["CONFIG", "GET", "*"]):
                self.assertHidden(wire.ask_raw(*words), words)

    def test_fingerprints_stand_in_their_place(self):
        self.plant()
        wire = self.connect()
        shown = fields(wire.ask("TOKEN.GET", 1))
        self.assertEqual(shown["access_fingerprint"].decode(), fingerprint(ACCESS))
        self.assertEqual(shown["refresh_fingerprint"].decode(), fingerprint(REFRESH))
        history = wire.ask_raw("TOKEN.HISTORY", 1)
        self.assertIn(fingerprint(REFRESH).encode(), history)

    def test_secrets_are_asked_for_by_name_only(self):
        self.plant()
        for protocol in (2, 3):
            shown = fields(self.connect(protocol).ask("TOKEN.SECRETS", 1))
            self.assertEqual(
                shown, {"access_token": ACCESS.encode(), "refresh_token": REFRESH.encode()})

    def test_none_and_empty_are_told_apart(self):
        wire = self.connect()
        self.create(wire, access="at")
        self.create(wire, access="at", refresh="")
        for token, refresh in ((1, None), (2, b"")):
            shown = fields(wire.ask("TOKEN.SECRETS", token))
            self.assertEqual(shown, {"access_token": b"at", "refresh_token": refresh})
            self.assertFalse(fields(wire.ask("TOKEN.GET", token))["can_refresh"])
        self.assertIsNone(wire.ask("TOKEN.SECRETS", 99))

    def test_no_error_shows_them(self):
        """Wrong commands that hold secrets: in their place, out of place, too long."""
        wire = self.connect()
        right = creation(access=ACCESS, refresh=REFRESH)
        wrong = [
            [*right, "BOGUS"], [*right, "ACCESS", ACCESS], [*right, ACCESS],
            [*right, "ID", REFRESH], [*right, "CREATED", ACCESS], [*right, "TYPE", REFRESH],
            [*right, "SCOPES", "LIST", ACCESS], [*right, "SSOVERSION", ACCESS],
            creation(character=ACCESS), creation(access=ACCESS * 5000),
            ["TOKEN.CREATE", *[ACCESS] * 9], ["TOKEN.GET", ACCESS],
            ["TOKEN.GRANT", 1, "a", ACCESS], ["TOKENS.FIND", ACCESS],
            ["TOKENS.FIND", "IDS", ACCESS], ["TOKENS.FIND", "FIELDS", 1, ACCESS],
            ["XRANGE", "ledger", ACCESS, REFRESH],
            ["XREAD", "COUNT", ACCESS, "STREAMS", "ledger", REFRESH], ["XINFO", ACCESS],
            ["CLIENT", ACCESS], ["COMMAND", "INFO", ACCESS], ["CONFIG", ACCESS],
            ["HELLO", ACCESS], ["HELLO", 2, "AUTH", "default", ACCESS], ["SELECT", ACCESS],
            ["AUTH", ACCESS], ["NO.SUCH", ACCESS, REFRESH],
        ]
        for words in wrong:
            with self.subTest(words=words):
                self.assertHidden(wire.ask_raw(*words), words)
        self.assertHidden(self.daemon.logged().encode(), "stderr")

    def test_a_broken_request_does_not_show_them(self):
        for raw in (f"*1\r\n${ACCESS}\r\n", f"*{ACCESS}\r\n", f"*1\r\n{ACCESS}\r\n",
                    f'NO.SUCH "{ACCESS}\r\n'):
            wire = self.connect()
            wire.send_raw(raw.encode())
            self.assertHidden(wire.receive_raw(), raw)
        self.assertHidden(self.daemon.logged().encode(), "stderr")

    def test_no_log_line_shows_them(self):
        self.plant()
        self.restart()
        self.crash()
        self.assertHidden(self.home.log.read_bytes(), "stderr")

    def test_files_are_for_the_owner(self):
        """The log holds the secrets, so nobody else may read it."""
        self.plant()
        self.assertEqual(self.home.data.stat().st_mode & 0o777, 0o700)
        for path in self.home.data.rglob("*"):
            if not path.is_socket():
                self.assertEqual(path.stat().st_mode & 0o077, 0, path)
