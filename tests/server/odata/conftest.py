from collections.abc import Iterator

import pytest

from server.odata.devices import DATABASES, Devices, devices_on


@pytest.fixture(scope="module", params=DATABASES)
def database(request: pytest.FixtureRequest) -> str:
    """Every database that is at hand; PostgreSQL where TEST_DATABASE_URL names one."""
    return request.param


@pytest.fixture(scope="module")
def devices(database: str) -> Iterator[Devices]:
    """An empty database of devices, shared by the tests of a module."""
    with devices_on(database) as found:
        yield found
