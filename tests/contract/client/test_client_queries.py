"""Conditions written in Python find on the real server what they say."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contract.client.conftest import TYPE_ID, Live, SetZone, Stock, restocked, serials
from databases import Databases
from pywats import Asset, AssetAlarmState, AssetLogType, AssetState, Condition, F, pyWATS
from pywats.domains.asset.service import AssetService
from pywats_server.services import assets as asset_cases
from pywats_server.services.backend import Backend
from pywats_server.services.drafts import AssetDraft
from pywats_server.services.session import LOCAL_ADMINISTRATOR, Role

DUE = datetime(2030, 1, 31, 10, 15, tzinfo=UTC)
"""When A's calibration is due."""


@pytest.fixture(scope="module")
def stock(stock: Stock, databases: Databases) -> Stock:
    """Three assets that differ in everything that can be asked for."""
    return restocked(stock, databases, _furnish)


async def _furnish(backend: Backend) -> None:
    plain = {"type_id": str(TYPE_ID)}
    for draft in (
        AssetDraft(
            serial_number="A",
            location="Lab A",
            description="Oscilloscope",
            total_count=10,
            next_calibration_at=DUE,
            tags=[("Rack", "7")],
            **plain,
        ),
        AssetDraft(
            serial_number="B",
            location="O'Neill",
            state=AssetState.SCRAPPED,
            total_count=20,
            next_calibration_at=datetime(2020, 1, 1, tzinfo=UTC),
            tags=[("Rack", "8"), ("it's", "x")],
            **plain,
        ),
        AssetDraft(serial_number="C", client_id=5, parent_serial_number="A", **plain),
    ):
        await backend.write(LOCAL_ADMINISTRATOR, asset_cases.save_asset, draft)


FOUND: list[tuple[Condition[Asset], str]] = [
    (F.location == "Lab A", "A"),
    (F.location == "O'Neill", "B"),
    (F.location != "Lab A", "BC"),
    (F.location.is_null(), "C"),
    (~F.location.is_null(), "AB"),
    (F.location.in_(["Lab A", "O'Neill"]), "AB"),
    (F.location.in_([]), ""),
    (~F.location.in_([]), "ABC"),
    (F.serial_number > "A", "BC"),
    (F.description.contains("scope"), "A"),
    (F.description.lower().startswith("osci"), "A"),
    (F.location.endswith("'Neill"), "B"),
    (F.total_count >= 10, "AB"),
    ((F.total_count > 5) & (F.total_count < 15), "A"),
    (F.total_count < 10.5, "AC"),
    ((F.location == "Lab A") | (F.total_count == 20), "AB"),
    (~((F.location == "Lab A") | (F.total_count == 20)), "C"),
    (F.client_id == 5, "C"),
    (F.state == AssetState.SCRAPPED, "B"),
    (F.state.in_([AssetState.SCRAPPED, AssetState.IN_TRANSIT]), "B"),
    (F.alarm_state == AssetAlarmState.OK, "ABC"),
    (F.type_id == TYPE_ID, "ABC"),
    (F.type_id == str(TYPE_ID).upper(), "ABC"),
    (F.type_id.in_([TYPE_ID]), "ABC"),
    (F.type_name == "Plain", "ABC"),
    (F.parent_serial_number == "A", "C"),
    (F.next_calibration_date <= DUE, "AB"),
    (F.next_calibration_date < DUE, "B"),
    (F.next_calibration_date == DUE, "A"),
    (F.tags.has("Rack"), "AB"),
    (F.tags["Rack"] == "7", "A"),
    (F.tags["Rack"] != "7", "B"),
    (~(F.tags["Rack"] == "7"), "BC"),
    (F.tags["Rack"].in_(["7", "8"]), "AB"),
    (F.tags["it's"].lower().contains("x"), "B"),
    (F.tags["Rack"] >= "8", "B"),
]


@pytest.mark.parametrize(("condition", "found"), FOUND, ids=[str(condition) for condition, _ in FOUND])
def test_condition_finds_what_it_says(live: Live, condition: Condition[Asset], found: str) -> None:
    with pyWATS(live.url, live.tokens[Role.VIEWER]) as api:
        assert "".join(sorted(serials(api.asset.get_assets(filter=condition)))) == found


def test_every_list_of_every_face_takes_conditions(assets: AssetService) -> None:
    assert serials(assets.get_assets(F.location == "Lab A")) == ["A"]
    assert sorted(serials(assets.iter_assets(filter=~F.location.is_null(), page_size=1))) == ["A", "B"]
    entries = assets.get_asset_log(filter=(F.log.serial_number == "A") & (F.log.log_type == AssetLogType.REGISTER))
    assert [entry.serial_number for entry in entries] == ["A"]
    assert [found.type_name for found in assets.get_asset_types(filter=~F.types.is_readonly.is_true())] == ["Plain"]


@pytest.mark.parametrize("method", ["get_assets", "get_asset_log", "get_asset_types"])
def test_server_knows_every_field(live: Live, method: str) -> None:
    fields = {"get_assets": F, "get_asset_log": F.log, "get_asset_types": F.types}[method]
    with pyWATS(live.url, live.tokens[Role.VIEWER]) as api:
        for name, field in vars(type(fields)).items():
            if hasattr(field, "is_null"):
                assert isinstance(getattr(api.asset, method)(filter=field.is_null()), list), name


def test_number_that_is_no_member_yet_can_be_asked_for(assets: AssetService) -> None:
    assert assets.get_assets(filter=F.state == 9) == []  # type: ignore[comparison-overlap,arg-type]


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/New_York"])
def test_naive_date_of_an_asset_finds_it_again(live: Live, set_zone: SetZone, zone: str) -> None:
    set_zone(zone)
    with pyWATS(live.url, live.tokens[Role.VIEWER]) as api:
        due = api.asset.get_assets("serialNumber eq 'A'")[0].next_calibration_date
        assert due is not None
        assert due.tzinfo is None
        assert serials(api.asset.get_assets(filter=F.next_calibration_date == due)) == ["A"]
        assert serials(api.asset.get_assets(filter=F.next_calibration_date > due - timedelta(microseconds=1))) == ["A"]


def test_five_hundred_conditions_stand_side_by_side(assets: AssetService) -> None:
    condition = F.total_count == 10
    for number in range(100, 599):
        condition |= F.total_count == number
    assert serials(assets.get_assets(filter=condition)) == ["A"]


# What one line of text may hold.
LINES = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=40).filter(str.strip)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=LINES, other=LINES)
def test_any_text_survives_quoting(live: Live, name: str, other: str) -> None:
    with pyWATS(live.url, live.tokens[Role.ADMINISTRATOR]) as api:
        asset = api.asset.get_asset(serial_number="C")
        assert asset is not None
        asset.asset_name = name
        api.asset.update_asset(asset)
        found = [serials(api.asset.get_assets(filter=F.asset_name == text)) for text in (name, other)]
        assert found == [["C"], ["C"] if other == name else []]
        assert serials(api.asset.get_assets(filter=F.asset_name.in_([other, name]))) == ["C"]
        assert serials(api.asset.get_assets(filter=F.asset_name.contains(name[1:]))) == ["C"]
