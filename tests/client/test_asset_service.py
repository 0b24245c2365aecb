"""The service: what it checks before anything is sent, and what it makes of its arguments."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import AsyncMock
from uuid import UUID

import pytest

from client.fakes import ASSET_ID, TYPE_ID, FakeTransport, answer, asset_document, content_of, path_of, query_of
from pywats import (
    Asset,
    AssetAlarmState,
    AssetState,
    AssetStatus,
    AssetType,
    AssetUse,
    ConflictError,
    NotFoundError,
    Setting,
    ValidationError,
)
from pywats.blocking import run
from pywats.domains.asset import AsyncAssetRepository, AsyncAssetService
from pywats.http.request import Response

MISSING = answer({"message": "gone"}, 404)
AWKWARD = ["a/b", "a b", "50%", "a+b", "a?b", "a#b", "it's", 'a"b', "Gerät ß", "示波器", "&=", "x" * 100, "\U0001f600"]


def service(*answers: Response) -> tuple[AsyncAssetService, FakeTransport]:
    """A service on a transport that answers these."""
    transport = FakeTransport(*answers)
    return AsyncAssetService(AsyncAssetRepository(transport)), transport


# Arguments

Call = Callable[[AsyncAssetService], Awaitable[Any]]

NAMING: dict[str, Callable[..., Call]] = {
    "get_asset": lambda **n: lambda s: s.get_asset(**n),
    "delete_asset": lambda **n: lambda s: s.delete_asset(**n),
    "get_status": lambda **n: lambda s: s.get_status(**n),
    "get_tree_status": lambda **n: lambda s: s.get_tree_status(**n),
    "get_asset_state": lambda **n: lambda s: s.get_asset_state(**n),
    "set_asset_state": lambda **n: lambda s: s.set_asset_state(AssetState.OK, **n),
    "increment_count": lambda **n: lambda s: s.increment_count(**n),
    "increment_counts": lambda **n: lambda s: s.increment_counts([n]),
    "reset_running_count": lambda **n: lambda s: s.reset_running_count(**n),
    "set_running_count": lambda **n: lambda s: s.set_running_count(0, **n),
    "set_total_count": lambda **n: lambda s: s.set_total_count(0, **n),
    "record_calibration": lambda **n: lambda s: s.record_calibration(**n),
    "record_maintenance": lambda **n: lambda s: s.record_maintenance(**n),
    "record_calibration_external": lambda **n: lambda s: s.record_calibration_external(to_date=datetime.max, **n),
    "record_maintenance_external": lambda **n: lambda s: s.record_maintenance_external(to_date=datetime.max, **n),
    "add_log_message": lambda **n: lambda s: s.add_log_message(message="m", **n),
    "get_asset_tags": lambda **n: lambda s: s.get_asset_tags(**n),
    "set_asset_tags": lambda **n: lambda s: s.set_asset_tags([], **n),
    "upload_file": lambda **n: lambda s: s.upload_file(filename="f", content=b"", **n),
    "download_file": lambda **n: lambda s: s.download_file(filename="f", **n),
    "list_files": lambda **n: lambda s: s.list_files(**n),
    "delete_files": lambda **n: lambda s: s.delete_files(filenames=["f"], **n),
}


@pytest.mark.parametrize("call", NAMING)
@pytest.mark.parametrize(
    "names",
    [
        {},
        {"serial_number": ""},
        {"serial_number": "  "},
        {"serial_number": "x" * 101},
        {"serial_number": "a\nb"},
        {"serial_number": "a\x00b"},
        {"serial_number": "\ud800"},
        {"serial_number": 5},
        {"asset_id": ""},
        {"asset_id": "a\rb"},
    ],
    ids=repr,
)
def test_asset_that_is_not_named_properly_is_refused_before_sending(call: str, names: dict[str, Any]) -> None:
    api, transport = service(answer())
    with pytest.raises(ValueError, match=r"No asset is named|serial_number|asset_id"):
        run(NAMING[call](**names)(api))  # type: ignore[arg-type]
    assert transport.requests == []


BAD: dict[str, tuple[Call, str]] = {
    "top 0": (lambda s: s.get_assets(top=0), "top"),
    "top text": (lambda s: s.get_asset_log(top="5"), "top"),  # type: ignore[arg-type]
    "top true": (lambda s: s.get_assets_in_alarm(top=True), "top"),
    "skip negative": (lambda s: s.get_asset_types(skip=-1), "skip"),
    "level negative": (lambda s: s.get_child_assets(parent_id="p", level=-1), "level"),
    "level of statuses negative": (lambda s: s.get_tree_status("id", level=-1), "level"),
    "no parent": (lambda s: s.get_child_assets(), "No asset"),
    "amount negative": (lambda s: s.increment_count("a", amount=-1), "amount"),
    "amount fraction": (lambda s: s.increment_count("a", amount=1.5), "amount"),  # type: ignore[arg-type]
    "row of nothing": (lambda s: s.increment_counts([("A", 1), {}]), "Row 1 of uses: No asset is named"),
    "row negative": (lambda s: s.increment_counts([("A", 1), ("B", -1)]), "Row 1 of uses: increment_by is -1"),
    "row true": (lambda s: s.increment_counts([("A", True)]), r"Row 0 of uses(.|\n)*integer"),
    "row of three": (lambda s: s.increment_counts([("A", 1, True)]), "Row 0 of uses"),  # type: ignore[list-item]
    "row misspelt": (
        lambda s: s.increment_counts([{"serial_number": "A", "amount": 5}]),
        r"Row 0 of uses(.|\n)*amount",
    ),
    "rows as text": (lambda s: s.increment_counts("AB"), "Row 0 of uses"),  # type: ignore[arg-type]
    "too many rows": (lambda s: s.increment_counts([("A", 1)] * 10_001), "uses has 10001 rows; at most 10000"),
    "running negative": (lambda s: s.set_running_count(-1, "a"), "value"),
    "total negative": (lambda s: s.set_total_count(-1, "a"), "value"),
    "no due date": (lambda s: s.record_calibration_external("a"), "to_date"),
    "due before done": (
        lambda s: s.record_maintenance_external("a", None, datetime(2026, 1, 2), datetime(2026, 1, 1)),
        "to_date",
    ),
    "due when done": (
        lambda s: s.record_calibration_external("a", None, datetime(2026, 1, 1), datetime(2026, 1, 1)),
        "to_date",
    ),
    "due before done, aware": (
        lambda s: s.record_calibration_external("a", None, datetime.now() + timedelta(days=2), datetime.now(UTC)),
        "to_date",
    ),
    "no message": (lambda s: s.add_log_message("a"), "message"),
    "blank message": (lambda s: s.add_log_message("a", " \n"), "message"),
    "message with escape": (lambda s: s.add_log_message("a", "a\x1b[31m"), "message"),
    "blank user": (lambda s: s.add_log_message("a", "m", ""), "user"),
    "comment with bell": (lambda s: s.record_calibration("a", comment="a\x07"), "comment"),
    "state unknown": (lambda s: s.set_asset_state(7, "a"), "7 is not a valid AssetState"),
    "no file name": (lambda s: s.upload_file("a", content=b""), "filename"),
    "file in folder": (lambda s: s.upload_file("a", "../x", b""), "filename"),
    "file in windows folder": (lambda s: s.download_file("a", "c:\\x"), "filename"),
    "file of dots": (lambda s: s.download_file("a", ".."), "filename"),
    "content text": (lambda s: s.upload_file("a", "f", "text"), "content"),  # type: ignore[arg-type]
    "no files": (lambda s: s.delete_files("a"), "filenames"),
    "one file name as text": (lambda s: s.delete_files("a", "abc"), "filenames"),
    "no types": (lambda s: s.delete_asset_types([]), "type_ids"),
    "types as text": (lambda s: s.delete_asset_types("abc"), "type_ids"),
    "no assets": (lambda s: s.set_parent([], "p"), "asset_ids"),
    "blank parent": (lambda s: s.set_parent(["a"], " "), "parent_id"),
    "tag without key": (lambda s: s.set_asset_tags([Setting(key=" ", value="")], "a"), "tag"),
    "tag twice": (lambda s: s.set_asset_tags([Setting(key="k"), Setting(key="k")], "a"), "tags hold"),
    "type without name": (lambda s: s.create_asset_type(" "), "type_name"),
    "interval -3": (lambda s: s.create_asset_type("t", calibration_interval=-3), "calibration_interval"),
    "interval NaN": (lambda s: s.create_asset_type("t", maintenance_interval=float("nan")), "maintenance_interval"),
    "limit -2": (lambda s: s.create_asset_type("t", running_count_limit=-2), "running_count_limit"),
    "threshold -1": (lambda s: s.create_asset_type("t", warning_threshold=-1), "warning_threshold"),
    "threshold endless": (lambda s: s.create_asset_type("t", alarm_threshold=float("inf")), "alarm_threshold"),
    "type id": (lambda s: s.create_asset_type("t", type_id="no"), "typeId|type_id"),
    "updated type": (lambda s: s.update_asset_type(AssetType(type_name="")), "type_name"),
    "asset without serial": (lambda s: s.create_asset("", TYPE_ID), "serial_number"),
    "asset with long serial": (lambda s: s.create_asset("x" * 101, TYPE_ID), "101 characters"),
    "asset of no type": (lambda s: s.create_asset("a", "no"), "typeId|type_id"),
    "asset of negative count": (lambda s: s.create_asset("a", TYPE_ID, total_count=-1), "total_count"),
    "update without type": (lambda s: s.update_asset(Asset(serial_number="a")), "type_id"),
    "update without serial": (
        lambda s: s.update_asset(Asset(serial_number="", type_id=UUID(TYPE_ID))),
        "serial_number",
    ),
    "version of nothing loaded": (
        lambda s: s.update_asset(Asset(serial_number="a", type_id=UUID(TYPE_ID)), only_if_unchanged=True),
        "only_if_unchanged",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_argument_that_cannot_be_right_is_refused_before_sending(case: str) -> None:
    call, told = BAD[case]
    api, transport = service(answer())
    with pytest.raises(ValueError, match=told):
        run(call(api))  # type: ignore[arg-type]
    assert transport.requests == []


async def first_of(api: AsyncAssetService, page_size: int) -> None:
    """Start a walk."""
    await anext(aiter(api.iter_assets(page_size=page_size)))


def test_walk_in_empty_pages_is_refused() -> None:
    with pytest.raises(ValueError, match="page_size"):
        run(first_of(service(answer([]))[0], 0))


@pytest.mark.parametrize("serial", AWKWARD)
@pytest.mark.parametrize(
    "call",
    [name for name in NAMING if not any(part in name for part in ("file", "tags", "get_asset", "increment_counts"))],
)
def test_awkward_serial_number_survives_in_the_query(call: str, serial: str) -> None:
    api, transport = service(answer([] if call == "get_tree_status" else {}))
    run(NAMING[call](serial_number=serial)(api))  # type: ignore[arg-type]
    assert query_of(transport.last)["serialNumber"] == serial


@pytest.mark.parametrize("call", ["get_asset_tags", "list_files", "set_asset_tags", "upload_file", "download_file"])
def test_serial_number_is_resolved_where_the_wire_knows_only_ids(call: str) -> None:
    api, transport = service(answer(asset_document()), answer([]))
    run(NAMING[call](serial_number="DMM-001")(api))  # type: ignore[arg-type]
    assert path_of(transport.requests[0]) == "/api/Asset/DMM-001"
    assert ASSET_ID in transport.last.url


@pytest.mark.parametrize("call", ["get_asset_tags", "list_files", "set_asset_tags", "upload_file"])
def test_serial_number_that_resolves_to_nothing_is_not_found(call: str) -> None:
    with pytest.raises(NotFoundError, match="'DMM-001'"):
        run(NAMING[call](serial_number="DMM-001")(service(MISSING)[0]))  # type: ignore[arg-type]


def test_file_of_a_serial_number_that_resolves_to_nothing_is_none() -> None:
    assert run(service(MISSING)[0].download_file(serial_number="DMM-001", filename="f")) is None


@pytest.mark.parametrize("call", ["get_asset_tags", "list_files"])
def test_id_is_used_without_a_lookup(call: str) -> None:
    api, transport = service(answer([]))
    run(NAMING[call](asset_id=UUID(ASSET_ID))(api))  # type: ignore[arg-type]
    assert len(transport.requests) == 1
    assert ASSET_ID in transport.last.url


def test_both_names_are_sent_for_the_server_to_compare() -> None:
    api, transport = service(answer({}))
    run(api.set_asset_state(AssetState.OK, ASSET_ID, "DMM-001"))
    assert query_of(transport.last) == {"id": ASSET_ID, "serialNumber": "DMM-001", "state": "1"}


def test_both_names_must_agree_where_only_one_can_be_sent() -> None:
    document = asset_document()
    assert run(service(answer(document))[0].get_asset(ASSET_ID, "DMM-001")) == Asset(**document)
    with pytest.raises(ValidationError, match="'DMM-001', but serial_number is 'DMM-002'"):
        run(service(answer(document))[0].get_asset(ASSET_ID, "DMM-002"))


# Assets


def test_create_looks_first_and_then_only_creates() -> None:
    api, transport = service(MISSING, answer(asset_document()))
    created = run(
        api.create_asset(
            "DMM-001",
            UUID(TYPE_ID),
            "Meter",
            "A meter",
            "Lab A",
            "parent-id",
            part_number="P",
            revision="1.0",
            state=AssetState.IN_STORAGE,
            client_id=4,
            last_calibration_date=datetime(2026, 1, 1, tzinfo=UTC),
            total_count=0,
            tags=[Setting(key="k", value="v")],
        )
    )
    assert created == Asset(**asset_document())
    assert [request.method for request in transport.requests] == ["GET", "PUT"]
    assert transport.last.headers["If-None-Match"] == "*"
    assert content_of(transport.last) == {
        "serialNumber": "DMM-001",
        "typeId": TYPE_ID,
        "assetName": "Meter",
        "description": "A meter",
        "location": "Lab A",
        "parentAssetId": "parent-id",
        "partNumber": "P",
        "revision": "1.0",
        "ClientId": 4,
        "state": 5,
        "lastCalibrationDate": "2026-01-01T00:00:00Z",
        "totalCount": 0,
        "tags": [{"key": "k", "value": "v"}],
    }


def test_create_never_overwrites() -> None:
    api, transport = service(answer(asset_document()))
    with pytest.raises(ConflictError, match="'DMM-001' already"):
        run(api.create_asset("DMM-001", TYPE_ID))
    assert [request.method for request in transport.requests] == ["GET"]
    with pytest.raises(ConflictError):
        run(service(MISSING, answer({"message": "exists"}, 412))[0].create_asset("DMM-001", TYPE_ID))


def test_update_guards_against_changes_of_others_when_asked() -> None:
    api, transport = service(answer(asset_document(), etag='"7"'))
    asset = run(api.get_asset(ASSET_ID))
    assert asset is not None
    saved = run(api.update_asset(asset, only_if_unchanged=True))
    assert transport.last.headers["If-Match"] == '"7"'
    run(api.update_asset(saved, only_if_unchanged=True))
    run(api.update_asset(saved))
    assert transport.last.headers["If-Match"] == "*"


def test_missing_asset_is_none_from_get_calls() -> None:
    for call in ("get_asset", "get_status", "get_asset_state"):
        assert run(NAMING[call](serial_number="x")(service(MISSING)[0])) is None  # type: ignore[arg-type]
    assert run(service(MISSING)[0].get_asset_by_serial("x")) is None


def test_state_of_an_asset() -> None:
    assert run(service(answer(asset_document(state=4)))[0].get_asset_state(ASSET_ID)) is AssetState.IN_CALIBRATION


@pytest.mark.parametrize(
    ("state", "condition"),
    [
        (AssetState.IN_CALIBRATION, "state eq 4"),
        (4, "state eq 4"),
        (AssetAlarmState.WARNING, "alarmState eq 1"),
        (AssetAlarmState.ALARM, "alarmState eq 2"),
    ],
)
def test_assets_are_asked_for_by_what_the_state_is_of(state: int, condition: str) -> None:
    api, transport = service(answer([]))
    run(api.get_assets_by_alarm_state(state, top=5))
    assert query_of(transport.last) == {"$filter": condition, "$top": "5"}


def test_assets_in_alarm_and_in_warning() -> None:
    api, transport = service(answer([]))
    run(api.get_assets_in_alarm(10, 20, "serialNumber desc"))
    run(api.get_assets_in_warning())
    assert query_of(transport.requests[0]) == {
        "$filter": "alarmState eq 2",
        "$orderby": "serialNumber desc",
        "$top": "10",
        "$skip": "20",
    }
    assert query_of(transport.requests[1]) == {"$filter": "alarmState eq 1"}


def test_filter_is_sent_as_it_was_written() -> None:
    api, transport = service(answer([]))
    text = f"nextCalibrationDate le {datetime.now().isoformat()} and location eq 'L''A+%'"
    run(api.get_assets(filter_str=text))
    assert query_of(transport.last) == {"$filter": text}


# Walking


async def walk(api: AsyncAssetService, **arguments: Any) -> list[str]:
    """The serial numbers that a walk meets."""
    return [asset.serial_number async for asset in api.iter_assets(**arguments)]


def page(*names: str) -> Response:
    """A page of assets whose ids are like their serial numbers."""
    return answer([asset_document(serialNumber=name, assetId=f"id-{name}") for name in names])


def test_walk_without_order_follows_the_ids() -> None:
    api, transport = service(page("a", "b"), page("c", "d"), page())
    assert run(walk(api, filter_str="state eq 1 or state eq 2", page_size=2)) == ["a", "b", "c", "d"]
    assert [query_of(request) for request in transport.requests] == [
        {"$filter": "state eq 1 or state eq 2", "$top": "2"},
        {"$filter": "(state eq 1 or state eq 2) and assetId gt 'id-b'", "$top": "2"},
        {"$filter": "(state eq 1 or state eq 2) and assetId gt 'id-d'", "$top": "2"},
    ]


def test_walk_with_an_order_skips() -> None:
    api, transport = service(page("a", "b"), page("c"))
    assert run(walk(api, orderby="serialNumber", page_size=2)) == ["a", "b", "c"]
    assert [query_of(request) for request in transport.requests] == [
        {"$orderby": "serialNumber", "$top": "2"},
        {"$orderby": "serialNumber", "$top": "2", "$skip": "2"},
    ]


def test_walk_fetches_only_what_is_looked_at() -> None:
    api, transport = service(page("a", "b"), page("c"))

    async def look() -> None:
        walker = api.iter_assets(page_size=2)
        assert transport.requests == []
        await anext(aiter(walker))

    run(look())
    assert len(transport.requests) == 1


# Calls that choose among forms


def test_message_takes_the_form_that_carries_what_is_told() -> None:
    api, transport = service(answer(asset_document()))
    run(api.add_log_message(ASSET_ID, "moved"))
    assert (query_of(transport.last), content_of(transport.last)) == ({"id": ASSET_ID}, {"content": "moved"})
    run(api.add_log_message(asset_id=ASSET_ID, message="two\nlines", user="operator"))
    assert content_of(transport.last) == {"assetId": ASSET_ID, "comment": "two\nlines", "user": "operator"}
    run(api.add_log_message(message="moved", user="operator", serial_number="DMM-001"))
    assert [request.method for request in transport.requests] == ["POST", "POST", "GET", "POST"]
    assert content_of(transport.last) == {"assetId": ASSET_ID, "comment": "moved", "user": "operator"}


@pytest.mark.parametrize("comment", [None, "", "  "])
def test_blank_comment_is_not_sent(comment: str | None) -> None:
    api, transport = service(answer())
    run(api.reset_running_count(ASSET_ID, comment=comment))
    assert query_of(transport.last) == {"id": ASSET_ID}


def test_type_is_created_from_what_was_told() -> None:
    api, transport = service(answer({"typeName": "DMM", "typeId": TYPE_ID}))
    run(api.create_asset_type("DMM", 10000, 100000, 365.0, -2, 80.0, 90.0, icon="i", type_id=UUID(TYPE_ID)))
    assert content_of(transport.last) == {
        "typeName": "DMM",
        "typeId": TYPE_ID,
        "runningCountLimit": 10000,
        "totalCountLimit": 100000,
        "calibrationInterval": 365.0,
        "maintenanceInterval": -2.0,
        "warningThreshold": 80.0,
        "alarmThreshold": 90.0,
        "icon": "i",
    }
    run(api.create_asset_type("Plain"))
    assert content_of(transport.last) == {"typeName": "Plain"}


def test_children_are_mounted_and_taken_out() -> None:
    api, transport = service(answer())
    assert run(api.add_child_asset(UUID(ASSET_ID), "child"))
    assert (query_of(transport.last), content_of(transport.last)) == ({"parentId": ASSET_ID}, ["child"])
    assert run(api.set_parent([UUID(ASSET_ID), "b"], None))
    assert (query_of(transport.last), content_of(transport.last)) == ({}, [ASSET_ID, "b"])


def test_files_and_tags_by_id() -> None:
    api, transport = service(answer(["a"]))
    assert run(api.upload_file(ASSET_ID, "a.pdf", bytearray(b"x")))  # type: ignore[arg-type]
    assert transport.last.body == b"x"
    assert run(api.delete_files(ASSET_ID, ["a.pdf"]))
    assert content_of(transport.last) == ["a.pdf"]
    assert run(api.set_asset_tags((tag for tag in [Setting(key="k", value="v")]), ASSET_ID))
    assert content_of(transport.last) == [{"key": "k", "value": "v"}]
    assert run(api.delete_asset_types([UUID(TYPE_ID)]))
    assert content_of(transport.last) == [TYPE_ID]


# Any repository will do


def test_service_works_on_anything_with_the_methods_of_a_repository() -> None:
    repository = AsyncMock(spec=AsyncAssetRepository)
    repository.save.return_value = Asset(serial_number="A")
    repository.update_count.return_value = True
    repository.get_all.return_value = [Asset(serial_number="A")]
    api = AsyncAssetService(repository)
    assert run(api.create_asset("A", TYPE_ID)).serial_number == "A"
    assert run(api.update_asset(Asset(serial_number="A", type_id=UUID(TYPE_ID)))).serial_number == "A"
    assert run(api.increment_count(serial_number="A", amount=2))
    assert len(run(api.get_assets(top=3))) == 1
    repository.get_all.assert_awaited_once_with(filter_str=None, orderby=None, top=3, skip=None)
    repository.update_count.assert_awaited_once_with(
        asset_id=None, serial_number="A", increment_by=2, increment_children=False
    )


def test_rows_of_every_kind_become_one_batch() -> None:
    after = {
        "assetId": ASSET_ID, "serialNumber": "A", "status": 3, "alarmState": 2, "runningCount": 2, "totalCount": 9,
    }  # fmt: skip
    api, transport = service(answer([after]))
    rows: list[Any] = [
        ("A", 2),
        {"asset_id": UUID(ASSET_ID), "increment_children": True},
        {"serialNumber": "示 /?"},
        AssetUse(serial_number="B", increment_by=0),
    ]
    (counted,) = run(api.increment_counts(row for row in rows))
    assert content_of(transport.last) == [
        {"serialNumber": "A", "incrementBy": 2},
        {"assetId": ASSET_ID, "incrementChildren": True},
        {"serialNumber": "示 /?"},
        {"serialNumber": "B", "incrementBy": 0},
    ]
    assert (counted.asset_id, counted.serial_number) == (ASSET_ID, "A")
    assert (counted.status, counted.alarm_state) == (3, AssetAlarmState.ALARM)
    assert (counted.running_count, counted.total_count) == (2, 9)


# Alarms, told without a call

NOW = datetime.now()
DAY = timedelta(days=1)
LIMITS = AssetType(
    type_name="t", running_count_limit=100, total_count_limit=0, warning_threshold=80, alarm_threshold=90
)
LATE = AssetType(type_name="t", running_count_limit=100, alarm_threshold=150)
OK, WARNING, ALARM = AssetAlarmState


def due(elapsed: int, left: int, work: str = "calibration", **more: Any) -> dict[str, Any]:
    """Facts of an asset whose last *work* was *elapsed* days ago and whose next is due in *left*."""
    return {f"last_{work}_date": NOW - elapsed * DAY, f"next_{work}_date": NOW + left * DAY} | more


@pytest.mark.parametrize(
    ("facts", "level"),
    [
        ({}, OK),
        ({"next_calibration_date": NOW + DAY}, OK),
        ({"next_calibration_date": NOW - DAY}, ALARM),
        ({"next_maintenance_date": NOW - DAY}, ALARM),
        ({"next_maintenance_date": NOW - DAY, "state": AssetState.SCRAPPED}, OK),
        (due(85, 15), OK),
        (due(79, 21, asset_type=LIMITS), OK),
        (due(85, 15, asset_type=LIMITS), WARNING),
        (due(95, 5, "maintenance", asset_type=LIMITS), ALARM),
        (due(-1, 1), OK),
        ({"running_count": 79, "asset_type": LIMITS}, OK),
        ({"running_count": 80, "asset_type": LIMITS}, WARNING),
        ({"running_count": 90, "asset_type": LIMITS}, ALARM),
        ({"running_count": 99, "asset_type": LATE}, OK),
        ({"running_count": 100, "asset_type": LATE}, ALARM),
        ({"total_count": 10**9, "asset_type": LIMITS}, OK),
        ({"total_count": 10**9}, OK),
        ({"alarm_state": OK, "next_calibration_date": NOW - DAY}, OK),
        ({"alarm_state": ALARM}, ALARM),
    ],
)
def test_asset_is_judged_by_what_it_carries(facts: dict[str, Any], level: AssetAlarmState) -> None:
    api, transport = service(answer())
    asset = Asset(serial_number="A", **facts)
    assert (api.is_in_warning(asset), api.is_in_alarm(asset)) == (level == WARNING, level == ALARM)
    assert transport.requests == []


@pytest.mark.parametrize("level", AssetAlarmState)
def test_status_is_judged_as_the_server_did(level: AssetAlarmState) -> None:
    api, _ = service(answer())
    status = AssetStatus.loaded({"alarmState": int(level), "state": 6})
    assert (api.is_in_warning(status), api.is_in_alarm(status)) == (level == WARNING, level == ALARM)
