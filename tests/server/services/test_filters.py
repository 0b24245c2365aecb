"""What filters of the list ask for, in OData."""

from datetime import UTC, datetime

import pytest

from pywats.domains.asset.enums import AssetAlarmState, AssetState
from pywats_server.services.filters import Due, Filters, odata_filter

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
LATER = datetime(2026, 3, 10, 12, 0, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("filters", "text"),
    [
        (Filters(), None),
        (Filters(search="words are no filter"), None),
        (Filters(types=("a",)), "typeId eq 'a'"),
        (Filters(types=("a", "it's")), "typeId in ('a','it''s')"),
        (Filters(states=(AssetState.IN_STORAGE,)), "state eq 5"),
        (Filters(alarms=(AssetAlarmState.WARNING, AssetAlarmState.ALARM)), "alarmState in (1,2)"),
        (Filters(location="O'Neill"), "location eq 'O''Neill'"),
        (Filters(location=""), "location eq null"),
        (Filters(tag="Line"), "tags/any(t: t/key eq 'Line')"),
        (Filters(tag="Line=7=8"), "tags/any(t: t/key eq 'Line' and t/value eq '7=8')"),
        (Filters(tag="Line="), "tags/any(t: t/key eq 'Line' and t/value eq '')"),
        (Filters(due=Due.OVERDUE), "dueDate le now()"),
        (Filters(due=Due.WITHIN_7_DAYS), "dueDate gt now() and dueDate le 2026-03-17T12:00:00Z"),
        (Filters(never_calibrated=True, near_count_limit=True), "neverCalibrated and nearCountLimit"),
        (Filters(out_for_calibration=True), "state eq 4"),
        (Filters(odata="a or b", location="x"), "location eq 'x' and (a or b)"),
        (Filters(odata="  "), None),
    ],
    ids=lambda value: str(value) if not isinstance(value, Filters) else "",
)
def test_filters_are_said_in_odata(filters: Filters, text: str | None) -> None:
    assert odata_filter(filters, NOON) == text


def test_days_ahead_end_with_the_minute() -> None:
    until = odata_filter(Filters(due=Due.WITHIN_30_DAYS), LATER)
    assert until == "dueDate gt now() and dueDate le 2026-04-09T12:01:00Z"
