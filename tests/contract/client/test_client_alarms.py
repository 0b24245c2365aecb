"""Alarms and warnings that appear as time goes on, and what ends them."""

from datetime import UTC, datetime

import pytest

from contract.client.conftest import TYPE_ID, Live, Stock, restocked, serials
from databases import Databases
from pywats import AssetAlarmState, AssetState
from pywats.domains.asset.service import AssetService
from pywats_server.services import assets as asset_cases
from pywats_server.services import types
from pywats_server.services.backend import Backend
from pywats_server.services.drafts import AssetDraft, TypeDraft
from pywats_server.services.session import LOCAL_ADMINISTRATOR

CALIBRATED_AT = datetime(2026, 3, 10, 12, tzinfo=UTC)
"""When each test begins."""


@pytest.fixture(scope="module")
def stock(stock: Stock, databases: Databases) -> Stock:
    """Assets due in 10, 20 and 30 days, with a warning after half of the time, and two that are never due."""
    return restocked(stock, databases, _furnish)


async def _furnish(backend: Backend) -> None:
    drafts = [
        AssetDraft(serial_number="FREE-1", type_id=str(TYPE_ID)),
        AssetDraft(serial_number="FREE-2", type_id=str(TYPE_ID), state=AssetState.IN_CALIBRATION),
    ]
    for days in (10, 20, 30):
        plan = TypeDraft(type_name=f"{days} days", calibration_interval_days=days, warning_threshold_percent=50)
        type_id = (await backend.write(LOCAL_ADMINISTRATOR, types.save_type, plan))["typeId"]
        drafts.append(AssetDraft(serial_number=f"DUE-{days}", type_id=type_id, last_calibration_at=CALIBRATED_AT))
    for draft in drafts:
        await backend.write(LOCAL_ADMINISTRATOR, asset_cases.save_asset, draft)


@pytest.mark.parametrize(
    ("days", "warning", "alarm"),
    [
        (4.999, [], []),
        (5, ["DUE-10"], []),
        (9.999, ["DUE-10"], []),
        (10, ["DUE-20"], ["DUE-10"]),
        (40, [], ["DUE-10", "DUE-20", "DUE-30"]),
    ],
)
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


def test_asset_of_a_list_tells_its_alarm_by_itself(assets: AssetService, live: Live) -> None:
    live.clock.advance(days=10)
    found = assets.get_assets(orderby="serialNumber")
    assert serials(filter(assets.is_in_alarm, found)) == ["DUE-10"]
    assert serials(filter(assets.is_in_warning, found)) == ["DUE-20"]


def test_alarms_come_in_pages(assets: AssetService, live: Live) -> None:
    live.clock.advance(days=30)
    assert serials(assets.get_assets_in_alarm(top=1, skip=1, orderby="serialNumber desc")) == ["DUE-20"]
    live.clock.advance(days=-14)
    assert serials(assets.get_assets_in_warning(top=1, skip=1, orderby="serialNumber")) == ["DUE-30"]


def test_alarm_state_asks_for_what_the_rules_say(assets: AssetService, live: Live) -> None:
    live.clock.advance(days=10)
    found = {
        state: serials(assets.get_assets_by_alarm_state(state, orderby="serialNumber")) for state in AssetAlarmState
    }
    assert found == {
        AssetAlarmState.OK: ["DUE-30", "FREE-1", "FREE-2"],
        AssetAlarmState.WARNING: ["DUE-20"],
        AssetAlarmState.ALARM: ["DUE-10"],
    }


@pytest.mark.parametrize("state", [AssetState.IN_CALIBRATION, 4])
def test_other_state_asks_for_what_people_have_set(assets: AssetService, state: AssetState | int) -> None:
    assert serials(assets.get_assets_by_alarm_state(state)) == ["FREE-2"]


def test_calibration_ends_an_alarm(assets: AssetService, live: Live) -> None:
    live.clock.advance(days=10)
    assets.record_calibration(serial_number="DUE-10")
    assert assets.get_assets_in_alarm() == []


def test_scrapped_asset_raises_no_alarm(assets: AssetService, live: Live) -> None:
    live.clock.advance(days=10)
    assets.set_asset_state(AssetState.SCRAPPED, serial_number="DUE-10")
    assert assets.get_assets_in_alarm() == []
