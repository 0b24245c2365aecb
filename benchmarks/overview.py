"""Prints the time that each question of the overview takes on a database: `python -m benchmarks.overview ADDRESS`."""

import asyncio
import sys
import time
from collections.abc import Callable, Coroutine
from functools import partial
from statistics import median
from typing import Any

from pywats_server.clock import system_clock
from pywats_server.odata.query import Query
from pywats_server.services import overview
from pywats_server.services.backend import Backend
from pywats_server.services.history import look_through_log
from pywats_server.services.reading import list_assets
from pywats_server.services.session import LOCAL_ADMINISTRATOR
from pywats_server.store.opening import open_database

_TIMES = 9
_LONGEST_SECONDS = 30


def _nobody(*_: object) -> None:
    """Take a list and do nothing with it."""


QUESTIONS: dict[str, tuple[Any, ...]] = {
    "what needs somebody": (overview.today,),
    "10 due next": (overview.list_due_next,),
    "50 latest events": (look_through_log,),
    "due in 52 weeks": (overview.list_due_by_week,),
    "states at 10 locations": (overview.list_states_by_location,),
}
COUNTED = {f"how many with alarmState eq {state}": f"alarmState eq {state}" for state in range(3)}


async def _took(ask: Callable[[], Coroutine[Any, Any, Any]]) -> str:
    times = []
    for _ in range(_TIMES):
        start = time.perf_counter()
        await ask()
        times.append((time.perf_counter() - start) * 1000)
    return f"{min(times):8.1f} ms at best {median(times):8.1f} ms at the median"


async def _report(address: str) -> None:
    database = open_database(address, scan_seconds=_LONGEST_SECONDS)
    backend = Backend(database, system_clock)
    for name, question in QUESTIONS.items():
        print(f"{name:32}", await _took(partial(backend.scan, LOCAL_ADMINISTRATOR, *question)))
    for name, text in COUNTED.items():
        query = Query(filter=text, top=0)
        ask = partial(backend.scan, LOCAL_ADMINISTRATOR, list_assets, query, _nobody, count=True)
        print(f"{name:32}", await _took(ask))
    await database.close()


if __name__ == "__main__":
    asyncio.run(_report(sys.argv[1]))
