"""The recorded answers of django-esi, and how each question is asked on the socket.

The format is described in `Tests/Fixtures/oracle-v1/FORMAT.md`.
"""

import gzip
import json
import pathlib
from dataclasses import dataclass, field

from ledger_case import creation

FOLDER = pathlib.Path(__file__).resolve().parents[1] / "Fixtures" / "oracle-v1"


def case_files():
    return sorted([*FOLDER.glob("case-*.json"), *FOLDER.glob("case-*.json.gz")])


def load(path):
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as file:
        return json.load(file)


def token_creation(token):
    """The TOKEN.CREATE of a recorded token.

    Tokens with an even id bring their time as RFC 3339, the others as Unix seconds.
    """
    seconds, micros = divmod(token["created_us"], 1_000_000)
    created = token["created"] if token["id"] % 2 == 0 else f"{seconds}.{micros:06d}"
    user = token["user"]
    return creation(
        character=token["character_id"], name=token["character_name"], owner=token["owner_hash"],
        scopes=token["scopes"], type=token["token_type"], user=None if user is None else str(user),
        access=token["access_token"], refresh=token["refresh_token"], created=created,
        id=token["id"], ssoversion=token["sso_version"])


def scope_words(scopes):
    """A scope argument: what the socket takes for null, a string, or a list of strings."""
    if scopes is None or scopes == []:
        return [""]
    if isinstance(scopes, str) or len(scopes) == 1:
        one = scopes if isinstance(scopes, str) else scopes[0]
        return [one + " " if one.upper() == "LIST" else one]
    return ["LIST", len(scopes), *scopes]


def filter_words(step):
    """A step of a chain as a filter."""
    match step["op"]:
        case "require_scopes":
            return ["SCOPES", *scope_words(step["scopes"])]
        case "require_scopes_exact":
            return ["EXACTLY", *scope_words(step["scopes"])]
        case "equivalent_to":
            return ["EQUIVALENT", step["token"]]
        case "get_expired":
            return ["EXPIRED"]
        case "filter_character":
            return ["CHARACTER", step["character_id"]]
        case "filter_user":
            return ["NOUSER"] if step["user"] is None else ["USER", step["user"]]
        case "filter_type":
            return ["TYPE", step["token_type"]]
        case "filter_ids":
            return ["IDS", len(step["ids"]), *step["ids"]]
        case "order_by_id" | "all":
            return []
    raise ValueError(f"unknown step {step['op']}")


def command_words(step):
    """A query with a command of its own; None for one that is a filter only."""
    match step["op"]:
        case "require_scopes":
            return ["TOKENS.REQUIRESCOPES", *scope_words(step["scopes"])]
        case "require_scopes_exact":
            return ["TOKENS.REQUIRESCOPESEXACT", *scope_words(step["scopes"])]
        case "equivalent_to":
            return ["TOKENS.EQUIVALENTTO", step["token"]]
        case "get_expired":
            return ["TOKENS.GETEXPIRED"]
    return None


def list_commands(query):
    """Every way of asking the query for its list of ids."""
    steps = query["steps"] if query["op"] == "chain" else [query]
    filters = [word for step in steps for word in filter_words(step)]
    ways = [["TOKENS.FIND", *filters]]
    first = command_words(steps[0])
    if first:
        ways.append([*first, *(word for step in steps[1:] for word in filter_words(step))])
    return ways


@dataclass
class Question:
    """One command, what it must answer, and for which recorded query it is asked."""

    command: list
    expected: object
    query: dict = field(repr=False)


def result_questions(command, query, tokens):
    """The same list under every result word, and in pages."""
    ids = query["expect"]
    middle = ids[len(ids) // 2] if ids else 1
    rest = [identifier for identifier in ids if identifier > middle]
    rows = [[i, tokens[i]["character_id"], tokens[i]["character_name"]] for i in ids]
    shown = [
        ([], ids),
        (["COUNT"], len(ids)),
        (["EXISTS"], int(bool(ids))),
        (["FIRST"], ids[0] if ids else None),
        (["FIELDS", 3, "id", "character_id", "character_name"], rows),
        (["LIMIT", 2], ids[:2]),
        (["AFTER", middle], rest),
        (["AFTER", middle, "LIMIT", 1], rest[:1]),
        (["COUNT", "AFTER", middle], len(rest)),
        (["FIRST", "AFTER", middle], rest[0] if rest else None),
    ]
    return [Question([*command, *words], expected, query) for words, expected in shown]


def questions(query, tokens):
    """Everything asked for one recorded query."""
    if query["op"] == "get_token":
        return lookup_questions(query)
    return [
        question
        for command in list_commands(query)
        for question in result_questions(command, query, tokens)
    ]


def lookup_questions(query):
    """`get_token`: the lowest id, by the command for it and by a list's first."""
    scopes, character = scope_words(query["scopes"]), query["character_id"]
    lowest = query["expect"][0] if query["expect"] else None
    first = ["TOKENS.REQUIRESCOPES", *scopes, "CHARACTER", character, "FIRST"]
    return [
        Question(["TOKEN.LOOKUP", character, *scopes], ("token", lowest), query),
        Question(first, lowest, query),
    ]
