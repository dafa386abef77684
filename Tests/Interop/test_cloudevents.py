"""`tokenledger history --cloudevents` against the schema, by a validator that is not ours."""

import copy
import json
import pathlib
import shutil
import unittest

from command_line import PLANTED, objects
from daemon import Home
from ledger_case import LedgerCase

try:
    import jsonschema
except ImportError:
    jsonschema = None

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCHEMA = json.loads((ROOT / "schema/events.schema.json").read_text())
#: Recorded logs that hold every type of event between them.
LOGS = [ROOT / "Tests/Fixtures/log-v1" / name for name in ("whole", "logins", "compaction")]

needs_validator = unittest.skipIf(
    jsonschema is None,
    "NO SCHEMA WAS CHECKED: this Python has no jsonschema (Debian's has, with python3-jsonschema)")


@needs_validator
class Schema(unittest.TestCase):

    def setUp(self):
        jsonschema.Draft202012Validator.check_schema(SCHEMA)
        self.validator = jsonschema.Draft202012Validator(
            SCHEMA, format_checker=jsonschema.FormatChecker())

    def recorded(self):
        """The events of the recorded logs."""
        events = []
        for log in LOGS:
            home = Home()
            self.addCleanup(home.remove)
            shutil.copytree(log, home.data / "log")
            events += objects("history", "--cloudevents", "--data", str(home.data))
        return events

    def assertValid(self, events):
        for event in events:
            faults = [fault.message for fault in self.validator.iter_errors(event)]
            self.assertEqual(faults, [], event)

    def test_every_type_of_event_validates(self):
        events = self.recorded()
        self.assertValid(events)
        self.assertEqual({event["type"] for event in events},
                         set(SCHEMA["properties"]["type"]["enum"]))

    def test_every_spoiled_object_is_refused(self):
        one_a_type = {event["type"]: event for event in self.recorded()}
        self.assertEqual(len(one_a_type), 14)
        spoiled = 0
        for event in one_a_type.values():
            for fault in spoil(event):
                self.assertFalse(self.validator.is_valid(fault), fault)
                spoiled += 1
        self.assertGreater(spoiled, 200)


def spoil(event):
    """The event with one thing wrong, for each thing that can be."""
    for part in (lambda whole: whole, lambda whole: whole["data"]):
        for name, value in part(event).items():
            if name not in ("data",):
                yield changed(event, part, name, [value])
                yield changed(event, part, name, None)
                if isinstance(value, int):
                    yield changed(event, part, name, str(value))
                    yield changed(event, part, name, value + 0.5)
                elif isinstance(value, str):
                    yield changed(event, part, name, 7)
        yield changed(event, part, "surplus", "x")
        yield changed(event, part, "access_token", PLANTED)
    for name in event:
        yield {key: value for key, value in event.items() if key != name}
    for name in ("id", "source", "time", "type", "sequence"):
        yield {**event, name: event[name] + "x"}


def changed(event, part, name, value):
    copied = copy.deepcopy(event)
    part(copied)[name] = value
    return copied


class Life(LedgerCase):
    """A daemon's own events, also with a scope's name and a reason that need care."""

    @needs_validator
    def test_the_events_of_a_daemon_validate_and_keep_texts(self):
        with self.connect() as wire:
            token = self.create(wire, scopes=["a b", "50%", "é"], user='="x"', key="k",
                                access=f"at-{PLANTED}", refresh=f"rt-{PLANTED}")
            self.assertEqual(wire.ask("TOKEN.DELETE", token, "REASON", "line\nbreak"), 1)
        events = objects("history", "--cloudevents", "--socket", str(self.home.socket))
        validator = jsonschema.Draft202012Validator(SCHEMA)
        for event in events:
            self.assertEqual([fault.message for fault in validator.iter_errors(event)], [])
        data = {event["type"]: event["data"] for event in events}
        self.assertEqual(sorted(data["tokenledger.created"]["scopes"]), ["50%", "a b", "é"])
        self.assertEqual(data["tokenledger.created"]["user"], '="x"')
        self.assertEqual(data["tokenledger.deleted"]["reason"], "line\nbreak")
        sequences = [event["sequence"] for event in events]
        self.assertEqual(sequences, sorted(sequences))
