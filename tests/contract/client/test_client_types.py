"""Asset types: the real client on the real server."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from contract.client.conftest import TYPE_ID, Make
from pywats import AssetState, AssetType, ConflictError, IntervalMode, NotFoundError, ValidationError
from pywats.domains.asset.service import AssetService

SPECIFIED: dict[str, Any] = {
    "calibration_interval": 365.0,
    "maintenance_interval": 0.5,
    "running_count_limit": 10000,
    "total_count_limit": 100000,
    "warning_threshold": 80.0,
    "alarm_threshold": 90.0,
    "icon": "measurement_device",
}


def test_type_is_stored_as_told(assets: AssetService) -> None:
    created = assets.create_asset_type("Digital Multimeter – µV", **SPECIFIED)
    assert created.model_dump(include=set(SPECIFIED)) == SPECIFIED
    assert assets.get_asset_types("startswith(typeName, 'Digital')") == [created]


def test_type_that_tells_only_its_name_demands_nothing(assets: AssetService) -> None:
    created = assets.create_asset_type("Cable")
    assert created == AssetType(type_name="Cable", type_id=created.type_id)


@pytest.mark.parametrize("mode", [IntervalMode.UNLIMITED, IntervalMode.EXTERNAL])
def test_interval_mode_survives(assets: AssetService, mode: IntervalMode) -> None:
    created = assets.create_asset_type("Weight", calibration_interval=mode, maintenance_interval=mode)
    assert (created.calibration_interval, created.maintenance_interval) == (mode, mode)


def test_type_takes_an_id_of_the_callers_choice(assets: AssetService, make: Make) -> None:
    wanted = UUID("ABCDEF00-1234-4321-8888-00000000ABCD")
    assert assets.create_asset_type("Probe", type_id=wanted).type_id == wanted
    assert make(type_id=wanted).type_id == wanted


def test_update_sends_what_changed_alone(assets: AssetService) -> None:
    mine, theirs = (assets.create_asset_type("Scope", **SPECIFIED) for _ in range(2))
    theirs.icon = "scope"
    assets.update_asset_type(theirs)
    mine.running_count_limit = None
    stored = assets.update_asset_type(mine)
    assert (stored.icon, stored.running_count_limit, stored.total_count_limit) == ("scope", None, 100000)


def test_type_is_renamed(assets: AssetService) -> None:
    created = assets.create_asset_type("Old")
    created.type_name = "New"
    assert assets.update_asset_type(created) == created
    assert [found.type_name for found in assets.get_asset_types()] == ["New", "Plain"]


def test_types_come_by_name_and_in_pages(assets: AssetService) -> None:
    for name in ("C", "A", "B"):
        assets.create_asset_type(name)
    assert [found.type_name for found in assets.get_asset_types()] == ["A", "B", "C", "Plain"]
    assert [found.type_name for found in assets.get_asset_types(orderby="typeName desc", top=2, skip=1)] == ["C", "B"]


def test_changed_type_changes_the_status_of_its_assets(assets: AssetService, make: Make) -> None:
    fixture = assets.create_asset_type("Fixture", running_count_limit=1000)
    asset = make(type_id=fixture.type_id, running_count=500)
    assert not assets.get_assets_in_alarm()
    fixture.running_count_limit = 400
    assets.update_asset_type(fixture)
    assert [found.asset_id for found in assets.get_assets_in_alarm()] == [asset.asset_id]


def test_lower_total_limit_and_alarm_threshold_are_raised(assets: AssetService) -> None:
    created = assets.create_asset_type(
        "Fixture", running_count_limit=100, total_count_limit=50, warning_threshold=80, alarm_threshold=70
    )
    assert (created.total_count_limit, created.alarm_threshold) == (100, 80)


def test_readonly_type_refuses_changes(assets: AssetService) -> None:
    created = assets.create_asset_type("Fixed", is_readonly=True)
    created.icon = "other"
    with pytest.raises(ConflictError, match="Fixed") as refused:
        assets.update_asset_type(created)
    assert (refused.value.status_code, refused.value.operation) == (409, "asset.save_type")


def test_type_of_an_unknown_range_is_refused_by_the_server(assets: AssetService) -> None:
    with pytest.raises(ValidationError) as refused:
        assets.create_asset_type("Fixture", warning_threshold=10**9)
    assert refused.value.status_code == 422
    assert refused.value.details["field"] == "warningThreshold"


def test_type_in_use_is_not_deleted(assets: AssetService, make: Make) -> None:
    make()
    spare = assets.create_asset_type("Spare")
    with pytest.raises(ConflictError, match="Plain") as refused:
        assets.delete_asset_types([spare.type_id or "", TYPE_ID])
    assert (refused.value.status_code, refused.value.operation) == (409, "asset.delete_types")
    assert [found.type_name for found in assets.get_asset_types()] == ["Plain", "Spare"]


def test_type_that_no_asset_has_is_deleted(assets: AssetService) -> None:
    spare = assets.create_asset_type("Spare")
    assert assets.delete_asset_types([spare.type_id or ""]) is True
    assert [found.type_name for found in assets.get_asset_types()] == ["Plain"]


def test_type_that_does_not_exist_is_not_deleted(assets: AssetService) -> None:
    nowhere = uuid4()
    with pytest.raises(NotFoundError, match=str(nowhere)):
        assets.delete_asset_types([nowhere])


def test_external_calibration_gives_dates_where_the_type_sets_none(assets: AssetService, make: Make) -> None:
    weight = assets.create_asset_type("Weight", calibration_interval=IntervalMode.EXTERNAL)
    made = make(type_id=weight.type_id, state=AssetState.IN_OPERATION)
    assets.record_calibration(made.asset_id)
    asset = assets.get_asset(made.asset_id)
    assert asset is not None
    assert (asset.last_calibration_date is None, asset.next_calibration_date is None) == (False, True)
