"""Completing serial numbers from what was typed of them."""

import pytest

from pywats_server.services import assets, types
from pywats_server.services.completing import complete_serial_number
from pywats_server.services.drafts import AssetDraft, TypeDraft
from server.services.conftest import House


@pytest.fixture(autouse=True)
def known(house: House) -> None:
    """Some assets."""
    made = house.do(types.save_type, TypeDraft(type_name="Scope"))
    for serial, name in [("SC-10", None), ("SC-2", "Bench scope"), ("PR-1", "Probe of SC-2"), ("Ø-1", "50 % probe")]:
        house.do(assets.save_asset, AssetDraft(serial_number=serial, type_id=made["typeId"], asset_name=name))


@pytest.mark.parametrize(
    ("typed", "serials"),
    [
        ("", ["PR-1", "SC-10", "SC-2", "Ø-1"]),
        ("SC-", ["SC-10", "SC-2"]),
        ("SC-2", ["SC-2"]),
        ("Ø", ["Ø-1"]),
        ("sc-1", ["SC-10"]),
        ("bench", ["SC-2"]),
        ("probe", ["PR-1", "Ø-1"]),
        ("nothing of it", []),
        ("two\nlines", []),
        ("\ud800", []),
    ],
)
def test_serial_numbers_that_begin_so_come_first_and_then_whatever_says_it(
    house: House, typed: str, serials: list[str]
) -> None:
    assert [serial for serial, _ in house.do(complete_serial_number, typed)] == serials


def test_serial_numbers_come_with_a_name_and_no_more_than_wanted(house: House) -> None:
    assert house.do(complete_serial_number, "SC", 1) == [("SC-10", "Scope")]
    assert house.do(complete_serial_number, "SC-2") == [("SC-2", "Bench scope")]
