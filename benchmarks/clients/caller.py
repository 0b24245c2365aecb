"""
A process that makes calls with the client of its environment, which may be ours or the published one.

It needs nothing but that client. The first line on its standard input is the server's address, the token and the
serial numbers to ask for. Each further line is one measurement: how many callers (0 blocks, one call after the other),
the name of the call, and the seconds it takes. It answers each of these with a line: the calls a second.
"""

import asyncio
import itertools
import json
import sys
import time
from collections.abc import Callable, Iterator
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


def blocking_rate(assets: Any, call: str, serials: Iterator[str], seconds: float) -> float:
    """Return calls a second, one after the other."""
    began, done = time.perf_counter(), 0
    while time.perf_counter() < began + seconds:
        CALLS[call](assets, next(serials))
        done += 1
    return done / (time.perf_counter() - began)


async def asyncio_rate(assets: Any, call: str, serials: Iterator[str], seconds: float, callers: int) -> float:
    """Return calls a second of *callers* at once, each of which makes its next call once it has its answer."""
    began = time.perf_counter()

    async def caller() -> int:
        done = 0
        while time.perf_counter() < began + seconds:
            await CALLS[call](assets, next(serials))
            done += 1
        return done

    done = sum(await asyncio.gather(*(caller() for _ in range(callers))))
    return done / (time.perf_counter() - began)


def main() -> None:
    """Measure what standard input asks for, until it ends."""
    base_url, token, drawn = json.loads(sys.stdin.readline())
    settings = {"base_url": base_url, "token": token, **without_help()}
    blocking, suspending, serials = pyWATS(**settings), AsyncWATS(**settings), itertools.cycle(drawn)

    def rate(callers: int, call: str, seconds: float) -> float:
        if callers == 0:
            return blocking_rate(blocking.asset, call, serials, seconds)
        return runner.run(asyncio_rate(suspending.asset, call, serials, seconds, callers))

    with asyncio.Runner() as runner:
        for line in sys.stdin:
            callers, call, seconds = json.loads(line)
            rate(callers, call, WARM_UP * seconds)
            print(rate(callers, call, seconds), flush=True)
        runner.run(suspending.close())


if __name__ == "__main__":
    main()
