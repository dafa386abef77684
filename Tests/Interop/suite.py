"""Runs the tests of this folder under the interpreter it is run with, and counts them.

    suite.py COUNTS-FILE [module ...]

Writes `passed failed skipped` to COUNTS-FILE; every skip is shown with its reason.
"""

import pathlib
import signal
import sys
import unittest

FOLDER = pathlib.Path(__file__).resolve().parent


def end_in_order(number, _frame):
    """A signal ends the suite as an exception does, so that everything started is ended."""
    sys.exit(128 + number)


def load(modules):
    loader = unittest.TestLoader()
    if modules:
        return loader.loadTestsFromNames(modules)
    return loader.discover(str(FOLDER), top_level_dir=str(FOLDER))


def main(counts_file, *modules):
    signal.signal(signal.SIGTERM, end_in_order)
    sys.path.insert(0, str(FOLDER))
    result = unittest.TextTestRunner(stream=sys.stdout, verbosity=2).run(load(modules))
    for test, reason in result.skipped:
        print(f"SKIPPED {test.id()}: {reason}")
    failed = {test_name(test) for test, _ in [*result.failures, *result.errors]}
    skipped = {test_name(test) for test, _ in result.skipped} - failed
    passed = result.testsRun - len(failed) - len(skipped)
    pathlib.Path(counts_file).write_text(f"{passed} {len(failed)} {len(skipped)}\n")
    return 1 if failed else 0


def test_name(test):
    """The test's id; a part's (`subTest`) is that of its test."""
    return getattr(test, "test_case", test).id()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
