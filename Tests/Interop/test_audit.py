"""`tokenledger history` and `audit` beside a running daemon: through it, and on its directory."""

import csv
import io

from command_line import PLANTED, objects, output
from ledger_case import LedgerCase, text

QUESTIONS = [
    ("who-can", "a"), ("who-can", "a", "--asof", "#3"), ("what-changed", "--since", "#1"),
    ("refreshes-by-actor",), ("failures-by-reason",), ("never-used-scopes",), ("without-owner",),
    ("deletions",),
]
#: Texts that spreadsheets, readers of lines and quoting have trouble with.
TEXTS = ['=HYPERLINK("http://x","y")', "+1", "-1+1", "@SUM(A1)", "'=1", "a,b", 'say "x"',
         "one\nline", "\r\n", "\t=1", "plain", "é 漢 🚀", "＝1", "-7"]


class Audit(LedgerCase):

    def setUp(self):
        super().setUp()
        with self.connect() as wire:
            for number, word in enumerate(TEXTS, 1):
                token = self.create(wire, character=number, name=word, scopes=["a", f"s{number}"],
                                    access=f"at-{PLANTED}", refresh=f"rt-{PLANTED}",
                                    owner="" if number % 3 == 0 else "o", user=word)
                wire.ask("TOKEN.REFRESHFAILED", token, "CLASS", "unavailable", "CODE", word)
                if number % 2:
                    wire.ask("TOKEN.DELETE", token, "REASON", word)
                elif number < len(TEXTS):
                    wire.ask("TOKEN.REFRESHED", token, "ACCESS", PLANTED)

    def places(self):
        return ["--socket", str(self.home.socket)], ["--data", str(self.home.data)]

    def test_a_directory_and_its_daemon_give_the_same_answers(self):
        socket, directory = self.places()
        for question in QUESTIONS:
            with self.subTest(question=question):
                answer = objects("audit", *question, "--json", *socket)
                self.assertTrue(answer)
                self.assertEqual(answer, objects("audit", *question, "--json", *directory))
                self.assertTrue(output("audit", *question, *socket))

    def test_csv_is_read_back_by_another_reader_and_holds_no_formula(self):
        socket, _ = self.places()
        for words in [("history",), *[("audit", *question) for question in QUESTIONS]]:
            shown = output(*words, "--csv", *socket)
            rows = list(csv.reader(io.StringIO(shown, newline=""), strict=True))
            self.assertEqual({len(row) for row in rows}, {len(rows[0])}, words)
            for cell in (cell for row in rows for cell in row):
                if not cell.lstrip("-").isdigit():
                    self.assertNotIn(cell[:1], set("=+-@\t\r＝＋－＠"), words)
        deleted = csv.DictReader(
            io.StringIO(output("audit", "deletions", "--csv", *socket), newline=""))
        self.assertEqual([unguarded(row["reason"]) for row in deleted], TEXTS[::2])

    def test_json_is_what_the_stream_says(self):
        socket, _ = self.places()
        with self.connect() as wire:
            for number in range(2000):
                wire.ask("TOKEN.REFRESHED", 2, "ACCESS", f"{PLANTED}-{number}")
            entries = wire.ask("XRANGE", "ledger", "-", "+")
        shown = objects("history", "--json", *socket)
        expected = []
        for name, values in entries:
            values = [text(value) for value in values]
            expected.append({"id": text(name), **dict(zip(values[::2], values[1::2]))})
        self.assertEqual(shown, expected)
        self.assertEqual(objects("history", "--json", "--reverse", *socket), expected[::-1])


def unguarded(cell):
    """A cell without the apostrophe that keeps it from being a formula."""
    return cell.removeprefix("'")
