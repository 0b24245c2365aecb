"""
A process that loads the client of its environment, which may be ours or the published one, in steps.

Before the first step and after each it says how many seconds that took, and waits for a line, so that its memory can be
looked at from outside. It imports nothing before that the interpreter has not.
"""

import sys
import time


def told(began: float) -> float:
    """Say how long it took, wait, and return the moment at which that ended."""
    print(time.perf_counter() - began, flush=True)
    sys.stdin.readline()
    return time.perf_counter()


now = told(time.perf_counter())
import pywats  # noqa: E402 - this is the first step

now = told(now)
pywats.pyWATS(base_url="http://127.0.0.1:9", token="dG9rZW4=")  # noqa: S106 - nobody's token
told(now)
