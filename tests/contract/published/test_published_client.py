"""The published client drives our server through every asset call that it has."""

import inspect
import socket
from datetime import UTC, datetime
from pathlib import Path

import pytest

from contract.published.calls import CALLS, Call
from contract.published.conftest import Published
from pywats import Asset, AssetState, Setting, pyWATS
from pywats.domains.asset import AsyncAssetService

GUIDE = Path(__file__).parents[3] / "docs" / "guides" / "migrating-from-pywats-api.md"
CALIBRATED = datetime(2026, 3, 10, 12, tzinfo=UTC)
DUE = datetime(2100, 3, 10, 12, tzinfo=UTC)


@pytest.fixture
def asset(ours: pyWATS) -> Asset:
    """FIX-001 with a file, a tag and a child."""
    kind = ours.asset.create_asset_type("Fixture", calibration_interval=365)
    made = ours.asset.create_asset(
        "FIX-001",
        kind.type_id,
        location="Lab A",
        state=AssetState.IN_STORAGE,
        total_count=10,
        running_count=10,
        tags=[Setting(key="Rack", value="7")],
    )
    ours.asset.record_calibration_external(made.asset_id, from_date=CALIBRATED, to_date=DUE)
    ours.asset.upload_file(made.asset_id, "note.txt", b"content")
    ours.asset.create_asset("FIX-001-child", kind.type_id, parent_asset_id=made.asset_id)
    ours.asset.create_asset("FIX-001-other", kind.type_id)
    return made


def values(ours: pyWATS, asset: Asset) -> dict[str, str]:
    """The names that expressions use."""
    child = ours.asset.get_asset(serial_number="FIX-001-child")
    other = ours.asset.get_asset(serial_number="FIX-001-other")
    return {
        "asset_id": asset.asset_id,
        "child_id": child.asset_id,
        "other_id": other.asset_id,
        "type_id": str(asset.type_id),
    }


def test_every_asset_call_of_the_published_client_is_tried(published: Published) -> None:
    assert published("calls()").returned.keys() == {call.name for call in CALLS}


def test_our_calls_take_what_theirs_take_in_the_same_order(published: Published) -> None:
    for name, arguments in published("calls()").returned.items():
        ours = list(inspect.signature(getattr(AsyncAssetService, name)).parameters)
        assert ours[: len(arguments)] == arguments, name


@pytest.mark.parametrize("call", CALLS, ids=str)
def test_call_of_the_published_client(call: Call, published: Published, ours: pyWATS, asset: Asset) -> None:
    outcome = published(call.expression, **values(ours, asset))

    assert outcome.raised == call.raised, outcome.message
    if call.told is not None:
        assert call.told(outcome.returned) == call.expected
    if call.left is not None:
        assert call.left(ours.asset.get_asset(serial_number="FIX-001"), ours) == call.expected


def test_asyncio_face_of_the_published_client_counts_again_when_the_answer_is_late(published: Published) -> None:
    count = "pywats.AsyncWATS(url, 'YTpi', timeout=0.1).asset.increment_count(serial_number='FIX-001')"
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"

        assert published(count, url=url).raised == "TimeoutError"

        # Each attempt has come on a connection of its own.
        silent.setblocking(False)
        for _ in range(3):
            with silent.accept()[0] as attempt:
                assert attempt.recv(100).startswith(b"PUT /api/Asset/Count?")


def test_every_call_is_held_against_something() -> None:
    assert [str(call) for call in CALLS if not (call.told or call.left or call.raised)] == []


@pytest.mark.parametrize("name", sorted({call.name for call in CALLS if call.wrong}))
def test_what_goes_wrong_is_told_to_those_who_come_from_there(name: str) -> None:
    assert f"`{name}`" in GUIDE.read_text("utf-8").partition("## What gets better")[2]


def test_what_goes_wrong_does_not_when_our_client_does_it(ours: pyWATS, asset: Asset) -> None:
    """The server is not what these calls fail by."""
    assert ours.asset.get_asset_by_serial("FIX-001#2") is None
    assert ours.asset.get_assets_in_alarm() == []
    assert ours.asset.download_file(asset.asset_id, "note.txt") == b"content"
    assert ours.asset.delete_files(asset.asset_id, ["note.txt"]) is True
    asset.location = None
    assert ours.asset.update_asset(asset).location is None
