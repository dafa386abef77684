"""redis-py, in whichever version this interpreter has.

Version 4 speaks RESP2 only and knows no CLIENT SETINFO; from 5 on it greets with HELLO 3.
"""

import unittest

import redis

MAJOR = int(redis.__version__.split(".")[0])


def open_client(path, protocol=2, **options):
    """A client of one connection; skips the test where the library cannot speak `protocol`."""
    if MAJOR >= 5:
        options["protocol"] = protocol
    elif protocol == 3:
        raise unittest.SkipTest(f"redis-py {redis.__version__} speaks no RESP3")
    options.setdefault("decode_responses", True)
    return redis.Redis(unix_socket_path=str(path), socket_timeout=30, **options)
