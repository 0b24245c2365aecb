"""Each endpoint: what is sent, whether it may be repeated, and what its answer becomes."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from re import fullmatch
from typing import Any
from uuid import UUID

import pytest

from client.fakes import (
    ASSET_ID,
    TYPE_ID,
    FakeTransport,
    answer,
    asset_document,
    content_of,
    path_of,
    query_of,
)
from pywats import (
    Asset,
    AssetLogType,
    AssetState,
    AssetType,
    AssetUse,
    ConflictError,
    NotFoundError,
    PyWATSError,
    ServerError,
    Setting,
    TimeoutError,
)
from pywats.blocking import run
from pywats.domains.asset import AsyncAssetRepository
from pywats.errors import ResponseError
from pywats.http.request import Repeat, Response

SAFE, KEYED = Repeat.SAFE, Repeat.KEYED
WHEN = datetime(2026, 1, 21, 10, 23, 44, 500000, tzinfo=UTC)
DUE = datetime(2027, 1, 21, tzinfo=UTC)
NAMED = {"asset_id": ASSET_ID, "serial_number": "DMM-001"}
NAMES = {"id": ASSET_ID, "serialNumber": "DMM-001"}
LIST = {"filter_str": "state eq 3", "orderby": "date desc", "top": 10, "skip": 20}
LISTED = {"$filter": "state eq 3", "$orderby": "date desc", "$top": "10", "$skip": "20"}
TYPE = AssetType(type_name="DMM", type_id=UUID(TYPE_ID), warning_threshold=None)

Call = Callable[[AsyncAssetRepository], Awaitable[Any]]

CALLS: dict[str, tuple[Call, str, str, dict[str, str], object, Repeat]] = {
    "get_all": (lambda r: r.get_all(**LIST), "GET", "/api/Asset", LISTED, None, SAFE),
    "get_by_id": (lambda r: r.get_by_id(ASSET_ID), "GET", f"/api/Asset/{ASSET_ID}", {}, None, SAFE),
    "get_by_serial_number": (lambda r: r.get_by_serial_number("D 1"), "GET", "/api/Asset/D%201", {}, None, SAFE),
    "delete": (lambda r: r.delete(**NAMED), "DELETE", "/api/Asset", NAMES, None, KEYED),
    "get_status": (
        lambda r: r.get_status(**NAMED, translate=False, culture_code="de"),
        "GET",
        "/api/Asset/Status",
        NAMES | {"translate": "false", "cultureCode": "de"},
        None,
        SAFE,
    ),
    "set_state": (
        lambda r: r.set_state(AssetState.IN_STORAGE, **NAMED),
        "PUT",
        "/api/Asset/State",
        NAMES | {"state": "5"},
        None,
        SAFE,
    ),
    "update_count by": (
        lambda r: r.update_count(**NAMED, increment_by=3, increment_children=True),
        "PUT",
        "/api/Asset/Count",
        NAMES | {"incrementBy": "3", "incrementChildren": "true"},
        None,
        KEYED,
    ),
    "update_count to": (
        lambda r: r.update_count(**NAMED, total_count=9),
        "PUT",
        "/api/Asset/Count",
        NAMES | {"totalCount": "9", "incrementChildren": "false"},
        None,
        SAFE,
    ),
    "update_counts": (
        lambda r: r.update_counts([AssetUse(serial_number="A", increment_by=3), AssetUse(asset_id=ASSET_ID)]),
        "POST",
        "/api/Asset/Counts",
        {},
        [{"serialNumber": "A", "incrementBy": 3}, {"assetId": ASSET_ID}],
        KEYED,
    ),
    "reset_running_count": (
        lambda r: r.reset_running_count(**NAMED, comment="a+b"),
        "POST",
        "/api/Asset/ResetRunningCount",
        NAMES | {"comment": "a+b"},
        None,
        KEYED,
    ),
    "set_running_count": (
        lambda r: r.set_running_count(0, **NAMED),
        "PUT",
        "/api/Asset/SetRunningCount",
        NAMES | {"runningCount": "0"},
        None,
        SAFE,
    ),
    "set_total_count": (
        lambda r: r.set_total_count(5, **NAMED),
        "PUT",
        "/api/Asset/SetTotalCount",
        NAMES | {"totalCount": "5"},
        None,
        SAFE,
    ),
    "post_calibration now": (
        lambda r: r.post_calibration(**NAMED, comment="ok"),
        "POST",
        "/api/Asset/Calibration",
        NAMES | {"comment": "ok"},
        None,
        KEYED,
    ),
    "post_calibration dated": (
        lambda r: r.post_calibration(**NAMED, date_time=WHEN),
        "POST",
        "/api/Asset/Calibration",
        NAMES | {"dateTime": "2026-01-21T10:23:44.5Z"},
        None,
        SAFE,
    ),
    "post_maintenance now": (
        lambda r: r.post_maintenance(**NAMED),
        "POST",
        "/api/Asset/Maintenance",
        NAMES,
        None,
        KEYED,
    ),
    "post_calibration_external": (
        lambda r: r.post_calibration_external(**NAMED, from_date=WHEN, to_date=DUE, comment="c"),
        "POST",
        "/api/Asset/Calibration/External",
        NAMES | {"fromDate": "2026-01-21T10:23:44.5Z", "toDate": "2027-01-21T00:00:00Z", "comment": "c"},
        None,
        KEYED,
    ),
    "post_maintenance_external": (
        lambda r: r.post_maintenance_external(**NAMED, to_date=DUE),
        "POST",
        "/api/Asset/Maintenance/External",
        NAMES | {"toDate": "2027-01-21T00:00:00Z"},
        None,
        KEYED,
    ),
    "get_log": (lambda r: r.get_log(**LIST), "GET", "/api/Asset/Log", LISTED, None, SAFE),
    "post_message": (
        lambda r: r.post_message(None, "moved", serial_number="DMM-001"),
        "POST",
        "/api/Asset/Message",
        {"serialNumber": "DMM-001"},
        {"content": "moved"},
        KEYED,
    ),
    "post_message with user": (
        lambda r: r.post_message(ASSET_ID, "moved", "operator"),
        "POST",
        "/api/Asset/Message",
        {},
        {"assetId": ASSET_ID, "comment": "moved", "user": "operator"},
        KEYED,
    ),
    "get_types": (lambda r: r.get_types(**LIST), "GET", "/api/Asset/Types", LISTED, None, SAFE),
    "save_type": (
        lambda r: r.save_type(TYPE),
        "PUT",
        "/api/Asset/Types",
        {},
        {"typeName": "DMM", "typeId": TYPE_ID, "warningThreshold": None},
        SAFE,
    ),
    "delete_types": (
        lambda r: r.delete_types([TYPE_ID]),
        "DELETE",
        "/api/internal/Asset/Types",
        {},
        [TYPE_ID],
        KEYED,
    ),
    "get_sub_assets": (
        lambda r: r.get_sub_assets(ASSET_ID, "DMM-001", 1),
        "GET",
        "/api/Asset/SubAssets",
        NAMES | {"level": "1"},
        None,
        SAFE,
    ),
    "get_tree_status": (
        lambda r: r.get_tree_status(**NAMED, level=1, translate=False, culture_code="de"),
        "GET",
        "/api/internal/Asset/Statuses",
        NAMES | {"level": "1", "translate": "false", "cultureCode": "de"},
        None,
        SAFE,
    ),
    "set_parent": (
        lambda r: r.set_parent([ASSET_ID], "p"),
        "PUT",
        "/api/internal/Asset/Parent",
        {"parentId": "p"},
        [ASSET_ID],
        SAFE,
    ),
    "set_parent none": (
        lambda r: r.set_parent([ASSET_ID], None),
        "PUT",
        "/api/internal/Asset/Parent",
        {},
        [ASSET_ID],
        SAFE,
    ),
    "get_tags": (lambda r: r.get_tags("a/b"), "GET", "/api/internal/Asset/a%2Fb/Tags", {}, None, SAFE),
    "set_tags": (
        lambda r: r.set_tags([Setting(key="k", value="ü")], ASSET_ID),
        "PUT",
        f"/api/internal/Asset/{ASSET_ID}/Tags",
        {},
        [{"key": "k", "value": "ü"}],
        SAFE,
    ),
    "download_file": (
        lambda r: r.download_file(ASSET_ID, "a b.pdf"),
        "GET",
        "/api/internal/Blob/Asset",
        {"assetId": ASSET_ID, "filename": "a b.pdf"},
        None,
        SAFE,
    ),
    "list_files": (
        lambda r: r.list_files(ASSET_ID),
        "GET",
        f"/api/internal/Blob/Asset/List/{ASSET_ID}",
        {},
        None,
        SAFE,
    ),
    "delete_files": (
        lambda r: r.delete_files(ASSET_ID, ["a.pdf"]),
        "DELETE",
        "/api/internal/Blob/Assets",
        {"assetId": ASSET_ID},
        ["a.pdf"],
        KEYED,
    ),
    "get_version": (lambda r: r.get_version(), "GET", "/api/App/Version", {}, None, SAFE),
}


def repository(*answers: Response | Exception) -> tuple[AsyncAssetRepository, FakeTransport]:
    """A repository directly on a transport, so that nothing is repeated."""
    transport = FakeTransport(*answers)
    return AsyncAssetRepository(transport), transport


@pytest.mark.parametrize("call", CALLS)
def test_endpoint_gets_its_request(call: str) -> None:
    ask, method, path, query, content, repeat = CALLS[call]
    repo, transport = repository(answer())
    try:
        run(ask(repo))  # type: ignore[arg-type]
    except ResponseError:
        # `null` is no answer to the calls that return a model; here only the request counts.
        assert call in {"save_type", "get_status"}
    request = transport.last
    assert (request.method, path_of(request), query_of(request)) == (method, path, query)
    assert (content_of(request) if request.body else None) == content
    assert ("Content-Type" in request.headers) is (content is not None)
    assert request.repeat is repeat
    assert fullmatch(request.place.replace("{name}", "[^/]+"), path)
    assert request.operation.removeprefix("asset.") in call
    assert (request.key is not None) is request.changes


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("status", [401, 403, 409, 422, 500])
def test_every_endpoint_turns_a_failure_into_its_error(call: str, status: int) -> None:
    repo, _ = repository(answer({"message": "no"}, status, x_request_id="r-1"))
    with pytest.raises(PyWATSError, match="no") as caught:
        run(CALLS[call][0](repo))  # type: ignore[arg-type]
    assert (caught.value.status_code, caught.value.request_id) == (status, "r-1")
    assert caught.value.operation == f"asset.{call.split()[0]}"


@pytest.mark.parametrize("call", CALLS)
def test_every_endpoint_names_itself_in_a_fault(call: str) -> None:
    repo, _ = repository(TimeoutError("late"))
    with pytest.raises(TimeoutError) as caught:
        run(CALLS[call][0](repo))  # type: ignore[arg-type]
    assert str(caught.value) == f"late (in asset.{call.split()[0]})"


ANSWERED_BY_NONE = {"get_by_id", "get_by_serial_number", "get_status", "download_file"}


@pytest.mark.parametrize("call", CALLS)
def test_missing_thing_is_none_where_one_is_got_and_an_error_elsewhere(call: str) -> None:
    repo, _ = repository(answer({"message": "gone"}, 404))
    if call in ANSWERED_BY_NONE:
        assert run(CALLS[call][0](repo)) is None  # type: ignore[arg-type]
    else:
        with pytest.raises(NotFoundError, match="gone"):
            run(CALLS[call][0](repo))  # type: ignore[arg-type]


LISTS = [
    "get_all",
    "update_counts",
    "get_log",
    "get_types",
    "get_sub_assets",
    "get_tree_status",
    "get_tags",
    "list_files",
]


@pytest.mark.parametrize("call", LISTS)
@pytest.mark.parametrize(
    "body", [b"<html>sign in</html>", b"", b'{"a": 1}', b'["text", 3]', b"[{]", b"\xff\xfe\x00", b'[{"state": "x"}]']
)
def test_list_that_cannot_be_read_is_an_error_of_ours(call: str, body: bytes) -> None:
    repo, _ = repository(Response(200, {"x-request-id": "r-2"}, body))
    with pytest.raises(ResponseError, match="The answer cannot be read") as caught:
        run(CALLS[call][0](repo))  # type: ignore[arg-type]
    assert (caught.value.request_id, caught.value.operation) == ("r-2", f"asset.{call}")


@pytest.mark.parametrize("call", ["get_by_id", "get_by_serial_number", "get_status", "save_type"])
@pytest.mark.parametrize("body", [b"<html>", b"[1]", b'"text"', b'{"state": [], "alarmState": "x"}'])
def test_thing_that_cannot_be_read_is_an_error_of_ours(call: str, body: bytes) -> None:
    repo, _ = repository(Response(200, {}, body))
    with pytest.raises(ResponseError):
        run(CALLS[call][0](repo))  # type: ignore[arg-type]


@pytest.mark.parametrize("call", LISTS)
def test_null_is_an_empty_list(call: str) -> None:
    repo, _ = repository(answer(None))
    assert run(CALLS[call][0](repo)) == []  # type: ignore[arg-type]


def test_null_is_no_asset() -> None:
    repo, _ = repository(answer(None))
    assert run(repo.get_by_id(ASSET_ID)) is None


def test_answers_become_models() -> None:
    assert run(repository(answer([asset_document()]))[0].get_all()) == [Asset(**asset_document())]
    assert run(repository(answer([{"logId": 1, "type": 5}]))[0].get_log())[0].log_type is AssetLogType.MAINTENANCE
    assert run(repository(answer([{"typeName": "DMM", "typeId": TYPE_ID}]))[0].get_types())[0].type_name == "DMM"
    assert run(repository(answer([{"key": "k", "value": "v"}]))[0].get_tags("x")) == [Setting(key="k", value="v")]
    assert run(repository(answer(["a", "b"]))[0].list_files("x")) == ["a", "b"]
    status = run(repository(answer({"alarmState": 2}))[0].get_status(ASSET_ID))
    assert status is not None
    assert status["alarmState"] == 2


def test_file_travels_as_it_is() -> None:
    content = bytes(range(256))
    repo, transport = repository(answer())
    assert run(repo.upload_file(ASSET_ID, "ä.bin", content))
    assert transport.last.body == content
    assert transport.last.headers["Content-Type"] == "application/octet-stream"
    assert query_of(transport.last) == {"assetId": ASSET_ID, "filename": "ä.bin"}
    assert run(repository(Response(200, {}, content))[0].download_file(ASSET_ID, "ä.bin")) == content
    assert run(repository(Response(200, {}, b""))[0].download_file(ASSET_ID, "empty")) == b""


@pytest.mark.parametrize("body", [b'"1.2.3"', b"1.2.3", b"1.2.3\n"])
def test_version_is_read_as_json_and_as_text(body: bytes) -> None:
    assert run(repository(Response(200, {}, body))[0].get_version()) == "1.2.3"


def test_every_batch_has_a_key_of_its_own() -> None:
    repo, transport = repository(answer([]))
    for _ in range(2):
        run(repo.update_counts([AssetUse(serial_number="A")]))
    first, second = (request.headers["Idempotency-Key"] for request in transport.requests)
    assert first != second


def test_base_url_stands_before_the_path() -> None:
    transport = FakeTransport(answer([]))
    run(AsyncAssetRepository(transport, "https://a.test/").get_all())
    assert transport.last.url == "https://a.test/api/Asset"


# Looking up serial numbers


@pytest.mark.parametrize(
    "serial",
    [
        "Status", "TYPES", "log", "Count", "State", "SubAssets", "Calibration", "calibration/External", "Maintenance",
        "Message", "ResetRunningCount", "SetRunningCount", "SetTotalCount", "Archive", ".", "..", "...", "a/../b",
        "a/./b", "a//b", "/a", "a/", ASSET_ID, ASSET_ID.upper(), ASSET_ID.replace("-", ""),
    ],
)  # fmt: skip
def test_serial_number_that_means_something_else_in_a_path_is_found_by_the_list(serial: str) -> None:
    found = asset_document(serialNumber=serial, assetId="id-1")
    repo, transport = repository(answer([found]), answer(found))
    asset = run(repo.get_by_serial_number(serial))
    assert asset is not None
    assert asset.serial_number == serial
    assert path_of(transport.requests[0]) == "/api/Asset"
    assert query_of(transport.requests[0]) == {"$filter": f"serialNumber eq '{serial}'"}
    assert path_of(transport.requests[1]) == "/api/Asset/id-1"


@pytest.mark.parametrize(
    ("serial", "path"),
    [
        ("DMM-001", "DMM-001"),
        ("a/b", "a%2Fb"),
        ("a b", "a%20b"),
        ("50%+?#", "50%25%2B%3F%23"),
        ('it\'s "q"', "it%27s%20%22q%22"),
        ("Gerät", "Ger%C3%A4t"),
        ("示波器", "%E7%A4%BA%E6%B3%A2%E5%99%A8"),
        ("x" * 100, "x" * 100),
        (".hidden", ".hidden"),
        ("StatusBox", "StatusBox"),
    ],
)
def test_other_serial_numbers_go_by_path(serial: str, path: str) -> None:
    repo, transport = repository(answer(asset_document(serialNumber=serial)))
    assert run(repo.get_by_serial_number(serial)) is not None
    assert [path_of(request) for request in transport.requests] == [f"/api/Asset/{path}"]


def test_answer_with_another_serial_number_is_not_believed() -> None:
    """An id wins over a serial number in a path, so that the answer may be another asset."""
    wanted = asset_document(serialNumber="abc", assetId="id-2")
    repo, transport = repository(answer(asset_document(assetId="abc")), answer([wanted]), answer(wanted))
    asset = run(repo.get_by_serial_number("abc"))
    assert asset is not None
    assert asset.asset_id == "id-2"
    assert query_of(transport.requests[1]) == {"$filter": "serialNumber eq 'abc'"}


def test_quotes_in_a_filter_are_doubled() -> None:
    repo, transport = repository(answer([]))
    assert run(repo.get_by_serial_number("a//'b'")) is None
    assert query_of(transport.last) == {"$filter": "serialNumber eq 'a//''b'''"}


def test_list_that_ignores_case_does_not_mislead() -> None:
    others = [asset_document(serialNumber="STATUS", assetId="1"), asset_document(serialNumber="status", assetId="2")]
    repo, transport = repository(answer(others), answer(others[1]))
    asset = run(repo.get_by_serial_number("status"))
    assert asset is not None
    assert asset.asset_id == "2"
    assert run(repository(answer(others[:1]))[0].get_by_serial_number("status")) is None
    assert len(transport.requests) == 2


@pytest.mark.parametrize("asset_id", ["Status", "..", "types", "a/../b"])
def test_id_that_no_server_makes_is_not_asked_for(asset_id: str) -> None:
    repo, transport = repository(answer(asset_document()))
    assert run(repo.get_by_id(asset_id)) is None
    assert transport.requests == []


# Saving


def test_create_sends_what_was_set_and_only_creates() -> None:
    repo, transport = repository(answer(asset_document()))
    asset = Asset(serial_number="A", type_id=UUID(TYPE_ID), total_count=5, next_calibration_date=DUE, asset_children=[])
    run(repo.save(asset, create_only=True))
    assert content_of(transport.last) == {
        "serialNumber": "A",
        "typeId": TYPE_ID,
        "totalCount": 5,
        "nextCalibrationDate": "2027-01-21T00:00:00Z",
    }
    assert transport.last.headers["If-None-Match"] == "*"
    assert "If-Match" not in transport.last.headers
    assert transport.last.repeat is KEYED


def test_update_of_a_loaded_asset_sends_what_changed_and_never_counters_or_dates() -> None:
    asset = Asset.loaded(asset_document(location="A", totalCount=1, nextCalibrationDate=None, assetName="n"))
    asset.location = None
    asset.description = "new"
    asset.total_count = 99
    asset.next_calibration_date = DUE
    asset.asset_children = [Asset(serial_number="child")]
    asset.asset_type = TYPE
    repo, transport = repository(answer(asset_document()))
    run(repo.save(asset))
    assert content_of(transport.last) == {
        "serialNumber": "DMM-001",
        "typeId": TYPE_ID,
        "assetId": ASSET_ID,
        "location": None,
        "description": "new",
    }
    assert transport.last.headers["If-Match"] == "*"
    assert transport.last.repeat is SAFE


def test_update_of_an_asset_made_by_hand_sends_what_was_set() -> None:
    repo, transport = repository(answer(asset_document()))
    run(repo.save(Asset(serial_number="A", type_id=UUID(TYPE_ID), state=AssetState.IN_STORAGE, running_count=3)))
    assert content_of(transport.last) == {"serialNumber": "A", "typeId": TYPE_ID, "state": 5}


def test_update_with_a_version_is_not_repeated() -> None:
    repo, transport = repository(answer(asset_document(), etag='"8"'))
    saved = run(repo.save(Asset.loaded(asset_document(), '"7"'), if_match='"7"'))
    assert transport.last.headers["If-Match"] == '"7"'
    assert transport.last.repeat is KEYED
    assert saved.etag == '"8"'


def test_failed_precondition_tells_apart_missing_changed_and_existing() -> None:
    failed = answer({"message": "no"}, 412, x_request_id="r-3")
    asset = Asset(serial_number="A", type_id=UUID(TYPE_ID))
    with pytest.raises(NotFoundError, match="no asset 'A'") as caught:
        run(repository(failed)[0].save(asset))
    assert (caught.value.status_code, caught.value.request_id, caught.value.operation) == (412, "r-3", "asset.save")
    with pytest.raises(ConflictError):
        run(repository(failed)[0].save(asset, if_match='"7"'))
    with pytest.raises(ConflictError):
        run(repository(failed)[0].save(asset, create_only=True))
    with pytest.raises(ConflictError):
        run(repository(answer({"message": "in use"}, 409))[0].save(asset))
    with pytest.raises(ServerError):
        run(repository(answer({}, 500))[0].save(asset))


def test_saved_asset_that_cannot_be_read_is_an_error_of_ours() -> None:
    with pytest.raises(ResponseError):
        run(repository(answer(None))[0].save(Asset(serial_number="A")))


def test_update_of_a_loaded_type_sends_what_changed() -> None:
    asset_type = AssetType.loaded({"typeId": TYPE_ID, "typeName": "DMM", "icon": "x", "warningThreshold": 80})
    asset_type.warning_threshold = None
    repo, transport = repository(answer({"typeId": TYPE_ID, "typeName": "DMM"}))
    run(repo.save_type(asset_type))
    assert content_of(transport.last) == {"typeId": TYPE_ID, "typeName": "DMM", "warningThreshold": None}
