"""What the server sends and what the client reads: every property has its place, and numbers mean the same."""

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import BaseModel

from contract.client.conftest import TYPE_ID, Live
from contract.client.raw import raw
from pywats import (
    Asset,
    AssetAlarmState,
    AssetLog,
    AssetLogType,
    AssetState,
    AssetStatus,
    AssetType,
    IntervalMode,
    Setting,
    pyWATS,
)
from pywats.domains.asset import StatusReason
from pywats_server.services.session import Role

NOT_READ: dict[type[BaseModel], set[str]] = {
    # The tags in their older form, and a name that the asset's type has.
    Asset: {"xmlData", "typeName"},
    # For auditors, who check the chain on the server.
    AssetLog: {"hash", "previousHash"},
}
"""What the server sends and the models leave out."""

NOT_SENT: dict[type[BaseModel], set[str]] = {
    # Other WATS servers send these.
    Asset: {"assetChildren", "assetLog"},
}
"""What the models read and the server never sends."""


@pytest.fixture
def furnished(live: Live) -> Live:
    """A server with an asset that has everything, in alarm for every reason."""
    with pyWATS(live.url, live.tokens[Role.ADMINISTRATOR]) as api:
        full = api.asset.create_asset_type(
            "Full", running_count_limit=1, total_count_limit=1, calibration_interval=1, maintenance_interval=1
        )
        api.asset.create_asset("STATION-001", TYPE_ID)
        api.asset.create_asset(
            "DMM-001",
            full.type_id or "",
            parent_serial_number="STATION-001",
            running_count=2,
            total_count=2,
            tags=[Setting(key="K", value="V")],
        )
        api.asset.record_calibration(serial_number="DMM-001")
        api.asset.record_maintenance(serial_number="DMM-001")
    live.clock.advance(days=3)
    return live


Pick = Callable[[Any], dict[str, Any]]
DOCUMENTS: dict[str, tuple[str, Pick, type[BaseModel], set[str]]] = {
    "asset": ("/api/Asset/DMM-001", lambda sent: sent, Asset, set()),
    "type of an asset": ("/api/Asset/DMM-001", lambda sent: sent["assetType"], AssetType, set()),
    "tag": ("/api/Asset/DMM-001", lambda sent: sent["tags"][0], Setting, set()),
    "list": ("/api/Asset", lambda sent: sent[0], Asset, {"assetType"}),
    "children": ("/api/Asset/SubAssets?serialNumber=STATION-001", lambda sent: sent[0], Asset, {"assetType"}),
    "types": ("/api/Asset/Types", lambda sent: sent[0], AssetType, set()),
    "log": ("/api/Asset/Log", lambda sent: sent[0], AssetLog, set()),
    "status": (
        "/api/Asset/Status?serialNumber=DMM-001",
        lambda sent: sent,
        AssetStatus,
        {"assetId", "serialNumber", "parentAssetId"},
    ),
    "status in a tree": (
        "/api/internal/Asset/Statuses?serialNumber=DMM-001",
        lambda sent: sent[0],
        AssetStatus,
        set(),
    ),
    "reason": (
        "/api/Asset/Status?serialNumber=DMM-001",
        lambda sent: next(reason for reason in sent["reasons"] if reason["kind"] == "calibration"),
        StatusReason,
        set(),
    ),
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_model_has_what_the_server_sends(furnished: Live, name: str) -> None:
    path, pick, model, absent = DOCUMENTS[name]
    sent = set(pick(raw(furnished, path)))
    read = {field.serialization_alias or alias for alias, field in model.model_fields.items()}
    assert sent == (read | NOT_READ.get(model, set())) - NOT_SENT.get(model, set()) - absent


# The numbers of the wire, as the contract tells them.

STATES = {
    0: "UNKNOWN",
    1: "IN_OPERATION",
    2: "IN_TRANSIT",
    3: "IN_MAINTENANCE",
    4: "IN_CALIBRATION",
    5: "IN_STORAGE",
    6: "SCRAPPED",
}


@pytest.fixture
def api(live: Live) -> Any:
    """An administrator's client."""
    with pyWATS(live.url, live.tokens[Role.ADMINISTRATOR]) as client:
        yield client


@pytest.mark.parametrize(("number", "name"), STATES.items())
def test_number_of_a_state_is_the_same_on_both_sides(live: Live, api: pyWATS, number: int, name: str) -> None:
    api.asset.create_asset("DMM-001", TYPE_ID, state=AssetState[name])
    assert raw(live, "/api/Asset/DMM-001")["state"] == number
    assert api.asset.get_assets(f"state eq {number}")[0].state is AssetState[name]


@pytest.mark.parametrize(
    ("count", "number", "level", "net_status"),
    [(0, 0, AssetAlarmState.OK, 0), (80, 1, AssetAlarmState.WARNING, 2), (100, 2, AssetAlarmState.ALARM, 3)],
)
def test_number_of_an_alarm_state_is_the_same_on_both_sides(
    live: Live, api: pyWATS, count: int, number: int, level: AssetAlarmState, net_status: int
) -> None:
    limited = api.asset.create_asset_type("Limited", running_count_limit=100, warning_threshold=80)
    api.asset.create_asset("DMM-001", limited.type_id or "", running_count=count)
    sent = raw(live, "/api/Asset/Status?serialNumber=DMM-001")
    assert (sent["alarmState"], sent["status"]) == (number, net_status)
    assert raw(live, "/api/Asset/DMM-001")["alarmState"] == number
    status = api.asset.get_status(serial_number="DMM-001")
    assert status is not None
    assert status.alarm_state is level


LOG_TYPES: dict[int, tuple[str, Callable[[pyWATS], object]]] = {
    0: ("MESSAGE", lambda api: api.asset.add_log_message(serial_number="DMM-001", message="m")),
    1: ("REGISTER", lambda api: api.asset.create_asset("NEW-001", TYPE_ID)),
    2: ("UPDATE", lambda api: api.asset.set_total_count(5, serial_number="DMM-001")),
    3: ("RESET_COUNT", lambda api: api.asset.reset_running_count(serial_number="DMM-001")),
    4: ("CALIBRATION", lambda api: api.asset.record_calibration(serial_number="DMM-001")),
    5: ("MAINTENANCE", lambda api: api.asset.record_maintenance(serial_number="DMM-001")),
    6: ("STATE_CHANGE", lambda api: api.asset.set_asset_state(AssetState.IN_TRANSIT, serial_number="DMM-001")),
}


@pytest.mark.parametrize("number", LOG_TYPES)
def test_number_of_a_log_type_is_the_same_on_both_sides(live: Live, api: pyWATS, number: int) -> None:
    name, happen = LOG_TYPES[number]
    api.asset.create_asset("DMM-001", TYPE_ID)
    happen(api)
    assert raw(live, "/api/Asset/Log?$top=1")[0]["type"] == number
    assert api.asset.get_asset_log(top=1)[0].log_type is AssetLogType[name]


def test_numbers_of_interval_modes_are_the_same_on_both_sides(live: Live, api: pyWATS) -> None:
    api.asset.create_asset_type(
        "Weight", calibration_interval=IntervalMode.UNLIMITED, maintenance_interval=IntervalMode.EXTERNAL
    )
    (sent,) = raw(live, "/api/Asset/Types?$filter=typeName%20eq%20'Weight'")
    assert (sent["calibrationInterval"], sent["maintenanceInterval"]) == (-1, -2)
