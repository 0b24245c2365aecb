"""Counters: the real client on the real server, and that no use is lost when many count at once."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from contract.client.conftest import TYPE_ID, Live, Make
from pywats import Asset, AssetAlarmState, AssetUse, AsyncWATS, ConflictError, NotFoundError, pyWATS
from pywats.domains.asset.checks import MOST_USES, Use
from pywats.domains.asset.service import AssetService
from pywats_server.services.batches import MAX_ROWS
from pywats_server.services.session import Role


def counts(assets: AssetService, serial_number: str) -> tuple[int | None, int | None]:
    """The running and the total count."""
    asset = assets.get_asset(serial_number=serial_number)
    assert asset is not None
    return asset.running_count, asset.total_count


def test_increment_adds_to_both_counts(assets: AssetService, make: Make) -> None:
    make(running_count=3, total_count=10)
    assert assets.increment_count(serial_number="DMM-001", amount=5) is True
    assert assets.increment_count(serial_number="DMM-001") is True
    assert assets.increment_count(serial_number="DMM-001", amount=0) is True
    assert counts(assets, "DMM-001") == (9, 16)


def test_increment_sets_when_the_asset_was_seen_last(assets: AssetService, make: Make, live: Live) -> None:
    make()
    assets.increment_count(serial_number="DMM-001")
    asset = assets.get_asset(serial_number="DMM-001")
    assert asset is not None
    assert asset.last_seen_date == live.clock().astimezone().replace(tzinfo=None)


@pytest.mark.parametrize(("children", "below"), [(True, (2, 2)), (False, (0, 0))], ids=["with", "without"])
def test_increment_counts_children_when_told(
    assets: AssetService, make: Make, children: bool, below: tuple[int, int]
) -> None:
    make("STATION-001")
    make("FIXTURE-001", parent_serial_number="STATION-001")
    make("PROBE-001", parent_serial_number="FIXTURE-001")
    assets.increment_count(serial_number="STATION-001", amount=2, increment_children=children)
    assert counts(assets, "STATION-001") == (2, 2)
    assert counts(assets, "FIXTURE-001") == counts(assets, "PROBE-001") == below


def test_batch_answers_each_row_with_its_asset(assets: AssetService, make: Make) -> None:
    fixtures = assets.create_asset_type("Fixture", running_count_limit=10)
    make("STATION-001")
    make("FIXTURE-001", fixtures.type_id, parent_serial_number="STATION-001", running_count=4, total_count=40)
    rows: list[Use] = [
        ("FIXTURE-001", 5),
        AssetUse(serial_number="STATION-001", increment_children=True),
        {"serial_number": "FIXTURE-001", "increment_by": 0},
    ]
    counted = assets.increment_counts(rows)
    assert [(row.serial_number, row.running_count, row.total_count) for row in counted] == [
        ("FIXTURE-001", 9, 45),
        ("STATION-001", 1, 1),
        ("FIXTURE-001", 10, 46),
    ]
    assert [row.alarm_state for row in counted] == [AssetAlarmState.OK, AssetAlarmState.OK, AssetAlarmState.ALARM]
    assert counts(assets, "FIXTURE-001") == (10, 46)


def test_batch_with_a_row_of_no_asset_counts_nothing(assets: AssetService, make: Make) -> None:
    make()
    with pytest.raises(NotFoundError, match=r"Row 1: .*GONE-001.* Nothing was counted"):
        assets.increment_counts([("DMM-001", 1), ("GONE-001", 1)])
    assert counts(assets, "DMM-001") == (0, 0)


def test_batch_of_nothing_is_counted(assets: AssetService) -> None:
    assert assets.increment_counts([]) == []


def test_batch_may_have_as_many_rows_as_the_server_takes() -> None:
    assert MOST_USES == MAX_ROWS


def test_reset_sets_the_running_count_to_zero_and_is_logged(assets: AssetService, make: Make) -> None:
    make(running_count=3, total_count=10)
    assert assets.reset_running_count(serial_number="DMM-001", comment="contacts replaced") is True
    assert counts(assets, "DMM-001") == (0, 10)
    entry = assets.get_asset_log(top=1)[0]
    assert (entry.old_value, entry.value, entry.comment) == ("3", "0", "contacts replaced")


def test_reset_at_the_total_limit_is_refused(assets: AssetService, make: Make) -> None:
    limited = assets.create_asset_type("Fixture", total_count_limit=10)
    make("FIXTURE-001", limited.type_id, running_count=4, total_count=10)
    with pytest.raises(ConflictError) as refused:
        assets.reset_running_count(serial_number="FIXTURE-001")
    assert (refused.value.status_code, refused.value.operation) == (409, "asset.reset_running_count")
    assert counts(assets, "FIXTURE-001") == (4, 10)


def test_counts_are_set_to_a_value(assets: AssetService, make: Make) -> None:
    make(running_count=3, total_count=10)
    assert assets.set_running_count(0, serial_number="DMM-001") is True
    assert assets.set_total_count(50000, serial_number="DMM-001") is True
    assert counts(assets, "DMM-001") == (0, 50000)


# Many at once


def created(live: Live) -> Asset:
    """An asset on the server."""
    with pyWATS(live.url, live.tokens[Role.ADMINISTRATOR]) as api:
        return api.asset.create_asset("DMM-001", TYPE_ID)


def check_total(live: Live, expected: int) -> None:
    """Every count has arrived, and none twice."""
    with pyWATS(live.url, live.tokens[Role.VIEWER]) as api:
        assert counts(api.asset, "DMM-001") == (expected, expected)


def test_threads_that_share_a_client_lose_no_count(live: Live) -> None:
    asset = created(live)
    with pyWATS(live.url, live.tokens[Role.OPERATOR]) as api, ThreadPoolExecutor(16) as threads:
        done = [threads.submit(api.asset.increment_count, asset.asset_id, amount=n) for n in range(16 * 12)]
        assert all(future.result() for future in done)
    check_total(live, sum(range(16 * 12)))


async def count_many(api: AsyncWATS | pyWATS, asset: Asset) -> None:
    """Count 200 times at once."""
    calls: list[Any] = [api.asset.increment_count(asset.asset_id, amount=n) for n in range(200)]
    assert all(await asyncio.gather(*calls))


def test_coroutines_that_share_an_asyncio_client_lose_no_count(live: Live) -> None:
    asset = created(live)

    async def count() -> None:
        async with AsyncWATS(live.url, live.tokens[Role.OPERATOR]) as api:
            await count_many(api, asset)

    asyncio.run(count())
    check_total(live, sum(range(200)))


def test_coroutines_that_share_a_blocking_client_lose_no_count(live: Live) -> None:
    asset = created(live)
    with pyWATS(live.url, live.tokens[Role.OPERATOR]) as api:
        asyncio.run(count_many(api, asset))
    check_total(live, sum(range(200)))
