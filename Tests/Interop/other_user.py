"""Speaks to the daemon as another user: the kernel tells it who is at the other end."""

import json
import os

from wire import ErrorReply, Wire


def plain(reply):
    """A reply as JSON has it; errors as `{"error": text}`, texts decoded."""
    if isinstance(reply, ErrorReply):
        return {"error": reply.text}
    if isinstance(reply, bytes):
        return reply.decode("utf-8", "backslashreplace")
    if isinstance(reply, list):
        return [plain(element) for element in reply]
    return reply


def ask_as(uid, gid, path, commands, groups=()):
    """Asks the commands from a process of that user, and gives the replies, in RESP2."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        os._exit(answer(uid, gid, groups, path, commands, writing))
    os.close(writing)
    with open(reading, "rb") as pipe:
        answered = pipe.read()
    _, status = os.waitpid(child, 0)
    if status != 0:
        raise RuntimeError(f"the process of uid {uid} failed: {answered.decode()}")
    return json.loads(answered)


def answer(uid, gid, groups, path, commands, writing):
    """In the child: becomes the user, asks, writes the replies; the exit code."""
    try:
        os.setgroups(list(groups))
        os.setgid(gid)
        os.setuid(uid)
        with Wire(path) as wire:
            replies = [plain(wire.ask(*command)) for command in commands]
        os.write(writing, json.dumps(replies).encode())
        return 0
    except Exception as problem:
        os.write(writing, repr(problem).encode())
        return 1
