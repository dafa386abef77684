"""`tokenledger report --html` in a headless browser: it renders, fetches nothing, says nothing.

Each check is first shown to fail on a page that does what the report must not.
"""

import pathlib
import random
import shutil
import socket
import subprocess
import threading
import unittest

from daemon import binary
from test_past import SEED, PastCase

WAIT_SECONDS = 60
BAD_PAGE = """<!DOCTYPE html><title>bad</title><img src="http://picture.example/x.png" alt=""/>
<script>console.log("something to say")</script>"""


#: Whom the browser itself asks, whatever it shows.
BROWSERS_OWN = ("google.com", "googleapis.com", "gstatic.com", "gvt1.com", "google")


class Listener:
    """A proxy that refuses, and keeps which hosts were asked for."""

    def __init__(self):
        self.hosts = set()
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(WAIT_SECONDS)
                words = connection.recv(4096).decode("latin-1").split(" ")
            # CONNECT host:443, or GET http://host/
            address = words[1] if len(words) > 1 else ""
            host = address.split("//")[-1].split("/")[0].split(":")[0]
            if not host.endswith(BROWSERS_OWN):
                self.hosts.add(host)


class ReportInABrowser(PastCase):

    def setUp(self):
        self.browser = shutil.which("chromium")
        if self.browser is None:
            raise unittest.SkipTest("chromium is not installed")
        super().setUp()
        self.listener = Listener()
        self.addCleanup(self.listener.socket.close)
        generator = random.Random(SEED)
        self.live(self.connect(), 400, generator)
        self.ask("TOKEN.DELETE", 1, "REASON", "</title><script>console.log('x')</script>")
        self.page = self.home.path / "report.html"
        program = pathlib.Path(binary()).with_name("tokenledger")
        subprocess.run(
            [str(program), "report", "--html", str(self.page), "--socket", str(self.home.socket)],
            check=True, timeout=WAIT_SECONDS)

    def run_browser(self, page, *flags):
        """Loads a page; what the browser wrote to its two outputs."""
        done = subprocess.run(
            [self.browser, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
             "--disable-background-networking", "--disable-component-update", "--disable-sync",
             "--disable-extensions", "--enable-logging=stderr",
             f"--user-data-dir={self.home.path / 'browser'}",
             f"--proxy-server=http://127.0.0.1:{self.listener.port}", *flags, page.as_uri()],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=WAIT_SECONDS)
        self.assertEqual(done.returncode, 0, done.stderr[-2000:])
        return done.stdout, [line for line in done.stderr.splitlines() if "CONSOLE" in line]

    def test_it_renders_fetches_nothing_and_says_nothing(self):
        bad = self.home.path / "bad.html"
        bad.write_text(BAD_PAGE)
        _, console = self.run_browser(bad, "--dump-dom")
        self.assertTrue(console, "the check of the console finds nothing")
        self.assertEqual(self.listener.hosts, {"picture.example"}, "the check finds nothing")
        self.listener.hosts.clear()
        dom, console = self.run_browser(self.page, "--dump-dom")
        self.assertEqual(console, [])
        self.assertEqual(self.listener.hosts, set())
        for heading in ("Activity", "Refresh failures", "Actors", "Scopes", "Tokens at risk",
                        "Deletions"):
            self.assertIn(f"-heading\">{heading}</h2>", dom)
        self.assertIn("&lt;/title&gt;&lt;script&gt;", dom)
        self.assertNotIn("<script", dom)
        self.assertNotIn("pl4nted", dom)

    def test_it_can_be_looked_at_in_both_schemes_and_printed(self):
        shots = []
        for name, flags in {
                "light": ["--blink-settings=preferredColorScheme=1"],
                "dark": ["--blink-settings=preferredColorScheme=0"],
                "narrow": ["--window-size=500,900"]}.items():
            shot = self.home.path / f"{name}.png"
            self.run_browser(self.page, f"--screenshot={shot}", "--window-size=1000,1400", *flags)
            shots.append(shot.read_bytes())
        blank = self.home.path / "blank.html"
        blank.write_text("<!DOCTYPE html><title>blank</title>")
        empty = self.home.path / "blank.png"
        self.run_browser(blank, f"--screenshot={empty}", "--window-size=1000,1400")
        for shot in shots:
            self.assertTrue(shot.startswith(b"\x89PNG"))
            self.assertGreater(len(shot), 4 * len(empty.read_bytes()))
        self.assertEqual(len(set(shots)), 3)
        paper = self.home.path / "report.pdf"
        self.run_browser(self.page, f"--print-to-pdf={paper}")
        self.assertTrue(paper.read_bytes().startswith(b"%PDF"))
