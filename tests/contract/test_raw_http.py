"""Requests byte by byte against a real server: whatever arrives, no defect and no trace comes back."""

import io
import logging
from typing import Any
from urllib.parse import quote

import msgspec
import pytest
import structlog

from contract.conftest import MAX_BODY
from contract.wire import Wire, request
from server.api.test_api_serials import SERIALS


@pytest.fixture(scope="module")
def type_id(wire: Wire) -> str:
    found: str = wire.ask("PUT", "/api/Asset/Types", b'{"typeName": "Fixture"}').json()["typeId"]
    return found


def _store(wire: Wire, type_id: str, serial: str) -> Any:
    answer = wire.ask("PUT", "/api/Asset", msgspec.json.encode({"serialNumber": serial, "typeId": type_id}))
    assert answer.status == 200, answer.body
    return answer.json()


@pytest.mark.parametrize("serial", SERIALS.values(), ids=SERIALS.keys())
def test_serial_number_in_a_path_arrives_as_it_is(wire: Wire, type_id: str, serial: str) -> None:
    stored = _store(wire, type_id, serial)
    for safe in ("", "/"):
        answer = wire.ask("GET", f"/api/Asset/{quote(serial, safe=safe)}")
        assert answer.json().get("assetId") == stored["assetId"]


@pytest.mark.parametrize(
    "target",
    [
        "/api/Asset/Pr%FCfling",
        "/api/Asset/Pr%C3%BCfling",
        "/api/Asset/Pr%c3%bcfling",
        "/API/ASSET/Pr%C3%BCfling",
        "http://elsewhere/api/Asset/Pr%C3%BCfling",
        "/api/Asset/Pr%C3%BCfling?ignored=%FF",
        "/api/Asset/Pr%C3%BCfling#part",
        "/api/Asset/Status?serialNumber=Pr%FCfling",
        "/api/asset/status?SERIALNUMBER=Pr%C3%BCfling",
        "/api/Asset/Status?serialNumber=Pr%FCfling&cultureCode=&translate=",
        "/api/Asset?$filter=serialNumber+eq+'Pr%FCfling'",
        "/api/Asset?%24FILTER=serialNumber%20eq%20%27Pr%C3%BCfling%27",
    ],
)
def test_sloppy_target_finds_what_it_means(wire: Wire, type_id: str, target: str) -> None:
    _store(wire, type_id, "Prüfling")
    answer = wire.ask("GET", target)
    assert answer.status == 200, answer.body
    assert "totalCount" in answer.body.decode()


_TARGETS: dict[str, tuple[str | bytes, set[int]]] = {
    "no UTF-8, encoded": ("/api/Asset/%ff%fe", {404}),
    "no UTF-8 in the query": ("/api/Asset/Status?serialNumber=%ff%fe", {404}),
    "NUL": ("/api/Asset/%00", {404}),
    "surrogate": ("/api/Asset/%ED%A0%80", {404}),
    "line ends": ("/api/Asset/%0D%0AX-Evil:%201", {404}),
    "cut escape": ("/api/Asset/%", {404}),
    "no escape": ("/api/Asset/%zz", {404}),
    "long name": ("/api/Asset/" + "%41" * 15_000, {404}),
    "long filter": ("/api/Asset?$filter=" + "a" * 60_000, {400}),
    "deep filter": ("/api/Asset?$filter=" + "(" * 30_000, {400}),
    "many options": ("/api/Asset?" + "&".join(f"x{n}=1" for n in range(5000)), {200}),
    "asterisk": ("*", {404}),
    "two slashes": ("//api/Asset", {404}),
    "unknown path": ("/api/internal/Asset/x/y/Tags", {404}),
}


@pytest.mark.parametrize(("target", "statuses"), _TARGETS.values(), ids=_TARGETS.keys())
def test_odd_target_is_answered_and_no_defect(wire: Wire, target: str | bytes, statuses: set[int]) -> None:
    answer = wire.ask("GET", target)
    assert answer.status in statuses
    assert b"Traceback" not in answer.body
    assert answer.headers["X-Evil"] is None


_UNREADABLE: dict[str, bytes] = {
    "raw bytes": request("GET", b"/api/Asset/\xfc", {}),
    "raw blanks": request("GET", "/api/Asset?$filter=serialNumber eq 'x'", {}),
    "longer than any": request("GET", "/api/Asset/" + "x" * 70_000, {}),
    "unknown method": request("FETCH", "/api/Asset", {}),
    "negative length": request("GET", "/api/Asset", {"Content-Length": "-5"}),
    "no HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n",
}


@pytest.mark.parametrize("sent", _UNREADABLE.values(), ids=_UNREADABLE.keys())
def test_what_is_no_request_is_answered_as_every_error(wire: Wire, sent: bytes) -> None:
    answer = wire.send(sent)
    problem = answer.json()
    assert (answer.status, problem["status"], problem["code"]) == (400, 400, "invalid_input")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["X-Request-Id"] == problem["requestId"]
    assert "percent-encoded" in problem["message"]


def test_what_is_no_request_is_logged_with_the_id_of_its_answer(wire: Wire, log: io.StringIO) -> None:
    answer = wire.send(_UNREADABLE["raw bytes"])
    (line,) = (line for line in log.getvalue().splitlines() if answer.headers["X-Request-Id"] in line)
    assert "400" in line


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"X-Big": "x" * 1_000_000}, 200),
        ({f"X-{number}": "x" for number in range(2000)}, 200),
        ({"Authorization": b"Basic \xff\xfe"}, 401),
        ({"X-Request-Id": b"\xff\xfe"}, 200),
        ({"If-Match": b"\xff"}, 200),
        ({"Content-Length": b"-5"}, 400),
        ({"Content-Length": b"\xb2"}, 400),
        ({"Content-Length": "0", "Transfer-Encoding": "nonsense"}, 400),
    ],
    ids=["huge", "many", "token", "request id", "version", "negative length", "superscript length", "encoding"],
)
def test_odd_header_is_answered_and_no_defect(wire: Wire, headers: dict[str, str | bytes], status: int) -> None:
    answer = wire.ask("GET", "/api/Asset/Types", headers=headers)
    assert answer.status == status
    assert b"Traceback" not in answer.body


_JSON, _BYTES = "/api/Asset", "/api/internal/Blob/Asset?serialNumber=x&filename=y"


@pytest.mark.parametrize(("method", "target"), [("PUT", _JSON), ("POST", _BYTES)], ids=["JSON", "bytes"])
@pytest.mark.parametrize("chunked", [False, True], ids=["with a length", "in chunks"])
def test_body_over_the_limit_is_refused(wire: Wire, method: str, target: str, chunked: bool) -> None:
    body = b" " * (MAX_BODY + 1)
    if chunked:
        head = request(method, target, {"Transfer-Encoding": "chunked", **wire.authorized()})
        pieces = [b"2000\r\n" + body[start : start + 0x2000].ljust(0x2000) + b"\r\n" for start in (0, 0x2000, 0x4000)]
        answer = wire.send(head, *pieces, b"0\r\n\r\n")
    else:
        answer = wire.ask(method, target, body)
    assert answer.status == 413
    assert answer.json()["details"] == {"field": "body", "accepted": MAX_BODY}


def test_body_of_exactly_the_limit_is_read(wire: Wire) -> None:
    body = b'{"typeName": "Padded"}'.ljust(MAX_BODY)
    assert wire.ask("PUT", "/api/Asset/Types", body).status == 200


@pytest.mark.parametrize(("method", "target"), [("PUT", _JSON), ("POST", _BYTES)], ids=["JSON", "bytes"])
@pytest.mark.parametrize("sent", [b"", b'{"serialNumber": "half'], ids=["no body", "half a body"])
def test_request_that_ends_early_is_no_defect(
    wire: Wire, caplog: pytest.LogCaptureFixture, method: str, target: str, sent: bytes
) -> None:
    head = request(method, target, {"Content-Length": "1000", **wire.authorized()})
    with structlog.testing.capture_logs() as events, caplog.at_level(logging.WARNING):
        assert wire.send(head, sent, close=True).status in {0, 400}
        # The same server goes on, and by now has told what it made of the first request.
        assert wire.ask("GET", "/api/App/Version").status == 200
    assert [event for event in events if event["event"] == "request_failed"] == []
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


def test_head_that_ends_early_is_dropped(wire: Wire) -> None:
    assert wire.send(b"PUT /api/Asset HTTP/1.1\r\nHost: x", close=True).status in {0, 400}
    assert wire.send(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n", close=True).status in {0, 400}


@pytest.mark.parametrize("content_type", [None, "application/json", "application/json; charset=utf-8", "text/plain"])
@pytest.mark.parametrize("body", [b"", b"null"])
def test_call_whose_arguments_are_in_the_query_takes_a_null_body(
    wire: Wire, type_id: str, content_type: str | None, body: bytes
) -> None:
    _store(wire, type_id, "S-1")
    headers: dict[str, str | bytes] = {"Content-Type": content_type} if content_type else {}
    for method, target in _IN_THE_QUERY:
        answer = wire.ask(method, f"{target}&serialNumber=S-1", body, headers)
        assert answer.status == 200, (target, answer.body)
    assert wire.ask("DELETE", "/api/Asset?serialNumber=S-1", body, headers).status == 200


_IN_THE_QUERY = [
    ("PUT", "/api/Asset/State?state=1"),
    ("PUT", "/api/Asset/Count?incrementBy=1"),
    ("POST", "/api/Asset/ResetRunningCount?comment=x"),
    ("PUT", "/api/Asset/SetRunningCount?runningCount=1"),
    ("PUT", "/api/Asset/SetTotalCount?totalCount=1"),
    ("POST", "/api/Asset/Calibration?comment="),
    ("POST", "/api/Asset/Calibration/External?toDate=2030-01-01"),
    ("POST", "/api/Asset/Maintenance?dateTime="),
    ("POST", "/api/Asset/Maintenance/External?toDate=2030-01-01"),
]


@pytest.mark.parametrize("content_type", [None, "application/json", "application/json; charset=utf-8"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "with a byte order mark"])
def test_json_body_needs_no_content_type(wire: Wire, content_type: str | None, mark: bytes) -> None:
    headers: dict[str, str | bytes] = {"Content-Type": content_type} if content_type else {}
    answer = wire.ask("PUT", "/api/Asset/Types", mark + '{"typeName": "Prüfer"}'.encode(), headers)
    assert (answer.status, answer.json()["typeName"]) == (200, "Prüfer")
