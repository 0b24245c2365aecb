"""
Lists of assets that the pages offer, and the computing time that finding a page of each takes on a database.

`python -m benchmarks.asset_lists ADDRESS_OF_DATABASE` prints every filter in every order, and filters together. What is
measured is the process's own time, so it tells nothing of a PostgreSQL beside it; `--wall` measures what passes.
"""

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from itertools import combinations
from statistics import median

from starlette.datastructures import QueryParams

from benchmarks.seeds.catalogue import type_id
from pywats_server.clock import system_clock
from pywats_server.pages.asset_lists import PAGE_SIZE, read_address
from pywats_server.services.backend import Backend
from pywats_server.services.listing import count_assets, list_page
from pywats_server.services.session import LOCAL_ADMINISTRATOR
from pywats_server.store.opening import open_database

_TIMES = 7
_LONGEST_SECONDS = 30

FILTERS = (
    "",
    *(f"type={type_id(name)}" for name in ("Oscilloscope", "Adapter", "Torque driver")),
    f"type={type_id('Oscilloscope')}&type={type_id('Power supply')}",
    *(f"state={state}" for state in ("in-operation", "in-storage", "in-calibration", "scrapped")),
    *(f"alarm={state}" for state in ("ok", "warning", "alarm")),
    "alarm=warning&alarm=alarm",
    *(f"location={location}" for location in ("Hall+1%2C+line+1", "Hall+20%2C+line+10", "nowhere")),
    *(f"tag={tag}" for tag in ("Line", "Line%3DL7", "Rack")),
    *(f"due={due}" for due in ("overdue", "7", "30", "90")),
    *(f"{name}=1" for name in ("never", "count", "out")),
    *(f"q={text}" for text in ("SN-", "SN-09", "sn-0912345", "oscilloscope", "interferometer", "hall+3+cable")),
    *(f"q={text}" for text in ("s", "zq")),
    "q=nothing+like+this",
    "filter=runningCount+ge+0",
    "filter=startswith%28serialNumber%2C%27SN-09%27%29",
)
"""Each filter that the list offers, with values that many assets have and that few have."""

SORTS = ("serial", "-serial", "due", "-due", "name", "type", "status", "location", "running")

_TOGETHER = (
    f"type={type_id('Oscilloscope')}",
    "state=in-storage",
    "alarm=warning",
    "location=Hall+3%2C+line+4",
    "tag=Line",
    "due=90",
    "q=scope",
)


def addresses() -> Iterator[str]:
    """Yield the address of each filter in each order, and of every two and three filters together."""
    for filters in FILTERS:
        yield from (f"/assets?{filters}&sort={sort}" for sort in SORTS)
    for number in (2, 3):
        for together in combinations(_TOGETHER, number):
            yield from (f"/assets?{'&'.join(together)}&sort={sort}" for sort in SORTS[:3])


async def _report(address: str, clock: Callable[[], float]) -> None:
    database = open_database(address, scan_seconds=_LONGEST_SECONDS)
    backend = Backend(database, system_clock)
    slowest = []
    for each in addresses():
        asked = read_address(QueryParams(each.partition("?")[2]))
        finding = partial(backend.scan, LOCAL_ADMINISTRATOR, list_page, asked.filters, asked.order, PAGE_SIZE)
        took = median([await _milliseconds(clock, finding) for _ in range(_TIMES)])
        counting = await _milliseconds(clock, partial(backend.scan, LOCAL_ADMINISTRATOR, count_assets, asked.filters))
        slowest.append(took)
        print(f"{took:8.1f} ms, counting {counting:8.1f} ms  {each}")
    slowest.sort()
    most = slowest[len(slowest) * 99 // 100]
    print(f"median {median(slowest):.1f} ms, 99 of 100 within {most:.1f} ms, {slowest[-1]:.1f} ms at most")
    await database.close()


async def _milliseconds(clock: Callable[[], float], work: Callable[[], Awaitable[object]]) -> float:
    start = clock()
    await work()
    return (clock() - start) * 1000


if __name__ == "__main__":
    asyncio.run(_report(sys.argv[1], time.perf_counter if "--wall" in sys.argv else time.process_time))
