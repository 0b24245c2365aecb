"""What `$orderby` and `$select` ask for."""

from datetime import UTC, datetime
from typing import Any

import pytest

from pywats_server.odata import Entity, compile_orderby, parse_select
from server.odata.devices import COLUMNS, DEVICE, PROPERTIES, Devices, Row


def _row(number: int, serial: str, **values: Any) -> Row:
    nothing = {**dict.fromkeys(COLUMNS), "inUse": 0, "state": 0, "tags": {}}
    return {**nothing, "assetId": str(number), "serialNumber": serial, "orderNo": number, **values}


ROWS = [
    _row(5, "a", assetName="b", inUse=1),
    _row(4, "b", assetName=None, inUse=2, seenDate=datetime(2026, 1, 21, 10, 23, 44, 500000, tzinfo=UTC)),
    _row(3, "c", assetName="B", inUse=1, seenDate=datetime(2026, 1, 21, 10, 23, 44, tzinfo=UTC)),
    _row(2, "d", assetName="ä", inUse=2, notable=True),
    _row(1, "e", assetName=None, inUse=1, notable=False),
]


@pytest.fixture(scope="module")
def filled(devices: Devices) -> Devices:
    devices.fill(ROWS)
    return devices


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (None, "edcba"),
        ("", "edcba"),
        ("  ", "edcba"),
        ("serialNumber", "abcde"),
        ("serialNumber desc", "edcba"),
        ("SERIALNUMBER  ASC", "abcde"),
        ("assetName", "ebcad"),
        ("assetName desc", "daceb"),
        ("inUse", "ecadb"),
        ("inUse desc, serialNumber desc", "dbeca"),
        ("inUse,inUse desc, serialNumber", "acebd"),
        ("seenDate,serialNumber", "adecb"),
        ("notable desc,serialNumber", "deabc"),
        ("assetId desc", "abcde"),
        ("assetId, serialNumber", "edcba"),
    ],
)
def test_orderby_with_nulls_and_equals_gives_one_order(filled: Devices, text: str | None, expected: str) -> None:
    assert "".join(filled.ordered(text)) == expected


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        (None, ["id"]),
        ("inUse", ["total", "id"]),
        ("inUse desc,state", ["total", "state", "id"]),
        ("assetId desc", ["id"]),
        ("inUse,assetId,state", ["total", "id"]),
    ],
)
def test_orderby_holds_the_key_once_and_last(text: str | None, columns: list[str]) -> None:
    assert [str(order).removeprefix("device.").split()[0] for order in compile_orderby(text, DEVICE)] == columns


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("serialNumber", ("serialNumber",)),
        ("ORDERNO , serialnumber,orderNo", ("orderNo", "serialNumber")),
        ("xmldata,TAGS", ("xmlData", "tags")),
        ("*", DEVICE.selectable),
        ("tags,*", ("tags", *DEVICE.names, "xmlData")),
    ],
)
def test_select_in_any_case_gives_wire_names_once(text: str, names: tuple[str, ...]) -> None:
    assert parse_select(text, DEVICE) == names


def test_select_of_everything_without_tags_has_no_tags() -> None:
    assert parse_select("*", Entity.of(PROPERTIES, key=DEVICE.key)) == tuple(found.name for found in PROPERTIES)
