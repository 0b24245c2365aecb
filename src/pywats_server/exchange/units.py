"""Finds out in which unit a column of intervals is, where its header does not say it."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from pywats_server.exchange.cells import Cell
from pywats_server.exchange.values import Period, Refused, Unit, read_period

_TOLERANCE = timedelta(days=3)
_ENOUGH = 0.8

Example = tuple[Cell, datetime, datetime]
"""An interval as it stands in the list, with the last and the next date of its row."""


def is_bare(cell: Cell) -> bool:
    """Tell an interval that names no unit of its own."""
    return _period(cell, None) is None and _period(cell, Unit.DAYS) is not None


def proven_unit(examples: Sequence[Example]) -> tuple[Unit | None, str]:
    """
    Return the unit in which last date plus interval is the next date in four of five *examples* or more, and the proof
    in words; None when no unit does that.
    """
    fits = Counter(unit for example in examples for unit in Unit if _fits(unit, *example))
    unit, count = fits.most_common(1)[0] if fits else (None, 0)
    if unit is None or count < len(examples) * _ENOUGH:
        return None, ""
    return unit, f"is in {unit}, as {count} of {len(examples)} rows show by their last and next dates"


def _fits(unit: Unit, cell: Cell, last_at: datetime, next_at: datetime) -> bool:
    period = _period(cell, unit)
    return period is not None and period.days > 0 and abs(period.after(last_at) - next_at) <= _TOLERANCE


def _period(cell: Cell, unit: Unit | None) -> Period | None:
    try:
        return read_period(cell, unit)
    except Refused:
        return None
