"""Creating, reading, updating and deleting assets, and their state and status: the real client on the real server."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from contract.client.conftest import TYPE_ID, Live, Make
from pywats import (
    Asset,
    AssetAlarmState,
    AssetState,
    ConflictError,
    NotFoundError,
    Setting,
    ValidationError,
    pyWATS,
)
from pywats.domains.asset.service import AssetService
from pywats_server.services.session import Role

JANUARY = datetime(2026, 1, 5, 7, 30)

# Creating


def test_created_asset_is_returned_and_stored_as_told(assets: AssetService) -> None:
    told = {
        "asset_name": "Oscilloscope – Labor A",
        "part_number": "MSO64",
        "revision": "1.0",
        "state": AssetState.IN_STORAGE,
        "description": "two\nlines",
        "location": "Lab A - Station 3",
        "client_id": 17,
        "first_seen_date": JANUARY,
        "last_seen_date": JANUARY + timedelta(days=1),
        "last_calibration_date": JANUARY + timedelta(days=2),
        "next_calibration_date": JANUARY + timedelta(days=300),
        "last_maintenance_date": JANUARY + timedelta(days=3),
        "next_maintenance_date": JANUARY + timedelta(days=200),
        "total_count": 50,
        "running_count": 5,
        "tags": [Setting(key="Range", value="1 GHz")],
    }
    created = assets.create_asset("SCOPE-042", TYPE_ID, **told)  # type: ignore[arg-type]
    assert created == assets.get_asset(serial_number="SCOPE-042")
    assert created.model_dump(include=set(told)) == {**told, "tags": [{"key": "Range", "value": "1 GHz"}]}
    assert created.asset_type is not None
    assert created.asset_type.type_name == "Plain"


def test_created_asset_is_in_operation_unless_told(make: Make) -> None:
    assert make().state is AssetState.OK


def test_asset_that_exists_is_not_created_again(assets: AssetService, make: Make) -> None:
    made = make(location="Lab A")
    with pytest.raises(ConflictError, match="DMM-001"):
        make(location="Lab B")
    assert assets.get_asset(made.asset_id) == made


def test_asset_that_many_create_at_once_is_created_once(live: Live) -> None:
    def create(n: int) -> Asset | ConflictError:
        try:
            return api.asset.create_asset("DMM-001", TYPE_ID, location=f"Lab {n}")
        except ConflictError as refused:
            return refused

    with pyWATS(live.url, live.tokens[Role.MANAGER]) as api, ThreadPoolExecutor(8) as threads:
        outcomes = list(threads.map(create, range(8)))
        created = [outcome for outcome in outcomes if isinstance(outcome, Asset)]
        assert api.asset.get_asset_by_serial("DMM-001") in created
    assert len(created) == 1


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"type_id": uuid4()}, "typeId"),
        ({"parent_asset_id": uuid4()}, "parentAssetId"),
        ({"parent_serial_number": "NONE-001"}, "parentSerialNumber"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_asset_with_a_type_or_parent_that_does_not_exist_is_not_created(
    assets: AssetService, make: Make, told: dict[str, Any], field: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        make(**told)
    assert refused.value.status_code == 422
    assert refused.value.details["field"] == field
    assert refused.value.operation == "asset.save"
    assert assets.get_assets() == []


# Updating


def test_update_leaves_alone_what_others_changed_meanwhile(assets: AssetService, make: Make) -> None:
    mine = make(description="as delivered")
    theirs = assets.get_asset(mine.asset_id)
    assert theirs is not None
    theirs.description, theirs.part_number = "repaired", "P-1"
    assets.update_asset(theirs)
    mine.location = "Lab A"
    stored = assets.update_asset(mine)
    assert (stored.description, stored.part_number, stored.location) == ("repaired", "P-1", "Lab A")


def test_update_touches_neither_counters_nor_dates(assets: AssetService, make: Make) -> None:
    stale = make(next_calibration_date=JANUARY)
    assets.increment_count(stale.asset_id, amount=7)
    assets.record_calibration_external(stale.asset_id, None, JANUARY, JANUARY + timedelta(days=9))
    before = assets.get_asset(stale.asset_id)
    stale.location = "Lab A"
    stale.running_count = stale.total_count = 99
    stale.next_calibration_date = stale.last_seen_date = JANUARY - timedelta(days=99)
    after = assets.update_asset(stale)
    assert before is not None
    assert after == before.model_copy(update={"location": "Lab A"})


def test_update_of_an_asset_made_by_hand_changes_what_was_set(assets: AssetService, make: Make) -> None:
    made = make(location="Lab A", state=AssetState.IN_STORAGE)
    stored = assets.update_asset(Asset(serial_number="DMM-001", type_id=TYPE_ID, asset_name="Multimeter"))
    assert stored == made.model_copy(update={"asset_name": "Multimeter"})


def test_update_that_changes_nothing_leaves_no_log_entry(assets: AssetService, make: Make) -> None:
    made = make(location="Lab A", tags=[Setting(key="K", value="V")])
    before = assets.get_asset_log()
    assert assets.update_asset(made) == made
    assert assets.get_asset_log() == before


@pytest.mark.parametrize("field", ["asset_name", "part_number", "revision", "description", "location", "client_id"])
def test_none_clears_a_field_and_no_other(assets: AssetService, make: Make, field: str) -> None:
    texts = ("asset_name", "part_number", "revision", "description", "location")
    made = make(client_id=3, **dict.fromkeys(texts, "text"))
    setattr(made, field, None)
    assert assets.update_asset(made) == made
    assert assets.get_asset(made.asset_id) == made


@pytest.mark.parametrize("field", ["parent_asset_id", "parent_serial_number"])
def test_none_takes_an_asset_out_of_its_parent(assets: AssetService, make: Make, field: str) -> None:
    child = make("PROBE-001", parent_asset_id=make("STATION-001").asset_id)
    assert child.parent_serial_number == "STATION-001"
    setattr(child, field, None)
    stored = assets.update_asset(child)
    assert (stored.parent_asset_id, stored.parent_serial_number) == (None, None)


def test_asset_moves_to_the_parent_whose_serial_number_is_set(assets: AssetService, make: Make) -> None:
    make("STATION-001")
    other = make("STATION-002")
    child = make("PROBE-001", parent_serial_number="STATION-001")
    child.parent_serial_number = "STATION-002"
    assert assets.update_asset(child).parent_asset_id == other.asset_id


def test_renamed_asset_keeps_its_id_and_counts(assets: AssetService, make: Make) -> None:
    made = make("OLD-001", total_count=5)
    made.serial_number = "NEW-001"
    stored = assets.update_asset(made)
    assert (stored.asset_id, stored.serial_number, stored.total_count) == (made.asset_id, "NEW-001", 5)
    assert assets.get_asset_by_serial("OLD-001") is None


def test_rename_to_a_serial_number_in_use_is_refused(assets: AssetService, make: Make) -> None:
    make("USED-001")
    made = make("OLD-001")
    made.serial_number = "USED-001"
    with pytest.raises(ConflictError, match="USED-001") as refused:
        assets.update_asset(made)
    assert refused.value.status_code == 409
    assert sorted(asset.serial_number for asset in assets.get_assets()) == ["OLD-001", "USED-001"]


def test_update_of_a_missing_asset_is_not_found_and_creates_nothing(assets: AssetService) -> None:
    with pytest.raises(NotFoundError, match="GONE-001") as refused:
        assets.update_asset(Asset(serial_number="GONE-001", type_id=TYPE_ID))
    assert refused.value.request_id
    assert assets.get_assets() == []


def test_update_only_if_unchanged_is_refused_after_a_change(assets: AssetService, make: Make) -> None:
    mine = make()
    theirs = assets.get_asset(mine.asset_id)
    assert theirs is not None
    theirs.location = "Lab B"
    assets.update_asset(theirs)
    mine.location = "Lab A"
    with pytest.raises(ConflictError, match="changed") as refused:
        assets.update_asset(mine, only_if_unchanged=True)
    assert refused.value.status_code == 412
    stored = assets.get_asset(mine.asset_id)
    assert stored is not None
    assert stored.location == "Lab B"


def test_update_only_if_unchanged_succeeds_again_and_again(assets: AssetService, make: Make) -> None:
    asset = make()
    for location in ("Lab A", "Lab B", "Lab C"):
        asset.location = location
        asset = assets.update_asset(asset, only_if_unchanged=True)
    assert asset.location == "Lab C"


def test_count_is_no_change_for_update_only_if_unchanged(assets: AssetService, make: Make) -> None:
    asset = make()
    assets.increment_count(asset.asset_id)
    asset.location = "Lab A"
    assert assets.update_asset(asset, only_if_unchanged=True).total_count == 1


# Reading and deleting


def test_asset_is_named_by_id_and_serial_number_when_they_agree(assets: AssetService, make: Make) -> None:
    made = make()
    assert assets.get_asset(made.asset_id, "DMM-001") == made
    with pytest.raises(ValidationError, match="OTHER"):
        assets.get_asset(made.asset_id, "OTHER")


def test_change_of_an_asset_whose_names_disagree_is_refused(assets: AssetService, make: Make) -> None:
    made = make()
    with pytest.raises(ValidationError, match="OTHER") as refused:
        assets.increment_count(made.asset_id, "OTHER")
    assert refused.value.status_code == 400


def test_deleted_asset_is_gone_and_its_children_move_up(assets: AssetService, make: Make) -> None:
    station = make("STATION-001")
    make("FIXTURE-001", parent_serial_number="STATION-001")
    make("PROBE-001", parent_serial_number="FIXTURE-001")
    assert assets.delete_asset(serial_number="FIXTURE-001") is True
    assert assets.get_asset_by_serial("FIXTURE-001") is None
    probe = assets.get_asset_by_serial("PROBE-001")
    assert probe is not None
    assert probe.parent_asset_id == station.asset_id


def test_serial_number_of_a_deleted_asset_is_free_again(assets: AssetService, make: Make) -> None:
    deleted = make()
    assets.delete_asset(deleted.asset_id)
    assert make().asset_id != deleted.asset_id


# State and status


@pytest.mark.parametrize("state", AssetState, ids=lambda state: state.name)
def test_state_that_was_set_is_told(assets: AssetService, make: Make, state: AssetState) -> None:
    made = make()
    assert assets.set_asset_state(state, made.asset_id) is True
    assert assets.get_asset_state(made.asset_id) is state
    status = assets.get_status(made.asset_id)
    assert status is not None
    assert status.state is state


def test_status_tells_what_remains_and_why(assets: AssetService, make: Make) -> None:
    limited = assets.create_asset_type("Fixture", running_count_limit=1000, warning_threshold=80, alarm_threshold=90)
    made = make("FIXTURE-001", limited.type_id, running_count=930, total_count=5000)
    status = assets.get_status(serial_number="FIXTURE-001")
    assert status is not None
    assert (status.alarm_state, status.status) == (AssetAlarmState.ALARM, 3)
    assert (status.running_count_exceeded, status.total_count_exceeded) == (-70, None)
    (reason,) = status.reasons
    assert (reason.kind, reason.used, reason.limit, reason.percent) == ("runningCount", 930, 1000, 93)
    assert "930" in status.message
    assert status["runningCountExceeded"] == -70
    assert assets.is_in_alarm(status)
    assert assets.is_in_alarm(made)


def test_status_speaks_the_language_of_the_caller(assets: AssetService, make: Make) -> None:
    make("FIXTURE-001", next_calibration_date=JANUARY)
    told = {
        language: assets.get_status(serial_number="FIXTURE-001", culture_code=language)
        for language in ("en", "de", "nb-NO", "zh-CN")
    }
    keys = assets.get_status(serial_number="FIXTURE-001", translate=False)
    messages = {status.message for status in [*told.values(), keys] if status is not None}
    assert len(messages) == 5
