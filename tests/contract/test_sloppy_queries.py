"""Query strings as clients write them, sent as they are."""

import pytest
from starlette.testclient import TestClient

from factories import make_asset, make_type
from pywats_server.api.names import QUERY_NAMES
from server.api.asking import get, status_of


@pytest.fixture(autouse=True)
def asset(api: TestClient) -> dict[str, str]:
    """The asset that the queries are about, with a child."""
    type_id = make_type(api, runningCountLimit=10)["typeId"]
    asset: dict[str, str] = make_asset(api, serialNumber="S 1+ü", typeId=type_id)
    make_asset(api, serialNumber="child", typeId=type_id, parentAssetId=asset["assetId"])
    return asset


_SERIAL = "S%201%2B%C3%BC"


@pytest.mark.parametrize(
    ("written", "counted"),
    [("true", 1), ("True", 1), ("TRUE", 1), ("1", 1), ("false", 0), ("False", 0), ("FALSE", 0), ("0", 0), ("", 0)],
)
def test_boolean_is_read_in_every_way_of_writing(api: TestClient, written: str, counted: int) -> None:
    answer = api.put(f"/api/Asset/Count?serialNumber={_SERIAL}&incrementBy=1&incrementChildren={written}")
    assert answer.json() == 0
    assert get(api, "child")["totalCount"] == counted
    translated = api.get(f"/api/Asset/Status?serialNumber={_SERIAL}&translate={written}").json()["message"]
    assert (translated == "ok") == (written in {"false", "False", "FALSE", "0"})


@pytest.mark.parametrize(
    "query",
    [
        f"serialNumber={_SERIAL}",
        f"SerialNumber={_SERIAL}",
        f"SERIALNUMBER={_SERIAL}",
        "serialNumber=S+1%2B%FC",
        "serialNumber=S%201%2b%c3%bc",
        f"id=&serialNumber={_SERIAL}",
        f"serialNumber={_SERIAL}&id=00000000-0000-0000-0000-000000000000",
        f"serialNumber={_SERIAL}&translate=True&cultureCode=en-US&unknown=x&",
        f"&&serialNumber={_SERIAL}",
        "id=<ID>",
        "ID=<ID>",
        "Id=<ID>&serialNumber=",
        f"id=<ID>&serialNumber={_SERIAL}",
        "id=%7B<ID>%7D",
    ],
)
def test_asset_is_named_in_every_way_of_writing(api: TestClient, asset: dict[str, str], query: str) -> None:
    answer = api.get("/api/Asset/Status?" + query.replace("<ID>", asset["assetId"].upper()))
    assert answer.status_code == 200, answer.text
    assert answer.json() == status_of(api, "S 1+ü")


@pytest.mark.parametrize(
    "query",
    [
        f"$filter=serialNumber%20eq%20'{_SERIAL}'",
        f"$filter=serialNumber+eq+'{_SERIAL}'",
        f"%24filter=serialNumber%20eq%20%27{_SERIAL}%27",
        f"$Filter=SERIALNUMBER%20EQ%20'{_SERIAL}'",
        f"%24FILTER=serialnumber%20eq%20'{_SERIAL}'&$ORDERBY=assetid%20DESC&%24Top=1",
        "$filter=serialNumber eq 'S 1%2B%FC'",
        f"$filter=serialNumber%20eq%20'{_SERIAL}'&$top=&$skip=&$orderby=&$select=&$count=",
        "$filter=assetId%20eq%20<ID>",
        "$filter=assetId%20eq%20'<ID>'",
        "$filter=parentAssetId%20eq%20null",
        f"$filter=contains(serialNumber,'{_SERIAL}')",
        "$filter=firstSeenDate le 2026-03-10T13:00:00+01:00 and parentAssetId eq null",
        "$filter=firstSeenDate le 2026-03-10T13:00:00%2B01:00 and parentAssetId eq null",
        "$filter=firstSeenDate le 2026-03-10T12:00:00.0000000Z and parentAssetId eq null",
        "$filter=firstSeenDate le 2026-03-10T12:00:00.123456 and parentAssetId eq null",
        "$filter=firstSeenDate gt 2026-03-10 and parentAssetId eq null",
    ],
)
def test_list_is_asked_for_in_every_way_of_writing(api: TestClient, asset: dict[str, str], query: str) -> None:
    answer = api.get("/api/Asset?" + query.replace("<ID>", asset["assetId"].upper()))
    assert answer.status_code == 200, answer.text
    assert [found["serialNumber"] for found in answer.json()] == ["S 1+ü"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/asset"),
        ("GET", "/API/ASSET/TYPES"),
        ("GET", "/Api/Asset/subassets?serialNumber=child"),
        ("PUT", "/api/asset/setrunningcount?serialNumber=child&RUNNINGCOUNT=3"),
        ("POST", "/api/asset/CALIBRATION/external?serialNumber=child&TODATE=2030-01-01"),
        ("GET", "/api/app/version"),
        ("GET", "/api/INTERNAL/asset/<ID>/tags"),
        ("GET", "/api/internal/blob/asset/LIST/<ID>"),
        ("GET", "/api/asset/child"),
        ("GET", "/api/asset/<ID>"),
    ],
)
def test_path_is_taken_in_any_case(api: TestClient, asset: dict[str, str], method: str, path: str) -> None:
    answer = api.request(method, path.replace("<ID>", asset["assetId"].upper()))
    assert answer.status_code == 200, answer.text


def test_method_that_a_path_does_not_have_is_told(api: TestClient) -> None:
    answer = api.patch("/api/asset/COUNT")
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")


def test_every_documented_query_name_is_known_in_any_case(api: TestClient) -> None:
    paths = api.get("/openapi.json").json()["paths"]
    parameters = [
        each for path in paths.values() for operation in path.values() for each in operation.get("parameters", [])
    ]
    documented = {parameter["name"] for parameter in parameters if parameter["in"] == "query"}
    assert documented == {name.decode() for name in QUERY_NAMES.values()}


@pytest.mark.parametrize(
    "written", ["2026-03-01T10:00:00+01:00", "2026-03-01T10:00:00%2B01:00", "2026-03-01T09%3A00%3A00Z"]
)
def test_offset_in_a_query_survives_its_plus(api: TestClient, written: str) -> None:
    assert api.post(f"/api/Asset/Calibration?serialNumber=child&dateTime={written}").status_code == 200
    assert get(api, "child")["lastCalibrationDate"] == "2026-03-01T09:00:00"
