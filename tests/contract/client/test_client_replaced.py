"""The service on a mock of its repository, as programs use it in tests of their own: every method works on one."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from unittest.mock import AsyncMock

import pytest

from contract.client.calls import ASSET_ID, BY_ID, CALLS, Call
from contract.client.conftest import TYPE_ID
from pywats import Asset, AssetStatus
from pywats.domains.asset import AsyncAssetRepository, AsyncAssetService
from pywats.domains.asset.service import AssetService


@pytest.fixture
def repository() -> AsyncMock:
    """A mock with the repository's methods, which knows one asset and otherwise answers mocks."""
    mock = AsyncMock(spec=AsyncAssetRepository)
    asset = Asset(serial_number="DMM-001", asset_id=ASSET_ID, type_id=TYPE_ID)
    mock.get_all.return_value = [asset]
    mock.get_by_id.return_value = mock.save.return_value = asset
    mock.get_by_serial_number.side_effect = {"DMM-001": asset}.get
    mock.get_status.return_value = AssetStatus()
    return mock


@pytest.fixture
def service(repository: AsyncMock) -> Iterator[AssetService]:
    """The service on the mock; mocks never suspend, so it needs no loop."""
    with ThreadPoolExecutor() as executor:
        yield AssetService(AsyncAssetService(repository), executor)


@pytest.mark.parametrize("named", [BY_ID, {"serial_number": "DMM-001"}], ids=["by id", "by serial number"])
@pytest.mark.parametrize("call", [call for call in CALLS if len(call.takes) == 2], ids=str)
def test_call_about_an_asset_works_on_a_mock(
    service: AssetService, repository: AsyncMock, call: Call, named: dict[str, str]
) -> None:
    assert call.make(service, named) is not None
    assert_asked(repository, call)


@pytest.mark.parametrize("call", [call for call in CALLS if len(call.takes) != 2], ids=str)
def test_other_call_works_on_a_mock(service: AssetService, repository: AsyncMock, call: Call) -> None:
    assert call.make(service, BY_ID) is not None
    assert_asked(repository, call)


def assert_asked(repository: AsyncMock, call: Call) -> None:
    """The last call of the repository was the one of which errors tell."""
    asked = repository.method_calls[-1][0]
    assert asked == call.operation.removeprefix("asset.") or not call.operation
