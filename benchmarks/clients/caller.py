"""
A process that makes calls with the client of its environment, which may be ours or the published one.

It needs nothing but that client. The first line on its standard input is the server's address, the token and the
serial numbers to ask for. Each further line is one measurement: how many callers (0 blocks, one call after the other),
the name of the call, and the seconds it takes. It answers each of these with a line: the good calls a second, and how
many calls failed.
"""

import asyncio
import itertools
import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pywats
from pywats import AsyncWATS, pyWATS

CALLS: dict[str, Callable[[Any, str], Any]] = {
    "one asset": lambda assets, serial: assets.get_asset_by_serial(serial),
    "status": lambda assets, serial: assets.get_status(serial_number=serial),
    "count": lambda assets, serial: assets.increment_count(serial_number=serial),
}
WARM_UP = 0.2
"""The share of a measurement's time that is spent before it."""


def without_help() -> dict[str, Any]:
    """Return what the published client must be told, so that it does not answer from memory and does not wait."""
    throttle = getattr(pywats, "configure_throttling", None)
    if throttle is None:
        return {}
    throttle(enabled=False)
    return {"enable_cache": False}


class Tally:
    """What came of the calls of one measurement, which takes *seconds* or a little longer."""

    def __init__(self, seconds: float) -> None:
        self._began = time.perf_counter()
        self._seconds = seconds
        self._good = self._failed = 0

    def goes_on(self) -> bool:
        """Whether there is time for another call."""
        return time.perf_counter() < self._began + self._seconds

    @contextmanager
    def call(self) -> Iterator[None]:
        """Count one call."""
        try:
            yield
        except pywats.PyWATSError:
            self._failed += 1
        else:
            self._good += 1

    def __str__(self) -> str:
        return f"{self._good / (time.perf_counter() - self._began)} {self._failed}"


def one_after_another(assets: Any, call: str, serials: Iterator[str], seconds: float) -> Tally:
    """Make blocking calls."""
    tally = Tally(seconds)
    while tally.goes_on():
        with tally.call():
            CALLS[call](assets, next(serials))
    return tally


async def at_once(assets: Any, call: str, serials: Iterator[str], seconds: float, callers: int) -> Tally:
    """Let *callers* make calls, each its next once it has its answer."""
    tally = Tally(seconds)

    async def caller() -> None:
        while tally.goes_on():
            with tally.call():
                await CALLS[call](assets, next(serials))

    await asyncio.gather(*(caller() for _ in range(callers)))
    return tally


def main() -> None:
    """Measure what standard input asks for, until it ends."""
    base_url, token, drawn = json.loads(sys.stdin.readline())
    settings = {"base_url": base_url, "token": token, **without_help()}
    blocking, suspending, serials = pyWATS(**settings), AsyncWATS(**settings), itertools.cycle(drawn)

    def measured(callers: int, call: str, seconds: float) -> str:
        if callers == 0:
            return str(one_after_another(blocking.asset, call, serials, seconds))
        return str(runner.run(at_once(suspending.asset, call, serials, seconds, callers)))

    with asyncio.Runner() as runner:
        for line in sys.stdin:
            callers, call, seconds = json.loads(line)
            measured(callers, call, WARM_UP * seconds)
            print(measured(callers, call, seconds), flush=True)
        runner.run(suspending.close())


if __name__ == "__main__":
    main()
