"""
A program as test stations run it, which tests kill at any moment: it reports again and again, or delivers.

It writes a line before each call, and one after it. What lies between the two when it ends may have been done or not.
"""

import itertools
import sys

from pywats import pyWATS
from pywats.outbox import delivery


def report(api: pyWATS, name: str, life: str) -> None:
    """Count uses of the station's own fixture, and write to its log."""
    for number in itertools.count():
        text = f"{name} {life} {number}"
        print("begin", text, flush=True)
        api.asset.add_log_message(serial_number=name, message=text)
        api.asset.increment_count(serial_number=name)
        print("done", text, flush=True)


def deliver(api: pyWATS) -> None:
    """Deliver all that waits."""
    while api.outbox.pending():
        print("begin", flush=True)
        api.outbox.flush(progress=lambda done: print("done", done.delivered, flush=True))


def main(url: str, token: str, outbox: str, *work: str) -> None:
    # Those who were killed must not keep others waiting for long.
    delivery.LEASE_SECONDS = 0.5
    with pyWATS(url, token, outbox=outbox, timeout=0.5) as api:
        report(api, *work) if work else deliver(api)


if __name__ == "__main__":
    main(*sys.argv[1:])
