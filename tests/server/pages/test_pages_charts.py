"""Where the parts of charts stand."""

from datetime import date, timedelta

import pytest

from pywats.domains.asset.enums import AssetAlarmState
from pywats_server.pages.charts import PLOT_HEIGHT, Amounts, BarChart, Gauge, bar_chart, gauge
from pywats_server.rules.model import Monitor, Reading

MONDAY = date(2026, 3, 9)
OK, WARNING, ALARM = AssetAlarmState


def chart_of(*amounts: tuple[int, ...]) -> BarChart:
    return bar_chart([Amounts(MONDAY + timedelta(weeks=number), told) for number, told in enumerate(amounts)])


def test_bars_of_a_column_stand_on_each_other_and_on_the_ground() -> None:
    (column,) = chart_of((3, 1)).columns
    lower, upper = column.bars
    assert (lower.series, upper.series) == (0, 1)
    assert lower.top + lower.height == PLOT_HEIGHT
    assert upper.top + upper.height == lower.top
    assert lower.height == 3 * upper.height


def test_an_amount_of_nothing_has_no_bar() -> None:
    empty, half = chart_of((0, 0), (0, 2)).columns
    assert empty.bars == ()
    assert [bar.series for bar in half.bars] == [1]


def test_columns_share_the_width_without_gaps() -> None:
    columns = chart_of(*[(1,)] * 4).columns
    assert [(column.left, column.width) for column in columns] == [(0, 25), (25, 25), (50, 25), (75, 25)]
    assert all(
        column.left < column.bar_left < column.bar_left + column.bar_width < column.left + column.width
        for column in columns
    )


@pytest.mark.parametrize(
    ("most", "lines"),
    [
        (0, [0, 1]),
        (1, [0, 1]),
        (3, [0, 1, 2, 3]),
        (4, [0, 1, 2, 3, 4]),
        (5, [0, 2, 4, 6]),
        (17, [0, 5, 10, 15, 20]),
        (100, [0, 50, 100]),
        (999, [0, 500, 1000]),
        (1200, [0, 500, 1000, 1500]),
        (21_345, [0, 10_000, 20_000, 30_000]),
    ],
)
def test_lines_stand_for_round_numbers_up_to_the_highest_bar(most: int, lines: list[int]) -> None:
    chart = chart_of((most,))
    assert [line.amount for line in chart.lines] == lines
    assert chart.lines[0].top == PLOT_HEIGHT
    assert chart.lines[-1].top == 0


def test_months_stand_at_the_first_column_that_begins_in_them() -> None:
    chart = chart_of(*[(1,)] * 10)
    april, may = chart.months
    assert (april.start, april.left, april.is_minor) == (date(2026, 4, 6), 40, False)
    assert (may.start, may.left, may.is_minor) == (date(2026, 5, 4), 80, True)


def test_a_chart_tells_its_totals() -> None:
    chart = chart_of((3, 1), (0, 2))
    assert chart.total == 6
    assert chart.totals == (3, 3)


def test_a_chart_of_nothing_has_no_columns() -> None:
    chart = bar_chart([])
    assert (chart.columns, chart.months, chart.total, chart.totals) == ((), (), 0, ())


def gauge_of(percent: float, *thresholds: float | None) -> Gauge:
    return gauge(Reading(Monitor.RUNNING_COUNT, OK, percent, 100, percent, percent - 100), *thresholds)


@pytest.mark.parametrize(
    ("thresholds", "stretches"),
    [
        ((80, 90), [(OK, 0, 80), (WARNING, 80, 10), (ALARM, 90, 10)]),
        ((80, None), [(OK, 0, 80), (WARNING, 80, 20)]),
        ((None, 90), [(OK, 0, 90), (ALARM, 90, 10)]),
        ((None, None), [(OK, 0, 100)]),
        ((95, 90), [(OK, 0, 90), (ALARM, 90, 10)]),
        ((0, 0), [(ALARM, 0, 100)]),
        ((120, 150), [(OK, 0, 100)]),
    ],
)
def test_a_gauge_goes_through_the_levels_of_its_thresholds(
    thresholds: tuple[float | None, ...], stretches: list[tuple[AssetAlarmState, float, float]]
) -> None:
    told = gauge_of(50, *thresholds).stretches
    assert [(stretch.level, stretch.left, stretch.width) for stretch in told] == stretches


def test_a_gauge_is_filled_as_far_as_the_limit_is_used() -> None:
    half = gauge_of(49.99)
    assert (half.filled, half.percent, half.limit_at) == (49.99, 49, 100)


def test_a_gauge_beyond_its_limit_shows_where_the_limit_is() -> None:
    beyond = gauge_of(250, 80, 90)
    assert (beyond.filled, beyond.percent, beyond.limit_at) == (100, 250, 40)
    assert [(stretch.left, stretch.width) for stretch in beyond.stretches] == [(0, 32), (32, 4), (36, 64)]
