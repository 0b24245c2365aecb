"""Many assets by one call, on the real server, with every face of the client."""

import asyncio

import pytest

from contract.client.conftest import TYPE_ID, Connect, Live, Stock, restocked, serials
from databases import Databases
from pywats import Asset, AssetOutcome, AsyncWATS, AuthorizationError, ConflictError, NotFoundError
from pywats.domains.asset.service import AssetService
from pywats_server.services import assets as asset_cases
from pywats_server.services.backend import Backend
from pywats_server.services.drafts import AssetDraft
from pywats_server.services.session import LOCAL_ADMINISTRATOR, Role

AWKWARD = ["it's", "a,b", "('x')", "100%", "a/b", "Gerät ß", "示波器", "dmm-0001"]
MADE = [f"DMM-{number:04}" for number in range(400)] + AWKWARD


@pytest.fixture(scope="module")
def stock(stock: Stock, databases: Databases) -> Stock:
    """Some hundred assets."""
    return restocked(stock, databases, _furnish)


async def _furnish(backend: Backend) -> None:
    for serial in MADE:
        draft = AssetDraft(serial_number=serial, type_id=str(TYPE_ID), location="Lab A")
        await backend.write(LOCAL_ADMINISTRATOR, asset_cases.save_asset, draft)


def test_serial_numbers_are_looked_up_by_a_few_requests(assets: AssetService) -> None:
    wanted = [*AWKWARD, "DMM-0007", "GONE-001", *reversed(MADE), "Dmm-0001"]
    progress: list[tuple[int, int]] = []
    found = assets.get_assets_by_serial(wanted, progress=lambda done, total: progress.append((done, total)))
    assert list(found) == list(dict.fromkeys(wanted))
    assert {serial for serial, asset in found.items() if asset is None} == {"GONE-001", "Dmm-0001"}
    assert serials(asset for asset in found.values() if asset) == [s for s in dict.fromkeys(wanted) if s in MADE]
    assert progress[-1] == (len(found), len(found))
    assert len(progress) < 6


def test_many_are_changed_and_what_fails_fails_alone(assets: AssetService) -> None:
    found = assets.get_assets_by_serial(MADE[:100])
    given = [asset for asset in found.values() if asset is not None]
    for asset in given:
        asset.location = "Lab B"
    given[3].serial_number = "DMM-0399"
    given.insert(5, Asset(serial_number="GONE-001", type_id=TYPE_ID, location="Lab B"))
    outcomes = assets.update_assets(given)
    assert [outcome.given for outcome in outcomes] == given
    errors = {number: type(outcome.error) for number, outcome in enumerate(outcomes) if outcome.error}
    assert errors == {3: ConflictError, 5: NotFoundError}
    assert sum(outcome.asset is not None and outcome.asset.location == "Lab B" for outcome in outcomes) == 99
    assert len(assets.get_assets("location eq 'Lab B'")) == 99


def test_what_somebody_else_changed_is_refused_alone(assets: AssetService) -> None:
    given = [assets.get_asset(serial_number=serial) for serial in MADE[:3]]
    assets.update_asset(Asset(serial_number=MADE[1], type_id=TYPE_ID, location="Lab C"))
    for asset in given:
        asset.location = "Lab B"
    outcomes = assets.update_assets(given, only_if_unchanged=True)
    assert [type(outcome.error) for outcome in outcomes] == [type(None), ConflictError, type(None)]


def test_lesser_role_is_told_of_each(connect: Connect) -> None:
    given = [Asset(serial_number=serial, type_id=TYPE_ID, location="Lab B") for serial in MADE[:3]]
    outcomes = connect(Role.VIEWER).asset.update_assets(given)
    assert [type(outcome.error) for outcome in outcomes] == [AuthorizationError] * 3


def test_cancelled_updates_have_told_of_all_that_are_known(live: Live) -> None:
    known: list[AssetOutcome] = []

    async def script() -> set[asyncio.Task[None]]:
        async with AsyncWATS(live.url, live.tokens[Role.ADMINISTRATOR]) as api:
            given = [asset for asset in (await api.asset.get_assets_by_serial(MADE)).values() if asset]
            for asset in given:
                asset.location = "Lab B"

            def stop(done: int, _total: int) -> None:
                if done == 20:
                    updating.cancel()

            updating = asyncio.create_task(api.asset.update_assets(given, progress=stop, on_outcome=known.append))
            with pytest.raises(asyncio.CancelledError):
                await updating
            left = asyncio.all_tasks() - {asyncio.current_task()}
            changed = {asset.serial_number for asset in await api.asset.get_assets("location eq 'Lab B'")}
        assert {outcome.given.serial_number for outcome in known} <= changed
        assert 20 <= len(known) < len(MADE)
        return left

    assert asyncio.run(script()) == set()
