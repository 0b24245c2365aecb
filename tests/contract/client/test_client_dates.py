"""Dates: the client speaks naive local time in every zone, the server UTC, and the moment is the same."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from contract.client.conftest import Live, Make, SetZone
from contract.client.raw import raw
from pywats import Asset, AssetLogType
from pywats.domains.asset.service import AssetService

ZONES = ["UTC", "Asia/Tokyo", "America/New_York"]
SUMMER, WINTER = datetime(2026, 7, 1, 12, 34, 56), datetime(2026, 1, 15, 23, 59, 59, 999999)
DAY = timedelta(days=1)


@pytest.fixture(params=ZONES)
def zone(request: pytest.FixtureRequest, set_zone: SetZone) -> ZoneInfo:
    """The local zone of this process."""
    set_zone(request.param)
    return ZoneInfo(request.param)


def on_wire(local: datetime, zone: ZoneInfo) -> str:
    """A naive *local* moment as the server tells it."""
    return local.replace(tzinfo=zone).astimezone(UTC).replace(tzinfo=None).isoformat()


def stored(assets: AssetService) -> Asset:
    """`DMM-001`."""
    asset = assets.get_asset_by_serial("DMM-001")
    assert asset is not None
    return asset


def test_naive_local_dates_come_back_as_they_were(assets: AssetService, make: Make, live: Live, zone: ZoneInfo) -> None:
    make(last_calibration_date=WINTER, next_calibration_date=SUMMER)
    assert (stored(assets).last_calibration_date, stored(assets).next_calibration_date) == (WINTER, SUMMER)
    sent = raw(live, "/api/Asset/DMM-001")
    assert sent["lastCalibrationDate"] == on_wire(WINTER, zone)
    assert sent["nextCalibrationDate"] == on_wire(SUMMER, zone)


def test_aware_dates_come_back_as_the_same_moment_in_local_time(
    assets: AssetService, make: Make, zone: ZoneInfo
) -> None:
    aware = datetime(2026, 3, 1, 12, 0, 0, 5, timezone(timedelta(hours=5, minutes=45)))
    make(first_seen_date=aware)
    assert stored(assets).first_seen_date == aware.astimezone(zone).replace(tzinfo=None)


@pytest.mark.parametrize("work", ["calibration", "maintenance"])
def test_external_work_has_exactly_its_dates(
    assets: AssetService, make: Make, live: Live, zone: ZoneInfo, work: str
) -> None:
    make(type_id=assets.create_asset_type("Plan", calibration_interval=3, maintenance_interval=3).type_id)
    record = getattr(assets, f"record_{work}_external")
    assert record(serial_number="DMM-001", from_date=WINTER, to_date=SUMMER, comment="Cert #1") is True
    asset = stored(assets)
    assert (getattr(asset, f"last_{work}_date"), getattr(asset, f"next_{work}_date")) == (WINTER, SUMMER)
    (entry,) = [entry for entry in assets.get_asset_log() if entry.log_type == AssetLogType[work.upper()]]
    assert (entry.value, entry.comment) == (f"{on_wire(WINTER, zone)}/{on_wire(SUMMER, zone)}", "Cert #1")


@pytest.mark.parametrize("work", ["calibration", "maintenance"])
def test_work_is_done_now_unless_told_and_due_after_the_interval(
    assets: AssetService, make: Make, live: Live, zone: ZoneInfo, work: str
) -> None:
    make(type_id=assets.create_asset_type("Plan", calibration_interval=1.5, maintenance_interval=1.5).type_id)
    assert getattr(assets, f"record_{work}")(serial_number="DMM-001") is True
    asset = stored(assets)
    done, due = getattr(asset, f"last_{work}_date"), getattr(asset, f"next_{work}_date")
    assert done.astimezone(UTC) == live.clock()
    assert due.astimezone(UTC) == live.clock() + timedelta(days=1.5)


def test_work_with_a_date_is_due_an_interval_later(assets: AssetService, make: Make, zone: ZoneInfo) -> None:
    make(type_id=assets.create_asset_type("Plan", maintenance_interval=10).type_id)
    assets.record_maintenance(serial_number="DMM-001", date_time=WINTER)
    assert (stored(assets).last_maintenance_date, stored(assets).next_maintenance_date) == (WINTER, WINTER + 10 * DAY)


def test_same_date_again_is_not_logged_again(assets: AssetService, make: Make, zone: ZoneInfo) -> None:
    make()
    for _ in range(2):
        assert assets.record_calibration(serial_number="DMM-001", date_time=WINTER) is True
    assert [entry.log_type for entry in assets.get_asset_log()] == [AssetLogType.CALIBRATION, AssetLogType.REGISTER]


@pytest.mark.parametrize("name", ["UTC", "Asia/Tokyo", "America/Phoenix"])
def test_time_until_a_date_is_right_to_the_second(
    assets: AssetService, make: Make, live: Live, set_zone: SetZone, name: str
) -> None:
    # In zones without daylight saving time, so that naive arithmetic is right whenever the test runs.
    set_zone(name)
    live.clock.now = datetime.now(UTC)
    make(type_id=assets.create_asset_type("Plan", calibration_interval=30).type_id)
    assets.record_calibration(serial_number="DMM-001")
    due = stored(assets).next_calibration_date
    assert due is not None
    assert abs(due - datetime.now() - 30 * DAY) < timedelta(seconds=5)
    assert not assets.is_in_warning(stored(assets))


def test_log_tells_local_time(assets: AssetService, make: Make, live: Live, zone: ZoneInfo) -> None:
    make()
    (entry,) = assets.get_asset_log()
    assert entry.date == live.clock().astimezone(zone).replace(tzinfo=None)


def test_due_date_of_a_status_is_local_time(assets: AssetService, make: Make, zone: ZoneInfo) -> None:
    make(next_calibration_date=WINTER)
    status = assets.get_status(serial_number="DMM-001")
    assert status is not None
    assert status.reasons[0].due_date == WINTER


# Around a change of daylight saving time: clocks of New York jump on 8 March and fall back on 1 November 2026.


@pytest.fixture
def new_york(set_zone: SetZone) -> None:
    """New York is the local zone."""
    set_zone("America/New_York")


@pytest.mark.parametrize(
    ("local", "sent"),
    [
        (datetime(2026, 3, 8, 1, 59, 59), "2026-03-08T06:59:59"),
        (datetime(2026, 3, 8, 3), "2026-03-08T07:00:00"),
        (datetime(2026, 11, 1, 1, 30, fold=0), "2026-11-01T05:30:00"),
        (datetime(2026, 11, 1, 1, 30, fold=1), "2026-11-01T06:30:00"),
        (datetime(2026, 11, 1, 2), "2026-11-01T07:00:00"),
    ],
    ids=["before the jump", "after the jump", "first half past one", "second half past one", "after falling back"],
)
@pytest.mark.usefixtures("new_york")
def test_moment_near_a_change_of_the_clocks_survives(
    assets: AssetService, make: Make, live: Live, local: datetime, sent: str
) -> None:
    make(last_calibration_date=local)
    assert raw(live, "/api/Asset/DMM-001")["lastCalibrationDate"] == sent
    date = stored(assets).last_calibration_date
    assert date is not None
    assert (date, date.fold) == (local, local.fold)


@pytest.mark.usefixtures("new_york")
def test_interval_over_a_change_of_the_clocks_is_days_of_24_hours(assets: AssetService, make: Make) -> None:
    make(type_id=assets.create_asset_type("Daily", calibration_interval=1).type_id)
    assets.record_calibration(serial_number="DMM-001", date_time=datetime(2026, 3, 7, 12))
    assert stored(assets).next_calibration_date == datetime(2026, 3, 8, 13)


@pytest.mark.usefixtures("new_york")
def test_date_without_zone_in_a_filter_is_utc(assets: AssetService, make: Make) -> None:
    make(next_calibration_date=datetime(2026, 1, 1, 20))
    assert assets.get_assets("nextCalibrationDate eq 2026-01-02T01:00:00")
    assert assets.get_assets("nextCalibrationDate eq 2026-01-01T20:00:00-05:00")
    assert not assets.get_assets("nextCalibrationDate eq 2026-01-01T20:00:00")
