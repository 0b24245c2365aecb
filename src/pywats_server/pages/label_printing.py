"""Making labels aside of everything else, and where they stand on a sheet."""

import asyncio
import os
import threading
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from msgspec import Struct

from pywats_server.errors import Busy, Sentence
from pywats_server.labels.job import Job, Printed, print_out
from pywats_server.labels.media import Grid
from pywats_server.pages.label_choices import Choice

# So many are made within a moment. A process of its own takes longer to start.
_FEW = 60
_NICENESS = 5
_is_printing = threading.Lock()


async def carry_out(job: Job, *, leave_out: bool) -> Printed:
    """
    Return what `print_out` makes of a job.

    Thousands of codes take computing time, which test stations would wait for. So many labels are made by another
    process, one job at a time.

    Raises:
        Busy: Somebody else's many labels are being made.
    """
    if len(job.labels) <= _FEW:
        return await asyncio.to_thread(print_out, job, leave_out=leave_out)
    return await asyncio.to_thread(_print_aside, job, leave_out)


def _print_aside(job: Job, leave_out: bool) -> Printed:
    if not _is_printing.acquire(blocking=False):
        raise Busy(Sentence("Many labels are being made for somebody else; try again in a few seconds."))
    try:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_step_back) as process:
            return process.submit(print_out, job, leave_out=leave_out).result()
    finally:
        _is_printing.release()


def _step_back() -> None:
    """Leave computing time to the server, where the system knows how."""
    if hasattr(os, "nice"):
        os.nice(_NICENESS)


class Place(Struct, frozen=True):
    """A label on the first sheet; `kind` is `used`, `printed` or `free`."""

    x: float
    y: float
    kind: str


def first_sheet(grid: Grid, choice: Choice, number: int) -> list[Place]:
    """Return what becomes of the places of the first sheet when *number* labels are printed."""
    first = choice.start - 1
    kinds = (
        "used" if place < first else "printed" if place < first + number else "free" for place in range(grid.labels)
    )
    return [Place(*grid.corner(place), kind) for place, kind in enumerate(kinds)]


def sheets_needed(grid: Grid, choice: Choice, number: int) -> int:
    """Return how many sheets *number* labels take."""
    return -(-(choice.start - 1 + number) // grid.labels)
