"""Lists: filters, pages, and walks over many pages."""

import pytest

from contract.client.conftest import TYPE_ID, Make, Stock, restocked, serials
from databases import Databases
from pywats import ValidationError
from pywats.domains.asset.service import AssetService
from pywats_server.services import assets as asset_cases
from pywats_server.services.backend import Backend
from pywats_server.services.drafts import AssetDraft
from pywats_server.services.session import LOCAL_ADMINISTRATOR

MADE = [f"A-{number:02}" for number in range(10)]


@pytest.fixture(scope="module")
def stock(stock: Stock, databases: Databases) -> Stock:
    """Ten assets, in turn in one of two laboratories."""
    return restocked(stock, databases, _furnish)


async def _furnish(backend: Backend) -> None:
    for number, serial in enumerate(MADE):
        draft = AssetDraft(
            serial_number=serial, type_id=str(TYPE_ID), location=f"Lab {number % 2}", revision=f"{number:02}"
        )
        await backend.write(LOCAL_ADMINISTRATOR, asset_cases.save_asset, draft)


# Filters and pages


def test_filter_finds_what_matches(assets: AssetService, make: Make) -> None:
    make("O'NEILL", location="Lab A", description="100 % & more + #1")
    for condition in (
        "location eq 'Lab A'",
        "serialNumber eq 'O''NEILL'",
        "contains(description, '100 % & more + #1')",
        f"typeId eq {TYPE_ID} and description ne null",
    ):
        assert serials(assets.get_assets(filter_str=condition)) == ["O'NEILL"], condition


def test_filter_that_cannot_be_read_tells_where(assets: AssetService) -> None:
    with pytest.raises(ValidationError, match="locaton") as refused:
        assets.get_assets(filter_str="locaton eq 'Lab A'")
    assert (refused.value.status_code, refused.value.operation) == (400, "asset.get_all")
    assert refused.value.request_id


def test_pages_follow_each_other_in_the_order_that_was_asked_for(assets: AssetService) -> None:
    pages = [assets.get_assets(orderby="location desc, serialNumber", top=4, skip=skip) for skip in (0, 4, 8, 12)]
    ordered = MADE[1::2] + MADE[::2]
    assert [serials(page) for page in pages] == [ordered[:4], ordered[4:8], ordered[8:], []]


def test_list_comes_by_id_unless_ordered(assets: AssetService) -> None:
    ids = [asset.asset_id for asset in assets.get_assets()]
    assert len(ids) == len(MADE)
    assert ids == sorted(ids, key=str)


# Walks

# What a walk asks for, and which assets it then meets.
WALKS: dict[str, tuple[dict[str, str], set[str]]] = {
    "all": ({}, {*MADE}),
    "filtered": ({"filter_str": "location eq 'Lab 0' or revision eq '03'"}, {*MADE[::2], "A-03"}),
    "ordered": ({"orderby": "location"}, {*MADE}),
    "filtered and ordered": ({"filter_str": "location eq 'Lab 0'", "orderby": "revision desc"}, {*MADE[::2]}),
}


@pytest.mark.parametrize("page_size", [3, 5, 11])
@pytest.mark.parametrize("walk", WALKS)
def test_walk_meets_every_asset_once(assets: AssetService, walk: str, page_size: int) -> None:
    arguments, expected = WALKS[walk]
    met = serials(assets.iter_assets(**arguments, page_size=page_size))
    assert sorted(met) == sorted(expected)


def test_walk_keeps_the_order_that_was_asked_for(assets: AssetService) -> None:
    assert serials(assets.iter_assets(orderby="serialNumber desc", page_size=3)) == MADE[::-1]


def test_walk_meets_every_asset_once_although_others_come_and_go(assets: AssetService, make: Make) -> None:
    walk = iter(assets.iter_assets(page_size=3))
    met = serials([next(walk) for _ in range(4)])
    gone = next(serial for serial in MADE if serial not in met)
    assets.delete_asset(serial_number=met[0])
    assets.delete_asset(serial_number=gone)
    added = serials(make(f"B-{number}") for number in range(6))
    met += serials(walk)
    assert len(met) == len(set(met))
    # One that went may have been fetched with its page before.
    assert {*MADE} - {gone} <= {*met} <= {*MADE, *added}
