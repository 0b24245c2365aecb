"""What interval numbers mean, and that due dates are exact whatever the calendar and the clocks on the wall do."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from pywats.domains.asset.enums import IntervalMode
from pywats_server.rules.intervals import LATEST_DUE, due_after, mode_of

OSLO = ZoneInfo("Europe/Oslo")
LAST = datetime(2026, 1, 10, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("interval", "mode"),
    [
        pytest.param(None, None, id="none"),
        pytest.param(0, None, id="zero"),
        pytest.param(-0.0, None, id="negative zero"),
        pytest.param(1e-9, IntervalMode.NORMAL, id="a moment"),
        pytest.param(365.0, IntervalMode.NORMAL, id="a year"),
        pytest.param(-1, IntervalMode.UNLIMITED, id="unlimited"),
        pytest.param(-1.0, IntervalMode.UNLIMITED, id="unlimited as float"),
        pytest.param(-2.0, IntervalMode.EXTERNAL, id="external"),
    ],
)
def test_interval_number_has_its_mode(interval: float | None, mode: IntervalMode | None) -> None:
    assert mode_of(interval) is mode
    assert (due_after(LAST, interval) is None) == (mode is not IntervalMode.NORMAL)


@pytest.mark.parametrize("interval", [-0.5, -1.5, -3, float("-inf"), float("nan")])
def test_interval_without_meaning_is_refused(interval: float) -> None:
    with pytest.raises(ValueError, match="is no interval"):
        mode_of(interval)


@pytest.mark.parametrize(
    ("last", "interval", "due"),
    [
        pytest.param("2026-01-10T12:00", 30, "2026-02-09T12:00", id="whole days"),
        pytest.param("2026-01-10T12:00", 1.5, "2026-01-12T00:00", id="a day and a half"),
        pytest.param("2026-01-10T12:00", 0.25, "2026-01-10T18:00", id="a quarter of a day"),
        pytest.param("2026-01-10T12:00", 1 / 86_400_000_000, "2026-01-10T12:00:00.000001", id="a microsecond"),
        pytest.param("2024-02-28T08:00", 1, "2024-02-29T08:00", id="into a leap day"),
        pytest.param("2024-02-29T08:00", 365, "2025-02-28T08:00", id="a year from a leap day"),
        pytest.param("2024-02-29T08:00", 366, "2025-03-01T08:00", id="a leap year from a leap day"),
        pytest.param("2025-02-28T08:00", 1, "2025-03-01T08:00", id="no leap day this year"),
        pytest.param("2100-02-28T08:00", 1, "2100-03-01T08:00", id="no leap day in 2100"),
        pytest.param("2026-12-31T23:59:59.999999", 1, "2027-01-01T23:59:59.999999", id="over new year"),
    ],
)
def test_due_date_is_an_interval_after_the_last(last: str, interval: float, due: str) -> None:
    assert due_after(datetime.fromisoformat(last + "+00:00"), interval) == datetime.fromisoformat(due + "+00:00")


@pytest.mark.parametrize(
    ("last", "due_on_the_wall"),
    [
        pytest.param(datetime(2026, 3, 28, 12, tzinfo=OSLO), datetime(2026, 3, 29, 13, tzinfo=OSLO), id="spring"),
        pytest.param(datetime(2026, 10, 24, 12, tzinfo=OSLO), datetime(2026, 10, 25, 11, tzinfo=OSLO), id="autumn"),
        pytest.param(datetime(2026, 6, 1, 12, tzinfo=OSLO), datetime(2026, 6, 2, 12, tzinfo=OSLO), id="no change"),
    ],
)
def test_due_date_across_a_clock_change_is_24_hours_a_day_away(last: datetime, due_on_the_wall: datetime) -> None:
    due = due_after(last, 1)
    assert due == due_on_the_wall
    assert due == last.astimezone(UTC) + timedelta(hours=24)


def test_due_date_in_the_repeated_hour_tells_first_from_second() -> None:
    first = due_after(datetime(2026, 10, 25, 2, 30, tzinfo=OSLO), 1)
    second = due_after(datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=OSLO), 1)
    assert first is not None
    assert second == first + timedelta(hours=1)


@pytest.mark.parametrize(
    ("last", "interval"),
    [
        pytest.param(datetime(9999, 12, 30, tzinfo=UTC), 1.5, id="within the last day"),
        pytest.param(datetime(9990, 1, 1, tzinfo=UTC), 36525, id="beyond the calendar"),
        pytest.param(LAST, 1e300, id="beyond any length of time"),
        pytest.param(LAST, float("inf"), id="infinite"),
    ],
)
def test_due_date_past_the_calendar_is_its_last_day(last: datetime, interval: float) -> None:
    due = due_after(last, interval)
    assert due == LATEST_DUE
    assert LATEST_DUE.astimezone(ZoneInfo("Pacific/Kiritimati")).year == 9999


def test_due_date_of_a_moment_without_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="no UTC offset"):
        due_after(datetime(2026, 1, 10), 30)
