"""What was acknowledged is there after the daemon ended, cleanly or not."""

import os

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

    def snapshot_directory(self):
        return str(self.home.data) + "/snapshots"

    def snapshots(self):
        return sorted(os.listdir(self.snapshot_directory()))

    def test_a_start_from_a_snapshot_changes_nothing(self):
        self.fill()
        made = dict(zip(*[iter(self.ask("LEDGER.SNAPSHOT"))] * 2))
        self.assertEqual(made[b"sequence"], self.ask("XLEN", "ledger"))
        self.assertEqual(made[b"bytes"], os.path.getsize(
            self.snapshot_directory() + "/" + self.snapshots()[-1]))
        for ending in self.restart, self.crash:
            self.ask("TOKEN.GRANT", 7, "behind.the.snapshot")
            self.assertSameAfter(lambda: ending("--frozen-clock", "1795435200"))
            lines = text(self.ask("INFO", "persistence")).splitlines()
            self.assertIn(f"started_from_snapshot:{made[b'sequence']}", lines)
            self.assertEqual(self.ask("TOKEN.SECRETS", 7)[1], b"at-7")

    def test_damaged_and_deleted_snapshots_cost_only_time(self):
        self.fill()
        self.ask("LEDGER.SNAPSHOT")
        path = self.snapshot_directory() + "/" + self.snapshots()[-1]
        with open(path, "r+b") as file:
            file.seek(300)
            byte = file.read(1)
            file.seek(300)
            file.write(bytes([byte[0] ^ 1]))
        self.assertSameAfter(lambda: self.restart("--frozen-clock", "1795435200"))
        self.assertIn("started_from_snapshot:0", text(self.ask("INFO", "persistence")))
        self.ask("LEDGER.SNAPSHOT")
        for name in self.snapshots():
            os.remove(self.snapshot_directory() + "/" + name)
        self.assertSameAfter(lambda: self.restart("--frozen-clock", "1795435200"))
