"""
Every asset call of the published client, with what comes of it on our server.

Some go wrong by themselves, whatever server answers; `wrong` says why. `docs/guides/migrating-from-pywats-api.md` tells
their users.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pywats import Asset, AssetState, pyWATS

Look = Callable[[Asset, pyWATS], object]


@dataclass(frozen=True)
class Call:
    """
    A call of the method *name* about the assets of the fixture `asset`.

    Attributes:
        expression: The call as its users write it, mostly about the asset FIX-001. `asset_id`, `child_id`,
            `other_id` and `type_id` name what there is.
        told: What becomes of the returned value, to be compared with *expected*.
        raised: The name of the error that it raises instead.
        left: What our client sees afterwards, to be compared with *expected*.
        wrong: Why the published client does not do what its user asked for; empty where it does.
    """

    name: str
    expression: str
    expected: Any = True
    told: Callable[[Any], object] | None = None
    raised: str = ""
    left: Look | None = None
    wrong: str = ""

    def __str__(self) -> str:
        return f"{self.name}, {self.wrong}" if self.wrong else self.name


def _loaded(field: str) -> Callable[[Any], object]:
    return lambda returned: returned[field]


def _serials(returned: Any) -> set[str]:
    return {asset["serial_number"] for asset in returned}


def _stored(field: str) -> Look:
    return lambda asset, _: getattr(asset, field)


def _last_comment(asset: Asset, ours: pyWATS) -> str | None:
    return ours.asset.get_asset_log(f"assetId eq '{asset.asset_id}'", top=1)[0].comment


def _utc(year: int, *rest: int) -> datetime:
    """The naive local time, as our client tells it, of a moment of UTC."""
    return datetime.fromisoformat(f"{datetime(year, *rest).isoformat()}+00:00").astimezone().replace(tzinfo=None)


_NO_SUCH_STATE = "asks for a state that its own enum has not"
_NO_STATE = "AttributeError"
_ZONE = "sends its local time as if it were UTC"

CALLS = [
    Call("get_assets", "assets.get_assets(\"serialNumber eq 'FIX-001'\")", {"FIX-001"}, told=_serials),
    Call("get_asset", "assets.get_asset(serial_number='FIX-001')", "Lab A", told=_loaded("location")),
    Call("get_asset", "assets.get_asset(asset_id)", "Lab A", told=_loaded("location")),
    Call(
        "get_asset",
        "assets.get_asset(serial_number='FIX-001')",
        "2026-03-10T12:00:00",
        told=_loaded("last_calibration_date"),
        wrong="returns UTC without saying so",
    ),
    Call(
        "get_asset",
        "assets.get_asset(serial_number='FIX-002')",
        raised="NotFoundError",
        wrong="raises for an asset that is not there",
    ),
    Call("get_asset_by_serial", "assets.get_asset_by_serial('FIX-001')", "Lab A", told=_loaded("location")),
    Call(
        "get_asset_by_serial",
        "assets.get_asset_by_serial('FIX-001#2')",
        "FIX-001",
        told=_loaded("serial_number"),
        wrong="asks for another asset when the serial number holds # or ?",
    ),
    Call("create_asset", "assets.create_asset('FIX-001-new', type_id)", "FIX-001-new", told=_loaded("serial_number")),
    Call(
        "create_asset",
        "assets.create_asset('FIX-001', type_id, location='Lab B')",
        "Lab B",
        left=_stored("location"),
        wrong="overwrites an asset that exists",
    ),
    Call(
        "update_asset",
        "assets.update_asset(Asset(serial_number='FIX-001', type_id=type_id, location='Lab B'))",
        "Lab B",
        left=_stored("location"),
    ),
    Call(
        "update_asset",
        "assets.update_asset(Asset(serial_number='FIX-001', type_id=type_id, location=None))",
        "Lab A",
        left=_stored("location"),
        wrong="cannot clear a property",
    ),
    Call(
        "update_asset",
        "assets.update_asset(Asset(serial_number='FIX-001', type_id=type_id, description='d'))",
        AssetState.OK,
        left=_stored("state"),
        wrong="sets the state even when it was not told",
    ),
    Call(
        "update_asset",
        "assets.update_asset(Asset(serial_number='FIX-001', type_id=type_id, description='d'))",
        [],
        left=_stored("tags"),
        wrong="removes all tags when it was not told any",
    ),
    Call("delete_asset", "assets.delete_asset(serial_number='FIX-001')", True, told=bool),
    Call("get_status", "assets.get_status(serial_number='FIX-001')", 0, told=_loaded("alarmState")),
    Call("get_asset_state", "assets.get_asset_state(asset_id)", 5, told=int),
    Call(
        "set_asset_state",
        "assets.set_asset_state(AssetState.IN_TRANSIT, serial_number='FIX-001')",
        AssetState.IN_TRANSIT,
        left=_stored("state"),
    ),
    Call("is_in_alarm", "assets.is_in_alarm(Asset(serial_number='FIX-001'))", raised=_NO_STATE, wrong=_NO_SUCH_STATE),
    Call(
        "is_in_warning", "assets.is_in_warning(Asset(serial_number='FIX-001'))", raised=_NO_STATE, wrong=_NO_SUCH_STATE
    ),
    Call("get_assets_in_alarm", "assets.get_assets_in_alarm()", raised=_NO_STATE, wrong=_NO_SUCH_STATE),
    Call("get_assets_in_warning", "assets.get_assets_in_warning()", raised=_NO_STATE, wrong=_NO_SUCH_STATE),
    Call(
        "get_assets_by_alarm_state",
        "assets.get_assets_by_alarm_state(AssetState.IN_STORAGE)",
        {5},
        told=lambda returned: {asset["state"] for asset in returned},
    ),
    Call(
        "increment_count", "assets.increment_count(serial_number='FIX-001', amount=3)", 13, left=_stored("total_count")
    ),
    Call(
        "increment_count",
        "assets.increment_count(serial_number='FIX-001', increment_children=True)",
        1,
        left=lambda asset, ours: ours.asset.get_child_assets(asset.asset_id)[0].total_count,
    ),
    Call("reset_running_count", "assets.reset_running_count(asset_id, comment='c')", 0, left=_stored("running_count")),
    Call("set_running_count", "assets.set_running_count(7, asset_id)", 7, left=_stored("running_count")),
    Call("set_total_count", "assets.set_total_count(700, asset_id)", 700, left=_stored("total_count")),
    Call("record_calibration", "assets.record_calibration(asset_id, comment='c')", "c", left=_last_comment),
    Call(
        "record_calibration",
        "assets.record_calibration(asset_id, date_time=datetime(2026, 4, 10, 12))",
        _utc(2026, 4, 10, 12),
        left=_stored("last_calibration_date"),
        wrong=_ZONE,
    ),
    Call("record_maintenance", "assets.record_maintenance(asset_id, comment='c')", "c", left=_last_comment),
    Call(
        "record_calibration_external",
        "assets.record_calibration_external(asset_id, from_date=datetime(2026, 4, 1), to_date=datetime(2099, 1, 1))",
        _utc(2099, 1, 1),
        left=_stored("next_calibration_date"),
        wrong=_ZONE,
    ),
    Call(
        "record_maintenance_external",
        "assets.record_maintenance_external(asset_id, from_date=datetime(2026, 4, 1), to_date=datetime(2099, 1, 1))",
        _utc(2099, 1, 1),
        left=_stored("next_maintenance_date"),
        wrong=_ZONE,
    ),
    Call(
        "get_asset_log",
        "assets.get_asset_log(f\"assetId eq '{asset_id}'\", orderby='logId asc', top=1)",
        1,
        told=lambda returned: returned[0]["log_type"],
    ),
    Call("add_log_message", "assets.add_log_message(asset_id, 'checked', 'Ada')", "checked", left=_last_comment),
    Call(
        "get_asset_types",
        "assets.get_asset_types()",
        True,
        told=lambda returned: "Fixture" in {kind["type_name"] for kind in returned},
    ),
    Call(
        "create_asset_type",
        "assets.create_asset_type('Probe', running_count_limit=5)",
        5,
        told=_loaded("running_count_limit"),
    ),
    Call("get_child_assets", "assets.get_child_assets(asset_id)", {"FIX-001-child"}, told=_serials),
    Call(
        "add_child_asset",
        "assets.add_child_asset(child_id, other_id)",
        "FIX-001-child",
        left=lambda asset, ours: ours.asset.get_asset(serial_number="FIX-001-other").parent_serial_number,
    ),
    Call(
        "upload_file",
        "assets.upload_file(asset_id, 'new.txt', b'new')",
        b"new",
        left=lambda asset, ours: ours.asset.download_file(asset.asset_id, "new.txt"),
    ),
    Call(
        "download_file",
        "assets.download_file(asset_id, 'note.txt')",
        None,
        told=lambda returned: returned,
        wrong="takes the bytes for text, and returns nothing",
    ),
    Call("list_files", "assets.list_files(asset_id)", ["note.txt"], told=list),
    Call(
        "delete_files",
        "assets.delete_files(asset_id, ['note.txt'])",
        raised="ValidationError",
        wrong="does not send the names of the files",
    ),
]
