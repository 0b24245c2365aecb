"""Parents, what stands below them, and tags."""

import xml.etree.ElementTree as ET

import pytest
from starlette.testclient import TestClient

from factories import make_asset, make_type
from pywats_server.settings import Settings
from server.api.asking import contents, get, told

_LEVELS = {"S": None, "F1": "S", "F2": "S", "P1": "F1", "P2": "F2", "N": "P1", "other": None}


@pytest.fixture
def ids(api: TestClient) -> dict[str, str]:
    """A station with fixtures, probes and a needle, and another asset; their ids by serial number."""
    type_id = make_type(api)["typeId"]
    return {
        serial: make_asset(api, serialNumber=serial, typeId=type_id, parentSerialNumber=parent)["assetId"]
        for serial, parent in _LEVELS.items()
    }


@pytest.mark.parametrize(
    ("level", "serials"),
    [
        ("", ["F1", "F2", "P1", "P2", "N"]),
        ("0", ["F1", "F2", "P1", "P2", "N"]),
        ("1", ["F1", "F2"]),
        ("2", ["F1", "F2", "P1", "P2"]),
        ("99", ["F1", "F2", "P1", "P2", "N"]),
    ],
)
def test_sub_assets_go_down_to_the_level_nearest_first(
    api: TestClient, ids: dict[str, str], level: str, serials: list[str]
) -> None:
    for naming in ({"serialNumber": "S"}, {"id": ids["S"].upper()}):
        below = api.get("/api/Asset/SubAssets", params={**naming, "level": level}).json()
        assert [asset["serialNumber"] for asset in below] == serials
    assert below[0] == get(api, "F1")
    assert api.get("/api/Asset/SubAssets?serialNumber=N").json() == []


def test_set_parent_moves_several_assets_and_logs_each(api: TestClient, ids: dict[str, str]) -> None:
    answer = api.put(
        "/api/internal/Asset/Parent", params={"parentId": ids["other"].upper()}, json=[ids["F1"], ids["P2"]]
    )
    assert (answer.status_code, answer.json()) == (200, None)
    assert get(api, "F1")["parentSerialNumber"] == get(api, "P2")["parentSerialNumber"] == "other"
    assert told(api, "P2") == [(2, "parentSerialNumber", "F2", "other")]


@pytest.fixture
def worn(api: TestClient) -> dict[str, int]:
    """A tree whose deepest asset is in alarm and another in warning; the bubbled states by serial number."""
    calm = make_type(api)["typeId"]
    limited = make_type(api, runningCountLimit=10, warningThreshold=50)["typeId"]
    make_asset(api, serialNumber="top", typeId=calm)
    make_asset(api, serialNumber="S", typeId=calm, parentSerialNumber="top")
    make_asset(api, serialNumber="F1", typeId=calm, parentSerialNumber="S")
    make_asset(api, serialNumber="F2", typeId=limited, parentSerialNumber="S", runningCount=5)
    make_asset(api, serialNumber="P1", typeId=limited, parentSerialNumber="F1", runningCount=10)
    make_asset(api, serialNumber="P2", typeId=limited, parentSerialNumber="F2", runningCount=1)
    return {"S": 2, "F1": 2, "F2": 1, "P1": 2, "P2": 0}


def test_statuses_of_a_tree_are_those_of_its_assets(api: TestClient, worn: dict[str, int]) -> None:
    found = api.get("/api/internal/Asset/Statuses", params={"serialNumber": "S"}).json()

    assert {status["serialNumber"]: status["bubbledStatus"] for status in found} == worn
    for status in found:
        naming = {name: status.pop(name) for name in ("assetId", "serialNumber", "parentAssetId")}
        assert api.get("/api/Asset/Status", params={"serialNumber": naming["serialNumber"]}).json() == status


def test_statuses_of_a_tree_go_down_to_the_level_and_count_what_is_deeper(
    api: TestClient, worn: dict[str, int]
) -> None:
    found = api.get("/api/internal/Asset/Statuses", params={"serialNumber": "S", "level": 1}).json()

    assert [status["serialNumber"] for status in found] == ["S", "F1", "F2"]
    assert [status["bubbledStatus"] for status in found] == [worn["S"], worn["F1"], worn["F2"]]
    ids = {status["serialNumber"]: status["assetId"] for status in found}
    assert [status["parentAssetId"] for status in found] == [None, ids["S"], ids["S"]]


@pytest.mark.parametrize("query", ["", "?parentId=", "?parentId=00000000-0000-0000-0000-000000000000"])
def test_set_parent_without_a_parent_moves_to_the_top(api: TestClient, ids: dict[str, str], query: str) -> None:
    assert api.put(f"/api/internal/Asset/Parent{query}", json=[ids["N"]]).status_code == 200
    assert get(api, "N")["parentAssetId"] is None


def test_set_parent_refuses_a_cycle_and_moves_nobody(api: TestClient, ids: dict[str, str], settings: Settings) -> None:
    before = contents(settings)
    answer = api.put("/api/internal/Asset/Parent", params={"parentId": ids["N"]}, json=[ids["other"], ids["S"]])
    assert answer.status_code == 422
    assert contents(settings) == before


def test_tags_are_read_and_replaced_in_order(api: TestClient) -> None:
    asset = make_asset(api, serialNumber="S-1", tags=[{"key": "old", "value": "x"}])
    path = f"/api/internal/Asset/{asset['assetId'].upper()}/Tags"
    wanted = [{"key": "b", "value": "2"}, {"key": "a", "value": ""}]
    assert api.put(path, json=[{"KEY": "b", "Value": "2"}, {"key": "a", "value": None}]).json() == wanted
    assert api.get(path).json() == get(api, "S-1")["tags"] == wanted
    assert api.put(path, json=wanted).json() == wanted
    assert told(api, "S-1") == [(2, "tags", '{"old": "x"}', '{"b": "2", "a": ""}')]
    assert api.put(path, json=[]).json() == []


_KEYS = ["Owner", "Serial no", "2nd", "R²", "µm", "ä", "中文", "🔧", "a:b", "<x>", "_x0041_", "-", "a.b-c_d", "x_"]


@pytest.mark.parametrize("key", _KEYS)
@pytest.mark.parametrize("value", ["plain", "", "a & b < c > d \"e\" 'f'", "æøå 中文 🔧", " two  blanks "])
def test_xml_data_is_xml_that_holds_the_tag(api: TestClient, key: str, value: str) -> None:
    make_asset(api, serialNumber="S-1", tags=[{"key": key, "value": value}])
    xml = get(api, "S-1")["xmlData"]
    (element,) = ET.fromstring(xml)
    assert element.attrib == {"Value": value}
    if key.isascii() and key.isalpha():
        assert element.tag == key


def test_xml_data_is_written_byte_for_byte(api: TestClient) -> None:
    make_asset(
        api, serialNumber="S-1", tags=[{"key": "Owner", "value": 'R&D "A"'}, {"key": "Serial no", "value": "<1>"}]
    )
    assert get(api, "S-1")["xmlData"] == (
        '<Tags><Owner Value="R&amp;D &quot;A&quot;"/><Serial_x0020_no Value="&lt;1&gt;"/></Tags>'
    )
