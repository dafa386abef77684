"""A Redis connection without a Redis library: what is sent and received is seen byte for byte.

The client libraries hide the difference between a simple string and a bulk string, or between a
null list and a null string. Tests that compare shapes, or that send what no library would send,
speak through `Wire`. Python's types keep the wire's types apart: `Simple`, `bytes`, `int`, `bool`,
`float`, `list`, `dict`, `None`, `Verbatim` and `ErrorReply`.
"""

import socket
import threading

#: No wait on a socket is longer; a daemon that needs more is broken.
WAIT_SECONDS = 30.0


class Simple(str):
    """A simple string, `+OK`."""


class Verbatim(bytes):
    """A RESP3 verbatim string, without its three letters of format."""


class ErrorReply(Exception):
    """An error reply. Returned, not raised: errors are answers like others here."""

    @property
    def text(self):
        return self.args[0]

    @property
    def prefix(self):
        return self.text.split(" ", 1)[0]


class ConnectionEnded(Exception):
    """The other side closed the connection where a reply was expected."""


def encode(*arguments):
    """One request: an array of bulk strings."""
    parts = [b"*%d\r\n" % len(arguments)]
    for argument in arguments:
        raw = argument if isinstance(argument, bytes) else str(argument).encode()
        parts.append(b"$%d\r\n%s\r\n" % (len(raw), raw))
    return b"".join(parts)


class Wire:
    """One connection. Every wait is bounded by `WAIT_SECONDS`."""

    def __init__(self, path, protocol=2):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.settimeout(WAIT_SECONDS)
        self.socket.connect(str(path))
        self._reader = self.socket.makefile("rb")
        self._raw = []
        if protocol == 3:
            self.ask("HELLO", "3")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self._reader.close()
        self.socket.close()

    def send(self, *arguments):
        self.socket.sendall(encode(*arguments))

    def send_raw(self, raw):
        self.socket.sendall(raw)

    def ask(self, *arguments):
        """Sends one command and gives its reply, an `ErrorReply` too."""
        self.send(*arguments)
        return self.receive()

    def ask_raw(self, *arguments):
        """Sends one command and gives the bytes of its reply."""
        self.send(*arguments)
        return self.receive_raw()

    def ask_all(self, commands):
        """Sends all commands in one pipeline and gives their replies.

        Replies are read while commands are sent: the daemon leaves requests unread when their
        replies are.
        """
        raw = b"".join(encode(*command) for command in commands)
        sending = threading.Thread(target=self.send_raw, args=(raw,), daemon=True)
        sending.start()
        replies = [self.receive() for _ in commands]
        sending.join()
        return replies

    def receive_raw(self):
        self.receive()
        return b"".join(self._raw)

    def receive(self):
        """The next reply."""
        self._raw = []
        return self._value()

    def ends(self):
        """Reads up to the end of the connection and tells whether it came, in bounded time."""
        try:
            while self.socket.recv(65536):
                pass
        except ConnectionResetError:
            return True
        except TimeoutError:
            return False
        return True

    def _line(self):
        line = self._reader.readline()
        if not line.endswith(b"\n"):
            raise ConnectionEnded(f"after {b''.join(self._raw)[-80:]!r}")
        self._raw.append(line)
        return line[:-2]

    def _bytes(self, count):
        raw = self._reader.read(count + 2)
        if len(raw) != count + 2:
            raise ConnectionEnded(f"inside a text of {count} bytes")
        self._raw.append(raw)
        return raw[:-2]

    def _value(self):
        line = self._line()
        kind, rest = line[:1], line[1:]
        read = self._KINDS.get(kind)
        if read is None:
            raise ValueError(f"not a reply: {line[:80]!r}")
        return read(self, rest)

    def _values(self, rest):
        return None if rest == b"-1" else [self._value() for _ in range(int(rest))]

    def _text(self, rest):
        return None if rest == b"-1" else self._bytes(int(rest))

    def _map(self, rest):
        pairs = [(self._value(), self._value()) for _ in range(int(rest))]
        return dict(pairs)

    _KINDS = {
        b"+": lambda self, rest: Simple(rest.decode()),
        b"-": lambda self, rest: ErrorReply(rest.decode()),
        b":": lambda self, rest: int(rest),
        b"$": _text,
        b"*": _values,
        b"%": _map,
        b"~": _values,
        b">": _values,
        b"_": lambda self, rest: None,
        b"#": lambda self, rest: {b"t": True, b"f": False}[rest],
        b",": lambda self, rest: float(rest),
        b"(": lambda self, rest: int(rest),
        b"=": lambda self, rest: Verbatim(self._bytes(int(rest))[4:]),
    }
