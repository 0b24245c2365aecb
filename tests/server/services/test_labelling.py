"""What labels say of assets, and which assets somebody may have meant by a serial number that is none."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from pywats_server.errors import InvalidInput
from pywats_server.services import assets, labelling, types
from pywats_server.services.drafts import AssetDraft, TypeDraft
from server.services.conftest import House


@pytest.fixture
def add(house: House) -> Callable[..., str]:
    """Registers an asset and returns its id."""
    type_id = house.do(types.save_type, TypeDraft(type_name="Multimeter", calibration_interval_days=365))["typeId"]

    def put(serial_number: str, **values: object) -> str:
        saved = house.do(
            assets.save_asset,
            AssetDraft(serial_number=serial_number, type_id=type_id, **values),  # type: ignore[arg-type]
        )
        found: str = saved.asset.asset_id
        return found

    return put


def test_labels_say_what_the_asset_says_and_when_it_is_due(house: House, add: Callable[..., str]) -> None:
    at = datetime(2026, 1, 31, 12, tzinfo=UTC)
    one = add("DMM-1", asset_name="Multimeter", location="Lab", last_calibration_at=at)
    [found] = house.do(labelling.list_labelled, [one])
    assert (found.serial_number, found.asset_name, found.location) == ("DMM-1", "Multimeter", "Lab")
    assert (found.type_name, found.part_number) == ("Multimeter", None)
    assert (found.last_calibration_at, found.calibration_due_at) == ("2026-01-31T12:00:00", "2027-01-31T12:00:00")


def test_labels_come_as_they_were_chosen_and_once(house: House, add: Callable[..., str]) -> None:
    b, a = add("B"), add("A")
    found = house.do(labelling.list_labelled, [b, "no id", a, b.upper(), "00000000-0000-0000-0000-000000000000"])
    assert [one.serial_number for one in found] == ["B", "A"]


def test_labels_by_serial_number_tell_which_are_none(house: House, add: Callable[..., str]) -> None:
    add("A"), add("B")
    found, missing = house.do(labelling.list_labelled_serials, ["B", "x", "A", "B", "bad\x00"])
    assert [one.serial_number for one in found] == ["B", "A"]
    assert missing == ["x", "bad\x00"]


@pytest.mark.parametrize("use_case", [labelling.list_labelled, labelling.list_labelled_serials])
def test_too_many_labels_are_refused(house: House, use_case: Callable[..., object]) -> None:
    with pytest.raises(InvalidInput, match="5001"):
        house.do(use_case, [f"{number:032x}" for number in range(labelling.MAX_LABELS + 1)])


@pytest.mark.parametrize(
    ("typed", "similar"),
    [
        ("dmm-001", ["DMM-001", "DMM-0010"]),
        ("DMM-00", ["DMM-001", "DMM-0010", "DMM-002"]),
        ("DMM-003", ["DMM-001", "DMM-0010", "DMM-002"]),
        ("002", ["DMM-002"]),
        ("ÅÆ-1", ["åæ-1"]),
        ("nothing like it", []),
        ("  ", []),
        ("bad\x00", []),
    ],
)
def test_unknown_serial_number_has_similar_ones(
    house: House, add: Callable[..., str], typed: str, similar: list[str]
) -> None:
    for serial_number in ("DMM-001", "DMM-0010", "DMM-002", "PSU-1", "åæ-1"):
        add(serial_number)
    assert house.do(labelling.find_similar, typed) == similar
