"""Dates between the wire, which is UTC, and Python programs, which are local."""

import os
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from pywats.shared.dates import local_from_any, local_from_wire, utc, wire_from_local

TOKYO, NEW_YORK = "Asia/Tokyo", "America/New_York"

pytestmark = pytest.mark.skipif(not hasattr(time, "tzset"), reason="this system cannot change its time zone")


@pytest.fixture
def in_zone() -> Iterator[Callable[[str], None]]:
    """Moves this process to a time zone for the length of a test."""
    before = os.environ.get("TZ")

    def move(zone: str | None) -> None:
        os.environ.pop("TZ", None)
        if zone is not None:
            os.environ["TZ"] = zone
        time.tzset()

    yield move
    move(before)


@pytest.mark.parametrize(
    ("zone", "wire", "local"),
    [
        ("UTC", "2026-01-21T10:23:44", datetime(2026, 1, 21, 10, 23, 44)),
        (TOKYO, "2026-01-21T10:23:44", datetime(2026, 1, 21, 19, 23, 44)),
        (NEW_YORK, "2026-01-21T10:23:44", datetime(2026, 1, 21, 5, 23, 44)),
        (NEW_YORK, "2026-07-21T10:23:44", datetime(2026, 7, 21, 6, 23, 44)),
        (TOKYO, "2026-01-26T00:01:10.336", datetime(2026, 1, 26, 9, 1, 10, 336000)),
        (TOKYO, "2026-01-26T00:01:10.3361234", datetime(2026, 1, 26, 9, 1, 10, 336123)),
        (TOKYO, "2026-01-26T00:01:10Z", datetime(2026, 1, 26, 9, 1, 10)),
        (TOKYO, "2026-01-26T00:01:10+02:00", datetime(2026, 1, 26, 7, 1, 10)),
        (TOKYO, "2026-01-26", datetime(2026, 1, 26, 9)),
        (NEW_YORK, "1969-12-31T23:59:59.5", datetime(1969, 12, 31, 18, 59, 59, 500000)),
        (TOKYO, "9999-12-31T23:59:59", datetime(9999, 12, 31, 23, 59, 59)),
        (NEW_YORK, "9999-12-31T23:59:59", datetime(9999, 12, 31, 18, 59, 59)),
    ],
)
def test_wire_date_is_utc_and_becomes_local(
    in_zone: Callable[[str], None], zone: str, wire: str, local: datetime
) -> None:
    in_zone(zone)
    found = local_from_wire(wire)
    assert found == local
    assert found is not None
    assert found.tzinfo is None


@pytest.mark.parametrize("wire", ["0001-01-01T00:00:00", "0001-01-01T00:00:00Z", "0001-06-01"])
def test_wire_date_of_the_year_1_means_never(wire: str) -> None:
    assert local_from_wire(wire) is None


@pytest.mark.parametrize("wire", ["", "yesterday", "2026-13-01", "2026-01-01T25:00:00"])
def test_text_that_is_no_date_is_refused(wire: str) -> None:
    with pytest.raises(ValueError, match=r"isoformat|month|hour"):
        local_from_wire(wire)


@pytest.mark.parametrize(
    ("zone", "moment", "wire"),
    [
        ("UTC", datetime(2026, 1, 21, 10, 23, 44), "2026-01-21T10:23:44Z"),
        (TOKYO, datetime(2026, 1, 21, 19, 23, 44), "2026-01-21T10:23:44Z"),
        (NEW_YORK, datetime(2026, 7, 21, 6, 23, 44, 120000), "2026-07-21T10:23:44.12Z"),
        (NEW_YORK, datetime(2026, 7, 21, 6, 23, 44, 1), "2026-07-21T10:23:44.000001Z"),
        (TOKYO, datetime(2026, 1, 1, tzinfo=UTC), "2026-01-01T00:00:00Z"),
        (TOKYO, datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=2))), "2025-12-31T22:00:00Z"),
        (TOKYO, datetime.min, "0001-01-01T00:00:00Z"),
        (NEW_YORK, datetime.max, "9999-12-31T23:59:59.999999Z"),
        (TOKYO, datetime.min.replace(tzinfo=timezone(timedelta(hours=9))), "0001-01-01T00:00:00Z"),
    ],
)
def test_moment_is_sent_in_utc(in_zone: Callable[[str], None], zone: str, moment: datetime, wire: str) -> None:
    in_zone(zone)
    assert wire_from_local(moment) == wire


def test_repeated_hour_keeps_its_two_readings_apart(in_zone: Callable[[str], None]) -> None:
    in_zone(NEW_YORK)
    first, second = local_from_wire("2026-11-01T05:30:00"), local_from_wire("2026-11-01T06:30:00")
    assert first == second == datetime(2026, 11, 1, 1, 30)
    assert first is not None
    assert second is not None
    assert (first.fold, second.fold) == (0, 1)
    assert (wire_from_local(first), wire_from_local(second)) == ("2026-11-01T05:30:00Z", "2026-11-01T06:30:00Z")


@pytest.mark.parametrize("zone", ["UTC", TOKYO, NEW_YORK])
@pytest.mark.parametrize("hours", range(0, 24 * 365, 997))
def test_wire_date_comes_back_as_it_went(in_zone: Callable[[str], None], zone: str, hours: int) -> None:
    in_zone(zone)
    wire = (datetime(2026, 1, 1) + timedelta(hours=hours)).isoformat()
    local = local_from_wire(wire)
    assert local is not None
    assert wire_from_local(local) == wire + "Z"


def test_days_until_due_are_right_in_every_zone(in_zone: Callable[[str], None]) -> None:
    """The arithmetic of the specification's examples: a loaded date minus the local now."""
    due = (datetime.now(UTC) + timedelta(days=10, hours=1)).replace(tzinfo=None).isoformat()
    for zone in ("UTC", TOKYO, NEW_YORK):
        in_zone(zone)
        local = local_from_wire(due)
        assert local is not None
        assert (local - datetime.now()) // timedelta(hours=20) == 12


def test_python_values_become_naive_local_time(in_zone: Callable[[str], None]) -> None:
    in_zone(TOKYO)
    naive = datetime(2026, 1, 1, 9)
    assert local_from_any(naive) is naive
    assert local_from_any(datetime(2026, 1, 1, tzinfo=UTC)) == naive
    assert local_from_any(date(2026, 1, 1)) == datetime(2026, 1, 1)
    assert local_from_any(None) is None
    assert local_from_any(5) == 5


def test_naive_and_aware_moments_compare_in_utc(in_zone: Callable[[str], None]) -> None:
    in_zone(TOKYO)
    assert utc(datetime(2026, 1, 1, 9)) == datetime(2026, 1, 1, tzinfo=UTC)
