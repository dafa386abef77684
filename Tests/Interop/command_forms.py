"""Every way of writing every command, as `schema/commands.json` has them.

A form is a list of `Word`s: fixed ones, and values with their type, so that a test can send the
form as it is, or spoil one value.
"""

import json
import pathlib
from dataclasses import dataclass

SCHEMA = pathlib.Path(__file__).resolve().parents[2] / "schema" / "commands.json"

#: A value for each argument that one of its type would not suit; `block.name` inside a block.
BY_NAME = {
    "start": "-", "end": "+", "protocol-version": 2, "index": 0, "sso-version": 2,
    "fields.name": "id", "streams.id": "0", "event-type": "created", "uid-or-system": "system",
    "asof-moment": "#1", "since-moment": "#1", "until-moment": "1795435200.25",
}
BY_TYPE = {"integer": 1, "string": "word", "unix-time": "1795435200.25", "key": "ledger",
           "pattern": "*"}


@dataclass(frozen=True)
class Word:
    """One word of a form; `type` is None for a word that is always the same."""

    value: object
    type: str = None
    name: str = None


@dataclass(frozen=True)
class Form:
    """A command as it may be sent."""

    command: str
    words: tuple
    specification: dict

    def values(self):
        return [word.value for word in self.words]

    def with_value(self, place, value):
        """The form's words with another value at one place."""
        values = self.values()
        values[place] = value
        return values

    def places(self, *types):
        """Where values of these types stand."""
        return [place for place, word in enumerate(self.words) if word.type in types]


class Schema:
    """The commands and the argument lists that they share."""

    def __init__(self):
        document = json.loads(SCHEMA.read_text(encoding="utf-8"))
        self.fragments = document["fragments"]
        self.commands = document["commands"]

    def forms(self):
        """Each command with each of its arguments at least once."""
        for command in self.commands:
            subcommands = command.get("subcommands", [])
            for each in subcommands:
                yield from self._forms_of(each, [*command["name"].split(), each["name"]])
            if not subcommands or command["arity"] == -1:
                yield from self._forms_of(command, command["name"].split())

    def _forms_of(self, specification, names):
        name = " ".join(names)
        start = [Word(word) for word in names]
        arguments = self._expand(specification["arguments"])
        for words in self._sequences(arguments):
            yield Form(name, tuple(start + words), specification)

    def _expand(self, arguments):
        """The arguments with those of shared lists in place of their names."""
        expanded = []
        for argument in arguments:
            if "use" not in argument:
                expanded.append(argument)
                continue
            flags = argument.get("flags")
            for shared in self._expand(self.fragments[argument["use"]]):
                expanded.append({**shared, "flags": flags} if flags else shared)
        return expanded

    def _sequences(self, arguments, block=None):
        """The required arguments alone, and with each alternative of each argument."""
        choices = [self._alternatives(argument, block) for argument in arguments]
        required = [
            [] if "optional" in argument.get("flags", []) else alternatives[0]
            for argument, alternatives in zip(arguments, choices, strict=True)
        ]
        seen = []
        for place, alternatives in enumerate(choices):
            for alternative in alternatives:
                parts = [*required[:place], alternative, *required[place + 1:]]
                seen.append([word for part in parts for word in part])
        return seen or [[]]

    def _alternatives(self, argument, block=None):
        """The word lists that one argument may be written as."""
        token = [Word(argument["token"])] if "token" in argument else []
        match argument["type"]:
            case "pure-token":
                return [token]
            case "oneof":
                inner = self._expand(argument["arguments"])
                return [token + words for one in inner for words in self._alternatives(one)]
            case "block":
                inner = self._expand(argument["arguments"])
                sequences = self._sequences(inner, argument["name"])
                return [token + words for words in sequences]
        return [[*token, value_word(argument, block)]]


def value_word(argument, block):
    """A value that suits the argument."""
    name, kind = argument["name"], argument["type"]
    value = BY_NAME.get(f"{block}.{name}", BY_NAME.get(name, BY_TYPE[kind]))
    return Word(value, kind, name)
