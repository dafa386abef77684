"""Starts fake-sso beside the daemon, and speaks to its controls."""

import json
import os
import pathlib
import signal
import subprocess
import urllib.error
import urllib.parse
import urllib.request

from daemon import WAIT_SECONDS, binary, die_with_parent, lines


def program():
    """fake-sso, which is built beside the daemon."""
    return pathlib.Path(binary()).with_name("fake-sso")


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect is an answer like any other."""

    def redirect_request(self, *_):
        return None


class FakeSSO:
    """One process of fake-sso."""

    def __init__(self, home, *flags):
        self.process = subprocess.Popen(
            [str(program()), *flags], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=open(home.path / "sso-stderr", "ab"), preexec_fn=die_with_parent)
        ready = next(iter(lines(self.process)), None)
        assert ready and ready.startswith("ready url="), ready
        self.url = ready.removeprefix("ready url=")
        self._open = urllib.request.build_opener(_NoRedirect, urllib.request.ProxyHandler({})).open

    def flags(self):
        """What the daemon is started with to use this SSO."""
        return ["--sso-client-id", "demo", "--sso-callback-url", "http://site.test/back",
                "--sso-server", self.url]

    def _asked(self, path, form=None):
        data = None if form is None else urllib.parse.urlencode(form).encode()
        with self._open(self.url + path, data, timeout=WAIT_SECONDS) as answer:
            return answer.read()

    def script(self, **form):
        """Says what an endpoint answers next."""
        self._asked("/control/outcome", form)

    def reset(self):
        """Forgets scripts and counts."""
        self._asked("/control/reset", {})

    def change_key(self):
        """Signs with another key from here on."""
        self._asked("/control/rotate-keys", {})

    def counts(self):
        """What was asked so far."""
        return json.loads(self._asked("/control/counts"))

    def log_in(self, address):
        """Follows the address of a login, and gives the code and the state that come back."""
        try:
            with self._open(address, timeout=WAIT_SECONDS) as answer:
                raise AssertionError(f"no redirect but {answer.status}")
        except urllib.error.HTTPError as redirect:
            target = urllib.parse.urlsplit(redirect.headers["Location"])
        values = urllib.parse.parse_qs(target.query)
        return values["code"][0], values["state"][0]

    def end(self):
        """Ends it, and gives the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(WAIT_SECONDS)
        self.process.stdout.close()
        return code


class Refresher:
    """One process of tokenledger-refresher, started by hand."""

    def __init__(self, home, sso):
        program = pathlib.Path(binary()).with_name("tokenledger-refresher")
        with open(home.path / "refresher-stderr", "ab") as log:
            self.process = subprocess.Popen(
                [str(program), "--socket", str(home.socket), "--client-id", "demo",
                 "--token-url", sso.url + "/v2/oauth/token", "--jwks-url",
                 sso.url + "/oauth/jwks"],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=log,
                preexec_fn=die_with_parent)

    def kill(self):
        """Ends it at once, with what it has in hand."""
        self.process.kill()
        self.process.wait(WAIT_SECONDS)


def refresher_pids():
    """The refreshers that the daemons of this suite have started."""
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                command = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if command.split(b"\0")[0].endswith(b"tokenledger-refresher"):
                found.append((int(entry.name), command.decode("utf-8", "replace")))
    return found


def campaign():
    """How much more than the usual is done."""
    return float(os.environ.get("TOKENLEDGER_CAMPAIGN", "1"))
