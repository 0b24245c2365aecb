"""The status of a whole set-up in one call."""

from typing import Any, cast

import pytest
from starlette.testclient import TestClient

from factories import make_asset, make_type
from pywats_server.services.identify import AssetRef
from pywats_server.services.readiness import check_readiness
from pywats_server.services.session import LOCAL_ADMINISTRATOR, Session
from pywats_server.store.database import Connection, Row
from pywats_server.store.statement import Statement
from server.api.asking import get, status_of

PATH = "/api/internal/Asset/Readiness"


def check(api: TestClient, *serials: str, **settings: Any) -> list[dict[str, Any]]:
    """Ask for the assets with these serial numbers."""
    answer = api.post(PATH, json={"assets": [{"serialNumber": serial} for serial in serials], **settings})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()
    return found


def serials_of(found: list[dict[str, Any]]) -> list[str]:
    """Return the serial numbers of an answer."""
    return [one["serialNumber"] for one in found]


@pytest.fixture
def bench(api: TestClient) -> None:
    """A station with two fixtures and worn probes in one of them, and a meter of its own."""
    calm = make_type(api)["typeId"]
    limited = make_type(api, runningCountLimit=10, warningThreshold=50)["typeId"]
    make_asset(api, serialNumber="STATION", typeId=calm)
    make_asset(api, serialNumber="LEFT", typeId=calm, parentSerialNumber="STATION")
    make_asset(api, serialNumber="RIGHT", typeId=limited, parentSerialNumber="STATION", runningCount=5)
    make_asset(api, serialNumber="PROBES", typeId=limited, parentSerialNumber="LEFT", runningCount=10)
    make_asset(api, serialNumber="METER", typeId=calm)


@pytest.mark.usefixtures("bench")
def test_readiness_answers_named_assets_in_their_order_as_their_own_status_does(api: TestClient) -> None:
    found = check(api, "METER", "PROBES", "STATION", "METER")

    assert serials_of(found) == ["METER", "PROBES", "STATION"]
    for one in found:
        naming = {name: one.pop(name) for name in ("assetId", "serialNumber", "parentAssetId")}
        assert one == status_of(api, naming["serialNumber"])


@pytest.mark.usefixtures("bench")
def test_readiness_with_children_adds_what_stands_below_once_and_nearest_first(api: TestClient) -> None:
    found = check(api, "PROBES", "STATION", "METER", includeChildren=True)

    assert serials_of(found) == ["PROBES", "STATION", "METER", "LEFT", "RIGHT"]
    parents = {one["serialNumber"]: one["parentAssetId"] for one in found}
    station, left = get(api, "STATION")["assetId"], get(api, "LEFT")["assetId"]
    assert parents == {"PROBES": left, "STATION": None, "METER": None, "LEFT": station, "RIGHT": station}
    assert {one["serialNumber"]: one["bubbledStatus"] for one in found} == {
        "PROBES": 2, "STATION": 2, "METER": 0, "LEFT": 2, "RIGHT": 1
    }  # fmt: skip


@pytest.mark.usefixtures("bench")
def test_readiness_of_what_does_not_exist_is_an_answer_of_its_own(api: TestClient) -> None:
    station = get(api, "STATION")["assetId"]
    names = [{"assetId": "nobody"}, {"assetId": station.upper()}, {"serialNumber": "GONE"}, {"serialNumber": "GONE"}]
    found = api.post(PATH, json={"assets": names}).json()

    assert [(one["assetId"], one["serialNumber"], one["status"]) for one in found] == [
        (station, "STATION", 0),
        ("nobody", None, 1),
        (None, "GONE", 1),
    ]
    assert "no asset with the serial number 'GONE'" in found[2]["message"]
    assert found[2]["alarmState"] == 2


@pytest.mark.usefixtures("bench")
def test_readiness_speaks_the_language_that_is_asked_for(api: TestClient) -> None:
    told = {culture: check(api, "PROBES", cultureCode=culture)[0]["message"] for culture in ("en", "de")}
    assert told == {culture: status_of(api, "PROBES", cultureCode=culture)["message"] for culture in told}
    assert told["en"] != told["de"]
    (keys,) = check(api, "PROBES", translate=False)
    assert keys["message"] == status_of(api, "PROBES", translate="false")["message"]


@pytest.mark.usefixtures("bench")
@pytest.mark.parametrize("row", [{}, {"serialNumber": "METER", "assetId": "of RIGHT"}], ids=["nobody", "two"])
def test_readiness_of_a_row_that_names_no_one_asset_is_refused(api: TestClient, row: dict[str, str]) -> None:
    if "assetId" in row:
        row = {**row, "assetId": get(api, "RIGHT")["assetId"]}
    refused = api.post(PATH, json={"assets": [{"serialNumber": "LEFT"}, row]})
    assert (refused.status_code, refused.json()["details"]["row"]) == (400, 1)


class _Watched:
    """A connection that can only ask for rows, and remembers how often it did."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.asked = 0

    async def fetch_all(self, statement: Statement, **values: Any) -> list[Row]:
        self.asked += 1
        return await self._connection.fetch_all(statement, **values)


@pytest.mark.usefixtures("bench")
def test_readiness_of_a_whole_set_up_takes_one_statement(api: TestClient) -> None:
    backend = api.app.state.backend  # type: ignore[attr-defined]
    refs = [AssetRef(None, "STATION"), AssetRef(None, "METER"), AssetRef(None, "GONE")]

    async def work(connection: Connection) -> tuple[int, int]:
        watched = _Watched(connection)
        session = Session(cast("Connection", watched), LOCAL_ADMINISTRATOR, backend.clock())
        return len(await check_readiness(session, refs, include_children=True)), watched.asked

    assert api.portal is not None
    assert api.portal.call(backend.database.scan, work) == (6, 1)


def test_readiness_of_nothing_is_nothing(api: TestClient) -> None:
    assert check(api) == []


@pytest.mark.usefixtures("bench")
def test_readiness_takes_up_to_a_thousand_assets(api: TestClient) -> None:
    assert len(check(api, *(f"S-{number}" for number in range(999)), "METER")) == 1000
    refused = api.post(PATH, json={"assets": [{"serialNumber": "METER"}] * 1001})
    assert (refused.status_code, refused.json()["details"]["value"]) == (400, 1001)
