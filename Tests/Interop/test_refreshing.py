"""The daemon, its refresher and fake-sso: logins, refreshes, outages, killed refreshers."""

import os
import signal
import threading
import urllib.error

from daemon import WAIT_SECONDS
from ledger_case import LedgerCase, creation, fields, text
from sso import FakeSSO, Refresher, campaign, refresher_pids
from wire import ErrorReply, Wire

#: Words that must appear nowhere but in the replies that are asked for them.
PLANTED = "pl4nted"


class WithSSO(LedgerCase):
    """A daemon with a refresher, and an SSO."""

    sso_flags = ()
    daemon_flags = ()

    def start(self, *flags, **launching):
        if not hasattr(self, "sso"):
            self.sso = FakeSSO(self.home, *self.sso_flags)
            self.addCleanup(self.sso.end)
        daemon = super().start(*self.sso.flags(), *self.daemon_flags, *flags, **launching)
        self.wait_for_worker()
        return daemon

    def wait_for_worker(self):
        self.eventually(lambda: self.status()["refresh_workers"] > 0, "no refresher came")

    def status(self):
        return fields(self.ask("LEDGER.STATUS"))

    def tokens(self, count):
        """Expired tokens of user 1, one a character, in one pipeline."""
        with Wire(self.home.socket) as wire:
            return wire.ask_all([
                creation(character=n, owner=f"fake-owner-{n}", user=1, created=0,
                         refresh=f"rt-{n}-{PLANTED}", access=f"at-{PLANTED}")
                for n in range(1, count + 1)])

    def tearDown(self):
        super().tearDown()
        self.assertNotIn(PLANTED, self.daemon.logged())

    def refreshers(self):
        """The refreshers of this test's daemon."""
        return [pid for pid, command in refresher_pids() if str(self.home.socket) in command]


class Logins(WithSSO):

    def authorize(self, wire, *words):
        reply = fields(wire.ask("SSO.AUTHORIZE", "esi.a esi.b", *words))
        return self.sso.log_in(text(reply["url"]))

    def test_a_login_gives_a_valid_token_once(self):
        wire = self.connect(3)
        code, state = self.authorize(wire, "USER", "7", "SESSION", "k", "RETURNTO", "/next")
        landed = fields(wire.ask("SSO.CALLBACK", code, state, "SESSION", "k"))
        self.assertEqual(text(landed["return_to"]), "/next")
        token = fields(wire.ask("TOKEN.GET", landed["token"]))
        self.assertEqual(text(token["user"]), "7")
        self.assertEqual({text(s) for s in token["scopes"]}, {"esi.a", "esi.b"})
        self.assertError(wire.ask("SSO.CALLBACK", code, state, "SESSION", "k"), "NOTFOUND")
        history = str(wire.ask("TOKEN.HISTORY", landed["token"]))
        self.assertNotIn(code, history + self.daemon.logged())

    def test_a_second_login_renews_the_token(self):
        wire = self.connect(3)
        ids = []
        for _ in range(2):
            login = self.authorize(wire, "USER", "7")
            ids.append(fields(wire.ask("SSO.CALLBACK", *login))["token"])
        self.assertEqual(ids[0], ids[1])
        self.assertEqual(wire.ask("TOKENS.FIND"), [ids[0]])

    def test_a_code_of_nobody_and_a_bad_day_make_no_token(self):
        wire = self.connect(3)
        _, state = self.authorize(wire)
        self.assertError(wire.ask("SSO.CALLBACK", "invented", state), "TOKENINVALID")
        for script, prefix in ((dict(what="status", status=200, body="html"), "INCOMPLETE"),
                               (dict(what="status", status=500), "SSOUNAVAILABLE"),
                               (dict(what="status", status=401, error="invalid_client"),
                                "MISCONFIGURED")):
            login = self.authorize(wire)
            self.sso.script(count=1, **script)
            self.assertError(wire.ask("SSO.CALLBACK", *login), prefix)
        self.assertEqual(wire.ask("TOKENS.FIND"), [])

    def test_a_guard_hands_the_landed_token_out(self):
        wire = self.connect(3)
        asked = ("TOKENS.REQUIRED", "esi.a", "USER", "7", "SESSION", "k")
        sent = fields(wire.ask(*asked))
        self.assertEqual(text(sent["decision"]), "redirect")
        code, state = self.sso.log_in(text(sent["url"]))
        token = fields(wire.ask("SSO.CALLBACK", code, state, "SESSION", "k"))["token"]
        for _ in range(2):  # First as what landed, then as one of the user's own.
            self.assertEqual(fields(wire.ask(*asked))["tokens"], [token])

    def test_a_deletion_revokes_at_the_sso(self):
        wire = self.connect(3)
        token = fields(wire.ask("SSO.CALLBACK", *self.authorize(wire)))["token"]
        self.assertEqual(wire.ask("TOKEN.DELETE", token, "REVOKE"), 1)
        self.eventually(lambda: self.status()["revocations"] == 0, "no revocation")
        self.assertEqual(self.sso.counts()["revoke"], 1)
        self.assertIn("revoked", str(wire.ask("TOKEN.HISTORY", token)))
        self.assertEqual(wire.ask("TOKEN.RESTORE", token), 1)
        self.assertError(wire.ask("TOKEN.REFRESH", token), "TOKENINVALID")

    def test_a_new_signing_key_is_fetched(self):
        wire = self.connect(3)
        token = fields(wire.ask("SSO.CALLBACK", *self.authorize(wire)))["token"]
        self.sso.change_key()
        self.assertNotIsInstance(wire.ask("TOKEN.REFRESH", token), ErrorReply)
        self.assertNotIn("unverified", str(wire.ask("TOKEN.HISTORY", token)))


class Refreshes(WithSSO):
    sso_flags = ("--accept-any", "--rotate")

    def test_sixty_four_who_ask_cause_one_refresh(self):
        self.tokens(1)
        wires = [self.connect() for _ in range(64)]
        replies = [None] * 64
        def ask(number):
            replies[number] = wires[number].ask("TOKEN.ACCESS", 1)
        threads = [threading.Thread(target=ask, args=(number,)) for number in range(64)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(WAIT_SECONDS)
        self.assertEqual(len(set(replies)), 1, replies[:3])
        self.assertEqual(self.sso.counts()["token"], 1)

    def test_the_daemon_ends_its_refresher_and_starts_it_again(self):
        first = self.refreshers()
        self.assertEqual(len(first), 1)
        os.kill(first[0], signal.SIGKILL)
        self.eventually(lambda: self.refreshers() not in ([], first), "not started again")
        self.wait_for_worker()
        self.tokens(1)
        self.assertNotIsInstance(self.connect().ask("TOKEN.ACCESS", 1), ErrorReply)
        self.assertEqual(self.daemon.terminate(), 0)
        self.assertEqual(self.refreshers(), [])


class KilledRefreshers(WithSSO):
    """Refreshers of the test's own: the daemon would start them ever more slowly."""

    sso_flags = ("--accept-any", "--rotate")
    daemon_flags = ("--refreshers", "0", "--lease", "2")

    def wait_for_worker(self):
        if not hasattr(self, "refresher"):
            self.refresher = Refresher(self.home, self.sso)
            self.addCleanup(lambda: self.refresher.kill())
        super().wait_for_worker()

    def test_a_killed_refresher_costs_no_token_that_it_had_not_spent(self):
        """Eight ask for each token; now and then the refresher dies, wherever it is."""
        rounds = max(6, int(10 * campaign()))
        self.tokens(rounds)
        killed = set()
        for token in range(1, rounds + 1):
            wires = [self.connect() for _ in range(8)]
            for wire in wires:
                wire.send("TOKEN.REFRESHORDELETE", token, "TIMEOUT", 10000)
            if token % 3 == 0:
                killed.add(token)
                self.refresher.kill()
                self.refresher = Refresher(self.home, self.sso)
            for wire in wires:
                wire.receive()
                wire.close()
            self.wait_for_worker()
        counts = self.sso.counts()
        left = set(self.connect().ask("TOKENS.FIND"))
        # Only a refresh that died between the SSO and the ledger can have lost its token.
        self.assertLessEqual(set(range(1, rounds + 1)) - left, killed)
        self.assertLessEqual(len(counts["sent_more_than_once"]), len(killed), counts)
        self.assertLessEqual(counts["token"], rounds + len(killed), counts)


class Outages(WithSSO):
    sso_flags = ("--accept-any",)
    count = max(200, int(500 * campaign()))

    def bulk(self, wire):
        return wire.ask("TOKENS.BULKREFRESH", "USER", 1, "TIMEOUT", 60000)

    def test_an_outage_as_in_april_2018_ends_no_token(self):
        self.tokens(self.count)
        self.sso.script(what="april-2018")
        wires = [self.connect() for _ in range(16)]
        for token, wire in enumerate(wires, 1):
            wire.send("TOKEN.REFRESHORDELETE", token, "TIMEOUT", 60000)
        for wire in wires:
            self.assertError(wire.receive(), "SSOUNAVAILABLE", "INCOMPLETE")
        wire = self.connect()
        self.bulk(wire)
        self.assertEqual(wire.ask("TOKENS.FIND", "COUNT"), self.count)
        self.assertEqual(self.status()["held_back_tokens"], 0)

    def test_a_hostile_invalid_grant_is_stopped_and_undone(self):
        self.tokens(self.count)
        self.sso.script(what="status", status=400, error="invalid_grant")
        wire = self.connect()
        self.bulk(wire)
        status = self.status()
        left = wire.ask("TOKENS.FIND", "COUNT")
        self.assertEqual(text(status["deletion_guard"]), "holding")
        self.assertEqual((left, status["held_back_tokens"]), (self.count - 10, self.count - 10))
        # Deleted and held back: one command brings all of them back.
        self.assertEqual(
            wire.ask("TOKENS.RESTORE", "HELD", "SINCE", "2020-01-01T00:00:00Z"), self.count)
        self.assertEqual(wire.ask("TOKENS.FIND", "COUNT"), self.count)
        self.assertEqual(self.status()["held_back_tokens"], 0)
        self.sso.reset()
        self.assertNotIsInstance(wire.ask("TOKEN.REFRESH", 1, "TIMEOUT", 60000), ErrorReply)


class BadAnswers(WithSSO):
    sso_flags = ("--accept-any",)

    def test_each_bad_answer_has_its_error_and_leaks_nothing(self):
        self.tokens(8)
        wire = self.connect()
        cases = [
            (dict(what="huge"), "INCOMPLETE"), (dict(what="status", status=200), "INCOMPLETE"),
            (dict(what="status", status=302), "SSOUNAVAILABLE"),
            (dict(what="status", status=400, error=PLANTED), "INCOMPLETE"),
            (dict(what="status", status=500, error="invalid_token"), "TOKENINVALID"),
        ]
        for token, (script, prefix) in enumerate(cases, 1):
            self.sso.script(**script)
            reply = wire.ask("TOKEN.REFRESH", token, "TIMEOUT", 60000)
            self.assertError(reply, prefix)
            self.assertNotIn(PLANTED, reply.text)
            self.assertNotIn(PLANTED, str(wire.ask("TOKEN.HISTORY", token)))

    def test_controls_refuse_nonsense(self):
        with self.assertRaises(urllib.error.HTTPError):
            self.sso.script(what="nonsense")
