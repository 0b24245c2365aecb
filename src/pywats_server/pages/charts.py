"""
Where the parts of a chart stand, from plain data; `templates/charts.html` draws them.

Across, everything is in percent of the width, so that a chart is as wide as its place and its texts are never scaled.
Down, it is in pixels from the top.
"""

from collections.abc import Sequence
from datetime import date
from itertools import accumulate, pairwise
from math import floor, log10

from msgspec import Struct

from pywats.domains.asset.enums import AssetAlarmState
from pywats_server.rules.model import Reading

PLOT_HEIGHT = 160
"""Pixels from the top of the highest bar to the line that all bars stand on."""

_FILLED = 0.8
_MOST_STEPS = 4
_STEPS = (1, 2, 5, 10)


class Amounts(Struct, frozen=True):
    """What a column of a bar chart tells: the *amounts*, one for each series, of the time that begins on *start*."""

    start: date
    amounts: tuple[int, ...]

    @property
    def total(self) -> int:
        """All amounts together."""
        return sum(self.amounts)


class Bar(Struct, frozen=True):
    """A part of a column: which series it tells of, from 0, and where it stands."""

    series: int
    top: float
    height: float


class Column(Struct, frozen=True):
    """A column: what it tells, the place that belongs to it, and within that its bars, the lowest first."""

    told: Amounts
    left: float
    width: float
    bar_left: float
    bar_width: float
    bars: tuple[Bar, ...]


class Line(Struct, frozen=True):
    """A line across the chart that stands for *amount*."""

    amount: int
    top: float


class Month(Struct, frozen=True):
    """Where the first column that begins in a month stands; every other month is *minor*, where there is no room."""

    start: date
    left: float
    is_minor: bool


class BarChart(Struct, frozen=True):
    """A chart of stacked bars side by side. Its lines are told from the ground up."""

    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    months: tuple[Month, ...]
    height: int = PLOT_HEIGHT

    @property
    def total(self) -> int:
        """All amounts of all columns together."""
        return sum(column.told.total for column in self.columns)

    @property
    def totals(self) -> tuple[int, ...]:
        """All amounts of each series together."""
        return tuple(map(sum, zip(*(column.told.amounts for column in self.columns), strict=True)))


def bar_chart(told: Sequence[Amounts]) -> BarChart:
    """Return a chart with a column for each of *told*, in this order; they all have the same number of amounts."""
    step, top = _scale(max((amounts.total for amounts in told), default=0))
    width = 100 / max(len(told), 1)
    return BarChart(
        columns=tuple(_column(amounts, number * width, width, top) for number, amounts in enumerate(told)),
        lines=tuple(Line(amount, _top(amount, top)) for amount in range(0, top + 1, step)),
        months=_months(told, width),
    )


def _scale(most: int) -> tuple[int, int]:
    """Return how many stand between two lines, and for how many the highest line stands: *most* or some more."""
    magnitude = 10 ** floor(log10(max(most, 1)))
    # Lines may also stand for fewer than the first digit says: 1,200 has lines by 500.
    steps = (max(part * magnitude // 10, 1) for part in (*_STEPS, *(10 * step for step in _STEPS)))
    step = next(step for step in steps if step * _MOST_STEPS >= most)
    return step, max(-(-most // step), 1) * step


def _top(amount: int, top: int) -> float:
    return _round(PLOT_HEIGHT * (1 - amount / top))


def _column(told: Amounts, left: float, width: float, top: int) -> Column:
    ends = pairwise(accumulate(told.amounts, initial=0))
    bars = (
        Bar(series, _top(upper, top), _round(_top(lower, top) - _top(upper, top)))
        for series, (lower, upper) in enumerate(ends)
        if upper > lower
    )
    bar_width = width * _FILLED
    bar_left = left + (width - bar_width) / 2
    return Column(told, _round(left), _round(width), _round(bar_left), _round(bar_width), tuple(bars))


def _months(told: Sequence[Amounts], width: float) -> tuple[Month, ...]:
    firsts = [
        number
        for number, (before, this) in enumerate(pairwise(told), start=1)
        if (before.start.year, before.start.month) != (this.start.year, this.start.month)
    ]
    return tuple(
        Month(told[first].start, _round(first * width), is_minor=bool(number % 2))
        for number, first in enumerate(firsts)
    )


class Stretch(Struct, frozen=True):
    """A stretch of a gauge in which an asset has *level*."""

    level: AssetAlarmState
    left: float
    width: float


class Gauge(Struct, frozen=True):
    """
    How much of a limit is used.

    Attributes:
        percent: Used of limit, rounded down; beyond the limit it is more than 100.
        filled: How far the gauge is filled, in percent of its width.
        stretches: The levels that it goes through, from none used to its end.
        limit_at: Where the limit stands; that is within the gauge when more than the limit is used.
    """

    reading: Reading
    percent: int
    filled: float
    stretches: tuple[Stretch, ...]
    limit_at: float


def gauge(reading: Reading, warning_percent: float | None = None, alarm_percent: float | None = None) -> Gauge:
    """
    Return a gauge of what a monitor shows.

    Args:
        warning_percent: From which share of the limit on the type makes it a warning; None is never.
        alarm_percent: From which share on the type makes it an alarm; None is from the limit itself on.
    """
    end = max(reading.percent, 100)
    alarm = 100 if alarm_percent is None else min(alarm_percent, 100)
    warning = alarm if warning_percent is None else min(warning_percent, alarm)
    return Gauge(
        reading=reading,
        percent=floor(reading.percent),
        filled=_round(100 * reading.percent / end),
        stretches=_stretches(100 * warning / end, 100 * alarm / end),
        limit_at=_round(100 * 100 / end),
    )


def _stretches(warning: float, alarm: float) -> tuple[Stretch, ...]:
    ends = zip(AssetAlarmState, pairwise((0.0, warning, alarm, 100.0)), strict=True)
    return tuple(Stretch(level, _round(left), _round(right - left)) for level, (left, right) in ends if right > left)


def _round(place: float) -> float:
    return round(place, 2)
