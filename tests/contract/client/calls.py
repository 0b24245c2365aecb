"""One valid call of every method of the service, about assets that `furnish` makes."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from contract.client.conftest import TYPE_ID
from pywats import Asset, AssetState, AssetType, Setting
from pywats.domains.asset.service import AssetService
from pywats_server.services import assets, files, types
from pywats_server.services.backend import Backend
from pywats_server.services.drafts import AssetDraft, TypeDraft
from pywats_server.services.identify import AssetRef
from pywats_server.services.session import LOCAL_ADMINISTRATOR, Role

ASSET_ID = "33333333-aaaa-4bbb-8ccc-333333333333"
STATION_ID = "44444444-aaaa-4bbb-8ccc-444444444444"
SPARE_TYPE_ID = UUID("22222222-aaaa-4bbb-8ccc-222222222222")
BY_ID = {"asset_id": ASSET_ID}


async def furnish(backend: Backend) -> None:
    """Store what the calls are about: an asset with a file, a station, and a type that no asset has."""
    stored: list[tuple[Any, list[Any]]] = [
        (assets.save_asset, [AssetDraft(asset_id=ASSET_ID, serial_number="DMM-001", type_id=str(TYPE_ID))]),
        (assets.save_asset, [AssetDraft(asset_id=STATION_ID, serial_number="STATION-001", type_id=str(TYPE_ID))]),
        (files.attach_file, [AssetRef(ASSET_ID), "f.txt", b"content"]),
        (types.save_type, [TypeDraft(type_id=str(SPARE_TYPE_ID), type_name="Spare")]),
    ]
    for use_case, arguments in stored:
        await backend.write(LOCAL_ADMINISTRATOR, use_case, *arguments)


@dataclass(frozen=True)
class Call:
    """
    A call of the method *name*.

    Attributes:
        make: Makes the call, about the asset that the second argument names as the service's methods do.
        role: The least role that may make it.
        operation: What errors call it.
        takes: By what it takes an asset; nothing for a call about none.
        of_missing: What it returns for an asset that does not exist; NotImplemented when that is an error.
    """

    name: str
    make: Callable[[AssetService, dict[str, Any]], Any]
    role: Role = Role.VIEWER
    operation: str = ""
    takes: tuple[str, ...] = ()
    of_missing: Any = NotImplemented

    def __str__(self) -> str:
        return self.name


def _update_one(service: AssetService, asset: Asset) -> Asset | None:
    """Update it as one of many, and raise what would be told of it."""
    [outcome] = service.update_assets([asset])
    if outcome.error is not None:
        raise outcome.error
    return outcome.asset


_VIEWER, _OPERATOR, _MANAGER, _ADMINISTRATOR = Role
_ID = ("asset_id",)
_SERIAL = ("serial_number",)
_BOTH = _ID + _SERIAL
_LATER = datetime(2099, 1, 1)

CALLS = [
    Call("get_assets", lambda s, _: s.get_assets()),
    Call("iter_assets", lambda s, _: list(s.iter_assets())),
    Call("get_asset", lambda s, n: s.get_asset(**n), takes=_BOTH, of_missing=None),
    Call(
        "get_asset_by_serial",
        lambda s, n: s.get_asset_by_serial(n.get("serial_number", "DMM-001")),
        takes=_SERIAL,
        of_missing=None,
    ),
    Call("get_assets_by_serial", lambda s, _: s.get_assets_by_serial(["DMM-001", "GONE-001"])),
    Call("create_asset", lambda s, _: s.create_asset("NEW-001", TYPE_ID), _MANAGER, "asset.save"),
    Call(
        "update_asset",
        lambda s, n: s.update_asset(Asset(serial_number="DMM-001", type_id=TYPE_ID, location="Lab A", **n)),
        _MANAGER,
        "asset.save",
    ),
    Call(
        "update_assets",
        lambda s, n: _update_one(s, Asset(serial_number="DMM-001", type_id=TYPE_ID, location="Lab A", **n)),
        _MANAGER,
        "asset.save",
    ),
    Call("delete_asset", lambda s, n: s.delete_asset(**n), _ADMINISTRATOR, "asset.delete", _BOTH),
    Call("get_status", lambda s, n: s.get_status(**n), takes=_BOTH, of_missing=None),
    Call("get_asset_state", lambda s, n: s.get_asset_state(**n), takes=_BOTH, of_missing=None),
    Call(
        "set_asset_state",
        lambda s, n: s.set_asset_state(AssetState.IN_STORAGE, **n),
        _OPERATOR,
        "asset.set_state",
        _BOTH,
    ),
    Call("get_assets_in_alarm", lambda s, _: s.get_assets_in_alarm()),
    Call("get_assets_in_warning", lambda s, _: s.get_assets_in_warning()),
    Call("get_assets_by_alarm_state", lambda s, _: s.get_assets_by_alarm_state(AssetState.OK)),
    Call("check_ready", lambda s, n: s.check_ready(**{f"{name}s": [value] for name, value in n.items()})),
    Call("increment_count", lambda s, n: s.increment_count(**n), _OPERATOR, "asset.update_count", _BOTH),
    Call("increment_counts", lambda s, n: s.increment_counts([n]), _OPERATOR, "asset.update_counts", _BOTH),
    Call("reset_running_count", lambda s, n: s.reset_running_count(**n), _OPERATOR, "asset.reset_running_count", _BOTH),
    Call("set_running_count", lambda s, n: s.set_running_count(7, **n), _MANAGER, "asset.set_running_count", _BOTH),
    Call("set_total_count", lambda s, n: s.set_total_count(7, **n), _MANAGER, "asset.set_total_count", _BOTH),
    Call("record_calibration", lambda s, n: s.record_calibration(**n), _OPERATOR, "asset.post_calibration", _BOTH),
    Call("record_maintenance", lambda s, n: s.record_maintenance(**n), _OPERATOR, "asset.post_maintenance", _BOTH),
    Call(
        "record_calibration_external",
        lambda s, n: s.record_calibration_external(to_date=_LATER, **n),
        _OPERATOR,
        "asset.post_calibration_external",
        _BOTH,
    ),
    Call(
        "record_maintenance_external",
        lambda s, n: s.record_maintenance_external(to_date=_LATER, **n),
        _OPERATOR,
        "asset.post_maintenance_external",
        _BOTH,
    ),
    Call("get_asset_log", lambda s, _: s.get_asset_log()),
    Call("add_log_message", lambda s, n: s.add_log_message(message="m", **n), _OPERATOR, "asset.post_message", _BOTH),
    Call("get_asset_types", lambda s, _: s.get_asset_types()),
    Call("create_asset_type", lambda s, _: s.create_asset_type("Probe"), _MANAGER, "asset.save_type"),
    Call(
        "update_asset_type",
        lambda s, _: s.update_asset_type(AssetType(type_name="Spare", icon="i")),
        _MANAGER,
        "asset.save_type",
    ),
    Call(
        "delete_asset_types",
        lambda s, _: s.delete_asset_types([SPARE_TYPE_ID]),
        _ADMINISTRATOR,
        "asset.delete_types",
    ),
    Call(
        "get_child_assets",
        lambda s, n: s.get_child_assets(n.get("asset_id"), n.get("serial_number")),
        takes=_BOTH,
    ),
    Call("get_tree_status", lambda s, n: s.get_tree_status(**n), takes=_BOTH),
    Call(
        "add_child_asset",
        lambda s, n: s.add_child_asset(STATION_ID, n["asset_id"]),
        _MANAGER,
        "asset.set_parent",
        _ID,
    ),
    Call("set_parent", lambda s, n: s.set_parent([n["asset_id"]], None), _MANAGER, "asset.set_parent", _ID),
    Call("get_asset_tags", lambda s, n: s.get_asset_tags(**n), takes=_BOTH),
    Call(
        "set_asset_tags",
        lambda s, n: s.set_asset_tags([Setting(key="k", value="v")], **n),
        _MANAGER,
        "asset.set_tags",
        _BOTH,
    ),
    Call(
        "upload_file",
        lambda s, n: s.upload_file(filename="new.txt", content=b"new", **n),
        _OPERATOR,
        "asset.upload_file",
        _BOTH,
    ),
    Call("download_file", lambda s, n: s.download_file(filename="f.txt", **n), takes=_BOTH, of_missing=None),
    Call("list_files", lambda s, n: s.list_files(**n), takes=_BOTH),
    Call(
        "delete_files",
        lambda s, n: s.delete_files(filenames=["f.txt"], **n),
        _ADMINISTRATOR,
        "asset.delete_files",
        _BOTH,
    ),
]
