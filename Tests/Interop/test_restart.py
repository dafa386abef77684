"""What was acknowledged is there after the daemon ended, cleanly or not."""

from ledger_case import LedgerCase, creation, fields, text


class Restart(LedgerCase):

    def fill(self):
        """A ledger with something of everything that a start must bring back."""
        wire = self.connect()
        for n in range(1, 40):
            self.create(
                wire, character=n, name=f"Pilot {n}", scopes=["a.b", f"scope.{n % 5}"],
                user=str(n % 3), access=f"at-{n}", refresh=f"rt-{n}", key=f"key-{n}")
        self.assertEqual(wire.ask("TOKEN.GRANT", 3, "late.scope"), 1)
        self.assertEqual(wire.ask("TOKEN.DELETE", 4, "REASON", "left"), 1)
        self.assertEqual(wire.ask("TOKENS.DELETE", "IDS", 2, 5, 6), 2)

    def picture(self):
        """All that may not change: the digest, the tokens, the entries of the log."""
        wire = self.connect()
        digest = wire.ask("LEDGER.DIGEST")
        tokens = wire.ask_all([["TOKEN.GET", n] for n in range(1, 42)])
        return digest, tokens, wire.ask("XRANGE", "ledger", "-", "+")

    def assertSameAfter(self, ending):
        digest, tokens, entries = self.picture()
        self.assertRegex(digest, rb"^[0-9a-f]{64}$")
        ending()
        new_digest, new_tokens, new_entries = self.picture()
        self.assertEqual(new_digest, digest)
        self.assertEqual(new_tokens, tokens)
        self.assertEqual(new_entries[:len(entries)], entries)
        added = [text(fields(values)["type"]) for _, values in new_entries[len(entries):]]
        self.assertEqual(set(added), {"opened"}, added)
        self.assertEqual(self.ask("XLEN", "ledger"), len(new_entries))

    def test_a_clean_end_and_a_start_change_nothing(self):
        self.fill()
        self.assertSameAfter(lambda: self.restart("--frozen-clock", "1795435200"))

    def test_a_crash_and_a_start_change_nothing(self):
        self.fill()
        self.assertSameAfter(lambda: self.crash("--frozen-clock", "1795435200"))

    def test_ten_starts_add_ten_opened_events(self):
        self.fill()
        before = self.ask("XLEN", "ledger")
        for n in range(10):
            (self.restart if n % 2 else self.crash)()
        self.assertEqual(self.ask("XLEN", "ledger"), before + 10)

    def test_ids_and_keys_go_on_where_they_were(self):
        self.fill()
        self.crash()
        wire = self.connect()
        again = creation(
            character=7, name="Pilot 7", scopes=["a.b", "scope.2"], user="1", access="at-7",
            refresh="rt-7", key="key-7")
        self.assertEqual(wire.ask(*again), 7)
        self.assertEqual(self.create(wire), 40)
        self.assertError(wire.ask(*creation(id=4)), "CONFLICT")

    def test_secrets_come_back(self):
        self.fill()
        for ending in (self.restart, self.crash):
            ending()
            secrets = fields(self.ask("TOKEN.SECRETS", 8))
            self.assertEqual(secrets, {"access_token": b"at-8", "refresh_token": b"rt-8"})
