"""Runs `tokenledger`, which is built beside the daemon."""

import json
import pathlib
import subprocess

from daemon import WAIT_SECONDS, binary

#: Stands in every secret of the tests that use this, and must stand in no output.
PLANTED = "pl4nted"


def output(*arguments):
    """What a line writes, which must end well and hold no secret."""
    program = pathlib.Path(binary()).with_name("tokenledger")
    done = subprocess.run([program, *arguments], capture_output=True, timeout=WAIT_SECONDS)
    shown = done.stdout.decode(), done.stderr.decode()
    assert done.returncode == 0, shown
    assert PLANTED not in "".join(shown)
    return shown[0]


def objects(*arguments):
    """What a line writes, a JSON object a line."""
    return [json.loads(line) for line in output(*arguments).splitlines()]
