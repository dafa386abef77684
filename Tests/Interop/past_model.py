"""What the tokens of a ledger were after each event, folded in Python from the log as shown.

Knows as much of the rules of `schema/events.md` section 4 as queries need, and nothing of how the
daemon keeps its state.
"""

from ledger_case import text

VALID_MICROSECONDS = 1170 * 1_000_000


class PastModel:
    """The tokens, moved on event by event."""

    def __init__(self):
        self.tokens = {}
        self.gone = {}
        self.milliseconds = 0

    def apply(self, entry):
        """Takes in one entry of the stream."""
        identifier, flat = entry
        fields = dict(zip(map(text, flat[::2]), map(text, flat[1::2]), strict=True))
        self.milliseconds = int(text(identifier).split("-")[0])
        if "token" not in fields:
            return
        number = int(fields["token"])
        kind = fields["type"]
        if kind == "created":
            self.tokens[number] = {
                "version": 0, "character": int(fields["character_id"]),
                "user": fields.get("user"), "scopes": set(fields["scopes"].split()),
                "created": int(fields["created_us"]), "access": fields.get("access_fingerprint"),
                "refresh": fields.get("refresh_fingerprint"),
            }
        token = self.tokens.get(number) or self.gone[number]
        token["version"] += 1
        if kind == "scopesGranted":
            token["scopes"] = token["scopes"] | set(fields["scopes"].split())
        elif kind == "refreshed":
            token["created"] = int(fields["created_us"])
            token["access"] = fields.get("access_fingerprint")
            if fields["refresh_token"] != "kept":
                token["refresh"] = fields.get("refresh_fingerprint")
        elif kind == "deleted":
            self.gone[number] = self.tokens.pop(number)
        elif kind == "restored" and number in self.gone:
            self.tokens[number] = self.gone.pop(number)

    @property
    def now(self):
        return self.milliseconds * 1000

    def ids(self, holds):
        return sorted(number for number, token in self.tokens.items() if holds(token))

    def answer(self, question):
        """What the daemon must reply to one of `questions`."""
        kind, value = question
        match kind:
            case "get":
                token = self.tokens.get(value)
                if token is None:
                    return None
                expires = token["created"] + VALID_MICROSECONDS
                return (token["version"], sorted(token["scopes"]), token["created"],
                        int(expires < self.now), token["access"], token["refresh"])
            case "scopes":
                wanted = set(value.split())
                return self.ids(
                    lambda t: wanted <= t["scopes"] if wanted else not t["scopes"])
            case "exactly":
                return self.ids(lambda t: t["scopes"] == set(value.split()))
            case "user":
                return self.ids(lambda t: t["user"] == value)
            case "expired":
                return self.ids(
                    lambda t: t["character"] == value
                    and t["created"] + VALID_MICROSECONDS <= self.now)
            case "refreshable":
                return len(self.ids(lambda t: t["refresh"]))


def words(question):
    """The command that asks a question, without its moment."""
    kind, value = question
    return {
        "get": ["TOKEN.GET", value], "scopes": ["TOKENS.REQUIRESCOPES", value],
        "exactly": ["TOKENS.REQUIRESCOPESEXACT", value], "user": ["TOKENS.FIND", "USER", value],
        "expired": ["TOKENS.GETEXPIRED", "CHARACTER", value],
        "refreshable": ["TOKENS.FIND", "REFRESHABLE", "COUNT"],
    }[kind]
