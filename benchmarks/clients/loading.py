"""
A process that imports the client of its environment, which may be ours or the published one.

It says so before and after, and then waits for a line, so that its memory can be looked at from outside. What it says
afterwards is how long the import took, in seconds. It imports nothing before that the interpreter has not.
"""

import sys
import time

print("ready", flush=True)
sys.stdin.readline()
began = time.perf_counter()
from pywats import AsyncWATS, pyWATS  # noqa: E402, F401 - this is what is measured

print(time.perf_counter() - began, flush=True)
sys.stdin.readline()
