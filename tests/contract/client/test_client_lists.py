"""Lists: filters, pages, walks over many pages, and alarms that appear as time goes on."""

from collections.abc import Callable, Iterable

import pytest

from contract.client.conftest import TYPE_ID, Live, Make
from pywats import Asset, AssetAlarmState, AssetState, ValidationError
from pywats.domains.asset.service import AssetService


def serials(found: Iterable[Asset]) -> list[str]:
    """Their serial numbers."""
    return [asset.serial_number for asset in found]


def make_many(make: Make, numbers: Iterable[int]) -> list[str]:
    """Create assets that are called by their numbers; return their serial numbers."""
    return serials(make(f"A-{number:02}", location=f"Lab {number % 2}", revision=f"{number:02}") for number in numbers)


# Filters and pages


def test_filter_finds_what_matches(assets: AssetService, make: Make) -> None:
    make("O'NEILL", location="Lab A", description="100 % & more + #1")
    make("B")
    for condition in (
        "location eq 'Lab A'",
        "serialNumber eq 'O''NEILL'",
        "contains(description, '100 % & more + #1')",
        f"typeId eq {TYPE_ID} and location ne null",
    ):
        assert serials(assets.get_assets(filter_str=condition)) == ["O'NEILL"], condition


def test_filter_that_cannot_be_read_tells_where(assets: AssetService) -> None:
    with pytest.raises(ValidationError, match="locaton") as refused:
        assets.get_assets(filter_str="locaton eq 'Lab A'")
    assert (refused.value.status_code, refused.value.operation) == (400, "asset.get_all")
    assert refused.value.request_id


def test_pages_follow_each_other_in_the_order_that_was_asked_for(assets: AssetService, make: Make) -> None:
    made = make_many(make, range(7))
    pages = [assets.get_assets(orderby="location desc, serialNumber", top=3, skip=skip) for skip in (0, 3, 6, 9)]
    assert [serials(page) for page in pages] == [made[1::2], made[0:6:2], made[6:], []]


def test_list_comes_by_id_unless_ordered(assets: AssetService, make: Make) -> None:
    make_many(make, range(9))
    ids = [asset.asset_id for asset in assets.get_assets()]
    assert ids == sorted(ids, key=str)


# Walks

# What a walk asks for, and which of the assets it then meets.
WALKS: dict[str, tuple[dict[str, str], Callable[[list[str]], list[str]]]] = {
    "all": ({}, lambda made: made),
    "filtered": ({"filter_str": "location eq 'Lab 0' or revision eq '03'"}, lambda made: sorted({*made[::2], made[3]})),
    "ordered": ({"orderby": "serialNumber"}, lambda made: made),
    "filtered and ordered": ({"filter_str": "location eq 'Lab 0'", "orderby": "revision desc"}, lambda made: made[::2]),
}


@pytest.mark.parametrize("page_size", [1, 3, 5, 10, 11])
@pytest.mark.parametrize("walk", WALKS)
def test_walk_meets_every_asset_once(assets: AssetService, make: Make, walk: str, page_size: int) -> None:
    arguments, expected = WALKS[walk]
    made = make_many(make, range(10))
    met = serials(assets.iter_assets(**arguments, page_size=page_size))
    assert sorted(met) == expected(made)
    if walk == "ordered":
        assert met == made


def test_walk_meets_every_asset_once_although_others_come_and_go(assets: AssetService, make: Make) -> None:
    made = make_many(make, range(12))
    walk = iter(assets.iter_assets(page_size=3))
    met = serials([next(walk) for _ in range(4)])
    gone = next(serial for serial in reversed(made) if serial not in met)
    assets.delete_asset(serial_number=met[0])
    assets.delete_asset(serial_number=gone)
    added = make_many(make, range(12, 24))
    met += serials(walk)
    assert len(met) == len(set(met))
    # One that went may have been fetched with its page before.
    assert set(made) - {gone} <= set(met) <= {*made, *added}


# Alarms


@pytest.fixture
def plan(assets: AssetService, make: Make) -> list[str]:
    """Assets due in 10, 20 and 30 days, with a warning after half of the time; returns two that are never due."""
    for days in (10, 20, 30):
        asset_type = assets.create_asset_type(f"{days} days", calibration_interval=days, warning_threshold=50)
        make(f"DUE-{days}", asset_type.type_id)
        assets.record_calibration(serial_number=f"DUE-{days}")
    return [make("FREE-1").serial_number, make("FREE-2", state=AssetState.IN_CALIBRATION).serial_number]


@pytest.mark.parametrize(
    ("days", "warning", "alarm"),
    [
        (0, [], []),
        (4.999, [], []),
        (5, ["DUE-10"], []),
        (9.999, ["DUE-10"], []),
        (10, ["DUE-20"], ["DUE-10"]),
        (20, ["DUE-30"], ["DUE-10", "DUE-20"]),
        (40, [], ["DUE-10", "DUE-20", "DUE-30"]),
    ],
)
@pytest.mark.usefixtures("plan")
def test_alarms_appear_when_the_time_has_come(
    assets: AssetService, live: Live, days: float, warning: list[str], alarm: list[str]
) -> None:
    live.clock.advance(days=days)
    assert serials(assets.get_assets_in_warning(orderby="serialNumber")) == warning
    assert serials(assets.get_assets_in_alarm(orderby="serialNumber")) == alarm
    for serial in ("DUE-10", "DUE-20", "DUE-30"):
        status = assets.get_status(serial_number=serial)
        assert status is not None
        assert (assets.is_in_warning(status), assets.is_in_alarm(status)) == (serial in warning, serial in alarm)


def test_asset_of_a_list_tells_its_alarm_by_itself(assets: AssetService, plan: list[str], live: Live) -> None:
    live.clock.advance(days=10)
    found = assets.get_assets(orderby="serialNumber")
    assert serials(filter(assets.is_in_alarm, found)) == ["DUE-10"]
    assert serials(filter(assets.is_in_warning, found)) == ["DUE-20"]


def test_alarms_come_in_pages(assets: AssetService, plan: list[str], live: Live) -> None:
    live.clock.advance(days=30)
    assert serials(assets.get_assets_in_alarm(top=1, skip=1, orderby="serialNumber desc")) == ["DUE-20"]
    live.clock.advance(days=-14)
    assert serials(assets.get_assets_in_warning(top=1, skip=1, orderby="serialNumber")) == ["DUE-30"]


def test_alarm_state_asks_for_what_the_rules_say(assets: AssetService, plan: list[str], live: Live) -> None:
    live.clock.advance(days=10)
    found = {
        state: serials(assets.get_assets_by_alarm_state(state, orderby="serialNumber")) for state in AssetAlarmState
    }
    assert found == {
        AssetAlarmState.OK: ["DUE-30", *plan],
        AssetAlarmState.WARNING: ["DUE-20"],
        AssetAlarmState.ALARM: ["DUE-10"],
    }


@pytest.mark.parametrize("state", [AssetState.IN_CALIBRATION, 4])
def test_other_state_asks_for_what_people_have_set(
    assets: AssetService, plan: list[str], state: AssetState | int
) -> None:
    assert serials(assets.get_assets_by_alarm_state(state)) == ["FREE-2"]


def test_calibration_ends_an_alarm(assets: AssetService, plan: list[str], live: Live) -> None:
    live.clock.advance(days=10)
    assets.record_calibration(serial_number="DUE-10")
    assert assets.get_assets_in_alarm() == []


def test_scrapped_asset_raises_no_alarm(assets: AssetService, plan: list[str], live: Live) -> None:
    live.clock.advance(days=10)
    assets.set_asset_state(AssetState.SCRAPPED, serial_number="DUE-10")
    assert assets.get_assets_in_alarm() == []
